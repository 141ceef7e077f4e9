"""Applying: what a base looks like afterwards, whatever happened on the way."""

from dataclasses import replace

import pytest

from feishu_plugin.binding import bind
from feishu_plugin.errors import FeishuRefused, FeishuUnreachable, UnsafePlan
from feishu_plugin.ports import Json
from feishu_plugin.schema import Schema, load
from feishu_plugin.sync.structure.apply import apply
from feishu_plugin.sync.structure.bodies import new_field
from tests.sync.structure.fake_structure import FakeStructure, Killed
from tests.sync.structure.small_base import SMALL, applied, differences, put

PACKAGED = load()


@pytest.mark.parametrize("schema", [SMALL, PACKAGED], ids=["small", "packaged"])
def test_an_applied_base_differs_in_nothing(schema: Schema) -> None:
    structure, result = applied(schema)
    assert differences(schema, structure) == ""
    assert result.failed == ()
    assert set(result.tables) == {table.key for table in schema.tables}
    assert bind(schema, "bascn", structure.live()).missing == ()


def test_the_second_run_changes_nothing() -> None:
    structure, _ = applied(PACKAGED)
    calls = list(structure.calls)
    assert apply(structure.base, PACKAGED).done == ()
    assert structure.calls == calls


def test_columns_and_questions_stand_in_the_order_of_the_schema() -> None:
    structure, result = applied(PACKAGED)
    wanted = PACKAGED.table("requirement")
    table = structure.tables[result.tables["requirement"]]
    assert [field.name for field in table.fields] == [field.zh for field in wanted.fields]
    form_id = next(view.view_id for view in table.views if view.name == "需求提报")
    shown = [q["title"] for q in structure.questions(table.table_id, form_id) if q["visible"]]
    form = next(view for view in wanted.views if view.key == "intake")
    assert shown == [f"{question.title.zh} / {question.title.en}" for question in form.questions]


def test_customers_never_see_our_marks() -> None:
    structure, _ = applied(PACKAGED)
    shown = [
        text
        for table in structure.live()
        for view in table.views
        if view.type == "form"
        for asked in structure.questions(table.table_id, view.view_id)
        for text in (asked["title"], asked["description"])
    ]
    assert shown
    assert not [text for text in shown if "#" in text]


def test_descriptions_are_not_passed_on_to_forms() -> None:
    body = new_field("requirement", SMALL.table("requirement").field("name"), {})
    text = "说清要什么 / Say what is wanted #requirement.name"
    assert body["description"] == {"disable_sync": True, "text": text}


def test_a_duplex_link_is_made_once_and_both_sides_are_ours() -> None:
    structure, result = applied()
    bound = bind(SMALL, "bascn", structure.live())
    owner, partner = bound.tables["requirement"].fields["customer"], bound.tables["customer"].fields
    column = structure.field(result.tables["requirement"], owner.field_id)
    assert column.property["back_field_id"] == partner["requirements"].field_id
    assert [field.type for field in structure.table("客户").fields].count(21) == 1


def test_columns_that_feishu_loses_silently_are_added_afterwards() -> None:
    structure, result = applied(PACKAGED, keeps=2)
    assert result.failed == ()
    assert differences(PACKAGED, structure) == ""


def test_a_risk_for_data_stops_everything_before_the_first_change() -> None:
    structure, result = applied()
    table_id = result.tables["requirement"]
    put(structure, table_id, replace(structure.field(table_id, "截止日期"), type=1, ui_type="Text"))
    put(structure, table_id, replace(structure.field(table_id, "名称"), name="标题"))
    calls = list(structure.calls)
    with pytest.raises(UnsafePlan, match=r"requirement\.due"):
        apply(structure.base, SMALL)
    assert structure.calls == calls


def test_a_refused_call_is_reported_as_failed_and_the_rest_is_done() -> None:
    def refuses(call: str, body: Json) -> bool:
        return call == "create_field" and body["field_name"] == "截止日期"

    structure, result = applied(refuses=refuses)
    failed = {failure.change.path: str(failure.reason) for failure in result.failed}
    assert "1254302" in failed["requirement.due"]
    assert not [change for change in result.done if change.path == "requirement.due"]
    assert structure.field(result.tables["requirement"], "原需求")


def test_a_change_that_does_not_stick_is_never_called_done() -> None:
    class Forgetful(FakeStructure):
        def update_view(self, table_id: str, view_id: str, body: Json) -> None:
            """Accepts a filter and drops it."""

    result = apply(Forgetful().base, SMALL)
    assert [failure.change.path for failure in result.failed] == [
        "view:requirement.done",
        "view:requirement.dated",
    ]
    assert "reads back" in str(result.failed[0].reason)
    assert not [change for change in result.done if change.kind == "change_view"]


def test_the_reason_of_a_failure_is_that_of_the_last_try() -> None:
    class Moody(FakeStructure):
        tries = 0

        def update_view(self, table_id: str, view_id: str, body: Json) -> None:
            """Refuses once, then accepts and forgets."""
            self.tries += 1
            if self.tries == 1:
                raise FeishuRefused(code=1254291, msg="Write conflict", endpoint="views")

        def create_view(self, table_id: str, name: str, view_type: str) -> str:
            if name == "提报" and not self.tries:
                raise FeishuRefused(code=1254291, msg="Write conflict", endpoint="views")
            return super().create_view(table_id, name, view_type)

    failed = apply(Moody().base, SMALL).failed
    assert failed
    assert all("reads back" in str(failure.reason) for failure in failed)


def test_an_unreachable_feishu_ends_the_run_and_the_next_one_completes_it() -> None:
    class Unreachable(FakeStructure):
        reachable = False

        def create_view(self, table_id: str, name: str, view_type: str) -> str:
            if not self.reachable:
                raise FeishuUnreachable(code=0, msg="no answer", endpoint="views")
            return super().create_view(table_id, name, view_type)

    structure = Unreachable()
    with pytest.raises(FeishuUnreachable):
        apply(structure.base, SMALL)
    structure.reachable = True
    assert apply(structure.base, SMALL).failed == ()


def test_killed_after_any_call_the_next_run_completes() -> None:
    whole, _ = applied()
    assert len(whole.calls) > 10
    for number in range(1, len(whole.calls) + 1):
        structure = FakeStructure(dies_at=number)
        with pytest.raises(Killed):
            apply(structure.base, SMALL)
        assert apply(structure.base, SMALL).failed == ()
        assert differences(SMALL, structure) == ""
        assert len(structure.tables) == len(whole.tables)
        assert _shape(structure) == _shape(whole)


def test_feishus_own_first_table_goes_once_ours_stand() -> None:
    structure = FakeStructure()
    structure.create_table("数据表", "表格", [])
    assert apply(structure.base, SMALL, new_base=True).failed == ()
    assert {table.name for table in structure.live()} == {"需求", "客户"}


def test_feishus_own_first_table_stays_when_it_became_ours() -> None:
    structure = FakeStructure()
    table_id = structure.create_table("客户", "表格", [])
    assert apply(structure.base, SMALL, new_base=True).tables["customer"] == table_id
    assert table_id in structure.tables


def test_a_table_that_was_there_before_is_never_deleted() -> None:
    structure = FakeStructure()
    structure.create_table("数据表", "表格", [])
    apply(structure.base, SMALL)
    assert "数据表" in {table.name for table in structure.live()}


def test_a_first_table_that_cannot_be_deleted_is_reported() -> None:
    structure = FakeStructure(refuses=lambda call, body: call == "delete_table")
    structure.create_table("数据表", "表格", [])
    (failure,) = apply(structure.base, SMALL, new_base=True).failed
    assert failure.change.name == "数据表"


@pytest.mark.parametrize("schema", [SMALL, PACKAGED], ids=["small", "packaged"])
def test_progress_counts_every_step_up_to_the_total_told_at_the_start(schema: Schema) -> None:
    steps: list[tuple[int, int]] = []
    apply(FakeStructure().base, schema, on_step=lambda done, total, what: steps.append((done, total)))
    assert steps == [(done, len(steps)) for done in range(1, len(steps) + 1)]


def _shape(structure: FakeStructure) -> object:
    """Names and order of everything, without ids."""
    return [
        (table.name, [(f.name, f.description) for f in table.fields], {(v.name, v.type) for v in table.views})
        for table in structure.live()
    ]
