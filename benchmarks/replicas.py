"""Several services on one PostgreSQL: who writes when one is killed, and what more of them bring.

``python -m benchmarks.replicas [--replicas N] [--edits N] [--kills N] [--bases N] [--json]``.
First one base under a stream of forbidden moves: the service that holds its lease is killed
again and again, another is started. The sandbox lets a write hold its base for some time and
counts every write that comes meanwhile. Then several bases at once, with 1, 2 and so many
services. Needs PostgreSQL's programs.
"""

import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg
import requests

from benchmarks.figures import Json, Row, distribution, options, show
from benchmarks.stages import FORBIDDEN, PERSON, modified_ms, round_trip, staged, until_idle
from feishu_plugin.demo.stage import Stage, StageError
from tests.postgres import PostgresServer, account, find_programs, running_server

_WRITE_MS = 15
"""How long the sandbox lets a write hold its base."""
_CONFLICT = "1254291"
_EVERY_S = 0.1


def main() -> None:
    """Measures and prints."""
    chosen = options("several services", replicas=4, edits=600, kills=8, bases=6).parse_args()
    with database() as server:
        kills = [under_kills(server, number, chosen.edits, chosen.kills) for number in (2, chosen.replicas)]
        growth = throughput(server, chosen.bases, sorted({1, 2, chosen.replicas}))
    show({"one base": kills, "several bases": growth}, tables(kills, growth), as_json=chosen.json)
    if any(one[what] for one in kills for what in ("lost", "doubled", "overlapping_writes")):
        raise SystemExit(1)


@contextmanager
def database() -> Iterator[PostgresServer]:
    """A PostgreSQL server of our own."""
    programs, user = find_programs(), account()
    if programs is None or user is None:
        raise SystemExit("PostgreSQL's initdb and postgres, and a user to run them, are not here")
    with running_server(programs, user) as server:
        yield server


def tables(kills: Sequence[Json], growth: Sequence[Json]) -> dict[str, Sequence[Row]]:
    """The figures as people read them."""
    return {
        "one base, the one that writes is killed again and again": [
            {key: value for key, value in one.items() if key != "take_over_s"} for one in kills
        ],
        "seconds from the kill to the next put-back by another": [
            {"replicas": one["replicas"], **one["take_over_s"]} for one in kills
        ],
        "several bases at once": growth,
    }


@dataclass(slots=True)
class Troupe:
    """Services that watch the same bases."""

    stage: Stage
    url: str
    playing: list[Stage] = field(default_factory=list)

    def start(self, number: int = 1) -> None:
        """So many more."""
        for _ in range(number):
            folder = Path(tempfile.mkdtemp(prefix="feishu-replica-", dir=self.stage.folder))
            one = replace(self.stage, folder=folder, service=None)
            one.serve()
            self.playing.append(one)

    def kill_the_writer(self) -> None:
        """Ends the process that holds the lease of the base, as a power cut would."""
        while not (writing := [one for one in self.playing if _pid(one) == self._holder()]):
            time.sleep(_EVERY_S)  # the one before is dead, and its lease has not run out yet
        [writer] = writing
        assert writer.service is not None
        writer.service.kill()
        self.playing.remove(writer)

    def _holder(self) -> int:
        with psycopg.connect(self.url) as connection:
            [holder] = connection.execute("SELECT holder FROM leases").fetchone() or ["::"]
        return int(holder.split(":")[1] or 0)

    def stop(self) -> None:
        """Ends all of them."""
        for one in self.playing:
            if one.service:
                one.service.stop()


def _pid(stage: Stage) -> int:
    return stage.service.popen.pid if stage.service else 0


@contextmanager
def troupe(server: PostgresServer) -> Iterator[Troupe]:
    """A provisioned base, its database on the server, and nobody who watches it yet."""
    with staged() as stage:
        url = server.fresh()
        stage.environment = {**stage.environment, "FEISHU_PLUGIN_DATABASE": url}
        stage.provision("多个副本")
        found = Troupe(stage, url)
        try:
            yield found
        finally:
            found.stop()


def under_kills(server: PostgresServer, replicas: int, edits: int, kills: int) -> Json:
    """One forbidden move every tenth of a second, and so many kills meanwhile."""
    with troupe(server) as found:
        stage = found.stage
        found.start(replicas)
        ids = _rows(found.playing[0], edits)
        _switch(stage, write_ms=_WRITE_MS)
        killed_at = list(_stream(found, ids, max(1, edits // (kills + 1))))
        found.playing[0].until_quiet()
        _switch(stage, write_ms=0)
        back = sorted(ms / 1000 for ms in modified_ms(stage, ids).values())
        rows = stage.rows("requirement")
        ledger = Counter(row["需求"]["link_record_ids"][0] for row in stage.rows("transition").values())
        return {
            "replicas": replicas,
            "edits": edits,
            "kills": len(killed_at),
            "lost": sum(rows[one]["当前状态"] != "待处理" or not ledger[one] for one in ids),
            "doubled": sum(ledger[one] > 1 for one in ids),
            "overlapping_writes": _overlaps(stage),
            "take_over_s": distribution(
                min(at for at in back if at > killed) - killed for killed in killed_at
            ),
        }


def _stream(found: Troupe, ids: Sequence[str], every: int) -> Iterator[float]:
    """Edits one row after the other; yields when the writer was killed, in seconds."""
    for number, one in enumerate(ids, start=1):
        _edit(found.stage, one)
        if number % every == 0 and number + every <= len(ids):
            found.kill_the_writer()
            yield time.time()
            found.start()
        time.sleep(_EVERY_S)


def throughput(server: PostgresServer, bases: int, replicas: Sequence[int]) -> list[Json]:
    """Put-backs a second over several bases, by the number of services, with and without a round trip."""
    with troupe(server) as found:
        stages = [found.stage, *(_another(found.stage, number) for number in range(1, bases))]
        tokens = ",".join(str(one.base["base_token"]) for one in stages)
        found.stage.environment = {**found.stage.environment, "FEISHU_BASE_TOKEN": tokens}
        return [row for number in replicas for row in _measured(found, stages, number)]


def _another(stage: Stage, number: int) -> Stage:
    one = replace(stage)
    one.environment = {k: v for k, v in stage.environment.items() if k != "FEISHU_BASE_TOKEN"}
    one.provision(f"第 {number + 1} 个")
    return one


def _measured(found: Troupe, stages: Sequence[Stage], replicas: int) -> Iterator[Json]:
    found.start(replicas - len(found.playing))
    for ms in (0, 50):
        ids = {one.base["base_token"]: _rows(one, 100, found.playing[0]) for one in stages}
        round_trip(found.stage, ms)
        began = time.time()
        with ThreadPoolExecutor(len(stages)) as people:  # one at each base: one alone would be the limit
            list(people.map(_edit_all, stages, (ids[one.base["base_token"]] for one in stages)))
        round_trip(found.stage, 0)
        until_idle(found.playing[0])
        back = [at for one in stages for at in modified_ms(one, ids[one.base["base_token"]]).values()]
        took = max(back) / 1000 - began
        yield {
            "replicas": replicas,
            "bases": len(stages),
            "round_trip_ms": ms,
            "put_back": len(back),
            "per_s": round(len(back) / took),
        }


def _edit_all(stage: Stage, ids: Sequence[str]) -> None:
    with requests.Session() as session:
        alone = replace(stage, session=session)
        for one in ids:
            _edit(alone, one)


def _rows(stage: Stage, number: int, watched: Stage | None = None) -> list[str]:
    """New requirements that have their numbers."""
    ids = stage.create(PERSON, "requirement", [{"需求标题": f"第 {n} 条"} for n in range(number)])
    until_idle(watched or stage)
    return ids


def _switch(stage: Stage, **switches: float) -> None:
    stage.session.put(f"{stage.url}/_sandbox/switches", json=switches, timeout=60).raise_for_status()


def _overlaps(stage: Stage) -> int:
    found: int = stage.stats()["overlapping_writes"]["app"]
    return found


def _edit(stage: Stage, row: str) -> None:
    """A person tries again while a write of the app holds the base."""
    while True:
        try:
            return stage.edit(PERSON, "requirement", {row: FORBIDDEN})
        except StageError as error:
            if _CONFLICT not in str(error):
                raise
            time.sleep(_WRITE_MS / 1000)


if __name__ == "__main__":
    main()
