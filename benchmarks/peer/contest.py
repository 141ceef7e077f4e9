"""The plugin's service and the peer, each on a stage of its own behind the same kind of wire."""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from benchmarks.comparison import PEER, PLUGIN
from benchmarks.stages import counted, name_the_owner, staged
from benchmarks.wire import Wire, wire
from feishu_plugin.demo.stage import Stage, StageError

_CONNECT_S, _END_S, _LOOK_S = 180.0, 600.0, 0.05
_TRIPS = 20


@contextmanager
def contestant(side: str, round_trip_ms: float) -> Iterator[tuple[Stage, float]]:
    """A stage on which this side watches a new base over HTTPS; people use the sandbox directly.

    With it comes how long a tiny call over the kept connection takes before anybody plays, in ms:
    the asked round trip, and what wire and sandbox themselves cost.
    """
    with staged() as stage:
        stage.provision("对比测量")
        name_the_owner(stage)
        with wire(stage.url, round_trip_ms) as near:
            trip_ms = _trip_ms(near)
            with _playing(side, stage, near):
                yield stage, trip_ms


@contextmanager
def _playing(side: str, stage: Stage, near: Wire) -> Iterator[None]:
    if side == PLUGIN:
        stage.environment = {**stage.environment, **near.environment, "FEISHU_BASE_URL": near.url}
        stage.serve()
        try:
            yield
        finally:
            # Before the wire is gone: nothing is left to be carried.
            if stage.service:
                stage.service.stop()
        return
    assert side == PEER, side
    with (stage.folder / "peer.log").open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.peer"], env=_peer_environment(stage, near), stderr=errors
        )
        try:
            _until_connected(stage)
            yield
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


def until_still(stage: Stage, still_s: float) -> None:
    """Waits until no event is on its way and nobody has called for so many seconds.

    It asks the sandbox only and treats both sides alike; the plugin says itself when it is done,
    and is believed on top of that.
    """
    ends = time.monotonic() + _END_S
    calls, since = counted(stage), time.monotonic()
    while (now := time.monotonic()) - since < still_s:
        if now > ends:
            raise StageError(f"somebody goes on calling; see {stage.folder}")
        time.sleep(_LOOK_S)
        if (seen := counted(stage)) != calls or stage.stats()["events"]["waiting"]:
            calls, since = seen, time.monotonic()
    if stage.service:
        stage.until_quiet()
