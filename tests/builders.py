"""Values for tests that state only what matters; everything else is as packaged."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from feishu_plugin import schema
from feishu_plugin.policy import Policy, Route
from feishu_plugin.policy_rows import packaged_policy
from feishu_plugin.ports import Hint
from feishu_plugin.records import Requirement, Transition, Value
from feishu_plugin.sync.desk import Desk
from feishu_plugin.worktime import DEFAULT_ZONE, WorkTime

SCHEMA = schema.load()


def policy(**parameters: Any) -> Policy:
    """The packaged policy on plain weekdays in Shanghai, with some parameters changed."""
    packaged = _packaged()
    return replace(
        packaged,
        parameters=replace(packaged.parameters, **parameters),
        worktime=WorkTime(),
        version="test",
    )


@cache
def _packaged() -> Policy:
    """Read once: a policy never changes, and the long histories ask for thousands."""
    return packaged_policy(SCHEMA)


def local(text: str) -> datetime:
    """``2026-09-01`` or ``2026-09-01 10:30`` in Shanghai, as an aware instant."""
    return datetime.fromisoformat(text).replace(tzinfo=DEFAULT_ZONE)


def requirement(record_id: str = "rec1", *, submitted: str | None = None, **values: Value) -> Requirement:
    """A requirement; ``submitted`` is local time."""
    given = dict(values)
    if submitted is not None:
        given["submitted_at"] = local(submitted)
    return Requirement(record_id=record_id, values=given)


def moves(record_id: str, chain: Iterable[tuple[str, str]], start: str = "pending") -> list[Transition]:
    """Ledger rows of passed moves: (local time, new status), one after the other."""
    rows: list[Transition] = []
    for at, status in chain:
        rows.append(move(record_id, at, start, status))
        start = status
    return rows


def move(
    record_id: str, at: str, before: str, after: str, verdict: str = "pass", **more: Value
) -> Transition:
    """One ledger row; ``at`` is local time."""
    values: dict[str, Value] = {
        "requirement": (record_id,),
        "at": local(at),
        "from_status": before,
        "to_status": after,
        "verdict": verdict,
        **more,
    }
    return Transition(record_id=f"led-{record_id}-{at}-{after}", values=values)


def with_roles(from_status: str, to_status: str, roles: tuple[str, ...]) -> Policy:
    """The packaged policy where only these roles may make a move."""
    base = policy()
    edge = (from_status, to_status)
    moves_ = [replace(m, roles=roles) if (m.from_status, m.to_status) == edge else m for m in base.moves]
    return replace(base, moves=tuple(moves_))


def with_owners(base: Policy, route: Route, owners: tuple[str, ...]) -> Policy:
    """The same policy with owners in rotation for one routing rule."""
    routes = [replace(r, owners=owners) if r == route else r for r in base.routes]
    return replace(base, routes=tuple(routes))


def hint(desk: Desk, table: str, record_id: str) -> Hint:
    """A hint that a record of some table changed."""
    return Hint(
        app_token=desk.app_token,
        table_id=desk.tables.binding.tables[table].table_id,
        record_id=record_id,
        kind="edited",
        event_id=f"event-{table}-{record_id}",
        received_at=desk.clock.now(),
    )


def with_managers(base: Policy, route: Route, managers: tuple[str, ...]) -> Policy:
    """The same policy with managers for one routing rule."""
    routes = [replace(r, managers=managers) if r == route else r for r in base.routes]
    return replace(base, routes=tuple(routes))


def with_parameters(base: Policy, **parameters: Any) -> Policy:
    """The same policy with some parameters changed."""
    return replace(base, parameters=replace(base.parameters, **parameters))
