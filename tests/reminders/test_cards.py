"""What rules want told becomes one card per person, or one summary for a paste."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

import pytest

from feishu_plugin.policy import Leave, Policy
from feishu_plugin.ports import Effect
from feishu_plugin.records import Record
from feishu_plugin.reminders.cards import Offers, cards_of, effects_of_tells
from feishu_plugin.reminders.quiet import next_digest
from feishu_plugin.rules.actions import Offer, Tell
from tests.builders import with_parameters
from tests.reminders.card_law import faults
from tests.reminders.samples import POLICY, at, notice, people, requirement, seen, template, with_templates

NOW = at("09-01 15:00")
PUT_BACK = Tell(
    event="put_back",
    identity="move-1",
    to=("ou_dev2",),
    facts={"from_status": "处理中", "to_status": "已关闭", "reason": "请先填写：处理结果"},
)


def effects(*tells: tuple[Record, Tell]) -> list[Effect]:
    return effects_of_tells(POLICY, tells, people, NOW, lambda record_id: f"https://a.cn/{record_id}")


def test_the_editor_hears_what_was_put_back() -> None:
    (card,) = effects((requirement(), PUT_BACK))

    assert card.target == "ou_dev2"
    assert card.identity == "put_back:rec1:move-1:ou_dev2"
    assert card.covers == (card.identity,)
    assert card.not_before == NOW
    shown = seen(card.body["card"])
    assert "状态已退回：20260901-研发-rec1" in shown
    assert "**处理中**" in shown
    assert "请先填写：处理结果" in shown
    assert card.body["card"]["body"]["elements"][-1]["behaviors"][0]["default_url"] == "https://a.cn/rec1"


def test_without_named_people_the_audiences_of_the_template_are_told_once_each() -> None:
    found = effects(
        (requirement(submitter=("ou_boss",)), Tell(event="risk", identity="r", facts={"note": "延期"}))
    )

    assert [card.target for card in found] == ["ou_boss"]
    found = effects((requirement(), Tell(event="risk", identity="r", facts={"note": "延期"})))
    assert [card.target for card in found] == ["ou_boss", "ou_sub"]


def test_an_administrator_is_told_of_trouble() -> None:
    tell = Tell(event="trouble", identity="t", facts={"note": "断路器"})

    found = effects_of_tells(POLICY, [(requirement(), tell)], people, NOW, administrators=("ou_admin",))

    assert [card.target for card in found] == ["ou_admin"]
    assert "断路器" in seen(found[0].body["card"])


def test_who_left_is_not_told() -> None:
    (card,) = effects((requirement(), replace(PUT_BACK, to=("ou_gone",))))

    assert (card.target, card.identity) == ("ou_lead", "put_back:rec1:move-1:ou_gone")
    assert "代 吴前任（已离职）处理" in seen(card.body["card"])
    assert card.body["stands_for"] == "吴前任（已离职）"


def test_one_who_stands_in_for_two_gets_one_card() -> None:
    (card,) = effects((requirement(), replace(PUT_BACK, to=("ou_gone", "ou_lead"))))

    assert card.target == "ou_lead"
    assert {"put_back:rec1:move-1:ou_gone", "put_back:rec1:move-1:ou_lead"} < set(card.covers)
    again = effects((requirement(), replace(PUT_BACK, to=("ou_gone",))))
    assert set(again[0].covers) < set(card.covers)


def leave(first: int, last: int) -> Policy:
    away = Leave(people=("ou_dev",), first=date(2026, 9, first), last=date(2026, 9, last))
    return replace(POLICY, leaves=(away,))


def test_what_is_held_until_the_morning_goes_to_who_is_there_then() -> None:
    assigned = Tell(event="assigned", identity="o", to=("ou_dev",))

    def reader(policy: Policy, now: str) -> str:
        (card,) = effects_of_tells(policy, [(requirement(), assigned)], people, at(now))
        return card.target

    assert reader(leave(1, 1), "09-01 22:00") == "ou_dev"
    assert reader(leave(2, 2), "09-01 22:00") == "ou_boss"
    assert reader(leave(2, 2), "09-01 15:00") == "ou_dev"
    assert reader(leave(5, 6), "09-04 22:00") == "ou_dev", "a leave over the weekend ends before Monday"


def test_the_same_tell_twice_is_one_card() -> None:
    assert len(effects((requirement(), PUT_BACK), (requirement(), PUT_BACK))) == 1


def test_an_event_that_is_switched_off_is_not_told() -> None:
    policy = replace(POLICY, templates=())

    assert effects_of_tells(policy, [(requirement(), PUT_BACK)], people, NOW) == []
    assert effects_of_tells(policy, [(requirement(), Tell(event="risk", identity="r"))], people, NOW) == []


def test_a_paste_of_many_rows_is_one_card_per_person() -> None:
    most = int(POLICY.parameters.many_rows)
    rows = [requirement(f"rec{n}") for n in range(most)]

    few = effects(*((row, PUT_BACK) for row in rows[:-1]))
    many = effects(
        *((row, PUT_BACK) for row in rows), (requirement("other"), replace(PUT_BACK, to=("ou_sub",)))
    )

    assert len(few) == most - 1
    assert [card.target for card in many] == ["ou_dev2", "ou_sub"]
    assert many[0].covers == tuple(f"put_back:rec{n}:move-1:ou_dev2" for n in range(most))
    assert faults(many[0].body["card"]) == []
    assert f"{most} 条需求的状态已退回" in seen(many[0].body["card"])
    assert all(f"20260901-研发-rec{n}" in seen(many[0].body["card"]) for n in range(most))
    assert many[0].body["requirements"] == [row.record_id for row in rows]


def test_a_summary_of_other_rows_is_another_card() -> None:
    first, second = (effects(*((requirement(f"{p}{n}"), PUT_BACK) for n in range(9)))[0] for p in "ab")

    assert first.identity != second.identity


def test_at_night_the_owner_is_told_in_the_morning_card_and_the_editor_at_once() -> None:
    night = at("09-01 22:00")
    assigned = Tell(event="assigned", identity="o", to=("ou_dev",))

    card, line = effects_of_tells(
        POLICY, [(requirement(), PUT_BACK), (requirement(), assigned)], people, night
    )

    assert (card.kind, card.not_before) == ("card", night)
    assert (line.kind, line.target, line.covers) == ("line", "ou_dev", ("assigned:rec1:o:ou_dev",))
    assert line.not_before == next_digest(POLICY, "ou_dev", night)


def test_an_event_told_in_the_morning_waits_as_a_line() -> None:
    policy = with_templates(POLICY, template("assigned", kind="digest"))

    (line,) = effects_of_tells(policy, [(requirement(), Tell(event="assigned", identity="o"))], people, NOW)

    assert (line.kind, line.not_before) == ("line", next_digest(policy, "ou_dev", NOW))


def test_what_asks_for_an_answer_keeps_its_own_card_in_the_morning() -> None:
    policy = with_templates(POLICY, template("similar", kind="digest", audience=("submitter", "owner")))
    similar = Tell(event="similar", identity="s", offer=Offer(kind="merge", originals={"rec9": "别的"}))

    found = effects_of_tells(policy, [(requirement(), similar)], people, NOW, base="bascn1")

    assert [card.kind for card in found] == ["card", "card"]
    assert [card.not_before for card in found] == [next_digest(policy, c.target, NOW) for c in found]


@pytest.mark.parametrize(("had", "cards"), [(0, 2), (19, 1), (20, 0), (25, 0)])
def test_more_cards_than_the_cap_are_lines_of_the_next_morning(had: int, cards: int) -> None:
    tells = [(requirement(f"rec{n}"), Tell(event="assigned", identity=f"o{n}")) for n in range(2)]

    found = effects_of_tells(POLICY, tells, people, NOW, sent=lambda asked: dict.fromkeys(asked, had))

    assert [effect.kind for effect in found] == ["card"] * cards + ["line"] * (2 - cards)
    assert {e.not_before for e in found if e.kind == "line"} <= {next_digest(POLICY, "ou_dev", NOW)}
    assert [i for e in found for i in e.covers] == [f"assigned:rec{n}:o{n}:ou_dev" for n in range(2)]


def test_a_summary_counts_as_one_card_and_is_a_line_each_over_the_cap() -> None:
    tells = [(requirement(f"rec{n}"), Tell(event="assigned", identity="o")) for n in range(30)]

    (card,) = effects_of_tells(POLICY, tells, people, NOW, sent=lambda asked: {"ou_dev": 19})
    over = effects_of_tells(POLICY, tells, people, NOW, sent=lambda asked: {"ou_dev": 20})

    assert len(card.covers) == len(over) == 30
    assert {effect.kind for effect in over} == {"line"}


def test_answers_breaches_and_releases_are_not_capped_and_cost_no_question() -> None:
    def nobody(asked: Collection[str]) -> dict[str, int]:
        raise AssertionError(f"asked about {asked}")

    ask = Tell(event="release_asked", identity="r", offer=Offer(kind="release"))
    breach = notice("b", event="overdue", kind="instant", priority="high")

    told = effects_of_tells(
        POLICY, [(requirement(), PUT_BACK), (requirement(), ask)], people, NOW, sent=nobody
    )

    assert [effect.kind for effect in told] == ["card", "card"]
    assert [effect.kind for effect in cards_of(POLICY, [breach], NOW, sent=nobody)] == ["card"]


def test_a_summary_of_reminders_is_answered_like_the_morning_card() -> None:
    late = [
        notice(
            f"n{n}",
            event="overdue",
            kind="instant",
            record_id=f"rec{n}",
            offer=Offer(kind="remind", event="overdue"),
        )
        for n in range(60)
    ]

    (card,) = cards_of(POLICY, late, NOW, elements=Offers(POLICY, people, "bascn1"))

    form = card.body["card"]["body"]["elements"][-1]
    options = [option["value"] for option in form["elements"][0]["options"]]
    buttons = {e["name"]: e["behaviors"][0]["value"] for e in form["elements"] if e["tag"] == "button"}
    assert faults(card.body["card"]) == []
    assert 5 <= len(options) == seen(card.body["card"]).count("- **2026")
    assert list(buttons) == ["postpone", "progress", "risk", "snooze"]
    assert buttons["snooze"] == {
        "base": "bascn1", "for": "ou_dev", "records": " ".join(options), "event": "overdue", "do": "snooze"
    }  # fmt: skip
    assert cards_of(POLICY, late, NOW)[0].body["card"]["body"]["elements"][-1]["tag"] == "markdown"


def test_what_was_told_is_left_out() -> None:
    assert cards_of(POLICY, [notice("a", kind="instant")], NOW, told={"a"}) == []


def test_a_notice_without_a_record_has_no_button() -> None:
    (card,) = effects(
        (requirement(""), Tell(event="report_ready", identity="2026-08", facts={"title": "2026-08"}))
    )

    assert card.body["requirements"] == []
    assert [element["tag"] for element in card.body["card"]["body"]["elements"]] == ["markdown"]


def test_what_was_told_before_is_not_repeated_in_a_list() -> None:
    tells = [(requirement(f"rec{n}"), replace(PUT_BACK, identity=f"move-{n}")) for n in range(3)]
    asked: list[str] = []

    def told(identities: Sequence[str]) -> set[str]:
        asked.extend(identities)
        return {"put_back:rec1:move-1:ou_dev2"}

    found = effects_of_tells(with_parameters(POLICY, many_rows=2), tells, people, NOW, told=told)

    assert [card.covers for card in found] == [
        ("put_back:rec0:move-0:ou_dev2", "put_back:rec2:move-2:ou_dev2")
    ]
    assert len(asked) == 3
