"""A team's own table is taken over by the commands: their cells stay, and the plugin works on it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from feishu_plugin.demo.stage import StageError
from feishu_plugin.gateway.structure import BaseStructure
from tests.e2e.team_tables import Json, Team, moved_in

AT = 1_790_000_000_000


def select(name: str, *options: str) -> Json:
    return {"field_name": name, "type": 3, "property": {"options": [{"name": o} for o in options]}}


FIELDS: list[Json] = [
    {"field_name": "序号", "type": 2, "property": {"formatter": "0"}},
    {"field_name": "事项", "type": 1, "description": {"disable_sync": True, "text": "一句话"}},
    {"field_name": "详细说明", "type": 1},
    select("状态", "未开始", "进行中", "完成", "和老板聊聊"),
    select("优先级", "P0", "P1", "P2"),
    select("来源", "客服", "老板"),
    {"field_name": "提出日期", "type": 5, "property": {"date_formatter": "yyyy-MM-dd"}},
    {"field_name": "提交人", "type": 1},
    {"field_name": "备注", "type": 1},
]
STATES, RANKS = ("未开始", "进行中", "完成", "和老板聊聊"), ("P0", "P1", "P2")
ROWS: list[Json] = [
    {
        "序号": n,
        "事项": f"事项 {n}",
        "详细说明": f"第 {n} 件事的说明",
        "状态": STATES[n % 4],
        "优先级": RANKS[n % 3],
        "来源": ("客服", "老板")[n % 2],
        "提出日期": AT + n * 86_400_000,
        "提交人": "小王",
    }
    for n in range(1, 13)
]


@dataclass(frozen=True, kw_only=True)
class Story:
    """What a team had, what each command answered, and what the table holds in the end."""

    team: Team
    cells: dict[str, Json]
    names: dict[str, str]
    said: dict[str, Json]
    after: dict[str, dict[str, Json]]

    def kept(self, step: str) -> dict[str, Json]:
        """Of the cells as they were after a step those that the team had filled."""
        now = self.after[step]
        return {row: {name: now[row].get(name) for name in cells} for row, cells in self.cells.items()}


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    """A table of a team from the first look to the first sweep."""
    team = moved_in("需求池", FIELDS, ROWS)
    try:
        yield adopted(team)
    finally:
        team.close()


def adopted(team: Team) -> Story:
    cells, names = team.cells(), team.names()
    said, after = {}, {}
    said["suggest"] = team.command("adopt", "--table", "需求池")
    file = said["suggest"]["mapping_file"]
    said["look"] = team.command("adopt", file)
    said["confirm"] = team.command("adopt", file, "--confirm")
    after["confirm"] = team.cells()
    said["again"] = team.command("adopt", file, "--confirm")
    team.obeying(said["confirm"]["schema_file"])
    said["plan"] = team.command("plan")
    said["apply"] = team.command("apply")
    team.stage.base = {"base_token": said["apply"]["base_token"], "tables": said["apply"]["tables"]}
    after["apply"] = team.cells()
    said["nothing left"] = team.command("plan")
    said["sync"] = team.command("sync")
    after["sync"] = team.cells()
    return Story(team=team, cells=cells, names=names, said=said, after=after)


def test_the_suggestion_is_what_a_person_would_say(story: Story) -> None:
    assert {c["name"]: c["to"] for c in story.said["suggest"]["columns"]} == {
        "序号": None,
        "事项": "title",
        "详细说明": "description",
        "状态": "status",
        "优先级": "urgency",
        "来源": "source",
        "提出日期": "submitted_at",
        "提交人": None,
        "备注": "remark",
    }


def test_nothing_happens_before_it_is_confirmed_and_nothing_twice(story: Story) -> None:
    assert (story.said["look"]["confirmed"], story.said["look"]["marked"]) == (False, 7)
    assert (story.said["confirm"]["confirmed"], story.said["confirm"]["marked"]) == (True, 7)
    assert story.said["again"]["marked"] == 0
    assert story.after["confirm"] == story.cells


def test_plan_and_apply_go_on_from_there_without_moving_a_cell(story: Story) -> None:
    assert story.said["plan"]["refused"] == []
    assert story.said["apply"]["failed"] == []
    assert story.said["nothing left"]["changes"] == []
    assert story.kept("apply") == story.cells
    now = story.team.names()
    assert {id: now[id] for id in story.names} == story.names
    assert set(story.team.options("状态")) >= {*STATES, "测试验证", "已关闭"}


def test_the_first_sweep_takes_the_rows_as_they_are(story: Story) -> None:
    swept = story.said["sync"]
    assert (swept["adopted"], swept["corrected"], swept["left"]) == (12, 0, 0)
    assert story.kept("sync") == story.cells
    rows = story.after["sync"].values()
    assert len({row["需求编号"][0]["text"] for row in rows}) == 12
    assert {row["优先级（系统）"] for row in rows} <= {"高", "中", "低"}
    assert story.team.command("status")["paused"] == []


def test_the_rules_hold_on_the_adopted_table_in_the_teams_words(story: Story) -> None:
    team = story.team
    row, cells = next((r, c) for r, c in story.cells.items() if c["状态"] == "未开始")
    rules = team.stage.rows("workflow").values()
    assert {c["原状态"] for c in rules} >= {"未开始", "进行中", "完成"}
    token = str(team.stage.people["林晓岚"]["user_access_token"])
    path = f"/open-apis/bitable/v1/apps/{team.structure.app_token}/tables/{team.table_id}/records/{row}"

    team.stage.call("PUT", path, token, {"fields": {"状态": "完成"}})
    assert team.command("sync")["left"] == 1, "the event that tells the step may still come"
    team.stage.session.post(f"{team.stage.url}/_sandbox/clock", json={"advance_s": 3600}, timeout=60)
    assert team.command("sync")["corrected"] == 1

    now = team.cells()[row]
    assert now["状态"] == "未开始"
    assert now["事项"] == cells["事项"]
    assert "完成" in now["规则提示"][0]["text"]


def test_our_names_are_taken_where_the_review_says_so() -> None:
    """Options are renamed by id: what a cell chose stays chosen."""
    team = moved_in("需求池", FIELDS[:4], [{k: row[k] for k in ("事项", "详细说明", "状态")} for row in ROWS])
    try:
        cells = team.cells()
        found = team.command("adopt", "--table", team.table_id)
        team.edit_mapping({"详细说明": {"label": "ours"}, "状态": {"label": "ours"}})
        adopted = team.command("adopt", found["mapping_file"], "--confirm")
        team.obeying(adopted["schema_file"])
        assert team.command("apply")["failed"] == []
        assert team.command("plan")["changes"] == []

        ours = {"未开始": "待处理", "进行中": "处理中", "完成": "已完成", "和老板聊聊": "和老板聊聊"}
        wanted = {r: (c["事项"], c["详细说明"], ours[c["状态"]]) for r, c in cells.items()}
        now = {r: (c["事项"], c["需求描述"], c["当前状态"]) for r, c in team.cells().items()}
        assert now == wanted
    finally:
        team.close()


def test_a_table_of_a_base_in_a_wiki_is_found_by_the_wikis_address() -> None:
    team = moved_in("需求池", FIELDS[:2], [])
    try:
        space = team.feishu.call("GET", "/open-apis/wiki/v2/spaces")["items"][0]["space_id"]
        nodes = f"/open-apis/wiki/v2/spaces/{space}/nodes"
        body = {"obj_type": "bitable", "node_type": "origin", "title": "团队知识库里的表"}
        node = team.feishu.call("POST", nodes, body=body, repeatable=False)["node"]
        BaseStructure(team.feishu, node["obj_token"], new=True).create_table("池子", "表格", FIELDS[1:3])
        address = f"{team.stage.url}/wiki/{node['node_token']}"

        found = team.command("adopt", "--base", address, "--table", "池子")

        assert found["base"] == node["obj_token"]
        assert [c["to"] for c in found["columns"]] == ["title", "description"]
        assert team.command("adopt", found["mapping_file"], "--confirm")["base_token"] == node["obj_token"]
    finally:
        team.close()


def test_a_second_table_goes_on_from_the_words_of_the_first() -> None:
    team = moved_in("需求池", FIELDS[:4], ROWS_OF_ONE)
    try:
        level = select("级别", "战略", "普通")
        fields: list[Json] = [{"field_name": "公司", "type": 1}, level]
        team.structure.create_table("我们的客户", "表格", fields)
        for table, key in (("需求池", "requirement"), ("我们的客户", "customer")):
            found = team.command("adopt", "--table", table, "--as", key, "--output", f"{key}.json")
            adopted = team.command("adopt", found["mapping_file"], "--confirm")
            team.obeying(adopted["schema_file"])

        assert team.command("apply")["failed"] == []
        assert team.command("plan")["changes"] == []
        assert {"需求池", "我们的客户"} <= {table.name for table in team.structure.live()}
        customers = next(table for table in team.structure.live() if table.name == "我们的客户")
        assert [field.name for field in customers.fields][:2] == ["公司", "级别"]
    finally:
        team.close()


ROWS_OF_ONE: list[Json] = [{"事项": "一件事", "状态": "未开始"}]


def test_what_cannot_be_adopted_is_told_in_one_line(story: Story) -> None:
    team = story.team
    with pytest.raises(
        StageError, match=r"which table\?: name one with --table; the base has 数据表 .*需求池"
    ):
        team.command("adopt", "--output", "other.json")
    with pytest.raises(StageError, match=r"adopt-requirement\.json exists"):
        team.command("adopt", "--table", "需求池")
    with pytest.raises(StageError, match="--as nonsense: the schema has requirement, customer"):
        team.command("adopt", "--table", "需求池", "--as", "nonsense", "--output", "other.json")
    with pytest.raises(StageError, match="cannot be read"):
        team.command("adopt", "other.json", "--confirm")
    second = team.command("adopt", "--table", "数据表", "--output", "second.json")["mapping_file"]
    with pytest.raises(StageError, match="is requirement already"):
        team.command("adopt", second, "--confirm")


def test_people_are_told_column_by_column_and_what_to_do_next(story: Story) -> None:
    team = story.team
    address = f"{team.stage.url}/base/{team.structure.app_token}?table={team.table_id}"
    done = subprocess.run(
        [sys.executable, "-m", "feishu_plugin.cli", "adopt", "--base", address, "--output", "again.json"],
        env=dict(team.stage.environment),
        capture_output=True,
        text=True,
        check=True,
        cwd=team.stage.folder,
    )

    assert "序号 [Number] → —" in done.stdout
    assert "next: feishu-plugin adopt again.json --confirm" in done.stdout
    again = json.loads((team.stage.folder / "again.json").read_text(encoding="utf-8"))
    assert {c["name"]: c["to"] for c in again["columns"]}.items() >= {
        "事项": "title",
        "规则提示": "rule_hint",
    }.items()
