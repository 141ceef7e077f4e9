"""Performs the actions of the core that need the store: numbers, rotation, duplicates, look-alikes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from feishu_plugin.sync import faq
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
        self._ahead: dict[tuple[str, str], int] = {}
        """Numbers by scope and identity that were drawn together."""

    def draw_all(self, asked: Sequence[tuple[Requirement, Sequence[Action]]]) -> list[Drawn]:
        """``draw`` for each of these; what a thousand rows draw costs two transactions."""
        self._draw_ahead(list(dict.fromkeys(_wants(asked))))
        self._draw_ahead([(f"number:{number}", record_id) for number, record_id in self._numbered(asked)])
        return [self.draw(record, actions) for record, actions in asked]

    def draw(self, record: Requirement, actions: Iterable[Action]) -> Drawn:
        """Draws once per record: asking again for the same record gives the same numbers."""
        drawn = Drawn()
        for action in actions:
            match action:
                case AssignNumber():
                    drawn.values["number"] = self._number(record, action)
                case AssignOwner():
                    self._give(record, action, drawn)
                case CountDuplicate():
                    drawn.elsewhere[action.original] = self._similar(record, action.original)
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
        if action.tell and (answer := faq.suggested(self._desk, numbered, drawn.fingerprint)):
            drawn.values[faq.LINK] = answer
        if found:
            drawn.tells.append(hint(self._desk.policy, found))

    def _give(self, record: Requirement, action: AssignOwner, drawn: Drawn) -> None:
        turn = self._draw(action.scope, record.record_id)
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

    def _number(self, record: Requirement, action: AssignNumber) -> str:
        if action.wanted and self._is_mine(action.wanted, record):
            return action.wanted
        number = _serial(action.prefix, self._draw(f"serial:{action.prefix}", record.record_id))
        # An imported row may hold this very number: then the record draws again under its name.
        return number if self._is_mine(number, record) else self._next_free(record, action.prefix, number)

    def _next_free(self, record: Requirement, prefix: str, taken: str) -> str:
        while True:
            number = _serial(prefix, self._draw(f"serial:{prefix}", f"{record.record_id}/{taken}"))
            if self._is_mine(number, record):
                return number
            taken = number

    def _is_mine(self, number: str, record: Requirement) -> bool:
        return self._draw(f"number:{number}", record.record_id) == 1

    def _similar(self, record: Requirement, original: str) -> Mapping[str, Value]:
        return {"similar_count": float(self._draw(f"similar:{original}", record.record_id))}

    def _draw(self, scope: str, identity: str) -> int:
        known = self._ahead.get((scope, identity))
        return self._desk.store.draw(self._desk.app_token, scope, identity) if known is None else known

    def _draw_ahead(self, wanted: Sequence[tuple[str, str]]) -> None:
        if wanted:
            drawn = self._desk.store.draw_all(self._desk.app_token, wanted)
            self._ahead |= dict(zip(wanted, drawn, strict=True))

    def _numbered(self, asked: Iterable[tuple[Requirement, Sequence[Action]]]) -> Iterator[tuple[str, str]]:
        """The numbers that records will claim, with the record."""
        for record, actions in asked:
            for action in actions:
                if isinstance(action, AssignNumber) and not action.wanted:
                    serial = self._ahead[f"serial:{action.prefix}", record.record_id]
                    yield _serial(action.prefix, serial), record.record_id

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


def _serial(prefix: str, serial: int) -> str:
    return f"{prefix}-{serial:03d}"


def _wants(asked: Iterable[tuple[Requirement, Sequence[Action]]]) -> Iterator[tuple[str, str]]:
    """Scope and identity of everything that can be drawn before anything else is known."""
    for record, actions in asked:
        for action in actions:
            match action:
                case AssignNumber(wanted=number) if number:
                    yield f"number:{number}", record.record_id
                case AssignNumber(prefix=prefix):
                    yield f"serial:{prefix}", record.record_id
                case AssignOwner(scope=scope):
                    yield scope, record.record_id
                case CountDuplicate(original=original):
                    yield f"similar:{original}", record.record_id
                case _:
                    pass
