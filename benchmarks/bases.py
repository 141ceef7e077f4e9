"""What many bases cost: work a second, latency and CPU an edit, by the number of bases and of services.

``python -m benchmarks.bases [--most N] [--replicas N] [--edits N] [--rest N] [--json]``. One base is
made and copied: 1, 10, 100 … ``--most`` bases on one PostgreSQL, watched by 1, 2 … ``--replicas``
services. ``--edits`` forbidden moves go to them in turn, as fast as the sandbox takes them, which
holds every app to Feishu's limits. At rest nothing happens for ``--rest`` seconds.
"""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import requests

from benchmarks.figures import Json, Row, distribution, options, show
from benchmarks.replicas import Troupe, database, troupe
from benchmarks.stages import (
    FORBIDDEN,
    PERSON,
    cpu_s,
    modified_ms,
    must_be_back,
    resident_mb,
    sandbox_ms,
    until_idle,
)
from feishu_plugin.demo.stage import Stage
from tests.postgres import PostgresServer

_HANDS = 8
"""People who edit at the same time."""


def main() -> None:
    """Measures and prints."""
    chosen = options("many bases", most=1000, replicas=4, edits=1000, rest=20).parse_args()
    counts = [10**n for n in range(4) if 10**n < chosen.most] + [chosen.most]
    services = [2**n for n in range(3) if 2**n < chosen.replicas] + [chosen.replicas]
    with database() as server:
        rows = measure(server, counts, services, chosen.edits, chosen.rest)
    show({"bases": rows}, tables(rows), as_json=chosen.json)


def measure(
    server: PostgresServer, counts: Sequence[int], services: Sequence[int], edits: int, rest_s: int
) -> list[Json]:
    """A line for every number of bases (ascending) with every number of services."""
    rows: list[Json] = []
    with troupe(server) as found:
        _limits(found.stage, on=False)
        bases = [found.stage]
        for count in counts:
            bases += [_copy(found.stage, number) for number in range(len(bases), count)]
            rows += [_measured(found, bases, number, edits, rest_s) for number in services]
    return rows


def tables(rows: Sequence[Json]) -> dict[str, Sequence[Row]]:
    """The figures as people read them."""
    shown = [
        {**{key: value for key, value in row.items() if key != "latency_ms"}, **_latency(row)} for row in rows
    ]
    return {"many bases": shown}


def _latency(row: Json) -> Row:
    return {f"{name} ms": row["latency_ms"][name] for name in ("p50", "p99")}


def _measured(found: Troupe, bases: Sequence[Stage], services: int, edits: int, rest_s: int) -> Json:
    """One line: so many bases and services."""
    tokens = ",".join(str(one.base["base_token"]) for one in bases)
    found.stage.environment = {**found.stage.environment, "FEISHU_BASE_TOKEN": tokens}
    began = time.monotonic()
    found.start(services)
    opened = time.monotonic() - began
    ids = dict(enumerate(_rows(bases, edits)))
    _until_idle(found)
    at_rest = _cpu_at_rest(found, rest_s)
    _limits(found.stage, on=True)
    used, began = _cpu(found), time.time()
    edited = _edit_all(bases, ids)
    _until_idle(found)
    latencies = list(_latencies(bases, ids, edited))
    _limits(found.stage, on=False)
    line = {
        "bases": len(bases),
        "services": services,
        "put back a s": round(len(latencies) / max(at for at, _ in latencies), 1),
        "latency_ms": distribution(1000 * late for _, late in latencies),
        "CPU ms an edit": round(1000 * (_cpu(found) - used) / len(latencies), 1),
        "CPU % at rest": at_rest,
        "MB a service": max(map(resident_mb, found.playing)),
        "s to start": round(opened),
    }
    _dismiss(found)
    return line


def _copy(stage: Stage, number: int) -> Stage:
    """Another base like the first, which the person who edits may edit too."""
    token = _tenant(stage)
    path = f"/open-apis/bitable/v1/apps/{stage.base['base_token']}/copy"
    base = str(stage.call("POST", path, token, {"name": f"第 {number} 个"})["app"]["app_token"])
    member = {"member_type": "openid", "member_id": stage.people[PERSON]["open_id"], "perm": "full_access"}
    stage.call("POST", f"/open-apis/drive/v1/permissions/{base}/members?type=bitable", token, member)
    return replace(stage, base={"base_token": base, "tables": _tables(stage, base, token)})


def _tables(stage: Stage, base: str, token: str) -> Mapping[str, str]:
    """Table key to table_id: a copy has ids of its own, and the names of its origin."""
    names = {
        _named(stage, stage.base["base_token"], token)[id]: key for key, id in stage.base["tables"].items()
    }
    return {names[name]: id for id, name in _named(stage, base, token).items() if name in names}


def _named(stage: Stage, base: str, token: str) -> Mapping[str, str]:
    found = stage.call("GET", f"/open-apis/bitable/v1/apps/{base}/tables?page_size=100", token)
    return {one["table_id"]: one["name"] for one in found["items"]}


def _tenant(stage: Stage) -> str:
    body = {
        "app_id": stage.environment["FEISHU_APP_ID"],
        "app_secret": stage.environment["FEISHU_APP_SECRET"],
    }
    url = f"{stage.url}/open-apis/auth/v3/tenant_access_token/internal"
    return str(stage.session.post(url, json=body, timeout=60).json()["tenant_access_token"])


def _rows(bases: Sequence[Stage], edits: int) -> Iterator[tuple[int, str]]:
    """The base and the id of every new requirement, the bases in turn."""
    shares = [range(number, edits, len(bases)) for number in range(len(bases))]
    for number, (base, share) in enumerate(zip(bases, shares, strict=True)):
        rows = [{"需求标题": f"第 {n} 条"} for n in share]
        yield from ((number, one) for one in (base.create(PERSON, "requirement", rows) if rows else ()))


def _edit_all(bases: Sequence[Stage], ids: Mapping[int, tuple[int, str]]) -> Mapping[int, float]:
    """When each row was edited by the sandbox's clock, by several people at once."""
    with requests.Session() as session, ThreadPoolExecutor(_HANDS) as people:
        edited = dict(people.map(partial(_edit, bases, session), ids.items()))
    ahead = sandbox_ms(bases[0]) / 1000 - time.time()
    return {number: at + ahead for number, at in edited.items()}


def _edit(
    bases: Sequence[Stage], session: requests.Session, row: tuple[int, tuple[int, str]]
) -> tuple[int, float]:
    number, (base, record_id) = row
    replace(bases[base], session=session).edit(PERSON, "requirement", {record_id: FORBIDDEN})
    return number, time.time()


def _latencies(
    bases: Sequence[Stage], ids: Mapping[int, tuple[int, str]], edited: Mapping[int, float]
) -> Iterator[tuple[float, float]]:
    """(seconds since the first edit, seconds since its own) until each row was put back."""
    began, by_base = min(edited.values()), defaultdict[int, list[int]](list)
    for number, (base, _) in ids.items():
        by_base[base].append(number)
    for base, numbers in by_base.items():
        rows = [ids[number][1] for number in numbers]
        must_be_back(bases[base], rows)
        back = modified_ms(bases[base], rows)
        for number in numbers:
            at = back[ids[number][1]] / 1000
            yield at - began, max(at - edited[number], 0.0)


def _until_idle(found: Troupe) -> None:
    """What one service judges another may still hear of: all of them, one after the other."""
    for one in found.playing:
        until_idle(one)


def _cpu_at_rest(found: Troupe, seconds: int) -> float:
    used, began = _cpu(found), time.monotonic()
    time.sleep(seconds)
    return round(100 * (_cpu(found) - used) / (time.monotonic() - began), 1)


def _cpu(found: Troupe) -> float:
    return sum(cpu_s(one) for one in found.playing)


def _limits(stage: Stage, *, on: bool) -> None:
    answer = stage.session.put(f"{stage.url}/_sandbox/switches", json={"rate_limits": on}, timeout=60)
    answer.raise_for_status()


def _dismiss(found: Troupe) -> None:
    found.stop()
    found.playing.clear()


if __name__ == "__main__":
    main()
