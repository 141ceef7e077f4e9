"""One thing that one person is to be told; pure values, no rendering and no sending."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
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
    """Who gets it."""
    identity: str
    """(event, record, stage, due value, person meant): a moved due date is another notice."""
    about: str = ""
    """The identity without the person: what a reader is told once, whomever it is for."""
    instead_of: tuple[str, ...] = ()
    """The people meant when another gets it; the facts ``for_zh`` and ``for_en`` say it in words."""
    with_it: tuple[str, ...] = ()
    """Further identities that are told when this is told."""
    unless: tuple[str, ...] = ()
    """Identities: once one of them is told, this need not be told any more."""
    heard: tuple[str, ...] = ()
    """open_ids of those who know of it already: none of them gets it in place of somebody else."""
    kind: Literal["instant", "digest"] = "instant"
    audience: str = ""
    facts: Facts = field(default_factory=dict)
    priority: str = ""
    since: datetime
    """When there was first a reason to tell it."""
    due: datetime | None = None
    offer: Offer | None = None

    @property
    def covers(self) -> tuple[str, ...]:
        """Every identity that is told when this notice is."""
        return (self.identity, *self.with_it)

    def is_news(self, told: Collection[str]) -> bool:
        """False once it was told, or became needless by what was told."""
        return self.identity not in told and not any(one in told for one in self.unless)


def news(notices: Iterable[Notice], told: Collection[str]) -> list[Notice]:
    """What was not told yet; who hears of it now in another's place is not told a later stage, too."""
    fresh = [notice for notice in notices if notice.is_news(told)]
    passing = {identity for notice in fresh for identity in notice.with_it}
    return [notice for notice in fresh if passing.isdisjoint(notice.unless)]


def passed_on(identity: str, to: str) -> str:
    """The identity of "this notice went to that person in place of the one meant"."""
    return f"{identity}:by:{to}"


def folded(notices: Iterable[Notice]) -> list[Notice]:
    """The same notices, but one only for a reader who would get the same for several people."""
    found: dict[tuple[str, str], Notice] = {}
    for notice in notices:
        key = (notice.about or notice.identity, notice.open_id)
        found[key] = _joined(found[key], notice) if key in found else notice
    return list(found.values())


def _joined(first: Notice, second: Notice) -> Notice:
    if second.identity in first.covers:
        return first
    absent = [one for one in (first, second) if one.instead_of]
    words = {key: mark.join(one.facts.get(key, "") for one in absent) for key, mark in _FOR.items()}
    return replace(
        first,
        with_it=(*first.with_it, *second.covers),
        instead_of=(*first.instead_of, *second.instead_of),
        facts={**first.facts, **(words if absent else {})},
    )


def for_whom(facts: Facts) -> tuple[str, str]:
    """For whom the reader stands in, in Chinese and English; empty for a reader who is meant."""
    zh, en = (facts.get(key, "") for key in _FOR)
    return (f"代 {zh}处理", f"On behalf of {en}") if zh else ("", "")


_FOR = {"for_zh": "、", "for_en": ", "}
"""Facts that say for whom the reader stands in, and what stands between several."""


def no_link(record_id: str) -> str:
    """For cards that lead nowhere."""
    return ""


def local_time(policy: Policy, at: datetime) -> str:
    """A moment as people of the team write it; 暂按 when its calendar is not announced yet."""
    shown = at.astimezone(policy.worktime.zone).strftime("%Y-%m-%d %H:%M")
    return f"{shown}（暂按）" if policy.worktime.is_provisional(at) else shown


def facts_of(policy: Policy, record: Record, people: Directory) -> dict[str, str]:
    """What every template may say about a requirement, labelled for people."""
    known = Requirement.of(record)
    return {
        "number": known.number,
        "title": known.title,
        "status": _label(policy, "status", known.status),
        "priority": _label(policy, "priority", known.priority),
        "owner": "、".join(people(open_id).name or "" for open_id in known.owner),
        "customer": _customer(known),
    }


def _customer(known: Requirement) -> str:
    """With what they had of us so far."""
    name, history = known.customer_name, known.customer_history
    return f"{name}（{history}）" if name and history else name


def _label(policy: Policy, field: str, option: str) -> str:
    return policy.label(field, option) if option else ""
