"""The rules as a file, against a running service: imported rules are obeyed, a bad file changes nothing."""

import json
from typing import Any

import pytest

from feishu_plugin.demo.stage import Stage, StageError
from feishu_plugin.packaged import packaged_path

ZHOU, SHEN = "周子墨", "沈国栋"


@pytest.fixture(autouse=True)
def _as_packaged(stage: Stage) -> None:
    """Every story begins with the packaged rules: what another one imported is undone."""
    path = stage.folder / "packaged.json"
    path.write_text(packaged_path().read_text("utf-8"), encoding="utf-8")
    stage.command("policy", "import", path.name, "--prune")
    stage.until_quiet()


def exported(stage: Stage) -> dict[str, list[dict[str, Any]]]:
    stage.command("policy", "export", "rules.json")
    found: dict[str, list[dict[str, Any]]] = json.loads((stage.folder / "rules.json").read_text("utf-8"))
    return found


def write(stage: Stage, book: Any) -> None:
    (stage.folder / "rules.json").write_text(json.dumps(book, ensure_ascii=False), encoding="utf-8")


def rule(book: dict[str, list[dict[str, Any]]], name: str) -> dict[str, Any]:
    return next(row for row in book["workflow"] if row["name"] == name)


def moved(stage: Stage, to: str) -> str:
    """What becomes of a new requirement that a member moves there at once."""
    [rid] = stage.create(ZHOU, "requirement", [{"需求标题": "试规则"}])
    stage.until_quiet()
    stage.edit(ZHOU, "requirement", {rid: {"当前状态": to}})
    stage.until_quiet()
    return str(stage.rows("requirement")[rid]["当前状态"])


def test_a_new_base_differs_in_nothing_from_what_is_packaged(stage: Stage) -> None:
    found = stage.command("policy", "diff")

    assert found["changes"] == []
    assert found["policy"] == stage.command("status")["policy"]


def test_an_imported_rule_is_obeyed_by_the_running_service(stage: Stage) -> None:
    book = exported(stage)
    before = moved(stage, "已搁置")
    rule(book, "待处理→已搁置")["required"] = ""
    book["workflow"].append({"name": "待处理→测试验证", "from_status": "pending", "to_status": "testing"})
    write(stage, book)

    tried = stage.command("policy", "import", "rules.json", "--dry-run")
    untouched = moved(stage, "测试验证")
    done = stage.command("policy", "import", "rules.json")
    stage.until_quiet()

    assert (before, untouched) == ("待处理", "待处理")
    assert (tried["added"], tried["changed"]) == (done["added"], done["changed"]) == (1, 1)
    assert stage.health()["bases"][0]["policy"] == done["policy"] != done["policy_before"]
    assert moved(stage, "已搁置") == "已搁置"
    assert moved(stage, "测试验证") == "测试验证"
    assert stage.command("policy", "diff", "rules.json")["changes"] == []


def test_a_bad_file_is_refused_whole(stage: Stage) -> None:
    book = exported(stage)
    rules = stage.rows("workflow")
    rule(book, "处理中→已搁置")["required"] = "没有这一列"
    rule(book, "处理中→测试验证")["to_status"] = "没有的状态"
    rule(book, "处理中→待客户配合")["note"] = "这一行没有错"
    write(stage, book)

    with pytest.raises(StageError) as refused:
        stage.command("policy", "import", "rules.json")

    assert "处理中→测试验证: 「新状态」没有选项「没有的状态」" in str(refused.value)
    assert stage.rows("workflow") == rules


def test_a_pruned_row_is_gone_and_no_longer_obeyed(stage: Stage) -> None:
    book = exported(stage)
    ready = {"name": "待处理→测试验证", "from_status": "pending", "to_status": "testing"}
    write(stage, {"workflow": [*book["workflow"], ready]})
    stage.command("policy", "import", "rules.json")
    stage.until_quiet()
    allowed = moved(stage, "测试验证")
    write(stage, {"workflow": book["workflow"]})

    done = stage.command("policy", "import", "rules.json", "--prune")
    stage.until_quiet()

    assert (allowed, done["removed"]) == ("测试验证", 1)
    assert moved(stage, "测试验证") == "待处理"


def test_other_weights_are_tried_before_they_are_saved(stage: Stage) -> None:
    ids = stage.create(
        ZHOU,
        "requirement",
        [
            {"需求标题": "客户看重", "客户价值": 5, "业务价值": 1},
            {"需求标题": "业务看重", "客户价值": 1, "业务价值": 4},
        ],
    )
    stage.until_quiet()
    weights = ["--set", "weight_customer_value=0", "--set", "weight_business_value=1"]

    found = stage.command("policy", "whatif", *weights)

    up = {change["record_id"]: change["up"] for change in found["changes"]}
    assert up[ids[1]] > 0 > up[ids[0]]
    assert stage.command("policy", "diff")["changes"] == []
