"""Plan and apply through the gateway against the sandbox: the packaged schema as Feishu answers it."""

import pytest

from feishu_plugin.binding import bind
from feishu_plugin.gateway.http import Feishu
from feishu_plugin.gateway.structure import BaseStructure
from feishu_plugin.ports import Json
from feishu_plugin.schema import load
from feishu_plugin.sync.structure.apply import apply
from feishu_plugin.sync.structure.live import look
from feishu_plugin.sync.structure.plan import Plan
from tests.sync.structure.fake_structure import Killed
from tests.sync.structure.sandbox_base import base_of, new_base

SCHEMA = load()


@pytest.fixture
def structure(feishu: Feishu) -> BaseStructure:
    return new_base(feishu)


def test_a_new_base_becomes_exactly_the_packaged_schema(feishu: Feishu, structure: BaseStructure) -> None:
    steps: list[tuple[int, int]] = []
    result = apply(
        base_of(feishu, structure),
        SCHEMA,
        new_base=True,
        on_step=lambda done, total, what: steps.append((done, total)),
    )
    assert [str(failure) for failure in result.failed] == []
    assert steps[-1] == (len(steps), len(steps))
    assert not Plan.of(SCHEMA, look(base_of(feishu, structure), SCHEMA))
    assert bind(SCHEMA, structure.app_token, structure.live()).missing == ()
    assert [table.name for table in structure.live()] == [table.zh for table in SCHEMA.tables]
    assert apply(base_of(feishu, structure), SCHEMA).done == ()


class Dying(BaseStructure):
    """The process ends after so many new columns and views, before it hears of the last one."""

    left = 0

    def create_field(self, table_id: str, body: Json) -> str:
        return self._count(super().create_field(table_id, body))

    def create_view(self, table_id: str, name: str, view_type: str) -> str:
        return self._count(super().create_view(table_id, name, view_type))

    def _count(self, made: str) -> str:
        self.left -= 1
        if not self.left:
            raise Killed
        return made


@pytest.mark.parametrize("left", [1, 30, 110])
def test_killed_half_way_the_next_run_completes(feishu: Feishu, structure: BaseStructure, left: int) -> None:
    dying = Dying(feishu, structure.app_token, new=True)
    dying.left = left
    with pytest.raises(Killed):
        apply(base_of(feishu, dying), SCHEMA, new_base=True)
    assert [str(failure) for failure in apply(base_of(feishu, structure), SCHEMA).failed] == []
    assert not Plan.of(SCHEMA, look(base_of(feishu, structure), SCHEMA))
    wanted = [[field.zh for field in table.fields] for table in SCHEMA.tables]
    assert [[field.name for field in table.fields] for table in structure.live()] == wanted


def test_what_people_spoilt_is_mended_and_what_they_added_stays(
    feishu: Feishu, structure: BaseStructure
) -> None:
    table_id = apply(base_of(feishu, structure), SCHEMA, new_base=True).tables["requirement"]
    table = next(table for table in structure.live() if table.table_id == table_id)
    status = next(field for field in table.fields if field.name == "当前状态")
    kept = [option for option in status.property["options"] if option["name"] != "已关闭"]
    described = {"disable_sync": True, "text": status.description}
    body = {"field_name": "进度", "type": 3, "ui_type": "SingleSelect", "description": described}
    options = [*kept, {"name": "讨论中", "color": 3}]
    structure.update_field(table_id, status.field_id, {**body, "property": {"options": options}})
    structure.rename_table(table_id, "我们的需求")
    mine = structure.create_field(table_id, {"field_name": "我的列", "type": 1, "ui_type": "Text"})
    form = next(view for view in table.views if view.type == "form")
    structure.update_question(table_id, form.view_id, table.fields[1].field_id, {"visible": False})
    board = next(view for view in table.views if view.type == "kanban")
    structure.delete_view(table_id, board.view_id)

    assert [str(failure) for failure in apply(base_of(feishu, structure), SCHEMA).failed] == []

    mended = next(table for table in structure.live() if table.table_id == table_id)
    assert mended.name == "需求台账"
    found = next(field for field in mended.fields if field.field_id == status.field_id)
    names = [option["name"] for option in found.property["options"]]
    assert (found.name, names[-2:]) == ("当前状态", ["已作废", "讨论中"])
    assert mine in {field.field_id for field in mended.fields}
    assert not Plan.of(SCHEMA, look(base_of(feishu, structure), SCHEMA))
