"""One thing that one person is to be told; pure values, no rendering and no sending."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from feishu_plugin.policy import Policy
from feishu_plugin.records import Person, Record, Requirement
from feishu_plugin.rules.actions import Offer

Facts = Mapping[str, str]
Link = Callable[[str], str]
"""record_id to the address that opens the row; empty when there is none."""
Directory = Callable[[str], Person]
"""open_id to the person; never raises for an unknown one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice for one person; told once in a lifetime by its ``identity``."""

    event: str
    record_id: str
    open_id: str
    identity: str
    """(event, record, stage, due value, person): a moved due date is another notice."""
    kind: Literal["instant", "digest"] = "instant"
    audience: str = ""
    facts: Facts = field(default_factory=dict)
    priority: str = ""
    since: datetime
    """When there was first a reason to tell it."""
    due: datetime | None = None
    offer: Offer | None = None


def no_link(record_id: str) -> str:
    """For cards that lead nowhere."""
    return ""


def requirement(record: Record) -> Requirement:
    """The record with the attributes of 需求台账."""
    return Requirement(record_id=record.record_id, values=record.values)


def local_time(policy: Policy, at: datetime) -> str:
    """A moment as people of the team write it; 暂按 when its calendar is not announced yet."""
    shown = at.astimezone(policy.worktime.zone).strftime("%Y-%m-%d %H:%M")
    return f"{shown}（暂按）" if policy.worktime.is_provisional(at) else shown


def facts_of(policy: Policy, record: Record, people: Directory) -> dict[str, str]:
    """What every template may say about a requirement, labelled for people."""
    known = requirement(record)
    return {
        "number": known.number,
        "title": known.title,
        "status": _label(policy, "status", known.status),
        "priority": _label(policy, "priority", known.priority),
        "owner": "、".join(people(open_id).name or "" for open_id in known.owner),
        "customer": known.customer_name,
    }


def _label(policy: Policy, field: str, option: str) -> str:
    return policy.label(field, option) if option else ""
