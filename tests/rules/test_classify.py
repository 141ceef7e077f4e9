"""What is suggested for whom; that nobody's own choice is touched matters as much as the hits."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feishu_plugin.records import Requirement, Value
from feishu_plugin.rules import classify
from feishu_plugin.rules.actions import SetFields
from feishu_plugin.rules.case import Case
from feishu_plugin.rules.decide import Question, decide
from feishu_plugin.rules.suggestion import Suggestion, by_words, plain, text_of
from tests.builders import local, policy
from tests.rules.questions import accepted
from tests.sync.base import Base

NOW = local("2026-09-01 10:00")
WORDS = policy().parameters


def judged(record: Requirement, before: Requirement | None = None, **more: object) -> dict[str, Value]:
    """What the whole judgement leaves in the row."""
    known = accepted(before) if before else None
    question = Question(
        policy=policy(), record=record, accepted=known, steps=[], now=NOW, people={},
        **more,  # type: ignore[arg-type]
    )  # fmt: skip
    return dict(decide(question).record.values)


def row(**values: Value) -> Requirement:
    told: dict[str, Value] = {"title": "导出", "description": "点导出就报错", "status": "pending"}
    return Requirement(record_id="rec1", values={**told, **values}, created_at=NOW - timedelta(hours=2))


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("升级以后一打开就闪退", "problem"),
        ("请问在哪里可以改收货地址", "inquiry"),
        ("希望能支持按门店导出，现在没有这个功能", "feature"),
        ("客服态度差，我要投诉", "complaint"),
        ("可以考虑加深按钮的颜色", "suggestion"),
        ("我们想单独开发一个对接自家系统的版本", "custom"),
    ],
)
def test_plain_words_tell_the_type(text: str, option: str) -> None:
    found = by_words(WORDS.type_words, text)

    assert found is not None
    assert found.option == option
    assert found.confidence >= WORDS.suggest_confidence


@pytest.mark.parametrize("text", ["", "收银台的颜色", "请问为什么报错", "这一点我们以前说过"])
def test_a_text_that_says_nothing_or_two_things_has_no_type(text: str) -> None:
    found = by_words(WORDS.type_words, text)

    assert found is None or found.confidence < WORDS.suggest_confidence


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("很紧急，请马上处理", "high"),
        ("系统完全无法使用", "high"),
        ("不急，有空再看", "low"),
        ("这个不紧急", "low"),
        ("不用急", "low"),
    ],
)
def test_only_words_that_say_so_make_it_urgent(text: str, option: str) -> None:
    assert getattr(by_words(WORDS.urgency_words, text), "option", None) == option


@pytest.mark.parametrize("text", ["希望尽快回复", "着急忙慌地点错了按钮", "客户等了两天", "点导出就报错"])
def test_politeness_and_trouble_are_not_urgency(text: str) -> None:
    assert by_words(WORDS.urgency_words, text) is None


@given(st.text(max_size=60))
def test_words_of_a_policy_answer_any_text_with_an_option_and_a_share(text: str) -> None:
    found = by_words(WORDS.type_words, text)

    assert found is None or (found.option in WORDS.type_words and 0 < found.confidence < 1)


@given(st.sampled_from(sorted(WORDS.type_words)), st.data())
def test_any_single_word_of_the_list_speaks_for_its_option(option: str, data: st.DataObject) -> None:
    word = data.draw(st.sampled_from(WORDS.type_words[option]))

    found = by_words(WORDS.type_words, f"甲{word}乙")

    assert found is None or option == found.option or len(plain(word)) < 2


def test_what_is_learned_goes_before_the_words() -> None:
    found = judged(row(), suggest=lambda text: Suggestion("complaint", 0.91))

    assert (found["type"], found["classified_by"], found["classified_confidence"]) == (
        "complaint",
        "automatic",
        0.91,
    )


@pytest.mark.parametrize("answer", [None, Suggestion("complaint", 0.69), Suggestion("gone", 0.99)])
def test_unsure_or_unknown_answers_leave_the_field_empty(answer: Suggestion | None) -> None:
    """An option the field does not have would become a new one in Feishu."""
    found = judged(row(), suggest=lambda text: answer)

    assert "type" not in found
    assert "classified_by" not in found


def test_the_suggested_type_sets_the_limits_of_that_type() -> None:
    """Everything after it sees the row as if a person had chosen."""
    found, by_hand = judged(row()), judged(row(type="problem"))

    assert found["type"] == by_hand["type"] == "problem"
    assert found["resolve_due"] == by_hand["resolve_due"]


def test_the_same_row_judged_again_stays_as_it_is() -> None:
    once = judged(row())
    again = judged(row(**once), before=row(**once))

    assert again == once


def test_what_was_written_before_a_kill_is_recognised_as_ours() -> None:
    """The row was written, the process died before remembering: nobody else has filled it."""
    filled = row(type="problem", classified_by="automatic", classified_confidence=0.8)
    case = Case(policy=policy(), record=filled, accepted=accepted(row()), now=NOW)

    values = [action.values for action in classify.rule(case) if isinstance(action, SetFields)]

    assert values == [{"type": "problem", "classified_by": "automatic", "classified_confidence": 0.8}]


def test_a_person_who_fills_it_first_is_not_taken_for_us() -> None:
    found = judged(row(type="problem"), before=row(), editor="ou_li", touched=frozenset({"type"}))

    assert found["type"] == "problem"
    assert "classified_by" not in found


def test_a_row_is_looked_at_again_once_nobody_types_any_more_and_only_for_half_a_day() -> None:
    def ripe(hours: float, **values: Value) -> bool:
        return classify.is_ripe(policy(), row(**values), NOW - timedelta(hours=2 - hours), None)

    assert not ripe(0.1)
    assert ripe(1)
    assert not ripe(1, type="inquiry")
    assert not ripe(1, description=None)
    assert not ripe(1, status="in_progress")
    assert not ripe(13)


def test_off_is_off() -> None:
    assert not classify.is_ripe(policy(suggest_confidence=0.0), row(), NOW, None)


def test_the_text_begins_with_the_title_on_a_line_of_its_own() -> None:
    assert text_of(row(title="导出\n报表", customer_words="快点")) == "导出 报表\n点导出就报错\n快点"
    assert text_of(Requirement(record_id="rec1", values={})) == ""


def test_without_the_column_that_says_who_chose_nothing_is_suggested() -> None:
    """A base made before the column was: the type, whose mark is there, still is."""
    base = Base.lacking("requirement.urgency_by")

    rid = base.add(title="导出", description="点导出就报错，请马上处理")
    base.settle()

    found = base.record(rid)
    assert (found.get("type"), found.get("classified_by")) == ("problem", "automatic")
    assert found.get("urgency") is None


def test_a_form_entry_is_filled_and_what_a_person_takes_away_stays_away() -> None:
    base = Base()
    rid = base.add(title="导出", description="点导出就报错，请马上处理")
    base.settle()
    filled = base.record(rid)

    base.edit(rid, type=None, urgency=None)
    base.settle()
    base.edit(rid, title="导出失败")
    base.settle()

    assert (filled.get("type"), filled.get("urgency")) == ("problem", "high")
    left = base.record(rid)
    assert (left.get("type"), left.get("urgency")) == (None, None)
    assert (left.get("classified_by"), left.get("urgency_by")) == ("person", "person")
    assert left.get("classified_confidence") == filled.get("classified_confidence")


def test_a_person_who_edits_the_marks_is_put_back() -> None:
    """They are the plugin's: the accuracy of the month is counted by them."""
    base = Base()
    rid = base.add(title="导出", description="点导出就报错")
    base.settle()

    base.edit(rid, classified_by="person")
    base.settle()

    assert base.record(rid).get("classified_by") == "automatic"
