"""Parts of many bases on a few threads: in turn, never twice at once, and none after its end."""

from collections.abc import Iterator
from threading import Barrier, Event, Lock, Thread, active_count

import pytest

from feishu_plugin.app.crew import Crew, Part, Work

LONG_S = 3600.0
PATIENCE_S = 20.0


@pytest.fixture
def crew() -> Iterator[Crew]:
    """Two threads for each role."""
    found = Crew(most=2)
    yield found
    found.close()


def test_a_part_that_nobody_wakes_never_runs(crew: Crew) -> None:
    ran, other = Event(), Event()
    crew.hire("judge", _saying(ran))
    crew.hire("judge", _saying(other)).wake()

    assert other.wait(PATIENCE_S)
    assert not ran.is_set()


def test_a_part_runs_again_when_its_pause_is_over(crew: Crew) -> None:
    twice = _Runs(2)
    crew.hire("judge", lambda: twice.add() or 0.001).wake()

    assert twice.done.wait(PATIENCE_S)


def test_more_to_do_is_done_at_once(crew: Crew) -> None:
    often = _Runs(50)
    crew.hire("judge", lambda: 0.0 if often.add() < 50 else LONG_S).wake()

    assert often.done.wait(PATIENCE_S)


def test_who_is_woken_while_running_looks_once_more_and_not_at_the_same_time(crew: Crew) -> None:
    inside, go_on, runs = Event(), Event(), _Runs(2)
    at_once = Lock()

    def work() -> float:
        assert at_once.acquire(blocking=False)
        runs.add()
        inside.set()
        assert go_on.wait(PATIENCE_S)
        at_once.release()
        return LONG_S

    part = crew.hire("judge", work)
    part.wake()
    assert inside.wait(PATIENCE_S)
    for _ in range(3):
        part.wake()
    go_on.set()

    assert runs.done.wait(PATIENCE_S)
    part.end()
    assert runs.count == 2


def test_bases_of_one_role_work_beside_each_other(crew: Crew) -> None:
    met = Barrier(3)
    for part in [crew.hire("judge", lambda: met.wait(PATIENCE_S) * 0 + LONG_S) for _ in range(2)]:
        part.wake()

    met.wait(PATIENCE_S)


def test_a_role_that_waits_keeps_no_other_waiting(crew: Crew) -> None:
    let_go, judged = Event(), Event()
    for _ in range(5):
        crew.hire("mail", lambda: let_go.wait(PATIENCE_S) * LONG_S).wake()
    crew.hire("judge", _saying(judged)).wake()

    assert judged.wait(PATIENCE_S)
    let_go.set()


def test_a_part_ends_when_its_work_is_done(crew: Crew) -> None:
    inside, go_on, done = Event(), Event(), Event()

    def work() -> float:
        inside.set()
        assert go_on.wait(PATIENCE_S)
        done.set()
        return 0.0

    part = crew.hire("judge", work)
    part.wake()
    assert inside.wait(PATIENCE_S)
    ending = Thread(target=part.end)
    ending.start()
    go_on.set()
    ending.join(PATIENCE_S)

    assert done.is_set()
    done.clear()
    part.wake()
    assert not ending.is_alive()
    assert not done.is_set()


def test_a_bug_ends_neither_the_part_nor_its_role(crew: Crew, caplog: pytest.LogCaptureFixture) -> None:
    runs = _Runs(2)

    def work() -> float:
        runs.add()
        raise ValueError("a bug")

    part = crew.hire("judge", work)
    part.wake()
    assert runs.first.wait(PATIENCE_S)
    part.wake()

    assert runs.done.wait(PATIENCE_S)
    assert "a part of the service failed" in caplog.text


def test_a_part_may_rest_before_it_first_runs(crew: Crew) -> None:
    ran = Event()
    crew.hire("lease", _saying(ran)).wake_in(0.001)

    assert ran.wait(PATIENCE_S)


def test_parts_of_a_closed_crew_end_instead_of_hanging() -> None:
    crew, inside, go_on = Crew(), Event(), Event()

    def work() -> float:
        inside.set()
        assert go_on.wait(PATIENCE_S)
        return 0.0

    part = crew.hire("judge", work)
    part.wake()
    assert inside.wait(PATIENCE_S)
    closing = Thread(target=crew.close)
    closing.start()
    while not crew.closed:
        pass
    go_on.set()
    closing.join(PATIENCE_S)

    assert not closing.is_alive()
    part.wake()
    part.end()
    assert not part.busy


def test_a_thousand_quiet_bases_need_two_threads(crew: Crew) -> None:
    before, all_ran = active_count(), _Runs(1000)
    parts: list[Part] = [crew.hire("judge", lambda: all_ran.add() * 0 + LONG_S) for _ in range(1000)]
    for part in parts:
        part.wake()

    assert all_ran.done.wait(PATIENCE_S)
    assert active_count() <= before + 3, "two for the role, one that keeps the time"


def _saying(done: Event) -> Work:
    def work() -> float:
        done.set()
        return LONG_S

    return work


class _Runs:
    """Counts, and says when there were enough."""

    def __init__(self, enough: int) -> None:
        self.count, self._enough, self._turn = 0, enough, Lock()
        self.first, self.done = Event(), Event()

    def add(self) -> int:
        with self._turn:
            self.count += 1
            self.first.set()
            if self.count >= self._enough:
                self.done.set()
            return self.count
