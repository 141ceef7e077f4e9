"""Performs the actions of the core that need the store's counters: numbers, rotation, duplicates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from feishu_plugin.records import Requirement, Value, Values
from feishu_plugin.rules.actions import Action, AssignNumber, AssignOwner, CountDuplicate, Tell
from feishu_plugin.sync.desk import Desk


@dataclass(slots=True, kw_only=True)
class Drawn:
    """What the counters gave: values of the record, of other records, and who is to be told."""

    values: dict[str, Value] = field(default_factory=dict)
    elsewhere: dict[str, Values] = field(default_factory=dict)
    tells: list[Tell] = field(default_factory=list)


def draw(desk: Desk, record: Requirement, actions: Iterable[Action]) -> Drawn:
    """Draws once per record: asking again for the same record gives the same answer."""
    drawn = Drawn()
    for action in actions:
        match action:
            case AssignNumber():
                drawn.values["number"] = _number(desk, record, action)
            case AssignOwner():
                owner = _owner(desk, record, action)
                drawn.values["owner"] = (owner,)
                drawn.tells.append(Tell(event="assigned", identity=f"drawn:{action.scope}", to=(owner,)))
            case CountDuplicate():
                drawn.elsewhere[action.original] = _similar(desk, record, action.original)
            case _:
                pass
    return drawn


def _number(desk: Desk, record: Requirement, action: AssignNumber) -> str:
    if action.wanted and _is_mine(desk, action.wanted, record):
        return action.wanted
    serial = desk.store.draw(desk.app_token, f"serial:{action.prefix}", record.record_id)
    number = f"{action.prefix}-{serial:03d}"
    # An imported row may hold this very number: then the record draws again under its name.
    return number if _is_mine(desk, number, record) else _next_free(desk, record, action.prefix, number)


def _next_free(desk: Desk, record: Requirement, prefix: str, taken: str) -> str:
    while True:
        serial = desk.store.draw(desk.app_token, f"serial:{prefix}", f"{record.record_id}/{taken}")
        number = f"{prefix}-{serial:03d}"
        if _is_mine(desk, number, record):
            return number
        taken = number


def _is_mine(desk: Desk, number: str, record: Requirement) -> bool:
    return desk.store.draw(desk.app_token, f"number:{number}", record.record_id) == 1


def _owner(desk: Desk, record: Requirement, action: AssignOwner) -> str:
    turn = desk.store.draw(desk.app_token, action.scope, record.record_id)
    return action.candidates[(turn - 1) % len(action.candidates)]


def _similar(desk: Desk, record: Requirement, original: str) -> Mapping[str, Value]:
    count = desk.store.draw(desk.app_token, f"similar:{original}", record.record_id)
    return {"similar_count": float(count)}
