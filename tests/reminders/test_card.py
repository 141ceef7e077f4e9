"""Cards are what Feishu takes, in both languages, and fit whatever is put into them."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feishu_plugin import schema
from feishu_plugin.ports import Json, Settlement
from feishu_plugin.reminders.card import NAMES, card_for, line_of, many_card, safe_link
from feishu_plugin.reminders.cards import Offers, cards_of, effects_of_tells
from feishu_plugin.reminders.digest import digest_identity, digests
from feishu_plugin.reminders.due import ANSWERABLE
from feishu_plugin.reminders.remind import plan_reminders
from feishu_plugin.reminders.templates import FACTS, rows_of
from feishu_plugin.rules.actions import Offer, Tell
from tests.fakes import MemoryWork
from tests.reminders.card_law import faults
from tests.reminders.samples import (
    APP,
    POLICY,
    accepted,
    at,
    notice,
    people,
    requirement,
    seen,
    template,
    with_templates,
)

GOLDEN = Path(__file__).parents[1] / "golden" / "cards"
LINK = "https://example.feishu.cn/base/bascnTests?table=tblTests&record=rec1"
LANGUAGES = {"zh": "zh_cn", "en": "en_us"}
NOTICES = [option.key for option in schema.load().option_sets["notice_event"]]
EVENTS = [event for event in NOTICES if rows_of(POLICY, event)]
"""The others are told by mail only."""
ANSWERED = [f"{event}_answered" for event in ANSWERABLE]
HANDED_OVER = "overdue_handed_over"
MOVE = Offer(
    kind="move",
    from_status="in_progress",
    to_status="closed",
    fields=("result", "confirmation", "planned_finish", "owner"),
    by="ou_dev",
    why="「处理中」之后只能改为：测试验证",
)
OFFERED = {
    "put_back": MOVE,
    "release_asked": Offer(kind="release", from_status="in_progress", to_status="closed", by="ou_dev"),
    "similar": Offer(kind="merge", originals={"rec7": "20260801-研发-007 报表导出", "rec8": "报表 <b>"}),
}
"""Events whose card has a form of its own."""
NAMED = [
    *EVENTS,
    "digest",
    "monday",
    "put_back_list",
    *ANSWERED,
    HANDED_OVER,
    *(f"{event}_offered" for event in OFFERED),
]
REMIND = Offer(kind="remind")
SAMPLE = {
    "number": "20260901-研发-001",
    "title": "导出报表 <at id=all></at>",
    "status": "处理中",
    "due": "2026-09-03 18:00",
    "days": "2",
    "owner": "李雷",
    "priority": "高",
    "from_status": "处理中",
    "to_status": "已关闭",
    "rule": "处理中→已关闭",
    "missing": "处理结果、客户确认",
    "who_may": "产品、管理者",
    "reason": "「处理中」之后只能改为：测试验证",
    "operator": "韩梅梅",
    "count": "7",
    "customer": "星河公司",
    "note": "等待客户提供日志",
    "asker": "韩梅梅",
    "clock": "解决时限",
    "answer": "未解决",
    "score": "2",
    "comment": "导出还是 <b>很慢</b>",
}


def as_seen(part: Any, language: str) -> Any:
    """The card as a reader of one language gets it."""
    if isinstance(part, list):
        return [as_seen(value, language) for value in part]
    if not isinstance(part, dict):
        return part
    kept = {key: as_seen(value, language) for key, value in part.items() if key != "i18n_content"}
    return kept | ({"content": part["i18n_content"][language]} if "i18n_content" in part else {})


def card_of(name: str) -> Json:
    """The card of an event with every fact, or one of the list cards."""
    if name == "digest":
        return digest_card()
    if name == HANDED_OVER:
        return offered_card("overdue", Offer(kind="remind", event="overdue"), instead_of=("ou_gone",))
    if name == "monday":
        return monday_card()
    if name in ANSWERED:
        event = name.removesuffix("_answered")
        return offered_card(event, Offer(kind="remind", event=event))
    if name.endswith("_offered"):
        event = name.removesuffix("_offered")
        return offered_card(event, OFFERED[event])
    if name == "put_back_list":
        facts = [{**SAMPLE, "number": f"20260901-研发-{n:03d}"} for n in range(1, 7)]
        return many_card(POLICY, "put_back", facts, [LINK] * 6)
    return card_for(POLICY, name, SAMPLE, LINK) or {}


def offered_card(event: str, offer: Offer, **values: Any) -> Json:
    """The instant card of a notice, with its form."""
    facts = {**SAMPLE, "for_zh": "吴前任（已离职）", "for_en": "吴前任 (has left)"}
    told = notice(event=event, kind="instant", facts=facts, offer=offer, **values)
    (effect,) = cards_of(
        POLICY, [told], at("09-02 10:00"), lambda record_id: LINK, elements=Offers(POLICY, people, APP)
    )
    card: Json = effect.body["card"]
    return card


def digest_card() -> Json:
    due = {"now": "09-02 18:00", "tomorrow": "09-03 18:00"}
    notices = [
        notice("a", due=at(due["now"]), facts=SAMPLE, offer=REMIND),
        notice("b", due=at(due["tomorrow"]), facts=SAMPLE, offer=REMIND, record_id="rec2"),
        notice("c", event="progress_due", due=None, facts={**SAMPLE, "due": ""}, offer=REMIND),
        notice("d", event="unassigned", facts=SAMPLE, record_id="rec3"),
        notice("e", event="overdue", facts=SAMPLE, offer=REMIND, record_id="rec4"),
    ]
    (effect,) = digests(POLICY, notices, at("09-02 09:10"), link=lambda record_id: LINK, base=APP)
    card: Json = effect.body["card"]
    return card


def monday_card() -> Json:
    """A full morning card of a lead: what is due, lines of the weekend, and the list of the week."""
    now, new = at("09-07 09:10"), at("09-03 09:00")
    rows = [
        requirement("rec1", priority="medium", planned_finish=at("09-04 00:00"), owner=("ou_lead",)),
        requirement(
            "rec2",
            priority="high",
            submitted_at=new,
            planned_finish=at("09-07 00:00"),
            owner=("ou_lead",),
            risk="缺接口",
        ),
        requirement("rec3", status="waiting_customer", similar_count=12.0),
        *(requirement(f"rec{n}", planned_finish=at("09-08 00:00"), owner=("ou_lead",)) for n in range(4, 11)),
    ]
    states = {("requirement", key): state for key, state in map(accepted, rows)}
    work = MemoryWork()
    told = {"assigned": {}, "risk": {"note": "客户改了接口"}}
    asked = [
        (rows[0], Tell(event=e, identity="i", to=("ou_lead",), facts=facts)) for e, facts in told.items()
    ]
    saturday = effects_of_tells(POLICY, asked, people, at("09-05 12:00"), base=APP)
    work.settle(APP, Settlement(accepted=states, effects=saturday))
    cards = plan_reminders(work, POLICY, people, now, APP, lambda record_id: LINK)
    (card,) = (c.body["card"] for c in cards if c.identity == digest_identity(now.date(), "ou_lead"))
    return dict(card)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMED)
def test_a_card_is_as_it_was_approved(name: str, language: str, update_goldens: bool) -> None:
    golden = GOLDEN / f"{name}.{language}.json"
    card = as_seen(card_of(name), LANGUAGES[language])
    shown = json.dumps(card, ensure_ascii=False, indent=2) + "\n"

    if update_goldens:
        golden.write_text(shown, encoding="utf-8")

    assert golden.read_text(encoding="utf-8") == shown


def test_no_golden_card_is_left_behind() -> None:
    wanted = {f"{n}.{lang}.json" for n in NAMED for lang in LANGUAGES}

    assert {path.name for path in GOLDEN.iterdir()} == wanted


@pytest.mark.parametrize("event", NOTICES)
def test_every_notice_has_templates_in_both_languages_and_a_name(event: str) -> None:
    rows = [t for t in POLICY.templates if t.event == event]
    channels = {row.channel: [t for t in rows if t.channel == row.channel] for row in rows}

    assert channels
    for found in channels.values():
        assert {row.language for row in found} == {"zh", "en"}
        assert len({(row.kind, row.audience) for row in found}) == 1
    assert NAMES[event][0] == next(o.zh for o in schema.load().option_sets["notice_event"] if o.key == event)


@pytest.mark.parametrize("name", NAMED)
def test_feishu_takes_the_card(name: str) -> None:
    assert faults(card_of(name)) == []


@pytest.mark.parametrize("event", EVENTS)
def test_nobody_is_mentioned_by_what_a_user_typed(event: str) -> None:
    assert "<at" not in "".join(e["content"] for e in card_of(event)["body"]["elements"] if "content" in e)


@pytest.mark.parametrize("event", EVENTS)
def test_a_card_without_any_facts_is_still_a_card(event: str) -> None:
    card = card_for(POLICY, event, {})

    assert card is not None
    assert faults(card) == []


def test_the_button_opens_the_record() -> None:
    button = card_of("assigned")["body"]["elements"][-1]

    assert button["tag"] == "button"
    assert button["behaviors"] == [{"type": "open_url", "default_url": LINK}]


@pytest.mark.parametrize("link", ["", "javascript:alert(1)", "lark://x", "https://", "record/1"])
def test_without_a_web_address_there_is_no_button(link: str) -> None:
    card = card_for(POLICY, "assigned", SAMPLE, link) or {}

    assert [element["tag"] for element in card["body"]["elements"]] == ["markdown"]


def test_a_link_cannot_end_the_markdown_it_stands_in() -> None:
    assert safe_link("https://a.cn/x) [y](z|`*") == "https://a.cn/x%29%20%5By%5D%28z%7C%60%2A"


def test_a_line_tells_what_was_put_back_and_why() -> None:
    assert line_of("put_back", SAMPLE, LINK) == (
        f"[20260901-研发-001]({LINK}) 导出报表 &#60;at id=all&#62;&#60;/at&#62;"
        " · 处理中 → 已关闭：「处理中」之后只能改为：测试验证"
    )


def test_a_line_leads_nowhere_without_a_web_address() -> None:
    assert line_of("overdue", {"number": "N-1"}, "javascript:x") == "**N-1**"


def test_a_line_shows_the_due_time_otherwise() -> None:
    assert line_of("overdue", {"number": "N-1", "due": "2026-09-03 18:00"}) == "**N-1** · 2026-09-03 18:00"


def test_a_summary_lists_every_row_and_counts_those_that_do_not_fit() -> None:
    facts = [{**SAMPLE, "number": f"N-{n}"} for n in range(1000)]

    card = many_card(POLICY, "put_back", facts)

    shown = seen(card).count("**N-")
    assert faults(card) == []
    assert 5 <= shown <= 40
    assert f"另有 {1000 - shown} 条" in seen(card)
    assert f"and {1000 - shown} more" in seen(card, "en_us")


def test_a_summary_of_another_event_has_a_plain_heading() -> None:
    card = many_card(POLICY, "assigned", [SAMPLE] * 6)

    assert seen(card).startswith("已分派：6 条需求")
    assert seen(card, "en_us").startswith("Assigned: 6 requirements")


def test_a_template_of_any_length_fits() -> None:
    policy = with_templates(
        POLICY, template(body="很长的正文 " * 20_000), template(language="en", body="<" * 90_000)
    )

    card = card_for(policy, "assigned", SAMPLE, LINK) or {}

    assert faults(card) == []
    assert "很长的正文" in seen(card)


@given(st.dictionaries(st.sampled_from(FACTS), st.text(max_size=3000)), st.sampled_from(EVENTS))
def test_any_facts_make_a_card_that_feishu_takes(facts: dict[str, str], event: str) -> None:
    assert faults(card_for(POLICY, event, facts, LINK) or {}) == []
    assert faults(many_card(POLICY, event, [facts] * 50, [LINK] * 50)) == []
