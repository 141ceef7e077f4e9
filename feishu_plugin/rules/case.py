"""What a rule is given, and how an example of a rule is written down."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from feishu_plugin.policy import Move, Policy
from feishu_plugin.records import Accepted, Person, Requirement, Value
from feishu_plugin.rules.actions import Action, Source, Verdict
from feishu_plugin.rules.company import Match
from feishu_plugin.rules.suggestion import Suggest

Kind = Literal["added", "edited", "swept", "due"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What was said to one status move."""

    from_status: str
    to_status: str
    verdict: Verdict
    rule: str
    operator: str = ""
    at: datetime
    source: Source = "person"
    move: Move | None = None
    """The policy row that let it pass (or would have), for its effects."""
    missing: tuple[str, ...] = ()
    """Keys of required fields that are empty."""
    only_missing: bool = False
    """True when filling them is all it takes."""
    who_may: tuple[str, ...] = ()
    """Roles that may make the move, when the editor has none of them."""
    reason: str = ""
    """Why it was put back, in words for people."""
    identity: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One record to be judged; each rule sees it as the rule before left it."""

    policy: Policy
    record: Requirement
    accepted: Accepted | None
    """None for a record that was never judged."""
    now: datetime
    rulings: tuple[Ruling, ...] = ()
    people: Mapping[str, Person] = field(default_factory=dict)
    adopt: bool = False
    """True: the record was there before us; its status is taken as it is."""
    editor: str = ""
    """open_id of the person whose edit is judged; empty when nobody is known, never the plugin."""
    touched: frozenset[str] = frozenset()
    """Keys that events say people edited; empty when none told."""
    note: str = ""
    """Why, in the words of the person who asked for it with a card."""
    suggest: Suggest | None = None
    """What has learned to tell types from texts; None: the words of the policy do."""
    match: Match | None = None
    """What 客户档案 knows of the customer; None where it is not to be asked."""

    @property
    def before(self) -> Requirement | None:
        """The record as it was accepted last."""
        known = self.accepted.record if self.accepted else None
        if known is None or isinstance(known, Requirement):
            return known
        return Requirement.of(known)

    def passed(self) -> tuple[Ruling, ...]:
        """The moves that stand."""
        return tuple(ruling for ruling in self.rulings if ruling.verdict != "put_back")

    def changed(self, key: str) -> bool:
        """True when a field differs from what was accepted last (always for a new record)."""
        known = self.accepted
        return known is None or known.record.values.get(key) != self.record.values.get(key)


Rule = Callable[[Case], Iterator[Action]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One line of a rule's documentation that is also its test."""

    says: str
    """A sentence: what the rule does here."""
    record: Mapping[str, Value]
    accepted: Mapping[str, Value] | None = None
    rulings: tuple[Ruling, ...] = ()
    people: Mapping[str, Person] = field(default_factory=dict)
    adopt: bool = False
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Parameters of the policy that differ from the packaged ones."""
    editor: str = ""
    match: Match | None = None
    sets: Mapping[str, Value] | None = None
    """Values the rule must set, exactly; None: nothing is asked of the fields."""
    does: tuple[type, ...] = ()
    """Kinds of further actions, in order."""
