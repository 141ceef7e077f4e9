"""Cells of every type in every shape Feishu shows them, broken: alone, and as rows that are judged.

A cell must decode to a value (or to nothing), never raise; what was decoded must survive the
store and the archive, and be settled by one write. A row of such cells must be judged,
reminded of, told and swept like any other.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any, get_args

from benchmarks.fuzz.doors import Watched
from benchmarks.fuzz.junk import broken, choice, junk
from benchmarks.fuzz.kinds import Case, Complaints, overheard
from feishu_plugin.binding import BoundField
from feishu_plugin.gateway.cells import decode, encode
from feishu_plugin.gateway.http import _encoded
from feishu_plugin.records import Record, Value
from feishu_plugin.schema import FieldType, Table
from feishu_plugin.store.values_json import dumps, loads
from feishu_plugin.sync import sweep, ticks
from feishu_plugin.sync.archive.rows import COMPUTED, Row, line, row_in
from feishu_plugin.sync.handler import work_once
from feishu_plugin.sync.outgoing import send_due
from tests.fakes import RecordingMessages
from tests.sync.base import Base

TYPES: tuple[FieldType, ...] = get_args(FieldType)
_PERSON = {"id": "ou_1", "name": "名", "en_name": "N", "email": "", "avatar_url": "https://x"}
_TEXT = [{"type": "text", "text": "甲"}, {"type": "mention", "text": "@乙", "token": "ou_2"}]
_LINK = {"type": "url", "text": "网", "link": "https://x"}
SHAPES: Mapping[str, tuple[Any, ...]] = {
    "text": ("甲", _TEXT, {"type": "text", "text": "甲"}),
    "number": (3, 2.5, "2.5", "1e3"),
    "select": ("待处理", "自己加的"),
    "multi": (["待处理", "高"], []),
    "moment": (1785500000000, "1785500000000", 253402214400000, -62135596800000),
    "tick": (True, False),
    "people": ([_PERSON], _PERSON, [{"id": "ou_1"}]),
    "files": ([{"file_token": "box1", "name": "a.png", "size": 3, "type": "image/png"}],),
    "url": (_LINK, {"link": "https://x"}),
    "links": (
        {"link_record_ids": ["rec1"]},
        [{"record_ids": ["rec1"], "table_id": "t", "text": "a"}],
        ["rec1"],
    ),
    "place": ({"location": "116.4,39.9", "name": "x", "full_address": "y"}, "116.4,39.9"),
    "formula": (
        {"type": 2, "value": [3]},
        {"type": 1, "value": _TEXT},
        {"type": 5, "value": [1785500000000]},
        _TEXT,
        3,
    ),
}
_SHAPE_OF: Mapping[str, str] = {
    "number": "number", "currency": "number", "progress": "number", "rating": "number",
    "single_select": "select",
    "multi_select": "multi", "datetime": "moment", "created_time": "moment", "modified_time": "moment",
    "checkbox": "tick", "user": "people", "created_user": "people", "modified_user": "people",
    "group_chat": "people",
    "attachment": "files", "url": "url", "single_link": "links", "duplex_link": "links", "location": "place",
    "formula": "formula",
}  # fmt: skip
_TOGETHER = 8
"""Rows of one paste."""
_PASTES = 6
"""Pastes after which the base is a new one."""


def cell_of(dice: Random, type: str) -> Any:
    """A cell as Feishu shows it, most often broken."""
    sound = choice(dice, SHAPES[_SHAPE_OF.get(type, "text")])
    if dice.randrange(4) == 0:
        sound = choice(dice, SHAPES[choice(dice, tuple(SHAPES))])
    return choice(dice, (sound, broken(dice, sound), junk(dice)))


@contextmanager
def cell() -> Iterator[Case]:
    """Cells one by one."""

    def case(dice: Random) -> str:
        type = choice(dice, TYPES)
        field = BoundField(
            key="it", field_id="fld1", name="列", type=type, option_names={"pending": "待处理"}
        )
        value = decode(field, cell_of(dice, type))
        assert loads(dumps({"it": value})) == {"it": value}, "the store changes it"
        _archived(type, value)
        if type not in COMPUTED and value is not None:
            written = encode(field, value)
            _encoded({"it": written})
            once = decode(field, written)
            assert decode(field, encode(field, once)) == once, "every write changes it again"
        return "empty" if value is None else "value"

    yield case


def _archived(type: FieldType, value: Value) -> None:
    """An archive holds what it was given, but for what no API can write back."""
    body = {
        "key": "it",
        "zh": "列",
        "en": "It",
        "type": type,
        "table": "t" if type.endswith("_link") else None,
    }
    table = Table.model_validate({"key": "t", "zh": "表", "en": "T", "fields": [body]})
    row = Row(record_id="rec1", values={"it": value} if value is not None else {})
    again = row_in(table, line(row))
    assert type == "formula" or again.values == row.values, f"the archive changes {value!r} to {again.values}"


@contextmanager
def row() -> Iterator[Case]:
    """Pastes of eight rows, from the hint to the card; a case is a paste."""
    with overheard() as said:
        place = _Place(said)

        def case(dice: Random) -> str:
            fields = list(place.base().tables.binding.tables["requirement"].fields.values())
            for _ in range(_TOGETHER):
                place.edit(dice, _values(dice, fields))
            place.settle()
            said.raise_if_any()
            return "settled"

        yield case


def _values(dice: Random, fields: Sequence[BoundField]) -> dict[str, Value]:
    """Some cells of a row, most of them broken, and every other time a status."""
    chosen = [choice(dice, fields) for _ in range(dice.randrange(1, 12))]
    values = {field.key: decode(field, cell_of(dice, field.type)) for field in chosen}
    if dice.randrange(2):
        values["status"] = choice(dice, ("pending", "in_progress", "done", "closed", "void", "shelved"))
    return values


class _Place:
    """A base on a real store, renewed now and then; people write anything into it."""

    def __init__(self, said: Complaints) -> None:
        self.said, self._used, self._base = said, 0, self._new()

    def base(self) -> Base:
        """The base for one case."""
        self._used += 1
        if self._used % _PASTES == 0:
            self._store.close()
            self._base = self._new()
        return self._base

    def edit(self, dice: Random, values: Mapping[str, Value]) -> None:
        """A row is added, or one that is there gets other values; Feishu's own columns included."""
        tables = self._base.tables
        rows = tables.rows("requirement")
        old = choice(dice, rows) if rows and dice.randrange(3) else None
        record_id = old.record_id if old else tables.put("requirement", {"title": "题"})
        before = old.values if old else {}
        kept = {key: value for key, value in {**before, **values}.items() if value is not None}
        now = self._base.clock.now()
        tables._rows["requirement"][record_id] = Record(
            record_id=record_id, values=kept, created_at=now, modified_at=now, modified_by="ou_person"
        )
        self._base.changed(record_id, before.get("status"), "ou_person")

    def settle(self) -> None:
        """Everything is judged, due things are told, cards are made, a sweep finds nothing new to say."""
        base, desk = self._base, self._base.desk
        for _ in range(20):
            self._store.put(base.wire)
            base.wire.clear()
            if not work_once(desk).hints:
                break
            base.clock.advance(desk.policy.parameters.grace_seconds + 1)
        self.said.raise_if_any()
        assert not desk.stuck, "a record that cannot be settled"
        base.clock.advance(choice(Random(self._used), (60, 3600, 90_000)))
        ticks.hint_at_due(desk)
        ticks.remind(desk)
        sweep.sweep(desk)
        send_due(desk, RecordingMessages(), lambda: True)
        for record in base.tables.rows("requirement"):
            self._writable(record)
        self._store.came.clear()

    def _writable(self, record: Record) -> None:
        fields = self._base.tables.binding.tables["requirement"].fields
        cells = {
            key: encode(fields[key], value)
            for key, value in record.values.items()
            if fields[key].type not in COMPUTED
        }
        json.loads(_encoded(cells))

    def _new(self) -> Base:
        base, self._store = Base(), Watched()
        base.desk.store = self._store
        return base
