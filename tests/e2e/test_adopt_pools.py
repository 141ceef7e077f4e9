"""Requirement pools of real teams, loaded as they would have them: right suggestions, untouched cells."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from benchmarks.real_rows import FOLDER
from tests.e2e.pools import cells, columns, read
from tests.e2e.team_tables import Team, moved_in

WANTED: Mapping[str, Mapping[str, str]] = {
    "requirement_pool_27.csv": {
        "提交时间": "submitted_at",
        "产品模块": "product",
        "需求描述": "description",
        "优先级": "urgency",
        "需求来源": "source",
        "需求类型": "type",
        "需求状态": "status",
        "备注": "remark",
    },
    "requirement_pool_30.csv": {
        "模块": "product",
        "需求名称": "title",
        "需求简介": "description",
        "需求提出日期": "submitted_at",
        "状态": "status",
        "需求难度": "difficulty",
        "优先级": "urgency",
        "备注": "remark",
    },
    "requirement_pool_10.csv": {
        "事项": "title",
        "详细说明": "description",
        "需求来源": "source",
        "计划开始时间": "planned_start",
        "计划完成时间": "planned_finish",
        "实际完成时间": "finished_at",
        "完成状态": "status",
        "状态备注": "remark",
    },
}
"""Header to key, as a person would map them; every other column stays the team's own."""
NEAREST = {"提交人": "submitter", "需求提出人": "submitter", "需求发起人": "submitter", "序号": "number"}
"""Columns of another type: named with the field they mean, not mapped."""
OPTIONS = {
    "需求状态": {"已完成": "done", "未完成": "pending"},
    "状态": {"未开始": "pending"},
    "优先级": {"A": "high", "B": "medium", "C": "low", "高": "high", "中": "medium", "低": "low"},
}


def pool(name: str) -> Path:
    file = FOLDER / name
    if not file.exists():
        pytest.skip(f"{name} is not beside the repository: it carries no licence to travel with it")
    return file


@pytest.mark.parametrize("name", WANTED)
def test_a_pool_is_adopted_and_keeps_every_cell(name: str) -> None:
    rows = read(pool(name))
    team = moved_in("需求池", columns(rows), [cells(row) for row in rows])
    try:
        suggested_rightly(team, name)
        adopted_without_a_loss(team)
    finally:
        team.close()


def suggested_rightly(team: Team, name: str) -> None:
    found = {column["name"]: column for column in team.command("adopt", "--table", "需求池")["columns"]}

    assert {header: c["to"] for header, c in found.items() if c["to"]} == WANTED[name]
    for header, key in NEAREST.items():
        if header in found:
            assert f"nearest: {key}；" in found[header]["note"]
    for header, options in OPTIONS.items():
        mapped = {o: key for o, key in found.get(header, {"options": {}})["options"].items() if key}
        assert mapped.items() <= options.items()


def adopted_without_a_loss(team: Team) -> None:
    before, names = team.cells(), team.names()
    adopted = team.command("adopt", str(team.mapping_file()), "--confirm")
    team.obeying(adopted["schema_file"])
    applied = team.command("apply")
    assert applied["failed"] == []
    assert team.command("plan")["changes"] == []
    swept = team.command("sync")
    assert (swept["corrected"], swept["left"]) == (0, 0)
    assert swept["adopted"] > 0

    after, now = team.cells(), team.names()
    assert {id: now[id] for id in names} == names
    assert {row: {n: after[row].get(n) for n in filled} for row, filled in before.items()} == before
    assert team.command("status")["paused"] == []
