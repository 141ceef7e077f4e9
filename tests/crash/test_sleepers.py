"""Whether a process computes or waits is seen from outside, so that time goes on for sleepers only."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.chaos.sleepers import asleep

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="only Linux tells in /proc")


@contextmanager
def child(code: str) -> Iterator[int]:
    words = [sys.executable, "-c", f"print(flush=True); {code}"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as found:
        assert found.stdout is not None
        found.stdout.readline()
        yield found.pid
        found.kill()


def test_who_computes_is_not_asleep() -> None:
    with child("\nwhile True: pass") as pid:
        assert not any(asleep([pid]) for _ in range(20))


def test_who_waits_sleeps_sooner_or_later() -> None:
    with child("input()") as pid:
        assert any(asleep([pid]) for _ in range(100_000))


def test_one_that_computes_is_enough_and_one_that_ended_does_not_count() -> None:
    with child("\nwhile True: pass") as busy, child("input()") as waiting:
        assert not asleep([waiting, busy])
    assert asleep([waiting, busy])
