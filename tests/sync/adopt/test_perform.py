"""Marks are written one by one and read back; the first alone, so that a loss stays small."""

from collections.abc import Iterator

import pytest

from feishu_plugin.binding import LiveTable
from feishu_plugin.errors import MappingError
from feishu_plugin.ports import Json
from feishu_plugin.sync.adopt.adoption import marked_body
from feishu_plugin.sync.adopt.perform import perform
from tests.sync.structure.fake_structure import FakeStructure

OPTIONS: Json = {"options": [{"name": "未开始", "color": 1}, {"name": "完成", "color": 2}]}
UNSAID: Json = {"description": {"disable_sync": True, "text": ""}}
FIELDS: list[Json] = [
    {"field_name": "事项", "type": 1, "ui_type": "Text", **UNSAID},
    {"field_name": "状态", "type": 3, "ui_type": "SingleSelect", "property": OPTIONS, **UNSAID},
    {"field_name": "备注", "type": 1, "ui_type": "Text", **UNSAID},
]


class Losing(FakeStructure):
    """Keeps what it is told, but not the last option of a list."""

    def update_field(self, table_id: str, field_id: str, body: Json) -> None:
        options = body.get("property", {}).get("options")
        kept = {**body, "property": {"options": options[:-1]}} if options else body
        super().update_field(table_id, field_id, kept)


def furnished(structure: FakeStructure) -> LiveTable:
    structure.create_table("需求池", "表格", FIELDS)
    (table,) = structure.live()
    return table


def bodies(table: LiveTable) -> Iterator[tuple[str, Json]]:
    for key, column in zip(("title", "status", "remark"), table.fields, strict=True):
        yield column.field_id, marked_body(column, f"#requirement.{key}")


def test_every_column_has_its_mark_and_is_otherwise_as_it_was() -> None:
    structure, steps = FakeStructure(), list[tuple[int, int, str]]()
    before = furnished(structure)

    perform(structure, before, dict(bodies(before)), lambda *step: steps.append(step))

    (now,) = structure.live()
    assert [f.description for f in now.fields] == [f"#requirement.{k}" for k in ("title", "status", "remark")]
    assert [(f.name, f.type, f.property) for f in now.fields] == [
        (f.name, f.type, f.property) for f in before.fields
    ]
    assert steps == [(1, 3, "事项"), (2, 3, "状态"), (3, 3, "备注")]


def test_a_loss_is_told_by_name() -> None:
    structure = Losing()
    before = furnished(structure)

    with pytest.raises(MappingError, match=r"状态.*look at these columns"):
        perform(structure, before, dict(bodies(before)))


def test_after_a_loss_in_the_first_column_no_other_is_touched() -> None:
    structure = Losing()
    before = furnished(structure)
    _, status, _ = before.fields
    told = dict(bodies(before))
    first = {status.field_id: told.pop(status.field_id)}

    with pytest.raises(MappingError, match="状态"):
        perform(structure, before, {**first, **told})

    assert structure.calls.count("update_field") == 1
