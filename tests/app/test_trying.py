"""What failed is tried again ever later, unless something new is to be done."""

import pytest

from feishu_plugin.app.trying import Trying
from feishu_plugin.errors import StoreError


class Failing:
    """Fails so often, then works."""

    def __init__(self, *errors: Exception) -> None:
        self.errors, self.tries = list(errors), 0

    def __call__(self) -> float:
        self.tries += 1
        if self.errors:
            raise self.errors.pop(0)
        return 7.0


def test_the_pause_of_a_part_that_works_is_its_own() -> None:
    assert Trying(Failing()).work() == 7.0


def test_the_wait_doubles_up_to_the_longest() -> None:
    trying = Trying(Failing(*[StoreError("down")] * 5), longest_s=10)
    waits = []
    for _ in range(5):
        trying.hurry()
        waits.append(trying.work())

    assert waits == [2, 4, 8, 10, 10]
    trying.hurry()
    assert trying.work() == 7.0


def test_who_is_woken_without_news_waits_on() -> None:
    part = Failing(StoreError("down"))
    trying = Trying(part)
    trying.work()

    assert 0 < trying.work() <= 2
    assert part.tries == 1


def test_what_is_new_while_a_try_fails_is_tried_at_once() -> None:
    tries = 0

    def part() -> float:
        nonlocal tries
        tries += 1
        if tries == 1:
            trying.hurry()  # another thread, in the middle of this try
            raise StoreError("down")
        return 7.0

    trying = Trying(part)
    trying.work()

    assert trying.work() == 7.0


def test_one_cause_is_logged_once_and_a_bug_with_its_place(caplog: pytest.LogCaptureFixture) -> None:
    trying = Trying(Failing(*[ValueError("a bug")] * 3))
    for _ in range(3):
        trying.hurry()
        trying.work()

    [record] = caplog.records
    assert record.exc_info


def test_who_may_not_begin_does_nothing() -> None:
    part = Failing()

    assert Trying(part, lambda: False).work() > 0
    assert part.tries == 0
