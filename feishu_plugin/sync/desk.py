"""What the worker of one base has on its desk: the ports, and the policy in force."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from feishu_plugin.errors import LeaseLost
from feishu_plugin.language import Phrase
from feishu_plugin.policy import Policy
from feishu_plugin.policy_rows import RowProblem
from feishu_plugin.ports import (
    Clock,
    Inbox,
    Mailer,
    Memory,
    Outbox,
    PendingEffect,
    People,
    Tables,
    Uploads,
    Work,
)
from feishu_plugin.records import Person
from feishu_plugin.rules.company import Register
from feishu_plugin.rules.dealings import Dealings
from feishu_plugin.rules.faq import Faq
from feishu_plugin.rules.suggestion import Suggest
from feishu_plugin.schema import Schema
from feishu_plugin.sync.intake.arrivals import Outcome
from feishu_plugin.sync.postbox.box import Mailbox
from feishu_plugin.sync.structure.custom import Extension
from feishu_plugin.sync.webhook_calls import Webhooks
from feishu_plugin.witness import NOBODY, Fact, Witness

Link = Callable[[str, str], str]
"""(table key, record id) → address that opens the record in Feishu, or without one the whole table;
a dashboard opens by its block id instead of a key."""


class Store(Inbox, Work, Outbox, Memory, Protocol):
    """All sides of the durable state together."""

    def tally(self, app_token: str, name: str, key: str, count: int) -> None:
        """Adds to one of the counts that the fact of this name holds; nothing is lost between two writers."""
        ...

    def webhooks_due(self, app_token: str, now: datetime, limit: int) -> Sequence[PendingEffect]:
        """Unfinished webhook calls whose time has come, oldest first."""
        ...

    def posts_due(self, app_token: str, now: datetime, limit: int) -> Sequence[PendingEffect]:
        """Unfinished replies and bounces whose time has come, oldest first."""
        ...

    def outcome_of(self, app_token: str, identity: str) -> Outcome | None:
        """What became of an effect; None when it was never stored."""
        ...

    def dealings(
        self,
        app_token: str,
        table: str,
        over: str,
        without: Collection[str],
        customers: Collection[str] | None = None,
    ) -> Mapping[str, Dealings]:
        """record_id of a customer (all, or those named) to what they had of ``table`` and of ``over``.

        Open is what stands in ``table``, and not in ``without``'s statuses.
        """
        ...

    def fingerprints(self, app_token: str, record_ids: Sequence[str]) -> Mapping[str, Sequence[int]]:
        """The settled fingerprints of these records; those without one are absent."""
        ...

    def note_sent(self, app_token: str, outcomes: Mapping[str, str], at: datetime) -> None:
        """These effects (identity to record id, or empty) were performed, by whoever; none will be again."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """A record that could not be settled, and when it is tried again."""

    tries: int
    again_at: datetime
    rows: int
    """How many open hints it holds back."""
    last_row: int
    """The newest of them."""


@dataclass(slots=True, kw_only=True)
class Desk:
    """One base at work.

    Only policy, ``suggest``, ``paused``, ``dues_of``, ``news_until``, ``stuck``, ``register`` and
    ``faq`` change.
    """

    app_token: str
    schema: Schema
    tables: Tables
    store: Store
    people: People
    clock: Clock
    link: Link
    policy: Policy
    packaged: Policy
    """The packaged defaults: their templates stand in for broken ones."""
    administrators: tuple[str, ...] = ()
    """open_ids; empty means the managers of the routing rules."""
    bot: str = ""
    """The app's own open_id: never a submitter, never asked for roles."""
    mailer: Mailer | None = None
    """None: there is no mail server, and mails to customers are listed as not sent."""
    mailbox: Mailbox | None = None
    """None: no letters of customers are read."""
    webhooks: Webhooks | None = None
    """None: nobody outside hears of status changes."""
    uploads: Uploads | None = None
    """None: nothing is attached to rows."""
    extension: Extension | None = None
    """None: custom reports rest."""
    suggest: Suggest | None = None
    """What has learned to tell types from texts; None: the words of the policy do."""
    wider: Callable[[Schema], Tables] | None = None
    """The same base with the columns that teams added; None: they are not looked at."""
    paused: tuple[Phrase, ...] = ()
    """What the base lacks and what therefore rests, in words for people."""
    problems: tuple[RowProblem, ...] = ()
    """What was wrong with the policy tables when the desk was made."""
    may_write: Callable[[], bool] = lambda: True
    """False once another replica may be at work: a round that took too long must end without effect."""
    dues_of: str = ""
    """The policy whose due times all records were compared with; touched by the ticking thread only."""
    news_until: datetime | None = None
    """Until when events may come that found nobody; None where nothing was missed, and in a command."""
    stuck: dict[str, Stuck] = field(default_factory=dict)
    """Records set apart until their next try, by record id; touched by the judging thread only."""
    register: Register | None = None
    """客户档案 as it was read last; None until it is first asked. Touched by the judging thread only."""
    faq: Faq | None = None
    """The published entries of 知识库; None until first asked. Touched by the judging thread only."""
    witness: Witness = NOBODY

    def saw(self, what: str, **facts: Fact) -> None:
        """Tells the witness what happened in this base."""
        self.witness.saw(what, base=self.app_token, **facts)

    def stop_if_lost(self) -> None:
        """What another replica has accepted meanwhile must not be overwritten with our older view."""
        if not self.may_write():
            raise LeaseLost(f"the lease of {self.app_token} was lost during a round; its hints stay open")

    def judged_person(self, open_id: str) -> Person:
        """A person with the roles this base gives: its policy says which departments manage."""
        person = self.people.person(open_id)
        return replace(person, roles=(*person.roles, "manager")) if self.policy.manages(person) else person
