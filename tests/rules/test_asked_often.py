"""Which questions are asked often, by examples and for any order and any texts."""

from array import array
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feishu_plugin.rules.asked_often import EXAMPLES, Asked, Entry, Example, Often, asked_often
from feishu_plugin.rules.similarity import fingerprint, score

LEAST = 3


class Texts:
    """Looks texts up, and counts how many are in hand at a time."""

    def __init__(self, by_id: dict[str, str]) -> None:
        self.by_id, self.most = by_id, 0

    def alike(self, one: str, others: Sequence[str]) -> set[str]:
        self.most = max(self.most, len(others))
        mine = self.by_id[one]
        return {o for o in others if score((mine, ""), (self.by_id[o], "")) >= 0.6}


def asked(record_id: str, text: str, at: float, entry: str = "", times: int = 1) -> Asked:
    return Asked(
        record_id=record_id, at=at, times=times, bands=array("I", fingerprint(text, "")), entry=entry
    )


def entry(record_id: str, question: str) -> Entry:
    return Entry(record_id=record_id, bands=fingerprint(question, ""))


def found_in(example: Example) -> Often:
    texts = {f"ent{n}": question for n, question in enumerate(example.entries)}
    requirements = []
    for n, question in enumerate(example.questions):
        place, _, rest = question.partition(" ")
        linked = place.isdigit()
        texts[f"rec{n}"] = rest if linked else question
        requirements.append(asked(f"rec{n}", texts[f"rec{n}"], n, f"ent{place}" if linked else ""))
    entries = [entry(f"ent{n}", question) for n, question in enumerate(example.entries)]
    return asked_often(requirements, entries, LEAST, Texts(texts).alike)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.says)
def test_examples(example: Example) -> None:
    found = found_in(example)

    assert tuple(group.times for group in found.groups) == example.groups
    assert tuple(found.answered[f"ent{n}"] for n in range(len(example.entries))) == example.answered


def test_the_earliest_speaks_for_all() -> None:
    texts = Texts({"recB": "怎么导出销售报表", "recA": "怎样导出销售报表", "recC": "怎么导出销售报表呢"})
    [group] = asked_often(
        [
            asked("recA", texts.by_id["recA"], 2),
            asked("recB", texts.by_id["recB"], 1),
            asked("recC", texts.by_id["recC"], 3),
        ],
        [],
        LEAST,
        texts.alike,
    ).groups

    assert group.members[0] == "recB"
    assert set(group.members) == {"recA", "recB", "recC"}


def test_confirmed_duplicates_count_without_a_text_of_their_own() -> None:
    often = asked_often([asked("rec1", "导出", 1, times=3)], [], LEAST, Texts({"rec1": "导出"}).alike)

    assert [(group.members, group.times) for group in often.groups] == [(("rec1",), 3)]


def test_an_entry_that_is_gone_answers_nothing() -> None:
    texts = Texts({f"rec{n}": "怎么导出销售报表" for n in range(3)})
    often = asked_often(
        [asked(one, "怎么导出销售报表", 1, "entGone") for one in texts.by_id], [], LEAST, texts.alike
    )

    assert [group.times for group in often.groups] == [3]
    assert often.answered == {}


def test_the_same_words_a_thousand_times_are_compared_once() -> None:
    texts = Texts({f"rec{n:04d}": "怎么导出销售报表" for n in range(1000)} | {"rec": "怎样导出销售报表呀"})
    [group] = asked_often(
        [asked(one, text, n) for n, (one, text) in enumerate(texts.by_id.items())], [], LEAST, texts.alike
    ).groups

    assert group.times == 1001
    assert texts.most == 1


_WORDS = st.sampled_from(
    [
        *("怎么导出销售报表", "怎样导出销售报表", "怎么导出销售报表呢", "如何导出销售的报表", "导出"),
        *("电子发票在哪里下载", "电子发票在哪下载", "电子发票从哪里下载", "工单 1 打不开", "工单 2 打不开"),
    ]
)
_LINKS = st.sampled_from(["", "", "", "ent0", "ent1", "entGone"])


@settings(max_examples=150)
@given(
    st.lists(st.tuples(_WORDS, st.integers(0, 3), _LINKS), max_size=14),
    st.lists(_WORDS, max_size=2),
    st.randoms(),
)
def test_the_order_decides_nothing_and_everything_is_counted_once(
    told: list[tuple[str, int, str]], questions: list[str], dice: Random
) -> None:
    texts = {f"rec{n}": text for n, (text, _, _) in enumerate(told)} | {
        f"ent{n}": text for n, text in enumerate(questions)
    }
    requirements = [asked(f"rec{n}", text, at, link) for n, (text, at, link) in enumerate(told)]
    entries = [entry(f"ent{n}", text) for n, text in enumerate(questions)]
    first = asked_often(requirements, entries, LEAST, Texts(texts).alike)
    dice.shuffle(requirements)
    dice.shuffle(entries)

    assert asked_often(iter(requirements), entries, LEAST, Texts(texts).alike) == first
    members = [one for group in first.groups for one in group.members]
    assert len(members) == len(set(members))
    assert all(group.times >= LEAST for group in first.groups)
    assert sum(first.answered.values()) + len(members) <= len(told)
    assert sum(first.answered.values()) >= sum(f"{link}" in texts for _, _, link in told)
