"""The brakes, on a clock that only moves when somebody waits."""

import threading
from uuid import UUID

import pytest

from feishu_plugin.gateway.pacing import TIERS, Bucket, Pace, fresh_token
from tests.gateway.conftest import Waits


def starts(calls: int, seconds: float, taken: int) -> list[float]:
    """When each of ``taken`` calls that all come at once may leave."""
    bucket = Bucket(calls, seconds)
    return [bucket.take(0.0) for _ in range(taken)]


@pytest.mark.parametrize(("calls", "seconds"), sorted({window for tier in TIERS.values() for window in tier}))
def test_no_window_ever_holds_more_calls_than_allowed(calls: int, seconds: float) -> None:
    left = starts(calls, seconds, 3 * calls + 1)

    assert left[calls - 1] == 0.0
    assert all(later - first > seconds for first, later in zip(left, left[calls:], strict=False))


def test_a_call_after_a_quiet_time_does_not_wait() -> None:
    bucket = Bucket(2, 1.0)

    assert [bucket.take(now) for now in (0.0, 0.5, 1.5, 1.6)] == [0.0, 0.0, 0.0, 0.0]


def test_endpoints_wait_for_themselves_only(waits: Waits) -> None:
    pace = waits.pace()
    for endpoint in ("GET /a", "GET /b"):
        pace.admit(endpoint, "T5")
    assert waits.slept == []

    pace.admit("GET /a", "T5")
    assert len(waits.slept) == 1


def test_one_person_gets_four_messages_a_second(waits: Waits) -> None:
    pace = waits.pace()
    for person in ["ou_1", "ou_2"] * 4:
        pace.admit_recipient(person)
    assert waits.slept == []

    pace.admit_recipient("ou_2")
    assert len(waits.slept) == 1


def test_without_limits_nobody_waits(waits: Waits) -> None:
    pace = Pace(sleep=waits.sleep, limited=False)
    for _ in range(50):
        pace.admit("GET /a", "T5")
        pace.admit_recipient("ou_1")

    assert waits.slept == []


def test_back_off_doubles_between_half_and_whole_up_to_its_limit() -> None:
    low, high = Pace(dice=lambda: 0.0), Pace(dice=lambda: 1.0)

    assert [low.back_off(n) for n in (1, 2, 3, 9)] == [0.5, 1.0, 2.0, 15.0]
    assert [high.back_off(n) for n in (1, 2, 3, 9)] == [1.0, 2.0, 4.0, 30.0]


def test_a_base_has_one_writer_and_bases_do_not_wait_for_each_other() -> None:
    pace = Pace()
    inside, most = 0, 0
    counting = threading.Lock()

    def write() -> None:
        nonlocal inside, most
        for _ in range(50):
            with pace.writer("bascnA"):
                with counting:
                    inside += 1
                    most = max(most, inside)
                with pace.writer("bascnB"):
                    pass
                with counting:
                    inside -= 1

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_a_fresh_token_is_a_version_4_uuid_and_never_the_same() -> None:
    assert UUID(fresh_token()).version == 4
    assert fresh_token() != fresh_token()
