"""What differs between a wanted table and the live one, column by column; pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from feishu_plugin.binding import (
    LiveField,
    LiveTable,
    find_field,
    find_option,
    find_table,
    options_of,
    path_of,
)
from feishu_plugin.identity import Known, own_path
from feishu_plugin.language import Phrase
from feishu_plugin.ports import Json
from feishu_plugin.schema import KINDS, Field, Schema, Table
from feishu_plugin.sync.structure import bodies
from feishu_plugin.sync.structure.changes import Change, Verb, What
from feishu_plugin.sync.structure.live import Live
from feishu_plugin.sync.structure.order import ordered_options

_SINGLE_ABLE = ("user", "group_chat", "single_link", "duplex_link")
_RENAME = Phrase("请给该列改名", "rename that column")
_REPLACE = Phrase(
    "请删除该列，或在模式文件中给它新的 key",
    "delete that column, or give it a new key in the schema file",
)
_FIRST = Phrase("首列不能删除，请保留它", "the first column of a table cannot be dropped: keep it")
_NARROWER = Phrase("多个值 → 一个值", "several values → one")
_TAKEN = Phrase("另一列已用这个名称，请先改名", "another column has this name, rename it first")


def find_column(schema: Schema, table: Table, wanted: Field, live: Live) -> LiveField | None:
    """The live column of a schema field; a link's partner is also known through its owner."""
    here = find_table(table, live.tables)
    if here is None:
        return None
    found = find_field(table.key, wanted, here.fields)
    if found is not None or not bodies.is_partner(wanted) or wanted.back_key is None:
        return found
    back_id = _back_field_id(schema, wanted, live)
    return next((column for column in here.fields if column.field_id == back_id), None)


def _back_field_id(schema: Schema, partner: Field, live: Live) -> str | None:
    owner = schema.table(partner.table or "")
    there = find_table(owner, live.tables)
    if there is None or partner.back_key is None:
        return None
    column = find_field(owner.key, owner.field(partner.back_key), there.fields)
    return column.property.get("back_field_id") if column else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """One table being compared: the wanted one, the live one and which column is which."""

    table: Table
    here: LiveTable
    found: Mapping[str, LiveField | None]
    ids: bodies.TableIds
    known: Known = field(default_factory=dict)

    def changes(self) -> Iterator[Change]:
        """Column by column in the order of the schema, then what is no longer wanted and what is people's."""
        for wanted in self.table.fields:
            yield from self._field(wanted, self.found[wanted.key])
        yield from self._others()

    def _change(
        self,
        verb: Verb,
        what: What,
        field: Field,
        *details: Phrase | str,
        found: str = "",
        reason: Phrase | str = "",
    ) -> Change:
        name = f"{self.table.zh}.{field.zh}"
        return Change(
            verb=verb,
            what=what,
            table=self.table.key,
            key=field.key,
            name=name,
            details=details,
            found=found,
            reason=reason,
        )

    def _field(self, wanted: Field, found: LiveField | None) -> Iterator[Change]:
        if self._is_taken(wanted, found):
            yield self._change("refuse", "field", wanted, reason=_TAKEN)
        elif found is None:
            yield self._change("add", "field", wanted, wanted.type)
        elif reason := self._refusal(wanted, found):
            yield self._change("refuse", "field", wanted, reason=reason)
        else:
            yield from self._differences(wanted, found)

    def _is_taken(self, wanted: Field, found: LiveField | None) -> bool:
        """True when people's column has the name: one of ours will give it up by itself."""
        if found is not None and found.name == wanted.zh:
            return False
        mine = {column.field_id for column in self.found.values() if column is not None}
        others = (c for c in self.here.fields if c.field_id not in mine and not self.is_ours(c))
        return wanted.zh in {column.name for column in others}

    def _refusal(self, wanted: Field, found: LiveField) -> Phrase | None:
        """Why only a person may bring the column in line; empty when we may."""
        number, ui_type = KINDS[wanted.type]
        links = {18, 21} & {number, found.type}
        if found.type != number and (links or not path_of(found)):
            advice = _REPLACE if path_of(found) else _RENAME
            kind = found.ui_type or found.type
            return Phrase(
                f"类型是 {kind}，而不是 {ui_type}：{advice.zh}", f"is {kind}, not {ui_type}: {advice.en}"
            )
        target = self.ids.get(wanted.table or "")
        if bodies.is_link(wanted) and found.property.get("table_id") not in (None, target):
            return Phrase(
                f"关联到另一张或已删除的表：{_REPLACE.zh}",
                f"links to another table or to one that is gone: {_REPLACE.en}",
            )
        return None

    def _differences(self, wanted: Field, found: LiveField) -> Iterator[Change]:
        if found.name != wanted.zh:
            yield self._change("rename", "field", wanted, found=found.name)
        if cost := _cost(wanted, found):
            yield self._change("retype", "field", wanted, cost)
        if aspects := tuple(self._aspects(wanted, found)):
            yield self._change("change", "field", wanted, *aspects)
        yield from self._options(wanted, found)

    def _aspects(self, wanted: Field, found: LiveField) -> Iterator[str]:
        """Settings that differ; options have changes of their own, links keep their table."""
        number, ui_type = KINDS[wanted.type]
        if found.description != bodies.description(self.table.key, wanted):
            yield "description"
        if found.type != number:
            return
        if found.ui_type not in ("", ui_type):
            yield "ui_type"
        property: Json = {"multiple": wanted.multiple}
        if not bodies.is_link(wanted):
            property = bodies.wanted_property(wanted, self.ids)
        for key, value in sorted(property.items()):
            narrows = key == "multiple" and not value
            if key != "options" and not narrows and found.property.get(key) != value:
                yield key

    def _options(self, wanted: Field, found: LiveField) -> Iterator[Change]:
        """Of a select that becomes another kind of select only the loss is told: the rest comes with it."""
        if found.type == KINDS[wanted.type][0]:
            yield from self._kept_options(wanted, found)
        known = {option.key for option in wanted.options}
        for option_id, key in found.option_keys.items():
            if key not in known and wanted.type.endswith("_select"):
                name = next(str(o["name"]) for o in options_of(found) if o["id"] == option_id)
                yield self._option("drop", wanted, key, name, "")

    def _kept_options(self, wanted: Field, found: LiveField) -> Iterator[Change]:
        there = {option.key: find_option(option, found) for option in wanted.options}
        if lost := tuple(option.zh for option in wanted.options if there[option.key] is None):
            yield self._change("merge", "options", wanted, *lost)
        for option in wanted.options:
            live = there[option.key]
            if live is not None and live["name"] != option.zh:
                yield self._option("rename", wanted, option.key, option.zh, str(live["name"]))
        if wanted.options and [o["id"] for o in ordered_options(wanted, found)] != [
            o["id"] for o in options_of(found)
        ]:
            yield self._change("reorder", "options", wanted)

    def _option(self, verb: Verb, field: Field, key: str, label: str, found: str) -> Change:
        name = f"{self.table.zh}.{field.zh}.{label}"
        path = f"{field.key}.{key}"
        return Change(verb=verb, what="option", table=self.table.key, key=path, name=name, found=found)

    def _others(self) -> Iterator[Change]:
        """Columns of ours that the schema no longer has, and columns that people made."""
        mine = {column.field_id for column in self.found.values() if column is not None}
        for column in sorted(self.here.fields, key=lambda column: column.name):
            if column.field_id not in mine:
                yield self._other(column)

    def _other(self, column: LiveField) -> Change:
        ours = self.is_ours(column)
        verb: Verb = "drop" if ours else "keep"
        key = own_path(column, self.known).rpartition(".")[2] if ours else column.field_id
        reason: Phrase | str = ""
        if verb == "drop" and column.is_primary:
            verb, reason = "refuse", _FIRST
        name = f"{self.table.zh}.{column.name}"
        return Change(verb=verb, what="field", table=self.table.key, key=key, name=name, reason=reason)

    def is_ours(self, column: LiveField) -> bool:
        """True for a column that stands for a field of ours which the schema no longer has."""
        table, _, key = own_path(column, self.known).partition(".")
        return table == self.table.key and key not in self.table.by_key


def _cost(wanted: Field, found: LiveField) -> Phrase | str:
    """What changing the column may cost: cells that do not convert, all but one of several values."""
    number, ui_type = KINDS[wanted.type]
    if found.type != number:
        return f"{found.ui_type or found.type} → {ui_type}"
    narrows = wanted.type in _SINGLE_ABLE and not wanted.multiple
    return _NARROWER if narrows and found.property.get("multiple", True) else ""
