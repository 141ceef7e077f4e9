"""A card that cannot reach its reader reaches somebody else, once; the administrators hear of it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from feishu_plugin.policy import Leave, Policy
from feishu_plugin.ports import Effect, Json
from feishu_plugin.reminders.cards import Offers, cards_of
from feishu_plugin.reminders.digest import digests
from feishu_plugin.rules.actions import Offer
from tests.fakes import RecordingMessages
from tests.reminders.card_law import faults
from tests.reminders.samples import APP, POLICY, notice, people, requirement, seen
from tests.reminders.world import NOW, World, card

BACKED = replace(POLICY, routes=(replace(POLICY.routes[0], backup=("ou_dev2",)),))
CHAIN = ["ou_dev2", "ou_boss", "ou_lead", "ou_cs"]
"""Who stands in for the developer: backup, manager, leader, administrator."""


def unreachable(*open_ids: str, policy: Policy = BACKED) -> World:
    """A base where no card reaches these people, with one card for the developer in its outbox."""
    world = World(messages=RecordingMessages(dict.fromkeys(open_ids, 230013)), policy=policy)
    world.outbox.put([overdue()])
    return world


def overdue(record_id: str = "rec1", heard: tuple[str, ...] = ()) -> Effect:
    offer = Offer(kind="remind", event="overdue")
    told = notice(
        f"overdue:{record_id}:breach:ou_dev", event="overdue", kind="instant", audience="owner", offer=offer
    )
    told = replace(told, heard=heard)
    (effect,) = cards_of(BACKED, [told], NOW, elements=Offers(BACKED, people, APP))
    return effect


def got(world: World, about: str = "已超期") -> list[str]:
    return [to for to, sent in world.messages.sent if about in seen(sent)]


def buttons(card: Json) -> list[dict[str, Any]]:
    """What the buttons of a card carry."""
    found: list[dict[str, Any]] = []

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            if part.get("type") == "callback":
                found.append(part["value"])
            for one in part.values():
                walk(one)
        elif isinstance(part, list):
            for one in part:
                walk(one)

    walk(card)
    return found


@pytest.mark.parametrize("lost", range(len(CHAIN)))
def test_the_next_one_gets_it_when_that_fails_too(lost: int) -> None:
    world = unreachable("ou_dev", *CHAIN[:lost])

    world.deliver()

    assert got(world) == [CHAIN[lost]]
    assert [row["state"] for row in world.notices() if row["event"] == "overdue"] == ["failed"] * (
        lost + 1
    ) + ["sent"]


def test_who_heard_of_an_earlier_stage_does_not_get_it_again_for_another() -> None:
    """Seen in a simulated year: a manager got the card of the head, who could not be reached."""
    world = unreachable("ou_dev", "ou_lead")
    world.outbox.put([overdue("rec2", heard=("ou_dev2", "ou_boss"))])

    world.deliver()

    assert got(world) == ["ou_dev2", "ou_cs"]


def test_when_nobody_can_be_reached_everybody_was_tried_once() -> None:
    world = unreachable("ou_dev", *CHAIN)

    world.deliver()
    world.now += timedelta(days=1)
    world.deliver()

    assert world.messages.sent == []
    assert {
        one: tries
        for one, tries in world.messages.tries.items()
        if one not in ("ou_cs", "ou_boss", "ou_lead")
    } == {
        "ou_dev": 1,
        "ou_dev2": 1,
    }


def test_the_card_says_for_whom_and_only_its_reader_may_press() -> None:
    world = unreachable("ou_dev")
    world.deliver()

    (sent,) = world.messages.to("ou_dev2")

    assert "代 李雷 接收" in seen(sent)
    assert "Received for 李雷" in seen(sent, "en_us")
    assert {value["for"] for value in buttons(sent)} == {"ou_dev2"}
    assert {value["instead_of"] for value in buttons(sent)} == {"ou_dev"}
    assert len(buttons(sent)) == len(buttons(overdue().body["card"]))
    assert faults(sent) == []


def test_a_stand_in_on_leave_is_passed_over() -> None:
    leave = Leave(people=("ou_dev2",), first=date(2026, 9, 2), last=date(2026, 9, 2))
    world = unreachable("ou_dev", policy=replace(BACKED, leaves=(leave,)))

    world.deliver()

    assert got(world) == ["ou_boss"]


def test_the_administrator_hears_once_of_each_person_and_what_to_do() -> None:
    world = unreachable("ou_dev")
    world.outbox.put([overdue("rec2")])
    world.deliver()
    world.now += timedelta(days=30)
    world.outbox.put([overdue("rec3")])
    world.deliver()

    (told,) = [sent for sent in world.messages.to("ou_cs") if "李雷（230013）" in seen(sent)]

    assert "可用范围" in seen(told)
    assert got(world) == ["ou_dev2"] * 3


def test_another_cause_is_news_to_the_administrator() -> None:
    world = unreachable("ou_dev")
    world.deliver()
    world.messages.refusals["ou_dev"] = 230053
    world.outbox.put([overdue("rec2")])
    world.deliver()

    assert got(world, "发不到 李雷") == ["ou_cs", "ou_cs"]


def test_an_app_that_nobody_may_see_is_one_card_for_the_administrator() -> None:
    world = World(messages=RecordingMessages({f"ou_{n}": 230013 for n in range(30)}))
    world.outbox.put([card(f"assigned:rec1:o:ou_{n}", target=f"ou_{n}") for n in range(30)])

    world.deliver()

    assert len([to for to, sent in world.messages.sent if "系统提醒" in seen(sent)]) == 1


def test_a_morning_card_goes_to_who_stands_in_for_most_of_its_lines() -> None:
    records = (requirement("rec1", department="support"), requirement("rec2"), requirement("rec3"))
    world = World(messages=RecordingMessages({"ou_dev": 230013}), policy=BACKED, records=records)
    lines = [
        notice(f"n{n}", record_id=f"rec{n}", offer=Offer(kind="remind", event="due_soon")) for n in (1, 2, 3)
    ]
    world.outbox.put(digests(BACKED, lines, NOW, base=APP))

    world.deliver()

    (sent,) = world.messages.to("ou_boss")
    assert "今日提醒" in seen(sent)
    assert {value["for"] for value in buttons(sent)} == {"ou_boss"}


def test_a_card_without_a_record_reaches_a_manager() -> None:
    world = World(messages=RecordingMessages({"ou_sub": 230053}))
    bare = {"schema": "2.0", "body": {"elements": []}}
    world.outbox.put(
        [Effect(kind="card", identity="report-2026-08", target="ou_sub", body=bare, not_before=NOW)]
    )

    world.deliver()

    assert [to for to, _ in world.messages.sent][:1] == ["ou_boss"]


def test_what_a_stand_in_got_is_known_as_theirs() -> None:
    world = unreachable("ou_dev")
    world.deliver()

    assert "overdue:rec1:breach:ou_dev:by:ou_dev2" in world.outbox.told
