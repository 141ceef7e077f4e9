"""A row of 报表定义 becomes a table of the report: made once, known when renamed, left when undefined."""

from collections.abc import Mapping

import pytest

from feishu_plugin.demo.stage import Json, Stage
from tests.e2e.test_drift import app_token

ZHOU = "周子墨"
MONTH = ("--month", "2026-08")
NAME, THEIRS = "投诉来源", "我们的投诉"
NEW_BY_CHANNEL = {"报表名称": NAME, "维度": "需求来源", "指标": "新增", "筛选": "需求类型=投诉", "图表": "饼"}
BAD = {"报表名称": "写错的", "维度": "负责", "指标": "按时", "筛选": "需求类型=抱怨"}
REQUIREMENTS: list[Json] = [
    {"需求标题": "一", "需求来源": "电话", "需求类型": "投诉"},
    {"需求标题": "二", "需求来源": "电话", "需求类型": "投诉"},
    {"需求标题": "三", "需求来源": "邮件", "需求类型": "投诉"},
    {"需求标题": "四", "需求来源": "邮件", "需求类型": "建议"},
]


@pytest.fixture
def story(unwatched: Stage) -> Stage:
    """Three complaints and a suggestion."""
    unwatched.create(ZHOU, "requirement", REQUIREMENTS)
    return unwatched


def base_path(stage: Stage, rest: str) -> str:
    return f"/open-apis/bitable/v1/apps/{stage.base['base_token']}/tables{rest}"


def tables(stage: Stage) -> dict[str, str]:
    """Name to id of every table of the base."""
    found = stage.call("GET", base_path(stage, "?page_size=100"), app_token(stage))
    return {table["name"]: table["table_id"] for table in found["items"]}


def rows(stage: Stage, name: str) -> dict[str, Json]:
    """The rows of a table that nobody provisioned, by the text of their first column."""
    stage.base["tables"][name] = tables(stage)[name]
    return {row["月份取值"][0]["text"]: row for row in stage.rows(name).values()}


def figures(found: Mapping[str, Json], column: str = "数值") -> dict[str, tuple[object, int]]:
    """Key to the figure and how many requirements are linked."""
    return {key: (row[column], len(row["相关需求"]["link_record_ids"])) for key, row in found.items()}


def fields(stage: Stage, table: str) -> dict[str, Json]:
    found = stage.call(
        "GET", base_path(stage, f"/{tables(stage)[table]}/fields?page_size=100"), app_token(stage)
    )
    return {field["field_name"]: field for field in found["items"]}


def charts(stage: Stage) -> dict[str, str]:
    """Name to type of everything on the dashboard."""
    path = f"/open-apis/base/v3/bases/{stage.base['base_token']}/dashboards"
    [board] = stage.call("GET", path, app_token(stage))["items"]
    found = stage.call("GET", f"{path}/{board['dashboard_id']}/blocks?page_size=100", app_token(stage))
    return {block["name"]: block["type"] for block in found["items"]}


def writes(stage: Stage) -> dict[str, int]:
    """How often rows, columns, tables and charts were written so far."""
    asked = stage.stats()["requests"]
    return {
        route: sum(codes.values())
        for route, codes in asked.items()
        if "/search" not in route and is_write(route)
    }


def is_write(route: str) -> bool:
    return (
        not route.startswith("GET")
        and ("/bitable/" in route or "/base/" in route)
        and "batch_get" not in route
    )


def test_a_definition_becomes_a_table_and_a_second_run_writes_nothing(story: Stage) -> None:
    defined, wrong = story.create(ZHOU, "report_definition", [NEW_BY_CHANNEL, BAD])

    tried = story.command("report", *MONTH, "--dry-run")
    assert NAME not in tables(story)
    first = story.command("report", *MONTH)
    written, shown = writes(story), rows(story, NAME)
    again = story.command("report", *MONTH)

    [key] = list(first["custom"])
    assert first["custom"] == tried["custom"] == {key: NAME}
    assert first["rows"][key] == tried["rows"][key]
    assert figures(shown) == {"2026-08 电话": (2, 2), "2026-08 邮件": (1, 1)}
    assert charts(story)[NAME] == "pie"
    assert again["changed_rows"] == []
    assert written
    assert (writes(story), rows(story, NAME)) == (written, shown)
    said = story.rows("report_definition")
    assert "校验结果" not in said[defined]
    assert "是不是「负责人」" in str(said[wrong]["校验结果"])


def test_names_are_peoples_and_a_table_outlives_its_definition(story: Stage) -> None:
    [defined] = story.create(ZHOU, "report_definition", [NEW_BY_CHANNEL])
    story.command("report", *MONTH)
    rename(story)
    last = [*story.rows("requirement")][-1]
    story.edit(ZHOU, "requirement", {last: {"需求类型": "投诉"}})

    changed = story.command("report", *MONTH)

    assert NAME not in tables(story)
    assert figures(rows(story, THEIRS), "件数") == {"2026-08 电话": (2, 2), "2026-08 邮件": (2, 2)}
    assert [row["key"] for row in changed["changed_rows"] if row["table"] in changed["custom"]] == [
        "2026-08 邮件"
    ]
    plan = story.command("plan")
    assert (plan["changes"], [kept["name"] for kept in plan["kept"]]) == ([], [THEIRS])

    story.edit(ZHOU, "report_definition", {defined: {"指标": "需求响应率", "图表": "柱"}})
    story.command("report", *MONTH)
    assert fields(story, THEIRS)["件数"]["property"]["formatter"] == "0.00%"
    assert charts(story)[NAME] == "column"

    remove(story, defined)
    gone = story.command("report", *MONTH)
    assert gone["custom"] == {}
    assert len(rows(story, THEIRS)) == 2
    assert story.command("apply")["changes"] == []


def test_a_table_that_people_made_is_never_written_to(story: Stage) -> None:
    made = {"table": {"name": NAME, "fields": [{"field_name": "随便", "type": 1}]}}
    story.call("POST", base_path(story, ""), app_token(story), made)
    [defined] = story.create(ZHOU, "report_definition", [NEW_BY_CHANNEL])

    done = story.command("report", *MONTH)

    assert done["custom"] == {}
    assert done["changed_rows"]
    assert [*fields(story, NAME)] == ["随便"]
    assert f"已有一张名为「{NAME}」的数据表" in str(story.rows("report_definition")[defined]["校验结果"])


def rename(stage: Stage) -> None:
    """People call the table and its figure otherwise."""
    table_id, amount = tables(stage)[NAME], fields(stage, NAME)["数值"]
    described = {"disable_sync": True, "text": amount["description"]}
    body = {"field_name": "件数", "type": 2, "property": amount["property"], "description": described}
    path = base_path(stage, f"/{table_id}/fields/{amount['field_id']}")
    stage.call("PUT", path, app_token(stage), body)
    stage.call("PATCH", base_path(stage, f"/{table_id}"), app_token(stage), {"name": THEIRS})


def remove(stage: Stage, record_id: str) -> None:
    """Somebody deletes a definition."""
    table_id = stage.base["tables"]["report_definition"]
    stage.call("DELETE", base_path(stage, f"/{table_id}/records/{record_id}"), app_token(stage))
