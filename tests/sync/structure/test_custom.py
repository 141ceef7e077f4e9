"""The tables of custom reports in a base: made, completed, never renamed, and no obstacle to anybody."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import cast

import pytest

from feishu_plugin.binding import Binding, LiveTable, bind
from feishu_plugin.errors import FeishuUnreachable
from feishu_plugin.identity import recognise, seen
from feishu_plugin.policy import ChartKind, Definition
from feishu_plugin.ports import Json, Tables
from feishu_plugin.reports.custom import key_of
from feishu_plugin.reports.custom_tables import widened
from feishu_plugin.schema import Schema, load
from feishu_plugin.sync.structure import bodies
from feishu_plugin.sync.structure.apply import apply
from feishu_plugin.sync.structure.custom import make
from feishu_plugin.sync.structure.live import look
from feishu_plugin.sync.structure.plan import Plan
from tests.sync.structure.fake_structure import FakeStructure

PACKAGED = load()


class Listed:
    """The part of ``Tables`` that is asked: what the base listed when it was asked last."""

    def __init__(self, structure: FakeStructure, schema: Schema) -> None:
        self._structure, self._schema = structure, schema
        self.live: Sequence[LiveTable] = ()
        self.binding = self.rebind()

    def rebind(self) -> Binding:
        identities = self._structure.identities
        self.live = recognise(self._structure.live(), identities.known())
        identities.learn(seen(self._schema, tuple(self.live)))
        self.binding = bind(self._schema, "bascn", self.live)
        return self.binding


def defined(name: str = "各渠道新增", measure: str = "新增", chart: ChartKind = "none") -> Definition:
    return Definition(name=name, dimension="source", measure=measure, chart=chart)


def base(refuses: Callable[[str, Json], bool] = lambda *_: False, **tenant: bool) -> FakeStructure:
    """A base with the tables of 需求台账 and a dashboard."""
    structure = FakeStructure(refuses=refuses, **tenant)
    first = bodies.new_field("requirement", PACKAGED.table("requirement").fields[0], {})
    structure.create_table("需求台账", "全部", [first])
    if tenant.get("v3", True):
        structure.extras.create_dashboard("经营看板", "default")
    return structure


def made(structure: FakeStructure, *definitions: Definition) -> tuple[str, ...]:
    schema = widened(PACKAGED, definitions)
    return make(structure.base, cast(Tables, Listed(structure, schema)), schema)


def names(structure: FakeStructure, table: str) -> list[str]:
    return [field.name for field in structure.table(table).fields]


def charts(structure: FakeStructure) -> list[tuple[str, str]]:
    [board] = structure.extras.boards.values()
    return [(block["name"], block["type"]) for block in board["blocks"].values()]


def put(structure: FakeStructure, table: str, column: str, **changes: object) -> None:
    """People change a column."""
    here = structure.table(table)
    fields = [replace(f, **changes) if f.name == column else f for f in here.fields]  # type: ignore[arg-type]
    structure.tables[here.table_id] = replace(here, fields=tuple(fields))


COLUMNS = ["月份取值", "月份", "周期", "取值", "数值", "分子", "分母", "相关需求"]


def test_a_table_and_a_chart_are_made_once() -> None:
    structure = base()

    told = made(structure, defined(chart="column"))
    calls = [*structure.calls]
    again = made(structure, defined(chart="column"))

    assert (told, again) == ((), ())
    assert names(structure, "各渠道新增") == COLUMNS
    assert charts(structure) == [("各渠道新增", "column")]
    assert structure.calls == calls


def test_a_lost_store_is_no_reason_to_make_the_table_again() -> None:
    structure = base()
    made(structure, defined())
    structure.identities.forget()
    calls = [*structure.calls]

    assert made(structure, defined()) == ()
    assert structure.calls == calls


def test_what_people_renamed_stays_renamed_and_what_they_deleted_comes_back() -> None:
    structure = base()
    made(structure, defined())
    table = structure.table("各渠道新增")
    structure.rename_table(table.table_id, "渠道")
    put(structure, "渠道", "数值", name="件数")
    structure.delete_field(table.table_id, structure.field(table.table_id, "分母").field_id)

    assert made(structure, defined()) == ()
    assert names(structure, "渠道") == [*COLUMNS[:4], "件数", "分子", "相关需求", "分母"]


def test_another_figure_is_shown_as_what_it_is_under_the_name_people_gave() -> None:
    structure = base()
    made(structure, defined(chart="pie"))
    put(structure, "各渠道新增", "数值", name="多少")

    made(structure, defined(measure="按时率", chart="line"))

    amount = structure.field(structure.table("各渠道新增").table_id, "多少")
    assert amount.property["formatter"] == "0.00%"
    assert amount.description.startswith("按时率 / On-time rate #custom_report_")
    assert charts(structure) == [("各渠道新增", "line")]


def test_a_chart_that_people_made_under_the_same_name_is_theirs() -> None:
    structure = base()
    made(structure, defined("别的", chart="column"))
    [board] = structure.extras.boards
    theirs = {
        **next(iter(structure.extras.boards[board]["blocks"].values())),
        "name": "各渠道新增",
        "type": "bar",
    }
    structure.extras.create_block(board, {key: theirs[key] for key in ("name", "type", "data_config")})

    made(structure, defined("别的", chart="column"), defined(chart="column"))

    assert charts(structure) == [("别的", "column"), ("各渠道新增", "bar"), ("各渠道新增", "column")]


def test_without_base_v3_there_is_a_table_and_no_word_of_charts() -> None:
    structure = base(v3=False)

    assert made(structure, defined(chart="column")) == ()
    assert names(structure, "各渠道新增") == COLUMNS


def test_what_feishu_refuses_is_told_and_keeps_no_other_report_back() -> None:
    structure = base(lambda call, body: call == "create_table" and body["name"] == "各渠道新增")

    [told] = made(structure, defined(), defined("各渠道解决", "解决数"))

    assert told.startswith("「各渠道新增」")
    assert names(structure, "各渠道解决") == COLUMNS


def test_a_column_of_another_type_is_told_and_left_alone() -> None:
    structure = base()
    made(structure, defined())
    put(structure, "各渠道新增", "数值", type=1, ui_type="Text")

    assert made(structure, defined()) == (
        "「各渠道新增」缺少列或列的类型被改过 lacks columns, or their types were changed",
    )


def test_a_table_that_people_made_under_the_name_is_left_alone() -> None:
    structure = base()
    first = bodies.new_field("requirement", PACKAGED.table("requirement").fields[1], {})
    structure.create_table("各渠道新增", "全部", [{**first, "description": {"text": ""}}])

    assert made(structure, defined(chart="column")) == (
        "「各渠道新增」没有建成，另一张表已叫这个名称 was not made, another table has this name",
    )
    assert names(structure, "各渠道新增") == ["需求标题"]
    assert charts(structure) == []


def test_no_answer_ends_the_run() -> None:
    def silent(call: str, body: Json) -> bool:
        if call == "create_table" and body["name"] == "各渠道新增":
            raise FeishuUnreachable(code=0, msg="no answer", endpoint="memory")
        return False

    with pytest.raises(FeishuUnreachable):
        made(base(silent), defined())


def test_provisioning_leaves_the_tables_and_charts_of_custom_reports_alone() -> None:
    structure = FakeStructure()
    apply(structure.base, PACKAGED)
    made(structure, defined(chart="line"))

    plan = Plan.of(PACKAGED, look(structure.base, PACKAGED))

    assert (plan.changes, plan.forbidden, plan.refused) == ((), (), ())
    assert [kept.name for kept in plan.kept] == ["各渠道新增"]
    structure.identities.forget()
    assert not Plan.of(PACKAGED, look(structure.base, PACKAGED))
    apply(structure.base, PACKAGED)
    assert key_of(defined()) not in structure.identities.known().values()
