"""A preview is the card that would be sent, word for word; what is a sample is named."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from feishu_plugin import schema
from feishu_plugin.policy import Policy
from feishu_plugin.ports import Accepted, Settlement
from feishu_plugin.reminders.audience import Circle
from feishu_plugin.reminders.preview import Preview, Scene, letters, previews
from feishu_plugin.reminders.remind import plan_reminders
from feishu_plugin.reminders.templates import rows_of
from feishu_plugin.rules.actions import Offer
from tests.fakes import MemoryWork
from tests.reminders.card_law import faults
from tests.reminders.samples import (
    APP,
    PACKAGED,
    POLICY,
    accepted,
    at,
    people,
    requirement,
    seen,
    template,
    with_templates,
)

LATE = at("09-04 10:00")
NOTICES = [option.key for option in schema.load().option_sets["notice_event"]]
EVENTS = [event for event in NOTICES if rows_of(POLICY, event)]
"""The others are told by mail only."""


def link(record_id: str) -> str:
    return f"https://example.feishu.cn/{record_id}"


def scene(policy: Policy = POLICY, now: datetime = LATE) -> Scene:
    circle = Circle(policy=policy, people=people)
    return Scene(circle=circle, now=now, link=link, base=APP, packaged=PACKAGED)


def state(**values: Any) -> Accepted:
    """A complaint that ran out on Thursday at ten."""
    usual: dict[str, Any] = {"type": "complaint", "priority": "high", "resolve_due": at("09-03 10:00")}
    return accepted(requirement(**(usual | values)))[1]


def only(found: Sequence[Preview]) -> Preview:
    [one] = found
    return one


@pytest.mark.parametrize("person", ["ou_dev", "ou_boss"])
def test_a_preview_is_the_card_that_is_sent(person: str) -> None:
    work, record = MemoryWork(), state()
    work.settle(APP, Settlement(accepted={("requirement", "rec1"): record}))

    found = only(previews(scene(), "overdue", record, person))
    sent = {
        effect.target: effect.body["card"]
        for effect in plan_reminders(work, POLICY, people, LATE, APP, link, packaged=PACKAGED)
        if effect.body["event"] == "overdue"
    }

    assert (found.is_due, found.is_meant, found.samples) == (True, True, ())
    assert found.card == sent[person]


def test_without_a_person_everybody_who_is_told_has_a_card() -> None:
    found = previews(scene(), "overdue", state())

    assert [one.notice.open_id for one in found] == ["ou_dev", "ou_boss"]


def test_a_personal_wording_is_previewed_for_its_person_alone() -> None:
    everybodys = template("overdue", audience=("owner", "manager"), body="众")
    own = template("overdue", audience=(), body="只给您", people=("ou_dev",), row_id="recOwn")
    found = previews(scene(with_templates(POLICY, everybodys, own)), "overdue", state())

    assert [(one.notice.open_id, one.rows["zh"].row.row_id) for one in found] == [
        ("ou_dev", "recOwn"),
        ("ou_boss", ""),
    ]
    assert "只给您" in seen(found[0].card or {})


def test_a_row_that_cannot_be_used_is_named_beside_the_one_that_stands_in() -> None:
    broken = template("overdue", audience=("owner",), body="{{ tittle }}")
    choice = only(previews(scene(with_templates(POLICY, broken)), "overdue", state())).rows["zh"]

    assert choice.is_packaged
    assert [(row.body, "{{ title }}" in why) for row, why in choice.skipped] == [("{{ tittle }}", True)]


def test_what_is_not_the_case_is_a_sample_and_says_which_words() -> None:
    found = only(previews(scene(now=at("09-02 10:00")), "overdue", state(), "ou_dev"))

    assert (found.is_due, found.is_meant, found.samples) == (False, True, ("days", "clock"))
    assert found.notice.facts["due"] == "2026-09-03 10:00"
    assert found.notice.facts["title"] == "导出报表"


def test_somebody_who_is_not_told_sees_how_it_would_look() -> None:
    found = only(previews(scene(), "overdue", state(), "ou_sub"))

    assert (found.is_due, found.is_meant, found.notice.open_id) == (False, False, "ou_sub")


@pytest.mark.parametrize("event", EVENTS)
def test_every_notice_has_a_preview_that_feishu_takes(event: str) -> None:
    for record in (state(), None):
        found = previews(scene(), event, record)

        assert found
        assert [faults(one.card) for one in found] == [[]] * len(found)


def test_the_card_of_many_rows_lists_some() -> None:
    card = only(previews(scene(), "put_back_many", None)).card or {}

    assert seen(card).startswith("3 条需求的状态已退回")
    assert seen(card).count("\n- ") == 3


@pytest.mark.parametrize(
    ("event", "button"), [("put_back", "补全后重试"), ("release_asked", "放行"), ("similar", "合并")]
)
def test_the_buttons_of_a_notice_are_there(event: str, button: str) -> None:
    found = previews(scene(), event, state())[0]

    assert button in seen(found.card or {})
    assert isinstance(found.notice.offer, Offer)


def test_a_notice_that_is_switched_off_has_no_preview() -> None:
    assert (
        previews(scene(with_templates(POLICY, template("overdue", people=("ou_dev",)))), "overdue", state())
        == []
    )


def test_a_mail_is_previewed_as_plain_text() -> None:
    row = template("received", channel="mail", title="收到 {{ number }}", body="{{ title }}\n*谢谢*")
    rows = (replace(row, audience=("customer",)),)
    found = letters(scene(with_templates(POLICY, *rows)), "received", state(title="<b>报表</b>"))

    assert {language: one.words.title for language, one in found.items()} == {"zh": "收到 20260901-研发-rec1"}
    assert found["zh"].words.body.startswith("<b>报表</b>\n*谢谢*\n\n-- \n")
