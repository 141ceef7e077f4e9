"""People are on leave, leave for good, stop the bot or cannot see the app: somebody is told, exactly once."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from feishu_plugin.demo.narrator import ZONE
from feishu_plugin.demo.stage import Stage
from feishu_plugin.ports import Json
from tests.e2e.conftest import provisioned

BOSS, ZHOU, GAO, XU = "沈国栋", "周子墨", "高若溪", "许安然"
SEND = "POST /open-apis/im/v1/messages"


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A watched base whose routes name 高若溪 as backup and 沈国栋 as manager, who is administrator, too."""
    found = provisioned()
    try:
        found.serve()
        found.until_quiet()
        named: dict[str, Any] = {"后备负责人": [person(found, GAO)], "管理者": [person(found, BOSS)]}
        found.edit(BOSS, "routing", dict.fromkeys(found.rows("routing"), named))
        found.until_quiet()
        yield found
    finally:
        found.close()


def person(stage: Stage, name: str) -> Json:
    return {"id": stage.people[name]["open_id"]}


def change(stage: Stage, name: str, **flags: bool) -> None:
    """A member of the tenant leaves, or comes into reach of the app."""
    path = f"{stage.url}/_sandbox/people/{stage.people[name]['open_id']}"
    answer = stage.session.put(path, json=flags, timeout=60)
    assert answer.ok, answer.text


def midnight(stage: Stage) -> datetime:
    return stage.now().astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)


def planned(stage: Stage, title: str, owner: str, days: int = 1) -> tuple[str, datetime]:
    """A requirement for this owner with its plan some days ahead, and when it runs out."""
    plan = midnight(stage) + timedelta(days=days)
    row = {
        "需求标题": title,
        "需求类型": "新功能",
        "负责人": [person(stage, owner)],
        "计划完成时间": int(plan.timestamp() * 1000),
    }
    [rid] = stage.create(XU, "requirement", [row])
    stage.until_quiet()
    return rid, plan + timedelta(hours=18, minutes=1)


def got(stage: Stage, *words: str) -> Counter[str]:
    """Who got how many cards that hold all of these words."""
    names = {one["open_id"]: name for name, one in stage.people.items()}
    cards = [m for m in stage.messages() if all(word in str(m["content"]) for word in words)]
    return Counter(names[m["to"]] for m in cards)


def states(stage: Stage, event: str) -> list[str]:
    return sorted(row["送达情况"] for row in stage.rows("notice").values() if row.get("事件") == event)


def restart(stage: Stage) -> None:
    """The service dies and comes back."""
    assert stage.service is not None
    stage.service.kill()
    stage.serve()
    stage.until_quiet()


def test_who_cannot_see_the_app_is_spoken_for_and_the_administrator_is_told_once(stage: Stage) -> None:
    change(stage, ZHOU, available=False)
    rid, late = planned(stage, "门店看板", ZHOU)
    stage.go_to(late)
    restart(stage)

    assert got(stage, "新需求分派给您", "门店看板", "代 周子墨 接收") == {GAO: 1}
    assert got(stage, "已超期", "门店看板", "代 周子墨 接收") == {GAO: 1}
    assert got(stage, "发不到 周子墨（230013）", "可用范围") == {BOSS: 1}
    assert states(stage, "已超期") == ["已送达", "未送达"]
    card = stage.last_card(GAO, "已超期")
    said = stage.press(ZHOU, card, "progress", {"note": "抢着回复"})
    stage.until_quiet()
    assert "不是发给您的" in said
    assert "需求进展" not in stage.rows("requirement")[rid]

    stage.press(GAO, card, "progress", {"note": "我来跟进"})
    stage.until_quiet()

    assert "高若溪：我来跟进" in stage.rows("requirement")[rid]["需求进展"][0]["text"]


def test_who_resigned_or_stopped_the_bot_is_spoken_for(stage: Stage) -> None:
    _, late = planned(stage, "库存导入", ZHOU)
    change(stage, ZHOU, is_resigned=True)
    stage.go_to(late)
    restart(stage)

    assert sum(got(stage, "已超期", "库存导入").values()) == 1
    assert got(stage, "已超期", "库存导入", "代 周子墨")[GAO] == 1

    stopped = {
        "kind": "code",
        "code": 230053,
        "route": SEND,
        "count": 1,
        "msg": "The user has stopped the bot.",
    }
    stage.session.put(f"{stage.url}/_sandbox/faults", json=[stopped], timeout=60)
    planned(stage, "对账单", XU, days=9)
    restart(stage)

    assert got(stage, "新需求分派给您", "对账单") == {GAO: 1}
    assert got(stage, "发不到 许安然（230053）", "重新启用") == {BOSS: 1}


def test_when_the_backup_cannot_be_reached_either_it_goes_up(stage: Stage) -> None:
    for name in (ZHOU, GAO):
        change(stage, name, available=False)
    planned(stage, "电子发票", ZHOU)
    restart(stage)

    assert got(stage, "新需求分派给您", "电子发票") == {BOSS: 1}
    assert states(stage, "已分派") == ["已送达", "未送达", "未送达"]
    assert got(stage, "系统提醒") == {BOSS: 2}


def test_a_leave_hands_everything_over_and_coming_back_repeats_nothing(stage: Stage) -> None:
    today = midnight(stage)
    leave = {
        "日期": int(today.timestamp() * 1000),
        "到哪天": int((today + timedelta(days=1)).timestamp() * 1000),
        "安排": "请假",
        "请假人": [person(stage, ZHOU)],
    }
    stage.create(BOSS, "calendar", [leave])
    stage.until_quiet()
    rid, late = planned(stage, "短信通知", ZHOU)
    stage.go_to(late)
    stage.go_to(late + timedelta(hours=15, minutes=30))
    restart(stage)

    assert got(stage, "新需求分派给您", "短信通知", "代 周子墨（休假）处理") == {GAO: 1}
    assert got(stage, "短信通知", "已超期", "代 周子墨（休假）处理") == {GAO: 1}
    assert got(stage, "短信通知")[ZHOU] == 0, "back since midnight, and told nothing a second time"
    stage.press(GAO, stage.last_card(GAO, "已超期"), "risk", {"note": "短信通道在整改"})
    stage.until_quiet()
    assert stage.rows("requirement")[rid]["风险提示"][0]["text"] == "短信通道在整改"
