"""A press with what its answer depends on, and the answer: the values both kinds of buttons share. Pure."""

from dataclasses import dataclass, field
from datetime import datetime

from feishu_plugin.policy import Policy
from feishu_plugin.records import Accepted, Person, Press, Requirement, Snooze, Values, Waiver
from feishu_plugin.rules.actions import Tell, WriteLedger


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A press with everything its answer depends on."""

    press: Press
    policy: Policy
    record: Requirement
    """As just read from the table."""
    accepted: Accepted
    presser: Person
    now: datetime
    original: Accepted | None = None
    """The requirement that this one is to be merged into (see ``original_of``)."""
    reminders: tuple[tuple[str, str], ...] = ()
    """The reminders that the presser was told and that are still due: identity, and who was meant."""

    @property
    def edge(self) -> tuple[str, str]:
        """The move the card speaks of."""
        return self.press.asked.get("from", ""), self.press.asked.get("to", "")

    def label(self, status: str) -> str:
        """What people read for a status."""
        return self.policy.label("status", status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is to be done, and what the card says then."""

    zh: str
    en: str
    done: bool = True
    """False: nothing happened, the card keeps its buttons and the person is told why."""
    busy: bool = False
    """True: an edit of the record is still to be judged; asked again afterwards."""
    values: Values = field(default_factory=dict)
    """What is written on behalf of the person, the status with it."""
    operator: str = ""
    """Who makes the move, when it is not the person who pressed."""
    waiver: Waiver | None = None
    tells: tuple[Tell, ...] = ()
    ledger: tuple[WriteLedger, ...] = ()
    """Rows that stand for no move."""
    note: str = ""
    """The reason the person gave for the values, told with them."""
    snoozes: tuple[Snooze, ...] = ()

    @property
    def is_settled(self) -> bool:
        """True when something is to be kept with the record, not only said."""
        return bool(self.values or self.ledger or self.snoozes)


def moving() -> Answer:
    """Asked for again once the edit that is under way is judged."""
    return Answer(
        zh="状态刚被改动，正在处理，请稍后再按",
        en="The status was changed a moment ago, press again in a while",
        done=False,
        busy=True,
    )


def entered(pressed: Pressed, name: str) -> str:
    """The text that was filled in under a name; empty when there is none."""
    found = pressed.press.form.get(name)
    return found.strip() if isinstance(found, str) else ""
