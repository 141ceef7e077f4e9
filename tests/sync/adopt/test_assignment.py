"""The assignment against trying every way."""

from collections.abc import Sequence
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from feishu_plugin.sync.adopt.assignment import assign

score = st.integers(0, 8).map(lambda n: n / 8)
grids = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(score, min_size=width, max_size=width), max_size=4)
)


def best_sum(scores: Sequence[Sequence[float]]) -> float:
    if not scores:
        return 0.0
    places: list[int | None] = [*range(len(scores[0])), *[None] * len(scores)]
    ways = set(permutations(places, len(scores)))
    return max(sum(row[p] for row, p in zip(scores, way, strict=True) if p is not None) for way in ways)


@settings(deadline=None, max_examples=80)
@given(grids)
def test_no_other_way_has_a_greater_sum(scores: list[list[float]]) -> None:
    chosen = assign(scores)

    taken = [place for place in chosen if place is not None]
    assert len(taken) == len(set(taken))
    assert all(scores[row][place] > 0 for row, place in enumerate(chosen) if place is not None)
    found = sum(scores[row][place] for row, place in enumerate(chosen) if place is not None)
    assert found == best_sum(scores)


def test_the_greater_sum_beats_the_greatest_pair() -> None:
    assert assign([[1.0, 0.9], [0.9, 0.0]]) == [1, 0]


def test_nothing_is_assigned_where_nothing_fits() -> None:
    assert assign([]) == []
    assert assign([[0.0], [0.5], [0.4]]) == [None, 0, None]
