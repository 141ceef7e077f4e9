"""What a chart shows: the records that one person may see, filtered, grouped and rolled up.

Open facts, decided here: a date groups by its day; ``group`` sorts options as the column lists them,
numbers and days by size, all else as text; ``view`` keeps the order of the records; ``value`` sorts by
the first series; the group of empty cells is last in either direction.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from feishu_plugin.sandbox.bases import Base
from feishu_plugin.sandbox.conditions import Context
from feishu_plugin.sandbox.envelope import Caller, Json, Refusal
from feishu_plugin.sandbox.fields import Field
from feishu_plugin.sandbox.formula_cells import cell_value, rank
from feishu_plugin.sandbox.formula_values import FormulaFault, as_text, flat, numbers
from feishu_plugin.sandbox.formulas import prepare_formulas
from feishu_plugin.sandbox.permissions import permission_of
from feishu_plugin.sandbox.search import compile_filter
from feishu_plugin.sandbox.tables import Record, Table
from feishu_plugin.sandbox.world import World

Label = str | None
"""What a group is called; None is the group of empty cells."""
Read = Callable[[Field, Record], Any]
_DIGITS = 6
_ROLLUPS: dict[str, Callable[[list[float]], float]] = {
    "SUM": sum,
    "MAX": max,
    "MIN": min,
    "AVERAGE": lambda found: sum(found) / len(found),
}


class Unshown(Exception):
    """Why a chart has no figures: ``why`` is table, field or filter; ``about`` what it is about."""

    def __init__(self, why: str, about: str) -> None:
        super().__init__(f"{why}: {about}")
        self.why, self.about = why, about


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The records and columns of the chart's table that its reader may see, and how to read a cell."""

    table: Table
    columns: dict[str, Field]
    records: list[Record]
    read: Read

    def column(self, name: object) -> Field:
        """A column by name; Unshown when there is none or this person does not see it."""
        if not isinstance(name, str) or name not in self.columns:
            raise Unshown("field", str(name))
        return self.columns[name]


def figures(world: World, base: Base, caller: Caller, config: Json) -> Json:
    """``{"categories": [text or null], "series": [{"name": text or null, "values": [number or null]}],
    "records": n}`` of a ``data_config`` with names.

    Null stands for the group of empty cells, for the name of a count, and for a value that nothing
    makes up. One category, null, when nothing is grouped. Raises Unshown.
    """
    source = _source(world, base, caller, config)
    groups = config.get("group_by") or []
    categories = _grouped(source, groups[0], config) if groups else {None: source.records}
    splits = list(_grouped(source, groups[1], config)) if len(groups) > 1 else None
    parts = [_parted(source, records, groups[1]) if splits else {} for records in categories.values()]
    series = []
    for measure in _measures(config):
        for split in splits or [None]:
            chosen = [part.get(split, []) for part in parts] if splits else list(categories.values())
            values = [_value(source, measure, records) for records in chosen]
            series.append({"name": _series_name(measure, split, config, bool(splits)), "values": values})
    return {"categories": list(categories), "series": series, "records": len(source.records)}


def _source(world: World, base: Base, caller: Caller, config: Json) -> Source:
    table = base.named(str(config.get("table_name")))
    if table is None:
        raise Unshown("table", str(config.get("table_name")))
    prepare_formulas(world, base)
    permission = permission_of(world, base, table, caller)
    columns = {field.name: field for field in permission.columns(list(table.fields.values()))}
    source = Source(
        table=table,
        columns=columns,
        records=permission.records(list(table.records.values())),
        read=lambda field, record: _cell(world, base, field, record),
    )
    return _filtered(world, base, source, config.get("filter"))


def _cell(world: World, base: Base, field: Field, record: Record) -> Any:
    try:
        return cell_value(base, world.people, field, record)
    except FormulaFault:
        return None


def _filtered(world: World, base: Base, source: Source, given: Any) -> Source:
    """A filter by a column that this person does not see is not applied for them: nothing is shown."""
    for item in (given or {}).get("conditions") or ():
        source.column(item.get("field_name"))
    context = Context(
        people=world.people, id_type="open_id", zone=ZoneInfo(base.time_zone), now=world.clock.now()
    )
    try:
        wanted = compile_filter(source.table, _with_values(given), context)
    except Refusal as refusal:
        raise Unshown("filter", refusal.detail) from None
    kept = source.records if wanted is None else [record for record in source.records if wanted(record)]
    return Source(table=source.table, columns=source.columns, records=kept, read=source.read)


def _with_values(given: Any) -> Any:
    """A chart may leave ``value`` out, or give one that is no list; a search may not."""
    if not given:
        return None
    conditions = [{**item, "value": _listed(item.get("value"))} for item in given["conditions"]]
    return {**given, "conditions": conditions}


def _listed(value: Any) -> list[str]:
    return [] if value is None else [str(item) for item in (value if isinstance(value, list) else [value])]


def _measures(config: Json) -> list[Json]:
    """The series; ``{}`` counts records."""
    return config.get("series") or [{}]


def _value(source: Source, measure: Json, records: Sequence[Record]) -> float | None:
    if not measure:
        return len(records)
    field, rollup = source.column(measure.get("field_name")), str(measure.get("rollup"))
    found = numbers(source.read(field, record) for record in records)
    if not found:
        return 0 if rollup == "SUM" else None
    value = round(_ROLLUPS[rollup](found), _DIGITS)
    return int(value) if value == int(value) else value


def _series_name(measure: Json, split: Label, config: Json, is_split: bool) -> Label:
    """The column's name, with its rollup where the chart shows the column more than once."""
    own = measure.get("field_name")
    if sum(other.get("field_name") == own for other in _measures(config)) > 1:
        own = f"{own} ({measure.get('rollup')})"
    if not is_split:
        return own
    return split if len(_measures(config)) == 1 else f"{own} · {split or ''}"


def _grouped(source: Source, group: Json, config: Json) -> dict[Label, list[Record]]:
    """The records by label, sorted as the group asks."""
    parts = _parted(source, source.records, group)
    sort = group.get("sort") or {"type": "group", "order": "asc"}
    empty, named = parts.pop(None, None), list(parts)
    if sort["type"] == "value":
        first = _measures(config)[0]
        named.sort(key=lambda label: _value(source, first, parts[label]) or 0)
    elif sort["type"] == "group":
        ranks = _ranks(source, group)
        named.sort(key=lambda label: ranks[label])
    if sort["order"] == "desc":
        named.reverse()
    return {label: parts[label] for label in named} | ({} if empty is None else {None: empty})


def _parted(source: Source, records: Sequence[Record], group: Json) -> dict[Label, list[Record]]:
    """The records by label; with mode ``enumerated`` one that holds several values stands under each."""
    parts: dict[Label, list[Record]] = {}
    for record in records:
        for label, _ in _labels(source, group, record):
            parts.setdefault(label, []).append(record)
    return parts


def _labels(source: Source, group: Json, record: Record) -> Iterator[tuple[Label, Any]]:
    """The labels of a record, each with the value it stands for."""
    items = [_day(item) for item in flat(source.read(source.column(group.get("field_name")), record))]
    if not items:
        yield None, None
    elif group.get("mode") == "enumerated":
        yield from ((as_text(item), item) for item in dict.fromkeys(items))
    else:
        yield as_text(items), items[0]


def _day(item: Any) -> Any:
    return item.replace(hour=0, minute=0, second=0, microsecond=0) if isinstance(item, datetime) else item


def _ranks(source: Source, group: Json) -> dict[Label, Any]:
    """Where each label belongs; an option by its place in the column."""
    places = {name: place for place, name in enumerate(source.column(group.get("field_name")).option_ids)}
    return {
        label: (places[item], label) if item in places else (len(places), *rank(item), label)
        for record in source.records
        for label, item in _labels(source, group, record)
        if label is not None
    }
