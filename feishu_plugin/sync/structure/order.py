"""In which order columns and options should stand, beside those that people added; pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from feishu_plugin.binding import LiveField, LiveTable, find_field, find_option, options_of
from feishu_plugin.schema import Field, Table


def columns(table: Table, here: LiveTable) -> list[str]:
    """The ids of our columns that exist, in the order of the schema; Feishu keeps the first column first."""
    found = (find_field(table.key, field, here.fields) for field in table.fields)
    ours = [column for column in found if column is not None]
    return [column.field_id for column in sorted(ours, key=lambda column: not column.is_primary)]


def is_in_order(table: Table, here: LiveTable) -> bool:
    """True when the table lists our columns as the schema does."""
    ours = columns(table, here)
    return [field.field_id for field in here.fields if field.field_id in ours] == ours


def arranged(table: Table, here: LiveTable, shown: Sequence[str], hidden: Sequence[str]) -> list[str]:
    """The columns a view shows in the order of the schema, those of people behind them.

    Setting it would also show what is left out of ``shown``: what people hid stays hidden.
    """
    ours = [id for id in columns(table, here) if id in shown and id not in hidden]
    return [*ours, *(id for id in shown if id not in ours and id not in hidden)]


def ordered_options(wanted: Field, live: LiveField) -> list[Mapping[str, Any]]:
    """The live options: ours as in the schema, each followed by what people put behind it."""
    ours = [found for option in wanted.options if (found := find_option(option, live))]
    ids = {option["id"] for option in ours}
    behind: dict[str, list[Mapping[str, Any]]] = {}
    last = ""
    for option in options_of(live):
        if option["id"] in ids:
            last = option["id"]
        else:
            behind.setdefault(last, []).append(option)
    result = list(behind.get("", ()))
    for option in ours:
        result += [option, *behind.get(option["id"], ())]
    return result
