"""Presses as they come in: only the one person, only the button that was sent, only once."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from feishu_plugin.app.receiving import receiver_for, taken
from feishu_plugin.gateway.seals import SEAL, Seal
from feishu_plugin.ports import Json
from feishu_plugin.reminders.readdress import readdressed
from feishu_plugin.store import Store
from tests.fakes import FakeClock

BASE, LI, BOSS, STRANGER = "bascnOne", "ou_li", "ou_boss", "ou_stranger"
OURS = Seal("the app secret")
GRANT = {
    **{"do": "grant", "base": BASE, "record": "rec1", "for": BOSS},
    **{"from": "pending", "to": "shelved", "by": LI, "say": "s", "why": ""},
}
ANSWER = {"do": "progress", "base": BASE, "records": "rec1 rec2", "for": LI, "event": "due_soon"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(str(tmp_path / "state.sqlite3"))
    yield opened
    opened.close()


def value_of(value: dict[str, str]) -> dict[str, str]:
    """What the button carries once its card was sent."""
    found: dict[str, str] = OURS.put_on({"type": "callback", "value": value})["value"]
    return found


def press(value: Any, by: str, event_id: str = "press1", **form: Any) -> Json:
    return {
        "schema": "2.0",
        "header": {"event_id": event_id, "event_type": "card.action.trigger"},
        "event": {
            "operator": {"open_id": by},
            "action": {"value": value, "tag": "button", "form_value": form},
            "context": {"open_message_id": "om_1"},
        },
    }


def said(store: Store, envelope: Json) -> str:
    """The toast; the presses that were taken are in the inbox."""
    answer = taken(receiver_for(store, FakeClock()), envelope, OURS) or {}
    return str(answer["toast"]["content"])


def waiting(store: Store, base: str = BASE) -> list[str]:
    return [hint.record_id for hint in store.pending(base, 100)]


def test_whom_the_card_was_sent_to_may_press_it(store: Store) -> None:
    assert said(store, press(value_of(GRANT), BOSS)).startswith("已收到")
    assert waiting(store) == ["rec1"]


def test_a_replay_of_a_press_is_the_same_press(store: Store) -> None:
    envelope = press(value_of(GRANT), BOSS)

    for _ in range(3):
        said(store, envelope)

    assert waiting(store) == ["rec1"]


@pytest.mark.parametrize("by", [LI, STRANGER, ""])
def test_nobody_else_may(store: Store, by: str) -> None:
    assert said(store, press(value_of(GRANT), by)) == "这张卡片不是发给您的"
    assert waiting(store) == []


FORGED: dict[str, Callable[[dict[str, str]], dict[str, str]]] = {
    "another record": lambda value: {**value, "record": "rec9"},
    "another action": lambda value: {**value, "do": "retry"},
    "another base": lambda value: {**value, "base": "bascnOther"},
    "another person": lambda value: {**value, "for": STRANGER},
    "in somebody's stead": lambda value: {**value, "instead_of": BOSS},
    "another move": lambda value: {**value, "to": "done"},
    "somebody else's move": lambda value: {**value, "by": BOSS},
    "a record more": lambda value: {**value, "records": "rec1 rec9"},
    "no seal": lambda value: {key: text for key, text in value.items() if key != SEAL},
    "an empty seal": lambda value: {**value, SEAL: ""},
    "the seal of another button": lambda value: {**value, SEAL: value_of(ANSWER)[SEAL]},
    "the seal of another app": lambda value: Seal("other").put_on({"type": "callback", "value": value})[
        "value"
    ],
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_button_that_we_did_not_send_is_refused(
    store: Store, forge: Callable[[dict[str, str]], dict[str, str]]
) -> None:
    for by in (BOSS, STRANGER):
        assert said(store, press(forge(value_of(GRANT)), by)).startswith("这个按钮已失效")
    assert waiting(store) == waiting(store, "bascnOther") == []


def test_of_a_list_only_what_the_card_offers_can_be_chosen(store: Store) -> None:
    assert said(store, press(value_of(ANSWER), LI, "p1", record="rec2")).startswith("已收到")
    assert said(store, press(value_of(ANSWER), LI, "p2", record="rec9")).startswith("请先在卡片里选择")
    assert waiting(store) == ["rec2"]


def test_a_card_that_was_made_over_to_a_stand_in_is_the_stand_ins_alone(store: Store) -> None:
    behaviour = {"type": "callback", "value": GRANT}
    card = {"header": {}, "body": {"elements": [{"tag": "button", "behaviors": [behaviour]}]}}
    made = OURS.put_on(readdressed(card, LI, BOSS, "代沈国栋", "for Shen"))
    value = made["body"]["elements"][0]["behaviors"][0]["value"]

    assert said(store, press(value, BOSS, "p1")) == "这张卡片不是发给您的"
    assert said(store, press(value, LI, "p2")).startswith("已收到")
    assert waiting(store) == ["rec1"]


@pytest.mark.parametrize("value", [None, [], "x", {}, {"do": "grant"}, {"do": 1, "base": [], "record": {}}])
def test_a_button_of_somebody_else_is_nothing_to_us(store: Store, value: Any) -> None:
    said(store, press(value, BOSS))

    assert waiting(store) == []
