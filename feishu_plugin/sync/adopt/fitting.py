"""Whether a live column can stand for a field of ours without any cell being touched; pure."""

from feishu_plugin.binding import LiveField, LiveTable
from feishu_plugin.schema import KINDS, Field

KEPT = frozenset({"number", "import_key", "first_response_at", "closed_at", "reopen_count"})
"""Fields of ours that only the service fills, but whose value a row keeps that brought one."""


def misfit(table: str, wanted: Field, column: LiveField, here: LiveTable) -> str:
    """Why the column cannot become this field of ``table``; empty when it can."""
    number, ui_type = KINDS[wanted.type]
    if column.type != number or column.ui_type not in ("", ui_type):
        kind = kind_of(column)
        return f"类型是 {kind}，{wanted.zh} 需要 {ui_type}：转换会改动单元格 is {kind}, needs {ui_type}"
    if wanted.table is not None and not _links_to_itself(table, wanted, column, here):
        return f"{wanted.zh} 要关联到系统的表 links to a table of ours: its column is added"
    single = wanted.type in ("user", "group_chat", "single_link") and not wanted.multiple
    if single and column.property.get("multiple", True):
        return f"允许多个值，{wanted.zh} 只能有一个：请先在飞书中改 allows several values, {wanted.key} one"
    return ""


def is_overwritten(wanted: Field) -> bool:
    """True for a field whose cells the service writes over, whatever people put there."""
    return wanted.filled_by == "rule" and wanted.key not in KEPT


def kind_of(column: LiveField) -> str:
    """Feishu's word for the column's type."""
    known = next((ui for number, ui in KINDS.values() if number == column.type), str(column.type))
    return column.ui_type or known


def _links_to_itself(table: str, wanted: Field, column: LiveField, here: LiveTable) -> bool:
    return (
        wanted.type == "single_link"
        and wanted.table == table
        and column.property.get("table_id") == here.table_id
    )
