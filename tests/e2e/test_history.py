"""A month after closing, requirements move to 历史需求数据表 by themselves, and come back when asked."""

from datetime import timedelta

import pytest

from feishu_plugin.demo.stage import Json, Stage, StageError
from tests.e2e.test_custom_reports import base_path, tables
from tests.e2e.test_drift import app_token
from tests.looking import looks

ZHOU = "周子墨"
TITLES = ("怎么导出", "怎么登录", "怎么开票")
SYSTEM = {"最后修改人", "最后修改时间", "创建时间"}


def made(stage: Stage) -> list[str]:
    """Three questions in a register with columns of the team's own, answered and closed."""
    people = stage.people
    column(stage, "需求台账", {"field_name": "预算编号", "type": 1})
    column(
        stage, "需求台账", {"field_name": "版本", "type": 3, "property": {"options": [{"name": "二季度"}]}}
    )
    column(stage, "历史需求数据表", {"field_name": "预算编号", "type": 1})
    file = uploaded(stage, "截图.txt", b"what the customer saw")
    ids = stage.create(
        ZHOU,
        "requirement",
        [
            {
                "需求标题": title,
                "需求类型": "服务咨询",
                "需求来源": "电话",
                "需求描述": "客户问怎么操作，第一步打开设置页面后没有看到入口。\n第二行 https://example.com/帮助",
                "附件": [{"file_token": file}],
                "协作人": [{"id": people["林晓岚"]["open_id"]}, {"id": people["陈思远"]["open_id"]}],
                "预算编号": f"B-{n}",
                "版本": "二季度",
            }
            for n, title in enumerate(TITLES)
        ],
    )
    stage.until_quiet()
    later = int((stage.now() + timedelta(days=2)).timestamp() * 1000)
    started = {
        "当前状态": "处理中",
        "责任部门": "客服",
        "负责人": [{"id": people[ZHOU]["open_id"]}],
        "计划完成时间": later,
    }
    for step in (
        started,
        {"当前状态": "已完成", "处理结果": "已经说明"},
        {"当前状态": "已关闭", "客户确认": "已解决", "满意度评分": 5},
    ):
        stage.edit(ZHOU, "requirement", dict.fromkeys(ids, step))
        stage.until_quiet()
    return ids


def column(stage: Stage, table: str, body: Json) -> None:
    stage.call("POST", base_path(stage, f"/{tables(stage)[table]}/fields"), app_token(stage), body)


def uploaded(stage: Stage, name: str, content: bytes) -> str:
    form = {
        "file_name": name,
        "parent_type": "bitable_file",
        "parent_node": stage.base["base_token"],
        "size": str(len(content)),
    }
    answer = stage.session.post(
        f"{stage.url}/open-apis/drive/v1/medias/upload_all",
        data=form,
        files={"file": (name, content)},
        headers={"Authorization": f"Bearer {app_token(stage)}"},
        timeout=60,
    ).json()
    return str(answer["data"]["file_token"])


def cells(row: Json, numbers: dict[str, str]) -> Json:
    """What people see of a row, without what Feishu fills; files by their tokens, links by numbers."""
    shown = {name: cell for name, cell in row.items() if name not in SYSTEM and cell not in (None, [], "")}
    alike = shown.get("相似需求", {}).get("link_record_ids") or ()
    linked = {"相似需求": {numbers[one] for one in alike}}
    return {**shown, **linked, "附件": [file["file_token"] for file in shown["附件"]]}


def registered(stage: Stage) -> dict[str, Json]:
    rows = stage.rows("requirement")
    numbers = {record_id: row["需求编号"][0]["text"] for record_id, row in rows.items()}
    return {numbers[record_id]: cells(row, numbers) for record_id, row in rows.items()}


def archived(stage: Stage) -> dict[str, Json]:
    return {row["需求编号"][0]["text"]: row for row in stage.rows("archive").values()}


def figures(stage: Stage) -> dict[str, tuple[object, ...]]:
    """Every figure of the month; what is still pending changes with time."""
    found = stage.command("report", "--month", "2026-08", "--dry-run")["figures"]
    keys = ("value", "numerator", "denominator")
    return {name: tuple(figure.get(key) for key in keys) for name, figure in found.items()}


def test_they_leave_after_a_month_and_come_back_as_they_were(unwatched: Stage) -> None:
    stage = unwatched
    stage.serve()
    made(stage)
    before, counted = registered(stage), figures(stage)
    stage.go_to(stage.now() + timedelta(days=29))
    assert registered(stage) == before

    stage.go_to(stage.now() + timedelta(days=3))
    told = len(stage.messages())

    assert registered(stage) == {}
    kept = archived(stage)
    assert kept.keys() == before.keys()
    for number, row in kept.items():
        assert [file["file_token"] for file in row["附件"]] == before[number]["附件"]
        assert row["预算编号"] == before[number]["预算编号"]
        assert row["归档时状态"] == "已关闭"
        same = ("需求标题", "需求描述", "协作人", "负责人", "客户等级", "解决时限", "满意度评分", "关闭时间")
        assert {k: row.get(k) for k in same} == {k: before[number].get(k) for k in same}
    ledger = stage.rows("transition").values()
    assert {row["需求编号"][0]["text"] for row in ledger} == set(before)
    assert figures(stage) == counted
    swept = stage.command("sync", "--full")
    assert (swept["recovered"], swept["deleted"]) == (0, 0)

    answer = stage.command("unarchive", *before)
    stage.until_quiet()

    assert answer["restored"].keys() == before.keys()
    assert registered(stage) == before
    assert archived(stage) == {}
    assert all(row["需求"]["link_record_ids"] for row in stage.rows("transition").values())
    assert figures(stage) == counted
    assert len(stage.messages()) == told


def test_killed_among_copies_and_deletions_nothing_is_lost_or_doubled(unwatched: Stage) -> None:
    stage = unwatched
    stage.serve()
    made(stage)
    before = registered(stage)
    faults(stage, [{"kind": "delay", "route": "*/records/batch_delete", "delay_ms": 4000, "probability": 1}])
    at = stage.now() + timedelta(days=32)
    stage.session.put(f"{stage.url}/_sandbox/clock", json={"now": at.isoformat()}, timeout=60)
    for _ in looks():
        if archived(stage):
            break
    assert stage.service is not None
    stage.service.kill()
    assert registered(stage) == before
    faults(stage, [])

    stage.serve()
    stage.until_quiet(after=at)

    assert registered(stage) == {}
    assert len(stage.rows("archive")) == len(before)
    assert archived(stage).keys() == before.keys()


def faults(stage: Stage, rules: list[Json]) -> None:
    body = {"seed": 7, "rules": rules}
    stage.session.put(f"{stage.url}/_sandbox/faults", json=body, timeout=60).raise_for_status()


def test_a_number_that_is_not_there_is_said_in_one_line(unwatched: Stage) -> None:
    with pytest.raises(
        StageError, match=r"20260101-客服-001: .*is not in the archive, .*nor in the register"
    ):
        unwatched.command("unarchive", "20260101-客服-001")
