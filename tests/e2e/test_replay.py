"""Changed rules over a real ledger: what people did in the sandbox is judged again."""

import json
from collections.abc import Iterator

import pytest

from feishu_plugin.demo.stage import Stage
from tests.e2e.conftest import provisioned

ZHOU, LIN, SHEN = "周子墨", "林晓岚", "沈国栋"


@pytest.fixture(scope="module")
def told() -> Iterator[Stage]:
    """A base whose administrator hears of everything."""
    stage = provisioned()
    administrator = stage.people[SHEN]["open_id"]
    stage.environment = {**stage.environment, "FEISHU_PLUGIN_ADMINISTRATORS": administrator}
    try:
        stage.serve()
        yield stage
    finally:
        stage.close()


def test_a_stricter_rule_shows_whose_moves_it_would_have_put_back(told: Stage) -> None:
    rows = [{"需求标题": f"第 {n} 条", "搁置原因": "排期已满", "后续跟进计划": "下月再议"} for n in range(4)]
    ids = told.create(ZHOU, "requirement", rows)
    told.until_quiet()
    told.edit(ZHOU, "requirement", {rid: {"当前状态": "已搁置"} for rid in ids[:2]})
    told.edit(LIN, "requirement", {ids[2]: {"当前状态": "已搁置"}})
    told.edit(LIN, "requirement", {ids[3]: {"当前状态": "已关闭"}})
    told.until_quiet()
    told.command("policy", "export", "rules.json")
    book = json.loads((told.folder / "rules.json").read_text("utf-8"))
    next(r for r in book["workflow"] if r["name"] == "待处理→已搁置")["roles"] = ["manager"]
    (told.folder / "rules.json").write_text(json.dumps(book, ensure_ascii=False), encoding="utf-8")
    seen = len(told.messages())

    words = ("replay", "--policy", "rules.json", "--since", "2026-08-24", "--card")
    found = told.command(*words)
    told.command(*words)
    told.until_quiet()

    zhou, lin = (told.people[who]["open_id"] for who in (ZHOU, LIN))
    assert found["judged"] == 4
    assert found["verdicts"]["put_back"] == {"recorded": 1, "in_force": 1, "then": 4}
    assert {who: count["then"] for who, count in found["by_person"].items()} == {zhou: 2, lin: 2}
    assert {case["record_id"] for case in found["newly_refused"]} == set(ids[:3])
    cards = [m for m in told.messages()[seen:] if "规则回放" in json.dumps(m, ensure_ascii=False)]
    assert [m["to"] for m in cards] == [told.people[SHEN]["open_id"]]
    assert told.rows("requirement")[ids[0]]["当前状态"] == "已搁置"
