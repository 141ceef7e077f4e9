"""Who is who: what is remembered of an id, the mark in a description, and copies of either."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import pytest

from feishu_plugin.binding import Binding, bind
from feishu_plugin.errors import UnsafePlan
from feishu_plugin.identity import recognise
from feishu_plugin.schema import Schema
from feishu_plugin.sync.structure.apply import Consent, apply
from feishu_plugin.sync.structure.live import look
from feishu_plugin.sync.structure.plan import Plan
from tests.sync.structure.fake_structure import FakeStructure
from tests.sync.structure.filled import fill
from tests.sync.structure.generated import RICH, Data, schema_of
from tests.sync.structure.people import body_of

SAMPLE = schema_of(RICH)


@pytest.fixture
def base() -> FakeStructure:
    """A base as the sample wants it, with rows."""
    structure = FakeStructure()
    assert apply(structure.base, SAMPLE).failed == ()
    fill(structure.live(), structure.cells)
    return structure


def said(structure: FakeStructure, schema: Schema = SAMPLE) -> Sequence[tuple[str, str]]:
    """Kind and path of what differs; roles and charts speak by names and are another matter."""
    plan = Plan.of(schema, look(structure.base, schema))
    found = (*plan.changes, *plan.forbidden, *plan.refused)
    return [(change.kind, change.path) for change in found if change.what not in ("role", "chart")]


def bound(structure: FakeStructure) -> Binding:
    """As the running service sees it."""
    return bind(SAMPLE, "bascn", recognise(structure.live(), structure.identities.known()))


def rename_option(structure: FakeStructure, old: str, new: str) -> None:
    table = structure.table("任务")
    column = structure.field(table.table_id, "状态")
    options = [{**o, "name": new if o["name"] == old else o["name"]} for o in column.property["options"]]
    structure.update_field(table.table_id, column.field_id, body_of(column, property={"options": options}))


def test_an_option_renamed_by_hand_is_still_that_option(base: FakeStructure) -> None:
    rename_option(base, "完成", "已办完")
    field = bound(base).tables["task"].fields["state"]
    assert (field.option_key("已办完"), field.option_names["done"]) == ("done", "已办完")
    assert bound(base).missing == ()
    assert said(base) == [("rename_option", "task.state.done")]
    assert apply(base.base, SAMPLE).failed == ()
    names = [o["name"] for o in base.field(base.table("任务").table_id, "状态").property["options"]]
    assert names == ["开始", "进行", "完成"]


def test_two_options_whose_names_people_swapped_get_them_back_with_their_cells(base: FakeStructure) -> None:
    table_id = base.table("任务").table_id
    before = base.cells.rows(table_id)
    for old, new in (("开始", "暂"), ("完成", "开始"), ("暂", "完成")):
        rename_option(base, old, new)
    assert base.cells.rows(table_id) != before
    assert said(base) == [("rename_option", "task.state.open"), ("rename_option", "task.state.done")]
    assert apply(base.base, SAMPLE).failed == ()
    assert base.cells.rows(table_id) == before


def test_a_renamed_option_that_nobody_remembers_is_peoples_and_ours_comes_back(base: FakeStructure) -> None:
    rename_option(base, "完成", "已办完")
    base.identities.forget()
    # The column says which one it is; its options are known by name only.
    assert said(base)[0] == ("merge_options", "task.state")
    assert apply(base.base, SAMPLE).failed == ()
    names = {o["name"] for o in base.field(base.table("任务").table_id, "状态").property["options"]}
    assert names == {"开始", "进行", "完成", "已办完"}


def test_a_view_renamed_by_hand_gets_its_name_back_and_is_not_doubled(base: FakeStructure) -> None:
    table = base.table("任务")
    view = next(view for view in table.views if view.name == "未完成")
    base.update_view(table.table_id, view.view_id, {"view_name": "我的待办"})
    assert said(base) == [("rename_view", "view:task.open")]
    assert apply(base.base, SAMPLE).failed == ()
    views = base.table("任务").views
    assert [found.name for found in views if found.view_id == view.view_id] == ["未完成"]
    assert len(views) == len(SAMPLE.table("task").views)


def copied(structure: FakeStructure) -> str:
    """A person duplicates a column: the copy takes the description along, and our mark with it."""
    table = structure.table("任务")
    column = structure.field(table.table_id, "期限")
    return structure.create_field(table.table_id, body_of(column, field_name="期限 副本"))


def test_a_copied_column_is_peoples_though_it_shows_our_mark(base: FakeStructure) -> None:
    copy = copied(base)
    table_id, original = base.table("任务").table_id, base.field(base.table("任务").table_id, "期限")
    assert said(base) == []
    assert bound(base).tables["task"].fields["due"].field_id == original.field_id
    assert base.field(table_id, copy).name == "期限 副本"


def test_a_copied_column_survives_the_drop_of_its_original(base: FakeStructure) -> None:
    copy = copied(base)
    schema = without_due()
    assert said(base, schema).count(("drop_field", "task.due")) == 1
    consent = Consent(paths=frozenset(path for kind, path in said(base, schema) if kind.startswith("drop")))
    assert apply(base.base, schema, consent=consent).failed == ()
    names = {field.field_id: field.name for field in base.table("任务").fields}
    assert names[copy] == "期限 副本"
    assert "期限" not in names.values()
    assert said(base, schema) == []


def test_a_copied_table_survives_the_drop_of_its_original(base: FakeStructure) -> None:
    columns = [body_of(column) for column in base.table("笔记").fields if column.type != 18]
    copy = base.create_table("笔记 副本", "表格", columns)
    data: Data = deepcopy(RICH)
    del data["tables"][2]
    schema = schema_of(data)
    assert said(base) == []
    assert said(base, schema) == [("drop_table", "note")]
    assert apply(base.base, schema, consent=Consent(paths=frozenset({"note"}))).failed == ()
    assert copy in base.tables
    assert "笔记" not in {table.name for table in base.live()}
    assert said(base, schema) == []


def without_due() -> Schema:
    """Nothing refers to the column any more."""
    data: Data = deepcopy(RICH)
    table = data["tables"][0]
    table["fields"] = [field for field in table["fields"] if field["key"] != "due"]
    table["views"] = [{"key": "all", "zh": "全部", "en": "All"}]
    data["dashboards"] = []
    return schema_of(data)


@pytest.mark.parametrize("forgets", [False, True], ids=["remembering", "forgetting"])
def test_an_erased_mark_is_written_again_to_the_same_column(base: FakeStructure, forgets: bool) -> None:
    table = base.table("任务")
    column = base.field(table.table_id, "期限")
    erased: Any = {"disable_sync": True, "text": ""}
    base.update_field(table.table_id, column.field_id, body_of(column, description=erased))
    if forgets:
        base.identities.forget()
    assert said(base) == [("change_field", "task.due")]
    assert apply(base.base, SAMPLE).failed == ()
    assert base.field(table.table_id, column.field_id).description == column.description


def test_an_erased_mark_and_another_name_are_still_the_column_while_it_is_remembered(
    base: FakeStructure,
) -> None:
    table = base.table("任务")
    column = base.field(table.table_id, "期限")
    erased: Any = {"disable_sync": True, "text": ""}
    body = body_of(column, description=erased, field_name="何时")
    base.update_field(table.table_id, column.field_id, body)
    assert said(base) == [("rename_field", "task.due"), ("change_field", "task.due")]
    assert bound(base).tables["task"].fields["due"].field_id == column.field_id


def test_where_nothing_is_remembered_the_first_of_two_equal_marks_is_ours(base: FakeStructure) -> None:
    copy = copied(base)
    base.identities.forget()
    schema = without_due()
    assert said(base, schema).count(("drop_field", "task.due")) == 1
    consent = Consent(paths=frozenset(path for kind, path in said(base, schema) if kind.startswith("drop")))
    assert apply(base.base, schema, consent=consent).failed == ()
    assert base.field(base.table("任务").table_id, copy).name == "期限 副本"


def test_a_schema_of_other_tables_takes_over_even_the_name_of_the_last_one(base: FakeStructure) -> None:
    data: Data = {"base": RICH["base"], "tables": [deepcopy(RICH["tables"][1])]}
    data["tables"][0] |= {"key": "other", "zh": "任务", "fields": data["tables"][0]["fields"][:1]}
    schema = schema_of(data)
    paths = frozenset(path for kind, path in said(base, schema) if kind.startswith("drop"))
    roles = frozenset({"role:worker", "role:boss", "dashboard:main"})
    found = Plan.of(schema, look(base.base, schema)).forbidden
    consent = Consent(paths=paths | (roles & {change.path for change in found}))
    assert apply(base.base, schema, consent=consent).failed == ()
    assert [(table.name, len(table.fields)) for table in base.live()] == [("任务", 1)]


def test_the_drop_of_a_table_names_the_links_that_go_with_it(base: FakeStructure) -> None:
    data: Data = deepcopy(RICH)
    data["tables"] = [table for table in data["tables"] if table["key"] == "team"]
    data["tables"][0]["fields"] = [f for f in data["tables"][0]["fields"] if f["key"] != "tasks"]
    del data["dashboards"]
    data["roles"] = []
    schema = schema_of(data)
    told = str(Plan.of(schema, look(base.base, schema)))
    assert "任务 (task): with 团队.任务们, with 笔记.所属" in told


def test_a_link_to_a_table_that_people_deleted_is_refused_before_anything_changes(
    base: FakeStructure,
) -> None:
    base.delete_table(base.table("任务").table_id)
    calls = len(base.calls)
    with pytest.raises(UnsafePlan, match=r"note\.task: links to another table or to one that is gone"):
        apply(base.base, SAMPLE)
    assert len(base.calls) == calls
