"""Which rows are no requirement yet. Pure."""

from feishu_plugin.records import Record

_CONTENT = (
    *("title", "description", "customer_words", "customer", "customer_name", "type"),
    *("status", "number", "import_key", "contact", "source"),
)
"""A row without any of these is an empty line of the grid."""


def is_blank(record: Record) -> bool:
    """An empty line of the grid: Feishu begins tables with some, and people add one and then type."""
    return all(record.is_empty(key) for key in _CONTENT)
