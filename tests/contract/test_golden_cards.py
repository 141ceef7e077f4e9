"""Every golden card is taken by the sandbox as a message, in both languages; a spoilt one is not."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feishu_plugin.reports.cards import report_card
from tests.builders import policy
from tests.reminders.test_card import GOLDEN, NAMED, card_of
from tests.reports.test_cards import full, opens
from tests.sandbox.conftest import Answer, Sandbox

Json = dict[str, Any]
CARDS = sorted([*GOLDEN.iterdir(), GOLDEN.parent / "report_card.json"])
REFUSED_CARD, TOO_LONG = 230099, 230025


def sent(sandbox: Sandbox, card: Json) -> Answer:
    """The sandbox's answer to this card as a message to its first person."""
    body = {
        "receive_id": sandbox.ready["users"][0]["open_id"],
        "msg_type": "interactive",
        "content": json.dumps(card, ensure_ascii=False),
    }
    return sandbox.app("POST", "/open-apis/im/v1/messages?receive_id_type=open_id", json=body)


def golden(path: Path) -> Json:
    """The card in a golden file."""
    found: Json = json.loads(path.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("path", CARDS, ids=lambda path: path.stem)
def test_a_golden_card_is_taken(sandbox: Sandbox, path: Path) -> None:
    assert sent(sandbox, golden(path)).body["code"] == 0


@pytest.mark.parametrize("name", NAMED)
def test_a_card_that_speaks_both_languages_is_taken(sandbox: Sandbox, name: str) -> None:
    assert sent(sandbox, card_of(name)).body["code"] == 0


def test_the_report_with_every_chart_is_taken(sandbox: Sandbox) -> None:
    assert sent(sandbox, report_card(full(), policy(), opens())).body["code"] == 0


def _chart_without_data(card: Json) -> None:
    chart = next(part for part in card["body"]["elements"] if part["tag"] == "chart")
    del chart["chart_spec"]["data"]


def test_the_report_with_a_spoilt_chart_is_refused(sandbox: Sandbox) -> None:
    card = report_card(full(), policy(), opens())
    _chart_without_data(card)

    assert sent(sandbox, card).code == REFUSED_CARD


def _unknown_attribute(card: Json) -> None:
    card["body"]["elements"][0]["colour"] = "red"


def _unknown_tag(card: Json) -> None:
    card["body"]["elements"][0]["tag"] = "note"


def _too_many_elements(card: Json) -> None:
    card["body"]["elements"] += [{"tag": "hr"}] * 200


def _too_long(card: Json) -> None:
    card["body"]["elements"][0]["content"] = "长" * 15_000


def _private(card: Json) -> None:
    card["config"]["update_multi"] = False


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (_unknown_attribute, REFUSED_CARD),
        (_unknown_tag, REFUSED_CARD),
        (_too_many_elements, REFUSED_CARD),
        (_too_long, TOO_LONG),
        (_private, REFUSED_CARD),
    ],
)
@pytest.mark.parametrize("name", ["digest", "assigned", "put_back_offered"])
def test_a_spoilt_card_is_refused(
    sandbox: Sandbox, name: str, spoil: Callable[[Json], None], code: int
) -> None:
    card = card_of(name)
    spoil(card)

    assert sent(sandbox, card).code == code
