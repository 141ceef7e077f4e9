"""Once a month: what was asked often becomes a draft in 知识库, its owner hears of it, counts are renewed."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from feishu_plugin.archived import ARCHIVED
from feishu_plugin.policy import Policy
from feishu_plugin.ports import Effect, Settlement
from feishu_plugin.records import Accepted, Person, Value
from feishu_plugin.reminders.digest import digests
from feishu_plugin.sync.faq import TABLE
from feishu_plugin.sync.faq_drafts import Drafted, draft_when_due
from tests import builders
from tests.fakes import MemoryTables
from tests.sync.base import Base

QUESTION = "怎么导出上个月的销售报表"
ASKED = (
    QUESTION,
    "怎样导出上个月的销售报表",
    "怎么导出上个月的销售报表？",
    "请问怎么导出上个月的销售报表",
    "怎么导出上个月销售报表",
)
ANSWER = "打开「报表 → 导出」，选择月份后点下载。"
LI, HAN = "ou_li", "ou_han"


def base_of(policy: Policy | None = None) -> Base:
    return Base(policy, Person(open_id=LI, name="李雷"), Person(open_id=HAN, name="韩梅梅"))


def closed(base: Base, title: str, **values: Value) -> str:
    """A question that was answered and closed."""
    given: dict[str, Value] = {"type": "inquiry", "status": "closed", "result": ANSWER, "owner": (LI,)}
    rid = base.tables.put("requirement", {"title": title, **given, **values})
    record = base.record(rid)
    base.store.states["requirement", rid] = Accepted(record=record, status_since=base.clock.now())
    base.clock.advance(1)
    return rid


def effects(base: Base, kind: str) -> list[Effect]:
    return [p.effect for p in base.store.outbox.waiting.values() if p.effect.kind == kind]


def write_drafts(base: Base) -> list[str]:
    """Drafts that wait in the outbox are written, as the deliverer would."""
    waiting = [(n, p.effect) for n, p in base.store.outbox.waiting.items() if p.effect.kind == "faq"]
    ids = [base.tables.put(TABLE, effect.body) for _, effect in waiting]
    base.store.done([n for n, _ in waiting], base.clock.now(), "")
    return ids


def next_month(base: Base) -> Drafted:
    base.clock.advance(31 * 86_400)
    return draft_when_due(base.desk)


def morning(base: Base) -> dict[str, str]:
    """Who reads what in the next morning card."""
    at = base.clock.now() + timedelta(days=4)
    at = at.replace(hour=2, minute=0)
    while base.desk.policy.worktime.local_day(at).weekday() > 4:
        at += timedelta(days=1)
    lines = base.store.lines("", at)
    return {card.target: str(card.body["card"]) for card in digests(base.desk.policy, [], at, lines=lines)}


def test_five_of_a_kind_become_one_draft_with_its_sources_and_its_owner() -> None:
    base = base_of()
    ids = [closed(base, title) for title in ASKED]
    closed(base, "登录页面打不开了")

    assert draft_when_due(base.desk) == Drafted(drafts=1)
    [draft] = effects(base, "faq")
    assert draft.identity == f"knowledge:{ids[0]}"
    assert {**draft.body, "sources": sorted(draft.body["sources"])} == {
        "question": QUESTION,
        "answer": ANSWER,
        "type": "inquiry",
        "asked_count": 5.0,
        "sources": ids,
        "owner": (LI,),
    }


@pytest.mark.parametrize(
    "spoiled",
    [
        {"result": None},
        {"status": "in_progress"},
        {"status": "void"},
        {"submitted_at": builders.local("2020-01-01")},
    ],
    ids=["no answer", "not finished", "void", "long ago"],
)
def test_four_and_one_that_does_not_count_are_not_enough(spoiled: dict[str, Value]) -> None:
    base = base_of()
    for title in ASKED[:4]:
        closed(base, title)
    closed(base, ASKED[4], **spoiled)

    assert draft_when_due(base.desk) == Drafted()


def test_confirmed_duplicates_count_with_their_original() -> None:
    base = base_of()
    closed(base, QUESTION, similar_count=4.0)

    assert draft_when_due(base.desk).drafts == 1
    assert effects(base, "faq")[0].body["asked_count"] == 5.0


def test_what_is_archived_counts_and_is_named_by_its_number() -> None:
    base = base_of()
    ids = [closed(base, title, number=f"20260101-客服-00{n}") for n, title in enumerate(ASKED)]
    for one in ids[:2]:
        base.store.states[ARCHIVED, one] = base.store.states.pop(("requirement", one))
        base.tables.delete("requirement", one)

    draft_when_due(base.desk)

    body = effects(base, "faq")[0].body
    assert body["archived_sources"] == "20260101-客服-000、20260101-客服-001"
    assert sorted(body["sources"]) == ids[2:]
    assert (body["question"], body["asked_count"]) == (QUESTION, 5.0)


@pytest.mark.parametrize("parameters", [{"faq_from": 0.0}, {"faq_from": 6.0}, {"faq_within_days": 1.0}])
def test_the_team_decides_what_is_often(parameters: dict[str, float]) -> None:
    base = base_of(builders.policy(**parameters))
    for title in ASKED:
        closed(base, title)
    base.clock.advance(3 * 86_400)

    assert draft_when_due(base.desk).drafts == 0


def test_each_owner_reads_one_line_in_the_morning_and_nothing_at_once() -> None:
    base = base_of()
    for question, owner in ((QUESTION, LI), ("电子发票在哪里下载呢", LI), ("怎么把手机号换成新的", HAN)):
        for n in range(5):
            closed(base, f"{question}{'？' * n}", owner=(owner,))
    closed(base, QUESTION, owner=(HAN,))

    assert draft_when_due(base.desk).drafts == 3
    assert effects(base, "card") == []
    read = morning(base)
    assert read.keys() == {LI, HAN}
    assert "知识库有 2 条常见问题草稿待发布" in read[LI]
    assert "知识库有 1 条常见问题草稿待发布" in read[HAN]
    assert "1 FAQ draft" in read[HAN]


def test_without_an_owner_the_administrator_hears_of_it() -> None:
    base = base_of()
    base.desk.administrators = ("ou_admin",)
    for title in ASKED:
        closed(base, title, owner=None)
    draft_when_due(base.desk)

    assert "owner" not in effects(base, "faq")[0].body
    assert morning(base).keys() == {"ou_admin"}


def test_the_work_of_a_month_is_done_once() -> None:
    base = base_of()
    draft_when_due(base.desk)
    for title in ASKED:
        closed(base, title)

    assert draft_when_due(base.desk) == Drafted()
    assert base.tables.calls["scan"] == 1
    assert next_month(base).drafts == 1


def test_a_draft_is_not_drafted_again_and_counts_on() -> None:
    base = base_of()
    for title in ASKED:
        closed(base, title)
    draft_when_due(base.desk)
    [draft] = write_drafts(base)
    closed(base, "怎么导出上个月的销售报表呢")

    assert next_month(base) == Drafted(renewed=1)
    assert base.tables.peek(TABLE, draft).get("asked_count") == 6.0
    assert next_month(base) == Drafted()


def test_what_people_deleted_does_not_come_back_and_is_not_told() -> None:
    base = base_of()
    for title in ASKED:
        closed(base, title)
    draft_when_due(base.desk)
    [draft] = write_drafts(base)
    base.tables.delete(TABLE, draft)

    assert next_month(base) == Drafted()
    assert effects(base, "faq") == []
    assert len(effects(base, "line")) == 1


def test_an_entry_that_people_wrote_stands_for_the_question_whatever_it_says() -> None:
    base = base_of()
    by_likeness = base.tables.put(TABLE, {"question": QUESTION, "answer": ANSWER})
    for title in ASKED:
        closed(base, title)
    by_link = base.tables.put(TABLE, {"question": "开票", "answer": "在设置里", "asked_count": 9.0})
    for n in range(5):
        closed(base, f"电子发票在哪里下载{'？' * n}", knowledge=(by_link,) if n == 0 else None)

    assert draft_when_due(base.desk) == Drafted(renewed=2)
    counts = [base.tables.peek(TABLE, one).get("asked_count") for one in (by_likeness, by_link)]
    assert counts == [5.0, 5.0]


def test_counts_of_all_entries_are_one_write() -> None:
    base = base_of()
    for n in range(30):
        base.tables.put(TABLE, {"question": f"问题{n}", "answer": "答", "asked_count": 1.0})
    before = base.tables.writes
    draft_when_due(base.desk)

    assert base.tables.writes == before + 1


def test_killed_before_it_is_remembered_the_next_try_brings_the_same_once() -> None:
    base = base_of()
    entry = base.tables.put(TABLE, {"question": "电子发票在哪里下载呢", "answer": "答", "asked_count": 3.0})
    for title in ASKED:
        closed(base, title)
    checks = iter((True, False))
    base.desk.may_write = lambda: next(checks)
    with pytest.raises(Exception, match="lease"):
        draft_when_due(base.desk)
    assert base.tables.peek(TABLE, entry).get("asked_count") is not None
    assert effects(base, "faq") == effects(base, "line") == []

    base.desk.may_write = lambda: True
    assert draft_when_due(base.desk).drafts == 1
    assert (len(effects(base, "faq")), len(effects(base, "line"))) == (1, 1)


def test_stored_twice_it_is_written_and_told_once() -> None:
    """A restored database may not know that the month was worked."""
    base = base_of()
    for title in ASKED:
        closed(base, title)
    draft_when_due(base.desk)
    effects_before = [*effects(base, "faq"), *effects(base, "line")]
    base.store.settle("", Settlement(effects=effects_before))

    assert (len(effects(base, "faq")), len(effects(base, "line"))) == (1, 1)


@pytest.mark.parametrize("missing", [["knowledge"], ["knowledge.asked_count", "knowledge.archived_sources"]])
def test_an_older_base_goes_on(missing: Sequence[str]) -> None:
    base = Base.lacking(*missing)
    for title in ASKED:
        closed(base, title)

    assert draft_when_due(base.desk).drafts == (0 if missing == ["knowledge"] else 1)


def test_an_edit_of_a_question_keeps_what_it_was_drawn_from() -> None:
    base = base_of()
    ids = [closed(base, title) for title in ASKED]
    draft_when_due(base.desk)
    [draft] = write_drafts(base)
    MemoryTables.update(base.tables, TABLE, {draft: {"question": "下载数据"}})
    for one in ids:
        base.edit(one, knowledge=(draft,))
    base.settle()
    for n in range(5):
        closed(base, QUESTION + "。" * n)

    assert next_month(base) == Drafted(renewed=1)
    assert base.tables.peek(TABLE, draft).get("asked_count") == 10.0
