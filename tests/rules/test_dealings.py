"""Figures of a customer add up, and read as people say them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feishu_plugin.rules.dealings import Dealings, dealings_of
from tests.builders import requirement

SCORES = st.none() | st.integers(1, 5).map(float)


@pytest.mark.parametrize(
    ("figures", "text"),
    [
        (Dealings(had=7, open=2, rated=3, points=13), "第 7 条 · 未完成 2 · 满意度 4.3"),
        (Dealings(had=1, open=1), "第 1 条 · 未完成 1"),
        (Dealings(had=3, rated=1, points=5), "第 3 条 · 未完成 0 · 满意度 5.0"),
    ],
)
def test_what_people_read(figures: Dealings, text: str) -> None:
    assert figures.text == text


@given(st.lists(st.tuples(st.booleans(), SCORES), max_size=20))
def test_requirements_add_up_to_the_figures_of_their_customer(rows: list[tuple[bool, float | None]]) -> None:
    found = sum((dealings_of(requirement(score=s), is_open=o) for o, s in rows), Dealings())

    scores = [score for _, score in rows if score is not None]
    assert (found.had, found.open) == (len(rows), sum(o for o, _ in rows))
    assert found.satisfaction == (round(sum(scores) / len(scores), 1) if scores else None)
