"""The schema file in a team's words, so that ``plan`` renames nothing they want to keep; pure.

Works on the JSON of the file and changes labels, notes and display settings only; keys, types
and order stay. Where a name of theirs stands in the way of one of ours, ours gives way.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from feishu_plugin.binding import LiveField, LiveTable, find_table, mark, marked, options_of, path_of
from feishu_plugin.schema import Field, Schema, Table
from feishu_plugin.sync.adopt.mapping import Adoption, Column

Json = dict[str, Any]

_OURS = "系统"
_KINDS = {
    "user": "人员",
    "datetime": "日期",
    "number": "数字",
    "rating": "评分",
    "single_select": "单选",
    "multi_select": "多选",
    "attachment": "附件",
    "single_link": "关联",
    "duplex_link": "关联",
    "text": "文本",
}
"""What is put behind a label of ours when a team's column of another kind has it."""


def team_schema(data: Json, schema: Schema, mapping: Adoption, tables: Sequence[LiveTable]) -> Json:
    """``data`` (the file that ``schema`` was read from) in the words of an adopted table."""
    words = deepcopy(data)
    here = next(table for table in tables if table.table_id == mapping.table.table_id)
    work = _Adopted(words=words, schema=schema, mapping=mapping, here=here, tables=tables)
    work.tables_named()
    work.columns_named()
    work.options_named()
    if not any(_is_of(field, mapping.table.to) for field in here.fields):
        work.views_named()
    return words


def own_text(column: LiveField) -> str:
    """The description that people wrote: without a mark of ours."""
    found = marked(column.description)
    text = column.description.rstrip()
    return text.removesuffix(mark(*found)).rstrip() if found else text


@dataclass(frozen=True, slots=True, kw_only=True)
class _Adopted:
    words: Json
    schema: Schema
    mapping: Adoption
    here: LiveTable
    tables: Sequence[LiveTable]

    @property
    def wanted(self) -> Table:
        return self.schema.table(self.mapping.table.to)

    @property
    def json(self) -> Json:
        return next(table for table in self.words["tables"] if table["key"] == self.wanted.key)

    def tables_named(self) -> None:
        """The adopted table keeps its name; ours that a stranger's table has give way."""
        if self.mapping.table.label == "keep":
            self.json["zh"] = self.here.name
        taken = {table.name for table in self.tables} | {table["zh"] for table in self.words["tables"]}
        for wanted, label in zip(self.schema.tables, self.words["tables"], strict=True):
            found = find_table(wanted, [t for t in self.tables if t is not self.here])
            known = found and (found.key or any(_is_of(field, wanted.key) for field in found.fields))
            if found and not known and found.name == label["zh"]:
                label["zh"] = _free(label["zh"], _OURS, taken)

    def columns_named(self) -> None:
        """Columns the team keeps give their names; ours that are in their way give way."""
        mapped = self.mapping.mapped()
        kept = {key: c for key, c in mapped.items() if c.label == "keep"}
        taken = {self._live(column).name for column in kept.values()}
        taken |= {c.name for c in self.here.fields if self._is_strange(c)}
        for field, json in zip(self.wanted.fields, self.json["fields"], strict=True):
            if field.key in mapped:
                _keep_looks(json, field, self._live(mapped[field.key]))
            if field.key in kept:
                json["zh"] = self._live(kept[field.key]).name
            else:
                suffix = _OURS if field.filled_by == "rule" else _KINDS.get(field.type, _OURS)
                json["zh"] = _free(field.zh, suffix, taken)
            taken.add(json["zh"])

    def _is_strange(self, column: LiveField) -> bool:
        """True for a column that stands for nothing of ours, before and after."""
        ids = {c.field_id for c in self.mapping.mapped().values()}
        return column.field_id not in ids and not _is_of(column, self.wanted.key)

    def options_named(self) -> None:
        """A list that is the field's own changes everywhere; a scale that others share does not."""
        for key, column in self.mapping.mapped().items():
            field = self.wanted.field(key)
            if field.options and column.label == "keep":
                options = _options(field, column, self._live(column))
                json = next(json for json in self.json["fields"] if json["key"] == key)
                self._set_options(json, field, options)

    def _set_options(self, json: Json, field: Field, options: list[Json]) -> None:
        if field.option_set is None:
            json["options"] = options
            return
        name = field.option_set
        if name != field.key or self._is_used_elsewhere(name):
            name = json["option_set"] = f"{self.wanted.key}_{field.key}"
        self.words["option_sets"][name] = options

    def _is_used_elsewhere(self, name: str) -> bool:
        """True when a table that the base has already shows this list with the words it has now."""
        there = [t for t in self.schema.tables if t is not self.wanted and find_table(t, self.tables)]
        return any(field.option_set == name for table in there for field in table.fields)

    def views_named(self) -> None:
        """A view of the team is not made into one of ours because of its name."""
        taken = {view.name for view in self.here.views}
        for view in self.json.get("views", ()):
            view["zh"] = _free(view["zh"], _OURS, taken)
            taken.add(view["zh"])

    def _live(self, column: Column) -> LiveField:
        return next(field for field in self.here.fields if field.field_id == column.field_id)


def _keep_looks(json: Json, field: Field, column: LiveField) -> None:
    """What the column shows beside its cells: formats, whether several values may stand, its help text."""
    if formats := {key: column.property[key] for key in field.property if key in column.property}:
        json["property"] = {**json["property"], **formats}
    if field.type in ("user", "group_chat", "single_link") and "multiple" in column.property:
        json["multiple"] = bool(column.property["multiple"])
    told = own_text(column)
    ours = f"{field.note.zh} / {field.note.en}" if field.note else ""
    if told and told != ours:
        json["note"] = {"zh": told.removesuffix(f" / {field.en}"), "en": field.en}


def _options(field: Field, column: Column, live: LiveField) -> list[Json]:
    """Our options with the team's names; an option they keep for themselves shares its name with none."""
    names = {key: name for name, key in column.options.items() if key is not None}
    there = {str(option["name"]): option for option in options_of(live)}
    taken = set(there)
    found = []
    for option in field.options:
        name = names.get(option.key) or _free(option.zh, _OURS, taken)
        taken.add(name)
        color = there.get(name, {}).get("color", option.color)
        found.append({"key": option.key, "zh": name, "en": option.en, "color": color})
    return found


def _is_of(column: LiveField, table: str) -> bool:
    found = path_of(column)
    return found is not None and found[0] == table


def _free(label: str, suffix: str, taken: Collection[str]) -> str:
    """The label, or the first of its variants that nobody has."""
    return next(name for name in _variants(label, suffix) if name not in taken)


def _variants(label: str, suffix: str) -> Iterator[str]:
    yield label
    yield f"{label}（{suffix}）"
    for n in range(2, 1000):
        yield f"{label}（{suffix}{n}）"


def labels_given_way(
    before: Mapping[str, Any], after: Mapping[str, Any], table: str
) -> list[tuple[str, str]]:
    """(old, new) labels of one table's fields of ours that had to give way to a team's column."""
    old, new = (next(t for t in data["tables"] if t["key"] == table)["fields"] for data in (before, after))
    return [
        (a["zh"], b["zh"])
        for a, b in zip(old, new, strict=True)
        if b["zh"] != a["zh"] and b["zh"].startswith(f"{a['zh']}（")
    ]
