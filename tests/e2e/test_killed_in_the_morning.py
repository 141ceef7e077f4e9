"""A service that is killed with -9 among the cards of a morning: everybody has one card, each line once."""

from collections import Counter
from datetime import datetime, timedelta

from benchmarks.year.cards import Told, read
from feishu_plugin.demo.narrator import ZONE
from feishu_plugin.demo.stage import Stage
from tests.looking import looks

OWNERS = ("林晓岚", "周子墨", "陈思远", "许安然", "赵启明", "高若溪")
CLERK = "周子墨"
MESSAGES = "*/im/v1/messages"


def planned(stage: Stage) -> list[str]:
    """Two requirements for each owner, planned for the workday after next."""
    day = stage.now().astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    plan = int((day + timedelta(days=2)).timestamp() * 1000)
    rows = [
        {
            "需求标题": f"{who}的第 {n} 件事",
            "需求类型": "定制化",
            "紧急程度": "中",
            "负责人": [{"id": stage.people[who]["open_id"]}],
            "计划完成时间": plan,
        }
        for who in OWNERS
        for n in (1, 2)
    ]
    return stage.create(CLERK, "requirement", rows)


def slowly(stage: Stage, delay_ms: int) -> None:
    """Every message takes so long, and every second one of them loses its answer."""
    rules = [
        {"kind": "delay", "route": MESSAGES, "delay_ms": delay_ms, "probability": 0.5},
        {"kind": "drop-after-commit", "route": MESSAGES, "probability": 0.5},
    ]
    body = {"seed": 9, "rules": rules if delay_ms else []}
    stage.session.put(f"{stage.url}/_sandbox/faults", json=body, timeout=60).raise_for_status()


def mornings(stage: Stage) -> list[list[Told]]:
    """The lines of each morning card, in the order of sending."""
    names = {one["open_id"]: name for name, one in stage.people.items()}
    cards = [read(raw, names[raw["to"]]) for raw in stage.messages()]
    return [list(card.items) for card in cards if card.title.startswith("今日提醒")]


def kill_after(stage: Stage, cards: int) -> None:
    """Waits until so many people have their card; then the service is gone."""
    assert stage.service is not None
    for _ in looks():
        if len(mornings(stage)) >= cards:
            break
    stage.service.kill()


def test_everybody_has_one_card_and_each_line_once(unwatched: Stage) -> None:
    stage = unwatched
    stage.serve()
    rows = planned(stage)
    stage.until_quiet()
    slowly(stage, 300)
    morning = (stage.now().astimezone(ZONE) + timedelta(days=1)).replace(hour=9, minute=11)
    stage.session.put(f"{stage.url}/_sandbox/clock", json={"now": morning.isoformat()}, timeout=60)

    for cards in (1, 3):
        kill_after(stage, cards)
        assert len(mornings(stage)) < len(OWNERS), "it died before it was done"
        stage.serve()
    slowly(stage, 0)
    stage.until_quiet(after=morning)

    found = mornings(stage)
    assert Counter(card[0].to for card in found) == dict.fromkeys(OWNERS, 1)
    assert Counter(line.record_id for card in found for line in card if line.event == "due_soon") == (
        dict.fromkeys(rows, 1)
    )
    assert all(is_morning(card[0].at) for card in found)


def is_morning(at: datetime) -> bool:
    return at.hour == 9
