"""Keeps what 客户档案 says at hand, and brings it to the requirements.

The rows are remembered in the store, so that a judgement asks Feishu nothing: events renew them,
and once a day all are read again. All of it is for the judging thread. What changes about a
customer is written into the open requirements that took it over before.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from feishu_plugin.ports import Effect, Hint, Settlement
from feishu_plugin.records import Accepted, Record, Requirement, Value
from feishu_plugin.rules.actions import Action, AddCustomer
from feishu_plugin.rules.company import Match, Register, core
from feishu_plugin.rules.register import COPIED
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.heard import forgiven

log = logging.getLogger(__name__)

TABLE = "customer"
_REQUIREMENT = "requirement"
_FACT = "customers"
_ASKED_BY = ("customer", "customer_name", "contact_way")
_FRESH = timedelta(days=1)
"""Events may be lost: after so long the whole register is read again."""
KNOWN = frozenset({"name", "level", "kind", "industry", "contact", "phone", "email"})
"""What is remembered of a customer; the rest changes with every requirement."""


def added(actions: Iterable[Action], now: datetime) -> Iterator[Effect]:
    """The rows that these actions add to 客户档案, as effects."""
    for action in actions:
        if isinstance(action, AddCustomer):
            yield Effect(
                kind="customer",
                identity=identity_of(action.identity),
                target=TABLE,
                body=dict(action.values),
                not_before=now,
            )


def identity_of(name: str) -> str:
    """Under which the outbox knows the row that is added for the ``core`` of a name."""
    return f"customer:{name}"


def matches(desk: Desk, records: Iterable[Record], accepted: Mapping[str, Accepted]) -> Mapping[str, Match]:
    """record_id to what the register knows, for the rows whose customer is new or another one."""
    if TABLE not in desk.tables.binding.tables:
        return {}
    asked = [Requirement.of(r) for r in records if _is_asked(r, accepted)]
    with forgiven("客户档案 cannot be read"):
        return _matched(desk, asked) if asked else {}
    return {}


def _matched(desk: Desk, asked: Sequence[Requirement]) -> Mapping[str, Match]:
    register = _register(desk)
    linked = {one for requirement in asked for one in _linked(requirement)[:1]}
    if unknown := linked - register.rows.keys():
        take(desk, sorted(unknown))
    return {requirement.record_id: register.match(requirement) for requirement in asked}


def look_again(desk: Desk) -> int:
    """Reads all customers now, for whoever hears no events; how many requirements it linked or renewed.

    These are to be judged again.
    """
    if TABLE not in desk.tables.binding.tables:
        return 0
    written = _read_all(desk, _register(desk), first=False)
    now = desk.clock.now()
    hints = [
        Hint(
            app_token=desk.app_token,
            table_id=desk.tables.binding.tables[_REQUIREMENT].table_id,
            record_id=one,
            kind="swept",
            event_id=f"customers:{now.isoformat()}",
            received_at=now,
        )
        for one in written
    ]
    return desk.store.put(hints) if hints else 0


def take(desk: Desk, record_ids: Sequence[str]) -> None:
    """Reads these customers again; what became of them reaches the open requirements."""
    register, rows = _register(desk), _known(desk.tables.read(TABLE, record_ids).values())
    before = {one: register.rows.get(one) for one in rows}
    gone = [one for one in record_ids if one not in rows and one in register.rows]
    _bring(desk, rows, before, _ours(desk, rows, before))
    _remember(desk, register, rows.values(), gone)


def _register(desk: Desk) -> Register:
    """As it is remembered, read again as a whole once a day."""
    if desk.register is None:
        known = desk.store.all_accepted(desk.app_token, TABLE, ())
        desk.register = Register(state.record for _, state in known)
    fact = desk.store.recall(desk.app_token, _FACT) or {}
    now, read_at = desk.clock.now(), fact.get("read_at")
    if read_at is None or now - read_at >= _FRESH:
        _read_all(desk, desk.register, first=read_at is None)
        desk.store.keep(desk.app_token, _FACT, {"read_at": now})
    return desk.register


def _read_all(desk: Desk, register: Register, *, first: bool) -> Sequence[str]:
    """record_ids of the requirements that were written to."""
    rows = _known(row for page in desk.tables.scan(TABLE) for row in page)
    news = {one: row for one, row in rows.items() if _differs(register.rows.get(one), row)}
    before = {one: register.rows.get(one) for one in news}
    written = _bring(desk, news, before, {} if first else _ours(desk, news, before))
    _remember(desk, register, news.values(), [one for one in register.rows if one not in rows])
    return written


def _ours(
    desk: Desk, rows: Mapping[str, Record], before: Mapping[str, Record | None]
) -> Mapping[str, Record]:
    """The new rows that the plugin asked for; requirements wait for them."""
    asked = ((one, row, core(str(row.get("name") or ""))) for one, row in rows.items() if before[one] is None)
    return {one: row for one, row, name in asked if desk.store.outcome_of(desk.app_token, identity_of(name))}


def _known(rows: Iterable[Record]) -> dict[str, Record]:
    return {
        row.record_id: replace(row, values={k: v for k, v in row.values.items() if k in KNOWN and v})
        for row in rows
    }


def _remember(desk: Desk, register: Register, rows: Iterable[Record], gone: Sequence[str]) -> None:
    now = desk.clock.now()
    states = {(TABLE, row.record_id): Accepted(record=row, status_since=now) for row in rows}
    if not states and not gone:
        return
    desk.stop_if_lost()
    desk.store.settle(desk.app_token, Settlement(accepted=states, forgotten=[(TABLE, one) for one in gone]))
    for state in states.values():
        register.put(state.record)
    for one in gone:
        register.drop(one)


def _bring(
    desk: Desk,
    rows: Mapping[str, Record],
    before: Mapping[str, Record | None],
    ours: Mapping[str, Record],
) -> Sequence[str]:
    """Writes what changed into open requirements, and links those that waited for one of ``ours``.

    Gives their record_ids.
    """
    moved = {one: row for one, row in rows.items() if (old := before[one]) and _says_else(old, row)}
    new = Register(ours.values())
    if not moved and not new.rows:
        return ()
    changes: dict[str, dict[str, Value]] = {}
    ended = desk.policy.parameters.ended_statuses if not new.rows else ()
    for record_id, state in desk.store.all_accepted(desk.app_token, _REQUIREMENT, ended):
        requirement = Requirement.of(state.record)
        found = {**dict(_renewed(requirement, moved, before)), **_joined(requirement, new)}
        if found:
            changes[record_id] = found
    if changes:
        desk.stop_if_lost()
        desk.tables.update(_REQUIREMENT, changes)
    return list(changes)


def _renewed(
    requirement: Requirement, moved: Mapping[str, Record], before: Mapping[str, Record | None]
) -> Iterator[tuple[str, Value]]:
    """What was taken over and says something else now; what a person wrote instead stays."""
    for one in _linked(requirement)[:1]:
        old, row = before.get(one), moved.get(one)
        if old is None or row is None:
            continue
        for key, source in COPIED.items():
            was, now = old.get(source), row.get(source)
            if was != now and requirement.get(key) == was:
                yield key, now


def _joined(requirement: Requirement, new: Register) -> Mapping[str, Value]:
    if not new.rows or not requirement.is_empty("customer"):
        return {}
    found = new.match(requirement).same
    return {"customer": (found.record_id,)} if found else {}


def _is_asked(record: Record, accepted: Mapping[str, Accepted]) -> bool:
    known = accepted.get(record.record_id)
    return known is None or any(known.record.get(key) != record.get(key) for key in (*_ASKED_BY, *COPIED))


def _says_else(old: Record, row: Record) -> bool:
    return any(old.get(source) != row.get(source) for source in COPIED.values())


def _differs(old: Record | None, row: Record) -> bool:
    return old is None or old.values != row.values


def _linked(requirement: Requirement) -> tuple[str, ...]:
    linked = requirement.get("customer")
    return tuple(map(str, linked)) if isinstance(linked, tuple) else ()
