"""Bad input at every door, in the size that every build can afford; ``python -m benchmarks.fuzz`` does more.

A case raises whatever a user would have seen as a traceback, and an AssertionError for anything
half done. The dice are drawn by Hypothesis, so that a failing case shrinks.
"""

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.fuzz.__main__ import KINDS, run
from benchmarks.fuzz.kinds import Case, overheard

pytestmark = pytest.mark.unmeasured
affordable = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module", params=KINDS)
def case(request: pytest.FixtureRequest) -> Iterator[Case]:
    """The world of one kind of input, and what is done to it."""
    with KINDS[request.param]() as found:
        yield found


@affordable
@given(dice=st.randoms(use_true_random=False))
def test_bad_input_is_refused_in_words_or_set_aside(case: Case, dice: Random) -> None:
    assert case(dice) != ""


@pytest.mark.parametrize("kind", KINDS)
def test_the_seeded_cases_of_the_benchmark_have_no_defect(kind: str) -> None:
    found = run(KINDS[kind], seed=7, first=0, cases=60)

    assert found["told"] == []
    assert len(found["became"]) > 1 or kind == "row", "all cases came to the same: they try nothing"


def test_a_defect_is_told_with_its_case_and_its_place() -> None:
    from contextlib import contextmanager

    @contextmanager
    def broken() -> Iterator[Case]:
        def case(dice: Random) -> str:
            if dice.randrange(3):
                return "fine"
            raise KeyError("nobody caught this")

        yield case

    found = run(broken, seed=1, first=0, cases=30)

    assert 0 < found["defects"] < 30
    assert "KeyError" in found["told"][0]


def test_a_bug_that_was_only_logged_is_still_heard() -> None:
    import logging

    def stumble() -> None:
        try:
            raise ValueError("swallowed")
        except ValueError:
            logging.getLogger("feishu_plugin").exception("something failed")

    with overheard() as said:
        stumble()
        with pytest.raises(ValueError, match="swallowed"):
            said.raise_if_any()
