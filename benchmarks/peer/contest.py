"""The plugin's service and the peer, each on a stage of its own behind the same kind of wire."""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import requests

from benchmarks.comparison import PEER, PLUGIN
from benchmarks.stages import RECORDS, counted, name_the_owner, staged
from benchmarks.wire import Wire, wire
from feishu_plugin.demo.stage import Stage, StageError

_CONNECT_S, _STUCK_S, _LOOK_S = 180.0, 120.0, 0.05
_TRIPS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """One side at work."""

    stage: Stage
    pid: int
    """Of its first process."""
    trip_ms: float
    """How long a tiny call over a kept connection took before anybody played: the asked round
    trip, and what wire and sandbox themselves cost."""


@contextmanager
def contestant(side: str, round_trip_ms: float) -> Iterator[Contestant]:
    """A stage on which this side watches a new base over HTTPS; people use the sandbox directly."""
    with staged() as stage:
        stage.provision("对比测量")
        name_the_owner(stage)
        with wire(stage.url, round_trip_ms) as near:
            trip_ms = _trip_ms(near)
            with {PLUGIN: _plugin, PEER: _peer}[side](stage, near) as pid:
                yield Contestant(stage=stage, pid=pid, trip_ms=trip_ms)


@contextmanager
def _plugin(stage: Stage, near: Wire) -> Iterator[int]:
    stage.environment = {**stage.environment, **near.environment, "FEISHU_BASE_URL": near.url}
    stage.serve()
    assert stage.service is not None
    try:
        yield stage.service.popen.pid
    finally:
        # Before the wire is gone: nothing is left to be carried.
        stage.service.stop()


@contextmanager
def _peer(stage: Stage, near: Wire) -> Iterator[int]:
    with (stage.folder / "peer.log").open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.peer"], env=_peer_environment(stage, near), stderr=errors
        )
        try:
            _until_connected(stage)
            yield process.pid
        finally:
            process.terminate()
            process.wait(timeout=30)


def _trip_ms(near: Wire) -> float:
    took = []
    with requests.Session() as session:
        session.trust_env, session.verify = False, near.environment["SSL_CERT_FILE"]
        for _ in range(_TRIPS):
            began = time.perf_counter()
            session.get(f"{near.url}/_sandbox/clock", timeout=60).raise_for_status()
            took.append((time.perf_counter() - began) * 1000)
    return round(statistics.median(took[1:]), 1)


def _peer_environment(stage: Stage, near: Wire) -> dict[str, str]:
    tables = stage.base["tables"]
    return {
        **near.environment,
        "FEISHU_APP_ID": stage.environment["FEISHU_APP_ID"],
        "FEISHU_APP_SECRET": stage.environment["FEISHU_APP_SECRET"],
        "FEISHU_BASE_URL": near.url,
        "FEISHU_BASE_TOKEN": stage.base["base_token"],
        "REQUIREMENT_TABLE": tables["requirement"],
        "LEDGER_TABLE": tables["transition"],
    }


def _until_connected(stage: Stage) -> None:
    ends = time.monotonic() + _CONNECT_S
    while not stage.stats()["long_connections"]:
        if time.monotonic() > ends:
            raise StageError(f"the peer never connected; see {stage.folder / 'peer.log'}")
        time.sleep(_LOOK_S)


def until_settled(playing: Contestant, before: Mapping[str, int], moves: int) -> None:
    """Waits until so many moves are judged that began after ``before`` (see ``counted``).

    The plugin says itself when nothing is left to do. The peer's last deed for a move is a row of
    the ledger, by a call of its own.
    """
    stage = playing.stage
    if stage.service:
        stage.until_quiet()
        return
    noted, since = 0, time.monotonic()
    while noted < moves:
        time.sleep(_LOOK_S)
        seen = counted(stage).get(RECORDS, 0) - before.get(RECORDS, 0)
        if seen != noted:
            noted, since = seen, time.monotonic()
        elif time.monotonic() - since > _STUCK_S:
            raise StageError(
                f"the peer stopped after {noted} of {moves} moves; see {stage.folder / 'peer.log'}"
            )
