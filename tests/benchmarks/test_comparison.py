"""Two sides of several rounds, and what one is to the other."""

from benchmarks.comparison import compared, comparison_rows, ratio, spread


def test_the_middle_and_how_far_the_rounds_spread() -> None:
    assert spread([3, 1, 2]) == {"n": 3, "median": 2, "least": 1, "most": 3}


def test_a_ratio_is_of_the_medians_and_says_what_else_it_can_be_read_as() -> None:
    assert ratio([100, 120, 140], [2, 3, 4]) == {"median": 40, "least": 25, "most": 70}


def test_both_sides_are_shown_with_their_spread() -> None:
    rounds = {"slow": [{"calls": 20}, {"calls": 30}], "fast": [{"calls": 5}, {"calls": 5}]}

    found = compared(rounds, ("calls",), first="slow", second="fast")

    told = {"measure": "calls", "slow": "25 (20 – 30)", "fast": "5 (5 – 5)", "ratio": "5 (4 – 6)"}
    assert comparison_rows(found) == [told]
