"""What becomes of cells when a field's definition changes: removed options vanish, types convert.

Feishu publishes no conversion table (UNCONFIRMED); here a value survives when its plain text can
be read as the new type, and is dropped otherwise.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from feishu_plugin.sandbox.cells import PHONE
from feishu_plugin.sandbox.field_types import SELECTS, Type
from feishu_plugin.sandbox.fields import Field
from feishu_plugin.sandbox.rendering import number_text
from feishu_plugin.sandbox.tables import Table

NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d{1,300})(\.\d+)?")
DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?")
COMMA = re.compile("[,，]")
FORMATS = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M"}
FEWER = frozenset({Type.USER, Type.GROUP_CHAT})
"""Lists of which one item stays when ``multiple`` is taken away; links keep all of theirs."""


def convert_cells(table: Table, old: Field, new: Field, zone: ZoneInfo) -> bool:
    """Brings the cells of a changed field in line with its new definition; True when any changed.

    ``zone`` is the base's time zone, in which texts are read as days and days become texts.
    """
    if old.type != new.type:
        _keep_options(old, new)
        return _rewrite(table, new, lambda value: _converted(old, new, value, zone))
    if new.type in FEWER and old.setting("multiple") and not new.setting("multiple"):
        return _rewrite(table, new, lambda value: value[:1])
    gone = set(old.option_names) - set(new.option_names)
    return bool(gone) and _rewrite(table, new, lambda value: _without(value, gone))


def _keep_options(old: Field, new: Field) -> None:
    """A select that becomes the other kind of select without telling options keeps those it has."""
    if new.type in SELECTS and new.property is not None and not new.options():
        new.property["options"] = [dict(option) for option in old.options()]
        new.index_options()


def _rewrite(table: Table, field: Field, change: Callable[[Any], Any]) -> bool:
    changed = False
    table.index.drop()
    for record in table.records.values():
        before = record.cells.get(field.field_id)
        if before is None:
            continue
        after = change(before)
        changed = changed or after != before
        if after is None:
            del record.cells[field.field_id]
        else:
            record.cells[field.field_id] = after
    return changed


def _without(value: Any, gone: set[str]) -> Any:
    if isinstance(value, list):
        return [id for id in value if id not in gone] or None
    return None if value in gone else value


def _converted(old: Field, new: Field, value: Any, zone: ZoneInfo) -> Any:
    texts = _texts(old, value, zone)
    if new.type in SELECTS:
        ids = _selected(old, new, texts)
        return (ids or None) if new.type == Type.MULTI_SELECT else next(iter(ids), None)
    if new.type == Type.TEXT:
        return ",".join(texts) or None
    if new.type == Type.PHONE:
        return ",".join(texts) if texts and PHONE.fullmatch(",".join(texts)) else None
    if new.type == Type.NUMBER:
        return _number(texts[0]) if texts else None
    return _moment(texts[0], zone) if texts and new.type == Type.DATE else None


def _selected(old: Field, new: Field, texts: list[str]) -> list[str]:
    """Option ids; a select hands over only options that still are, a text makes those it names."""
    if old.type in SELECTS:
        return [new.option_ids[text] for text in texts if text in new.option_ids]
    if new.type == Type.MULTI_SELECT:
        texts = [part for text in texts for part in COMMA.split(text)]
    return list(dict.fromkeys(new.option_id(text.strip()) for text in texts if text.strip()))


def _texts(old: Field, value: Any, zone: ZoneInfo) -> list[str]:
    """The value as plain texts; people, files and links have none."""
    if old.type in SELECTS:
        ids = value if isinstance(value, list) else [value]
        return [old.option_names[id] for id in ids if id in old.option_names]
    if old.type == Type.DATE:
        return [_day_text(value, str(old.setting("date_formatter")), zone)]
    if old.type in (Type.TEXT, Type.NUMBER, Type.PHONE, Type.LOCATION):
        return [number_text(value)]
    if old.type == Type.URL:
        return [value["text"]]
    return [value["number"]] if old.type == Type.AUTO_NUMBER else []


def _day_text(ms: int, formatter: str, zone: ZoneInfo) -> str:
    """The moment as the column showed it; "" for one beyond the calendar."""
    try:
        moment = datetime.fromtimestamp(ms / 1000, zone)
    except (ValueError, OverflowError, OSError):
        return ""
    return re.sub("|".join(FORMATS), lambda part: moment.strftime(FORMATS[part[0]]), formatter)


def _number(text: str) -> float | int | None:
    if not NUMBER.fullmatch(text.strip()):
        return None
    number = float(text.replace(",", ""))
    return int(number) if number.is_integer() else number


def _moment(text: str, zone: ZoneInfo) -> int | None:
    """Milliseconds of a day, with or without a time: year first, with dashes or strokes."""
    found = DAY.fullmatch(text.strip())
    if found is None:
        return None
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        moment = datetime(year, month, day, hour, minute, second, tzinfo=zone)
        return int(moment.timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        return None
