"""How ``field_schema.json`` is laid out: one line per field, option, view, question, role and chart.

Pure text, so that the file reads as a table and a diff shows exactly the changed line.
It must never add, drop or reorder content.
"""

import json
from typing import Any

_OPENED = frozenset(
    {"option_sets", "tables", "fields", "views", "questions", "roles", "dashboards", "charts"}
)
"""Members that get a line per item; everything else stays on the line of its owner."""


def canonical(schema: Any) -> str:
    """The text of the whole file, ending with a newline."""
    return _value(schema, "") + "\n"


def _value(value: Any, indent: str) -> str:
    if isinstance(value, dict) and any(_opens(key, item) for key, item in value.items()):
        members = [f"{_line(key)}: {_member(key, item, indent + '  ')}" for key, item in value.items()]
        return _block("{", members, "}", indent)
    return _line(value)


def _member(key: str, value: Any, indent: str) -> str:
    if not _opens(key, value):
        return _line(value)
    if isinstance(value, dict):
        lists = [f"{_line(name)}: {_items(items, indent + '  ')}" for name, items in value.items()]
        return _block("{", lists, "}", indent)
    return _items(value, indent)


def _opens(key: str, value: Any) -> bool:
    """Lists, and lists by name; the ``tables`` of a role are neither and stay on its line."""
    lists = list(value.values()) if isinstance(value, dict) else [value]
    return key in _OPENED and bool(lists) and all(isinstance(found, list) for found in lists)


def _items(items: list[Any], indent: str) -> str:
    return _block("[", [_value(item, indent + "  ") for item in items], "]", indent)


def _block(start: str, lines: list[str], end: str, indent: str) -> str:
    if not lines:
        return start + end
    return f"{start}\n{indent}  " + f",\n{indent}  ".join(lines) + f"\n{indent}{end}"


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
