"""Owners in a whole base in memory: the load decides, handovers stand in the ledger, managers see it."""

from collections import Counter
from dataclasses import replace

from feishu_plugin.records import Person
from feishu_plugin.sync.loads import show_loads
from tests import builders
from tests.sync.base import Base

LI, HAN = "ou_li", "ou_han"


def team(*owners: str) -> Base:
    policy = builders.policy()
    routes = tuple(replace(route, owners=owners) for route in policy.routes)
    return Base(
        replace(policy, routes=routes), Person(open_id=LI, name="李雷"), Person(open_id=HAN, name="韩梅梅")
    )


def owners(base: Base) -> Counter[object]:
    return Counter(row.get("owner") for row in base.tables.rows("requirement"))


def test_rows_of_one_paste_are_dealt_out_evenly() -> None:
    base = team(LI, HAN)
    for n in range(7):
        base.add(title=f"需求 {n}", type="inquiry")
    base.settle()

    assert sorted(owners(base).values()) == [3, 4]


def test_whoever_has_less_to_do_gets_the_next_one() -> None:
    base = team(LI, HAN)
    for n in range(3):
        base.add(title=f"旧需求 {n}", type="inquiry", owner=(LI,))
    base.settle()
    for n in range(3):
        base.add(title=f"新需求 {n}", type="inquiry")
    base.settle()

    assert owners(base) == {(LI,): 3, (HAN,): 3}


def test_what_is_done_weighs_nothing() -> None:
    base = team(LI, HAN)
    for n in range(3):
        rid = base.add(title=f"旧需求 {n}", type="inquiry", owner=(LI,))
        base.settle()
        base.edit(rid, status="void", void_reason="invalid")
        base.settle()
    for n in range(4):
        base.add(title=f"新需求 {n}", type="inquiry")
    base.settle()

    assert owners(base) == {(LI,): 5, (HAN,): 2}


def test_a_handover_is_a_row_of_the_ledger_and_no_move() -> None:
    base = team(LI)
    rid = base.add(title="导出很慢", type="inquiry")
    base.settle()
    base.edit(rid, owner=(HAN,))
    base.settle()

    (row,) = base.ledger()
    assert (row["rule"], row["reason"], row["verdict"]) == ("负责人变更", "李雷 → 韩梅梅", "pass")
    assert row["from_status"] == row["to_status"] == "pending"


def test_routing_anew_is_a_handover_by_the_rule() -> None:
    base = team()
    policy = base.desk.policy
    by_type = {"inquiry": (LI,), "feature": (HAN,)}
    routes = tuple(
        replace(r, owners=next((o for t, o in by_type.items() if t in r.types), ())) for r in policy.routes
    )
    base.desk.policy = replace(policy, routes=routes)
    rid = base.add(title="导出很慢", type="inquiry")
    base.settle()
    base.edit(rid, type="feature")
    base.settle()

    assert base.record(rid).get("owner") == (HAN,)
    assert [(row["source"], row["reason"]) for row in base.ledger()] == [("rule", "李雷 → 韩梅梅")]


def test_managers_see_who_has_how_much_to_do_beside_the_rule() -> None:
    base = team(LI, HAN)
    row = base.tables.put("routing", {"name": "咨询", "owners": (LI,), "backup": (HAN,)})
    base.add(title="导出很慢", type="inquiry", owner=(LI,))
    base.settle()

    assert show_loads(base.desk) == 1
    assert base.tables.peek("routing", row).get("load") == "李雷 1、韩梅梅 0"

    base.tables.calls.clear()
    assert show_loads(base.desk) == 0
    assert base.tables.calls.total() == 0
