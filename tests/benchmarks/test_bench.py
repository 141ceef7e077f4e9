"""New numbers beside the stored ones."""

from benchmarks.bench import compared, is_marked, numbers


def test_every_number_has_a_path() -> None:
    found = {"calls": {"paste": 26, "kept": True, "rows": [1, {"ms": 2.5}]}, "name": "x"}

    assert dict(numbers(found)) == {"calls / paste": 26, "calls / rows / 0": 1, "calls / rows / 1 / ms": 2.5}


def test_a_number_is_told_as_part_of_the_stored_one() -> None:
    lines = compared({"ms": 4.0, "none": 0, "same": 0}, {"ms": 6.0, "none": 3, "same": 0, "new": 1})

    assert [line["ratio"] for line in lines] == [1.5, None, 1.0, None]


def test_what_differs_by_half_is_marked_either_way() -> None:
    assert [is_marked(one) for one in (1.0, 1.4, 1.5, 0.6, 0.7, None)] == [
        False,
        False,
        True,
        True,
        False,
        False,
    ]
