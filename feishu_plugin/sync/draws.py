"""Performs the actions of the core that need the store: numbers, rotation, duplicates, look-alikes."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from feishu_plugin.records import Requirement, Value, Values
from feishu_plugin.rules import handover
from feishu_plugin.rules.actions import (
    Action,
    AssignNumber,
    AssignOwner,
    CountDuplicate,
    FindLookAlikes,
    Tell,
    WriteLedger,
)
from feishu_plugin.rules.likeness import hint
from feishu_plugin.rules.rotation import whose_turn
from feishu_plugin.rules.similarity import fingerprint
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.likeness import Likeness


@dataclass(slots=True, kw_only=True)
class Drawn:
    """What the counters gave: values of the record, of other records, and who is to be told."""

    values: dict[str, Value] = field(default_factory=dict)
    elsewhere: dict[str, Values] = field(default_factory=dict)
    tells: list[Tell] = field(default_factory=list)
    ledger: list[WriteLedger] = field(default_factory=list)
    fingerprint: tuple[int, ...] = ()
    """Of the text, when it changed."""


class Draws:
    """The draws of one round; what it gave is counted before the store knows of it."""

    def __init__(self, desk: Desk, now: datetime) -> None:
        self._desk, self._now = desk, now
        self._loads: Counter[str] | None = None
        self._likeness = Likeness(desk, now)

    def draw(self, record: Requirement, actions: Iterable[Action]) -> Drawn:
        """Draws once per record: asking again for the same record gives the same numbers."""
        drawn = Drawn()
        for action in actions:
            match action:
                case AssignNumber():
                    drawn.values["number"] = _number(self._desk, record, action)
                case AssignOwner():
                    self._give(record, action, drawn)
                case CountDuplicate():
                    drawn.elsewhere[action.original] = _similar(self._desk, record, action.original)
                case FindLookAlikes():
                    self._compare(record, action, drawn)
                case _:
                    pass
        return drawn

    def _compare(self, record: Requirement, action: FindLookAlikes, drawn: Drawn) -> None:
        drawn.fingerprint = fingerprint(record.title, record.description)
        numbered = record.with_values(drawn.values)
        found = self._likeness.find(numbered, drawn.fingerprint) if action.tell else []
        self._likeness.add(numbered, drawn.fingerprint)
        similar = tuple(one.record.record_id for one in found) or None
        if action.tell and similar != record.get("similar"):
            drawn.values["similar"] = similar
        if found:
            drawn.tells.append(hint(self._desk.policy, found))

    def _give(self, record: Requirement, action: AssignOwner, drawn: Drawn) -> None:
        turn = self._desk.store.draw(self._desk.app_token, action.scope, record.record_id)
        owner = whose_turn(action.candidates, self.loads, turn)
        self.loads[owner] += 1
        if record.owner == (owner,):
            return
        drawn.values["owner"] = (owner,)
        drawn.tells.append(Tell(event="assigned", identity=f"drawn:{action.scope}", to=(owner,)))
        if record.owner:
            drawn.ledger.append(self._handover(record, owner))

    def _handover(self, record: Requirement, owner: str) -> WriteLedger:
        names = self._desk.people.person
        return handover.row(
            record, record.owner, (owner,), names=names, operator="", source="rule", at=self._now
        )

    @property
    def loads(self) -> Counter[str]:
        """Open requirements by owner, counted when somebody is to be chosen."""
        if self._loads is None:
            self._loads = Counter(loads(self._desk))
        return self._loads


def loads(desk: Desk) -> Mapping[str, int]:
    """open_id to how many requirements a person still has to work on."""
    p = desk.policy.parameters
    return desk.store.loads(desk.app_token, "requirement", {*p.finished_statuses, *p.ended_statuses})


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


def _similar(desk: Desk, record: Requirement, original: str) -> Mapping[str, Value]:
    count = desk.store.draw(desk.app_token, f"similar:{original}", record.record_id)
    return {"similar_count": float(count)}
