"""One calm card per person and working morning, with everything in it and nothing twice."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feishu_plugin.ports import Effect, PendingEffect
from feishu_plugin.reminders.card import NAMES
from feishu_plugin.reminders.digest import digest_identity, digests
from feishu_plugin.reminders.lines import line_of_notice
from feishu_plugin.reminders.notice import Notice
from feishu_plugin.reminders.quiet import digest_moment
from feishu_plugin.rules.actions import Offer
from tests.reminders.card_law import faults
from tests.reminders.samples import APP, POLICY, at, notice, seen
from tests.reminders.test_weekly import review

DAY = at("09-02 09:00").date()
MOMENT = digest_moment(POLICY, DAY, "ou_dev")
LATER = at("09-02 09:10")
REMIND = Offer(kind="remind")


def test_a_person_gets_one_card_for_all() -> None:
    (card,) = digests(POLICY, [notice("a"), notice("b", event="progress_due")], LATER)

    assert card.target == "ou_dev"
    assert card.identity == digest_identity(DAY, "ou_dev") == "digest:2026-09-02:ou_dev"
    assert card.covers == ("digest:2026-09-02:ou_dev", "a", "b")
    assert card.not_before == LATER


def test_every_person_gets_their_own() -> None:
    found = digests(POLICY, [notice("a"), notice("b", open_id="ou_sub")], LATER)

    assert {card.target: card.covers[1:] for card in found} == {"ou_dev": ("a",), "ou_sub": ("b",)}


def test_not_a_second_too_early() -> None:
    assert digests(POLICY, [notice()], MOMENT - timedelta(seconds=1)) == []
    assert len(digests(POLICY, [notice()], MOMENT)) == 1


@pytest.mark.parametrize("now", ["09-05 09:10", "09-02 20:00", "09-02 08:00"])
def test_not_on_days_off_nor_in_quiet_hours(now: str) -> None:
    assert digests(POLICY, [notice(since=at("09-01 09:00"))], at(now)) == []


def test_who_was_away_at_the_moment_gets_it_later_that_day() -> None:
    assert len(digests(POLICY, [notice()], at("09-02 15:00"))) == 1


def test_what_comes_up_during_the_day_waits_for_the_next_morning() -> None:
    late = notice(since=MOMENT + timedelta(seconds=1))

    assert digests(POLICY, [late], at("09-02 15:00")) == []
    assert len(digests(POLICY, [late], at("09-03 09:10"))) == 1


def test_there_is_no_second_card_on_a_day() -> None:
    assert digests(POLICY, [notice("new")], LATER, told={"digest:2026-09-02:ou_dev"}) == []


def test_what_was_told_is_not_told_again() -> None:
    (card,) = digests(POLICY, [notice("a"), notice("b")], LATER, told={"a"})

    assert card.covers[1:] == ("b",)
    assert digests(POLICY, [notice("a")], LATER, told={"a"}) == []


def test_the_same_notice_twice_is_one_line() -> None:
    (card,) = digests(POLICY, [notice("a"), notice("a")], LATER)

    assert card.covers[1:] == ("a",)
    assert "今日提醒 2026-09-02：1 条" in seen(card.body["card"])


def test_groups_come_most_urgent_first() -> None:
    notices = [
        notice("f", event="follow_up"),
        notice("c", event="unconfirmed"),
        notice("u", event="unassigned"),
        notice("p", event="progress_due"),
        notice("d2", due=at("09-03 10:00")),
        notice("d1", due=at("09-02 10:00")),
        notice("d9", due=at("09-09 10:00")),
        notice("o", event="overdue"),
        notice("x", event="assigned"),
    ]

    (card,) = digests(POLICY, notices, LATER)

    headings = [text for text in seen(card.body["card"]).splitlines() if text.startswith("**")]
    assert headings == [
        "**已超期（1）**",
        "**今天到期（1）**",
        "**明天到期（1）**",
        "**即将到期（1）**",
        "**待写进展（1）**",
        "**待分派（1）**",
        "**待确认（1）**",
        "**待跟进（1）**",
        "**已分派（1）**",
    ]


def test_on_friday_monday_is_called_the_next_workday() -> None:
    friday = notice(since=at("09-04 00:00"), due=at("09-07 10:00"))

    (card,) = digests(POLICY, [friday], at("09-04 09:10"))

    assert "下个工作日到期（1）" in seen(card.body["card"])
    assert "Due next workday (1)" in seen(card.body["card"], "en_us")


def test_a_large_digest_is_folded_and_covers_everything() -> None:
    many = [
        notice(f"n{i}", record_id=f"rec{i}", facts={"number": f"N-{i}", "title": "标" * 80})
        for i in range(300)
    ]

    (card,) = digests(POLICY, many, LATER, link=lambda record_id: f"https://a.cn/{record_id}")

    shown = seen(card.body["card"]).count("- [N-")
    assert faults(card.body["card"]) == []
    assert shown >= 10
    assert f"另有 {300 - shown} 条" in seen(card.body["card"])
    assert f"and {300 - shown} more" in seen(card.body["card"], "en_us")
    assert len(card.covers) == 301


def test_the_record_names_all_rows_for_the_ledger_of_notices() -> None:
    (card,) = digests(POLICY, [notice("a"), notice("b", record_id="rec2")], LATER)

    assert card.body["requirements"] == ["rec1", "rec2"]
    assert card.body["event"] == "due_soon"
    assert card.body["name"] == "晨报 2026-09-02（2 条）"


def choices(card: Effect) -> list[dict[str, Any]]:
    """What the form of a morning card lets its reader choose."""
    forms = [e for e in card.body["card"]["body"]["elements"] if e["tag"] == "form"]
    options: list[dict[str, Any]] = forms[0]["elements"][0]["options"] if forms else []
    return options


def test_only_what_has_an_answer_can_be_chosen_and_each_requirement_once() -> None:
    notices = [
        notice("a", offer=REMIND),
        notice("b", event="progress_due", offer=REMIND),
        notice("c", event="unassigned", record_id="rec2"),
        notice("d", record_id="rec3", offer=REMIND),
    ]

    (card,) = digests(POLICY, notices, LATER, base="bascn1")
    (mute,) = digests(POLICY, notices, LATER)
    (idle,) = digests(POLICY, notices[2:3], LATER, base="bascn1")

    assert [choice["value"] for choice in choices(card)] == ["rec1", "rec3"]
    assert (choices(mute), choices(idle)) == ([], [])


def test_a_large_digest_still_has_its_form_and_fits() -> None:
    events = ("overdue", "due_soon", "progress_due")
    many = [
        notice(
            f"{event}{i}",
            event=event,
            record_id=f"recuf{event}{i}",
            offer=REMIND,
            facts={"number": f"20260901-研发-{i:03d}", "title": "标" * 80},
        )
        for event in events
        for i in range(300)
    ]

    (card,) = digests(POLICY, many, LATER, link=lambda record_id: f"https://a.cn/{record_id}", base="bascn1")

    assert faults(card.body["card"]) == []
    assert 10 <= len(choices(card)) <= 60
    assert seen(card.body["card"]).count("- [2026") >= len(choices(card))


def line(row: int, told: Notice) -> PendingEffect:
    """The notice as the store gives it back."""
    return PendingEffect(row=row, effect=line_of_notice(told, MOMENT))


def test_lines_stand_beside_what_is_due_and_end_with_the_card() -> None:
    waiting = [line(7, notice("l", event="assigned", kind="instant")), line(9, notice("m", event="risk"))]

    (card,) = digests(POLICY, [notice("a")], LATER, lines=waiting)

    assert card.folds == (7, 9)
    assert card.covers == ("digest:2026-09-02:ou_dev", "a", "l", "m")
    headings = [text for text in seen(card.body["card"]).splitlines() if text.startswith("**")]
    assert headings == ["**明天到期（1）**", "**已分派（1）**", "**风险或改期（1）**"]


def test_lines_alone_make_a_card_though_they_count_as_told() -> None:
    (card,) = digests(POLICY, [], LATER, told={"l"}, lines=[line(1, notice("l", event="assigned"))])

    assert (card.target, card.folds) == ("ou_dev", (1,))


def test_lines_wait_for_the_morning_card() -> None:
    waiting = [line(1, notice("l", event="assigned"))]

    assert digests(POLICY, [], MOMENT - timedelta(seconds=1), lines=waiting) == []
    assert digests(POLICY, [], at("09-05 12:00"), lines=waiting) == []
    assert digests(POLICY, [], LATER, told={"digest:2026-09-02:ou_dev"}, lines=waiting) == []


def test_a_reminder_over_the_cap_can_still_be_answered() -> None:
    (card,) = digests(POLICY, [], LATER, lines=[line(1, notice("l", offer=REMIND))], base="bascn1")

    assert [choice["value"] for choice in choices(card)] == ["rec1"]


def test_what_has_no_requirement_is_told_by_its_words() -> None:
    trouble = notice("t", event="trouble", record_id="", due=None, facts={"note": "第 3 行看不懂 " * 20})

    (card,) = digests(
        POLICY, [], LATER, lines=[line(1, trouble)], link=lambda record_id: f"https://a.cn/{record_id}"
    )

    assert "第 3 行看不懂 " * 19 in seen(card.body["card"])
    assert "https://a.cn/" not in seen(card.body["card"])
    assert card.body["requirements"] == []


def test_the_list_of_the_week_stands_under_the_reminders_and_their_form() -> None:
    (card,) = digests(
        POLICY, [notice("a", offer=REMIND)], LATER, base="bascn1", reviews={"ou_dev": review("ou_dev")}
    )

    tags = [element["tag"] for element in card.body["card"]["body"]["elements"]]
    assert tags[:5] == ["markdown", "markdown", "form", "hr", "markdown"]
    assert "今日提醒 2026-09-02：1 条" in seen(card.body["card"])
    assert card.covers == ("digest:2026-09-02:ou_dev", "a", "weekly:2026-W36:ou_dev", "weekly-day:2026-09-02")


def test_who_has_nothing_else_gets_the_card_with_the_week_alone() -> None:
    found = digests(POLICY, [], LATER, reviews={p: review(p) for p in ("ou_dev", "ou_boss")})

    assert [card.covers[1:] for card in found] == [
        ("weekly:2026-W36:ou_dev", "weekly-day:2026-09-02"),
        ("weekly:2026-W36:ou_boss",),
    ]
    assert found[0].body["event"] == "weekly"
    assert "每周清单 2026-09-02" in seen(found[0].body["card"])


def test_the_list_of_the_week_is_told_once() -> None:
    told = {"weekly:2026-W36:ou_dev"}

    assert digests(POLICY, [], LATER, told=told, reviews={"ou_dev": review("ou_dev")}) == []
    (card,) = digests(POLICY, [notice("a")], LATER, told=told, reviews={"ou_dev": review("ou_dev")})
    assert card.covers[1:] == ("a",)


def test_a_morning_of_more_kinds_than_there_are_keeps_within_the_number_of_elements() -> None:
    many = [
        notice(f"n{kind}", event=f"kind{kind}", record_id=f"rec{kind}", facts={"number": "N"}, offer=REMIND)
        for kind in range(65)
    ]

    (card,) = digests(POLICY, many, LATER, base="bascn1")

    assert faults(card.body["card"]) == []
    assert seen(card.body["card"]).count("另有 1 条") == 65


words = st.text(max_size=60) | st.just("<at id=all></at>" * 40)
notices = st.builds(
    lambda number, event, facts, offer: notice(
        f"{event}:{number}", event=event, record_id=f"recuf{number:08d}", facts=facts, offer=offer
    ),
    st.integers(0, 400),
    st.sampled_from([*NAMES, "unconfirmed", "follow_up"]),
    st.dictionaries(st.sampled_from(["number", "title", "due", "note", "reason"]), words),
    st.sampled_from([None, REMIND]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(notices, max_size=120), st.lists(notices, max_size=120), st.booleans(), st.integers(1, 4))
def test_whatever_comes_together_feishu_takes_the_card_and_nothing_is_dropped(
    due: list[Notice], stored: list[Notice], monday: bool, times: int
) -> None:
    lines = [line(row, told) for row, told in enumerate(stored * times)]
    reviews = {"ou_dev": review("ou_dev", rows=300)} if monday else {}

    found = digests(
        POLICY,
        due,
        LATER,
        link=lambda record_id: f"https://a.cn/{record_id}",
        base=APP,
        lines=lines,
        reviews=reviews,
    )

    assert len(found) == bool(due or stored or monday)
    for card in found:
        assert faults(card.body["card"]) == []
        assert {n.identity for n in (*due, *stored)} <= set(card.covers)
        assert card.folds == tuple(range(len(lines)))
        assert len(choices(card)) <= 60


def test_a_line_for_somebody_on_leave_says_so_and_is_one_for_two() -> None:
    away = {"for_zh": "吴前任（已离职）", "for_en": "吴前任 (has left)", "number": "N-1", "title": "导出报表"}
    other = {**away, "for_zh": "孙客服（休假）"}
    lines = [
        notice("s:ou_gone", about="s", instead_of=("ou_gone",), facts=away, with_it=("s:ou_gone:by:ou_dev",)),
        notice("s:ou_sub", about="s", instead_of=("ou_sub",), facts=other, with_it=("s:ou_sub:by:ou_dev",)),
    ]

    (card,) = digests(POLICY, lines, at("09-02 09:10"))

    assert seen(card.body["card"]).count("导出报表") == 1
    assert "代 吴前任（已离职）、孙客服（休假）处理" in seen(card.body["card"])
    assert set(card.covers[1:]) == {one for line in lines for one in line.covers}
