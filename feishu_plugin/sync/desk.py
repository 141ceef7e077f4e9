"""What the worker of one base has on its desk: the ports, and the policy in force."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from feishu_plugin.policy import Policy
from feishu_plugin.ports import Clock, Inbox, Memory, Outbox, People, Tables, Work
from feishu_plugin.schema import Schema

Link = Callable[[str, str], str]
"""(table key, record id) → address that opens the record in Feishu."""


class Store(Inbox, Work, Outbox, Memory, Protocol):
    """All sides of the durable state together."""


@dataclass(slots=True, kw_only=True)
class Desk:
    """One base at work. Only ``policy`` and ``paused`` change while it runs."""

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
    paused: tuple[str, ...] = ()
    """What the base lacks and what therefore rests, in words for people."""
