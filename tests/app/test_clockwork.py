"""Every slot of every job is worked once, whoever fails, dies or sleeps meanwhile."""

import logging
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from operator import methodcaller
from pathlib import Path

import pytest

from feishu_plugin.app.clockwork import Clockwork, Jobs
from feishu_plugin.errors import PolicyError
from feishu_plugin.store import Store

BASE = "bascnClock"
NOON = datetime(2026, 9, 1, 4, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
KILLED_AT_WORK = """
import os, signal, sys
from datetime import datetime, timedelta
from feishu_plugin.app.clockwork import Clockwork
from feishu_plugin.store import Store

def run(now):
    os.kill(os.getpid(), signal.SIGKILL)

url, base, now = sys.argv[1:]
Clockwork(Store(url), base, "killed", {"shaky": (timedelta(days=1), run)}).tick(datetime.fromisoformat(now))
"""
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'clock.sqlite3'}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store(url)
    yield opened
    opened.close()


class Stopwatch:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Work:
    """Jobs as plain functions: counts the runs, fails as often as it is told."""

    def __init__(self, *, failures: int = 0, error: Exception | None = None) -> None:
        self.runs: Counter[str] = Counter()
        self.left, self.error = failures, error or PolicyError("飞书没有回答")

    def steady(self, now: datetime) -> None:
        self.runs["steady"] += 1

    def shaky(self, now: datetime) -> None:
        self.runs["shaky"] += 1
        if self.left:
            self.left -= 1
            raise self.error

    def jobs(self) -> Jobs:
        return {"shaky": (DAY, self.shaky), "steady": (MINUTE, self.steady)}


def clockwork(
    store: Store, jobs: Jobs, holder: str = "one", stopwatch: Callable[[], float] = lambda: 0.0
) -> Clockwork:
    return Clockwork(store, BASE, holder, jobs, stopwatch)


def test_a_slot_is_worked_once_and_the_next_one_again(store: Store) -> None:
    work = Work()
    clock = clockwork(store, work.jobs())

    settled = [clock.tick(NOON + seconds * timedelta(seconds=1)) for seconds in (0, 1, 59, 60, 61)]

    assert settled == [True] * 5
    assert work.runs == {"steady": 2, "shaky": 1}


def test_a_job_that_failed_is_tried_again_ever_later_until_it_worked(store: Store) -> None:
    work, watch = Work(failures=3), Stopwatch()
    clock = clockwork(store, work.jobs(), stopwatch=watch)
    tried: list[float] = []
    for seconds in range(40):
        watch.seconds, before = float(seconds), work.runs["shaky"]
        clock.tick(NOON)
        if work.runs["shaky"] > before:
            tried.append(watch.seconds)

    assert tried == [0, 2, 6, 14]
    assert clock.troubles == {}


def test_a_failing_job_stops_no_other(store: Store) -> None:
    work = Work(failures=99, error=ZeroDivisionError("ein Fehler"))
    clock = clockwork(store, work.jobs())

    for minute in range(5):
        clock.tick(NOON + minute * MINUTE)

    assert work.runs["steady"] == 5
    assert clock.troubles == {"shaky": "ZeroDivisionError('ein Fehler')"}


def test_the_next_slot_is_tried_at_once(store: Store) -> None:
    work = Work(failures=1)
    clock = clockwork(store, work.jobs())

    clock.tick(NOON)
    clock.tick(NOON + timedelta(hours=1))
    clock.tick(NOON + DAY)

    assert work.runs["shaky"] == 2
    assert clock.troubles == {}


def test_a_trouble_is_logged_once_and_its_end_too(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    work, watch = Work(failures=3), Stopwatch()
    clock = clockwork(store, work.jobs(), stopwatch=watch)
    caplog.set_level(logging.INFO)

    for seconds in range(20):
        watch.seconds = float(seconds)
        clock.tick(NOON)

    assert [record.getMessage() for record in caplog.records] == [
        f"job shaky of {BASE}: 飞书没有回答; trying again",
        f"job shaky of {BASE} works again",
    ]


def test_who_waits_for_the_jobs_waits_for_a_few_tries_and_not_for_ever(store: Store) -> None:
    work, watch = Work(failures=99), Stopwatch()
    clock = clockwork(store, work.jobs(), stopwatch=watch)
    settled = []
    for watch.seconds in (0.0, 2.0, 6.0, 7.0):
        settled.append(clock.tick(NOON))

    assert settled == [False, False, True, True]


def test_two_replicas_work_each_slot_once(store: Store) -> None:
    work = Work()
    replicas = [clockwork(store, work.jobs(), holder) for holder in ("one", "two")]

    with ThreadPoolExecutor(2) as pool:
        for minute in range(30):
            now = NOON + minute * MINUTE
            list(pool.map(methodcaller("tick", now), replicas))

    assert work.runs == {"steady": 30, "shaky": 1}


def test_what_another_replica_failed_to_do_is_done_by_this_one(store: Store) -> None:
    work = Work(failures=1)

    clockwork(store, work.jobs(), "one").tick(NOON)
    clockwork(store, work.jobs(), "two").tick(NOON)
    clockwork(store, work.jobs(), "three").tick(NOON)

    assert work.runs == {"shaky": 2, "steady": 1}


def test_a_job_whose_process_was_killed_is_done_in_the_same_slot(url: str, store: Store) -> None:
    command = [sys.executable, "-c", KILLED_AT_WORK, url, BASE, NOON.isoformat()]
    killed = subprocess.run(command, cwd=ROOT, check=False)
    work, slot = Work(), int(NOON.timestamp() // DAY.total_seconds())
    clock = clockwork(store, work.jobs(), "next")

    settled = clock.tick(NOON)
    store.release(f"{BASE}/shaky/{slot}", "killed")  # what the end of its lease does

    assert killed.returncode == -signal.SIGKILL
    assert not settled
    assert clock.tick(NOON)
    assert work.runs == {"steady": 1, "shaky": 1}


def test_after_days_of_downtime_each_job_runs_once(store: Store) -> None:
    before, after = Work(), Work()
    clockwork(store, before.jobs()).tick(NOON)

    clock = clockwork(store, after.jobs(), "restarted")
    for _ in range(3):
        clock.tick(NOON + 3 * DAY)

    assert after.runs == {"steady": 1, "shaky": 1}


def test_a_restart_within_the_slot_does_nothing_again(store: Store) -> None:
    work = Work()

    for _ in range(3):
        clockwork(store, work.jobs()).tick(NOON)

    assert work.runs == {"steady": 1, "shaky": 1}


def test_no_job_begins_once_the_work_is_to_stop(store: Store) -> None:
    work = Work()
    answers = iter([True, False])

    settled = clockwork(store, work.jobs()).tick(NOON, lambda: next(answers))

    assert not settled
    assert work.runs == {"shaky": 1}
