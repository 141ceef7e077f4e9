"""Whatever people write into a record, a name or a form: no card mentions, links or draws anything by it.

Every card is made twice, with calm words and with hostile ones, and must hold the same markup.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feishu_plugin.ports import Json, Settlement
from feishu_plugin.records import Person
from feishu_plugin.reminders.card import card_for, many_card, outcome_card
from feishu_plugin.reminders.cards import Offers, cards_of, effects_of_tells
from feishu_plugin.reminders.digest import digests
from feishu_plugin.reminders.remind import plan_reminders
from feishu_plugin.reminders.templates import FACTS, Words, escape
from feishu_plugin.rules.actions import Offer, Tell
from tests.fakes import MemoryWork
from tests.reminders.card_law import faults
from tests.reminders.samples import APP, PEOPLE, POLICY, accepted, at, notice, people, requirement
from tests.reminders.test_card import EVENTS, LINK, OFFERED

MARKUP = re.compile(
    r"</?[A-Za-z]\w*|\[|\]\(|!\[|\*\*?|~~|`|_|\$|\\|\||(?m:^\s*(?:#|>|[-+=] ?|\d+[.)]))"
    r"|[A-Za-z]+:(?=//)|mailto:|www\.|:\w+:|@",
    re.IGNORECASE,
)
HOSTILE = [
    "<at id=all></at>",
    "@所有人",
    "[点这里](https://evil.example)",
    "![图](img_v3_1)",
    "https://evil.example/x",
    "www.evil.example",
    "**粗** ~~删~~ `码` _下_ $x$",
    "\n# 标题\n- 列表\n1. 项\n> 引用\n---",
    "| a | b |\n|---|---|",
    "<font color='red'>红</font><a href='https://evil.example'>x</a>",
    ":OK: &#60;at id=all&#62;",
    "{{ 7 * 7 }}{% if 1 %}x{% endif %}",
    "a\u202eb\x00\u2028c\ue000\ud800",
]
TYPED = st.one_of(
    st.sampled_from(HOSTILE),
    st.lists(
        st.sampled_from([*HOSTILE, *"<>@[]()*_~`#-+=|:!&;$\\/.:1a甲 \n", "www."]), min_size=1, max_size=5
    ).map("".join),
    st.text(min_size=1, max_size=60),
).filter(escape)
"""Short enough that no line is left out for its length alone."""


def markdowns(part: Any) -> Iterator[str]:
    """Every text of a card that is read as markup, in each language."""
    if isinstance(part, list):
        for value in part:
            yield from markdowns(value)
    elif isinstance(part, dict):
        if part.get("tag") == "markdown":
            yield from {part["content"], *part.get("i18n_content", {}).values()}
        for value in part.values():
            yield from markdowns(value)


def markup(card: Json) -> Counter[str]:
    """What a reader of markup would take for more than a letter; an entity is a letter."""
    read = (re.sub(r"&#\d+;", "◦", text) for text in markdowns(card))
    return Counter(token for text in read for token in MARKUP.findall(text))


def opened(part: Any) -> Iterator[str]:
    """Every address that a press of the card opens."""
    if isinstance(part, list):
        for value in part:
            yield from opened(value)
    elif isinstance(part, dict):
        yield from (value for key, value in part.items() if key == "default_url")
        for value in part.values():
            yield from opened(value)


def single(event: str, typed: str) -> Json:
    """The card of one notice, all of whose facts somebody typed."""
    facts = dict.fromkeys((*FACTS, "for_zh", "for_en"), typed)
    offer = OFFERED.get(event) or Offer(kind="remind", event=event)
    told = notice(
        event=event,
        kind="instant",
        facts=facts,
        instead_of=("ou_gone",),
        offer=replace(offer, why=typed, originals=dict.fromkeys(offer.originals, typed)),
    )
    (effect,) = cards_of(
        POLICY, [told], at("09-02 10:00"), lambda _: LINK, elements=Offers(POLICY, people, APP)
    )
    card: Json = effect.body["card"]
    return card


def lists(typed: str) -> Iterator[Json]:
    """Cards that list requirements, in which each line is what somebody typed."""
    facts = dict.fromkeys(FACTS, typed)
    for event in EVENTS:
        yield many_card(POLICY, event, [facts] * 2, [LINK] * 2)
        told = notice(event=event, facts=facts, offer=Offer(kind="remind"))
        (morning,) = digests(POLICY, [told], at("09-02 09:10"), link=lambda _: LINK, base=APP)
        yield morning.body["card"]


def of_a_base(typed: str) -> Iterator[Json]:
    """The Monday cards of a base whose people and requirements are named so."""

    def named(open_id: str) -> Person:
        return replace(PEOPLE.get(open_id, Person(open_id=open_id)), name=typed)

    wrote = {"title": typed, "risk": typed, "progress": typed, "number": "20260901-研发-001"}
    rows = [
        requirement("rec1", priority="high", planned_finish=at("09-04 00:00"), owner=("ou_lead",), **wrote),
        requirement("rec2", status="waiting_customer", similar_count=12.0, owner=("ou_lead",), **wrote),
        requirement("rec3", submitted_at=at("09-03 09:00"), owner=("ou_lead",), **wrote),
    ]
    work = MemoryWork()
    told = Tell(event="risk", identity="i", to=("ou_lead",), facts={"note": typed})
    saturday = effects_of_tells(POLICY, [(rows[0], told)], named, at("09-05 12:00"), base=APP)
    states = {("requirement", key): state for key, state in map(accepted, rows)}
    work.settle(APP, Settlement(accepted=states, effects=saturday))
    for effect in plan_reminders(work, POLICY, named, at("09-07 09:10"), APP, lambda _: LINK):
        yield effect.body["card"]


def same(calm: Json, hostile: Json) -> None:
    """Nothing but letters differs."""
    assert markup(hostile) == markup(calm)
    assert set(opened(hostile)) == set(opened(calm))
    assert faults(hostile) == []


@pytest.mark.unmeasured
@pytest.mark.parametrize("event", EVENTS)
@settings(deadline=None, max_examples=30)
@given(TYPED)
def test_no_notice_draws_what_was_typed(event: str, typed: str) -> None:
    same(single(event, "甲"), single(event, typed))


@pytest.mark.unmeasured
@settings(deadline=None, max_examples=30)
@given(TYPED)
def test_no_list_draws_what_was_typed(typed: str) -> None:
    for calm, hostile in zip(lists("甲"), lists(typed), strict=True):
        same(calm, hostile)


@pytest.mark.unmeasured
@settings(deadline=None, max_examples=30)
@given(TYPED)
def test_no_monday_card_draws_what_was_typed(typed: str) -> None:
    calm, hostile = [*of_a_base("甲")], [*of_a_base(typed)]

    assert len(calm) == len(hostile) > 1
    for one, other in zip(calm, hostile, strict=True):
        same(one, other)


@pytest.mark.parametrize("typed", HOSTILE)
def test_the_measure_sees_markup_where_there_is_some(typed: str) -> None:
    words = Words(title="x", body=typed)

    assert bool(markup(outcome_card(words, words))) == (typed != HOSTILE[-1])


def test_facts_reach_the_cards_that_are_compared() -> None:
    assert all("甲" in "".join(markdowns(card)) for card in of_a_base("甲"))
    assert "甲" in str(card_for(POLICY, "assigned", {"title": "甲"}))
