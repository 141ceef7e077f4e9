"""Builders for the tests of reminders: a small team, a policy, records, and local times."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from feishu_plugin import schema
from feishu_plugin.policy import Policy, Route, Template
from feishu_plugin.policy_rows import packaged_policy
from feishu_plugin.ports import Accepted, Json
from feishu_plugin.records import Person, Record, Requirement, Value
from feishu_plugin.reminders.audience import Circle
from feishu_plugin.reminders.notice import Notice

APP = "bascnTests"
PACKAGED = packaged_policy(schema.load())
ROUTE = Route(order=1, department="engineering", owners=("ou_dev",), managers=("ou_boss",))
POLICY = replace(PACKAGED, routes=(ROUTE,))

PEOPLE = {
    person.open_id: person
    for person in (
        Person(open_id="ou_dev", name="李雷", departments=("研发",), leader="ou_lead"),
        Person(open_id="ou_dev2", name="韩梅梅", departments=("研发",), leader="ou_lead"),
        Person(open_id="ou_lead", name="赵组长", departments=("研发",), leader="ou_boss", leads=("研发",)),
        Person(open_id="ou_boss", name="钱总", leader=None, leads=("管理部",), roles=("manager",)),
        Person(open_id="ou_sub", name="孙客服", departments=("客服",), leader="ou_cs"),
        Person(open_id="ou_cs", name="周主管", departments=("客服",), leader="ou_boss", leads=("客服",)),
        Person(open_id="ou_gone", name="吴前任", leader="ou_lead", active=False),
    )
}


def people(open_id: str) -> Person:
    """The directory: strangers have nothing but their id."""
    return PEOPLE.get(open_id, Person(open_id=open_id))


CIRCLE = Circle(policy=POLICY, people=people)


def at(text: str) -> datetime:
    """``09-01 09:00`` (a Tuesday) of 2026 in the team's zone."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=POLICY.worktime.zone)


def requirement(record_id: str = "rec1", **values: Value) -> Requirement:
    """A development requirement in progress; a test states only what matters."""
    usual: dict[str, Value] = {
        "number": f"20260901-研发-{record_id}",
        "title": "导出报表",
        "type": "feature",
        "status": "in_progress",
        "department": "engineering",
        "submitter": ("ou_sub",),
        "owner": ("ou_dev",),
        "submitted_at": at("09-01 09:00"),
    }
    return Requirement(
        record_id=record_id, values={k: v for k, v in (usual | values).items() if v is not None}
    )


def accepted(record: Record) -> tuple[str, Accepted]:
    """The record as it was judged at the beginning of September."""
    return record.record_id, Accepted(record=record, status_since=at("09-01 09:00"))


def notice(identity: str = "n1", **values: Any) -> Notice:
    """A digest notice for the developer."""
    usual: dict[str, Any] = {
        "event": "due_soon",
        "record_id": "rec1",
        "open_id": "ou_dev",
        "kind": "digest",
        "since": at("09-02 00:00"),
        "due": at("09-03 18:00"),
        "facts": {"number": "20260901-研发-001", "title": "导出报表", "due": "2026-09-03 18:00"},
    }
    return Notice(identity=identity, **(usual | values))


def with_templates(policy: Policy, *templates: Template) -> Policy:
    """The policy with these templates in place of all others of their events."""
    events = {template.event for template in templates}
    return replace(policy, templates=(*(t for t in policy.templates if t.event not in events), *templates))


def without(policy: Policy, *events: str) -> Policy:
    """The policy of a team that switched these notices off."""
    return replace(policy, templates=tuple(t for t in policy.templates if t.event not in events))


def template(event: str = "assigned", **values: Any) -> Template:
    """A one-word template."""
    usual: dict[str, Any] = {
        "audience": ("owner",),
        "kind": "instant",
        "language": "zh",
        "title": "标题",
        "body": "正文",
    }
    return Template(event=event, **(usual | values))


def texts(part: Any, language: str = "zh_cn") -> Iterator[str]:
    """Every text of a card as a reader of that language sees it, in order."""
    if isinstance(part, dict):
        shown = part.get("i18n_content", {}).get(language, part.get("content"))
        if isinstance(shown, str):
            yield shown
        for key, value in part.items():
            if key not in ("i18n_content", "content", "summary"):
                yield from texts(value, language)
    elif isinstance(part, list):
        for value in part:
            yield from texts(value, language)


def seen(card: Json, language: str = "zh_cn") -> str:
    """All texts of a card in one language."""
    return "\n".join(texts(card, language))
