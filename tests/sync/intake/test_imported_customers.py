"""Customers that a file names and 客户档案 does not know are added once, in batches, and linked."""

from zoneinfo import ZoneInfo

import pytest

from feishu_plugin.policy import Policy
from feishu_plugin.records import Value
from feishu_plugin.sync import customers
from feishu_plugin.sync.intake.cells import Around
from feishu_plugin.sync.intake.known import known
from feishu_plugin.sync.intake.mapping import FileColumn, FileMapping
from feishu_plugin.sync.intake.perform import Base as Target
from feishu_plugin.sync.intake.perform import Importing
from feishu_plugin.sync.intake.rows import Reader
from feishu_plugin.sync.outgoing import send_due
from tests import builders
from tests.fakes import RecordingMessages
from tests.sync.base import Base
from tests.sync.intake.test_importing import Cut, PowerCut

MAPPING = FileMapping(
    source="池",
    key="单号",
    columns=(
        FileColumn(name="单号", keep=False),
        FileColumn(name="标题", to="title"),
        FileColumn(name="客户", to="customer_name"),
        FileColumn(name="电话", to="contact_way"),
        FileColumn(name="状态", to="status"),
    ),
)
NAMES = [column.name for column in MAPPING.columns]


def file(base: Base, *names: str, cut_at: int | None = None) -> None:
    """Imports a file with a row for each customer name, and judges what is new."""
    rows = [(f"T-{n}", f"需求 {n}", name, f"1380000{n:04d}", "已关闭") for n, name in enumerate(names)]
    target = Target(
        app_token=base.desk.app_token,
        tables=base.tables,
        store=base.store if cut_at is None else Cut(base, cut_at),  # type: ignore[arg-type]
        clock=base.clock,
        labels={},
    )
    here = known(base.tables, "池", ())
    work = Importing(target, here.records, "池.csv", archived=here.archived, batch=4)
    reader, around = (
        Reader(MAPPING, builders.SCHEMA.table("requirement"), NAMES),
        Around(zone=ZoneInfo("Asia/Shanghai"), people={}),
    )
    for _ in work.run(reader.row(row, around) for row in enumerate(rows, start=2)):
        pass
    base.settle()


def join(base: Base) -> int:
    """What waits is written, and the register read as the command does."""
    send_due(base.desk, RecordingMessages(), lambda: True)
    joined = customers.look_again(base.desk)
    base.settle()
    return joined


def named(base: Base) -> list[str]:
    return sorted(str(row.get("name")) for row in base.tables.rows("customer"))


def linked(base: Base) -> dict[Value, Value]:
    """Title to the name of the linked customer."""
    names = {row.record_id: row.get("name") for row in base.tables.rows("customer")}
    found = {}
    for row in base.tables.rows("requirement"):
        ids = row.get("customer")
        found[row.get("title")] = names[ids[0]] if isinstance(ids, tuple) else None
    return found


def test_a_name_that_nobody_knows_becomes_one_customer() -> None:
    base = Base()
    base.tables.put("customer", {"name": "星河科技有限公司"})
    file(base, "北斗学校", "星河科技", "北斗 学校", "")

    assert join(base) == 2
    assert named(base) == ["北斗学校", "星河科技有限公司"]
    assert linked(base) == {
        "需求 0": "北斗学校",
        "需求 1": "星河科技有限公司",
        "需求 2": "北斗学校",
        "需求 3": None,
    }
    assert {row.get("customer_history") for row in base.tables.rows("requirement")} == {
        "第 1 条 · 未完成 0",
        "第 2 条 · 未完成 0",
        None,
    }


def test_hundreds_are_added_in_one_call_and_the_statuses_of_the_file_stand() -> None:
    base = Base()
    names = [f"客户{chr(0x4E00 + n)}{chr(0x5E00 + 7 * n)}" for n in range(300)]
    file(base, *names)
    before = base.tables.calls["create"]

    send_due(base.desk, RecordingMessages(), lambda: True)

    assert len(named(base)) == 300
    assert base.tables.calls["create"] - before == 2, "the customers and the ledger"
    assert base.put_backs == []


@pytest.mark.parametrize("policy", [builders.policy(add_customers=0.0)])
def test_a_team_that_keeps_its_register_by_hand_goes_on_doing_so(policy: Policy) -> None:
    base = Base(policy)
    file(base, "北斗学校")

    assert (join(base), named(base)) == (0, [])


def test_who_only_may_be_meant_is_neither_added_nor_asked_about() -> None:
    base = Base()
    base.tables.put("customer", {"name": "星河科技有限公司"})
    file(base, *["星河"] * 30)

    assert (join(base), named(base)) == (0, ["星河科技有限公司"])
    assert base.cards("customer_like") == []
    lines = base.store.lines(base.desk.app_token, base.clock.now())
    assert [line.effect.body["event"] for line in lines if line.effect.body["event"] == "customer_like"] == []


@pytest.mark.parametrize("cut_at", range(6))
def test_cut_anywhere_and_again_every_customer_is_there_once(cut_at: int) -> None:
    base = Base()
    names = ["北斗学校", "南山医院", "东海集团", "西岭煤矿", "中原银行", "北斗学校"]
    with pytest.raises(PowerCut):
        file(base, *names, cut_at=cut_at)
    base.settle()
    join(base)

    file(base, *names)
    join(base)
    file(base, *names)

    assert (join(base), named(base)) == (0, sorted(set(names)))
    assert list(linked(base).values()) == names
