"""The morning card: everything a person has to know today, folded into one; pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from feishu_plugin.policy import Policy
from feishu_plugin.ports import Effect, Json
from feishu_plugin.reminders.card import MOST_LINES, NAMES, Section, line_of, list_card
from feishu_plugin.reminders.notice import Link, Notice, folded, no_link
from feishu_plugin.reminders.offers import Reader, digest_elements
from feishu_plugin.reminders.quiet import digest_moment, is_quiet
from feishu_plugin.reminders.templates import Words

_GROUPS: Mapping[str, tuple[str, str]] = {
    "overdue": ("已超期", "Overdue"),
    "today": ("今天到期", "Due today"),
    "tomorrow": ("明天到期", "Due tomorrow"),
    "next_workday": ("下个工作日到期", "Due next workday"),
    "due_soon": ("即将到期", "Due soon"),
    "progress_due": ("待写进展", "Progress note due"),
    "unassigned": ("待分派", "No owner yet"),
    "untriaged": ("待梳理", "Not triaged yet"),
}
"""Headings in the order of the card; other notices follow under their own name."""


def digest_identity(day: date, open_id: str) -> str:
    """The morning card of a person and a day; also a notice, so that there is only one."""
    return f"digest:{day.isoformat()}:{open_id}"


def digests(
    policy: Policy,
    notices: Iterable[Notice],
    now: datetime,
    told: Collection[str] = (),
    link: Link = no_link,
    *,
    base: str = "",
) -> list[Effect]:
    """One card for each person whose morning card is due and who has not had it today.

    With ``base`` (the token that its buttons carry) a card can be answered.
    Notices that came up after the morning's moment wait for the next working morning.
    """
    if is_quiet(policy, now):
        return []
    day = policy.worktime.local_day(now)
    by_person: dict[str, list[Notice]] = defaultdict(list)
    for notice in notices:
        if notice.since <= digest_moment(policy, day, notice.open_id) <= now and notice.is_news(told):
            by_person[notice.open_id].append(notice)
    return [
        _digest(policy, Reader(base=base, record_id="", open_id=open_id), day, mine, now, link)
        for open_id, mine in by_person.items()
        if digest_identity(day, open_id) not in told
    ]


def _digest(
    policy: Policy, reader: Reader, day: date, notices: Sequence[Notice], now: datetime, link: Link
) -> Effect:
    once = folded(notices)
    groups = _grouped(policy, day, once)
    identity = digest_identity(day, reader.open_id)
    shown = day.isoformat()
    zh = Words(title=f"今日提醒 {shown}：{len(once)} 条", body="")
    en = Words(title=f"Your reminders {shown}: {len(once)}", body="")
    sections = [_section(group, mine, link) for group, mine in groups.items()]
    first = next(iter(groups.values()))[0]
    body = {
        "card": list_card("digest", zh, en, sections, lambda most: _form(groups, most, reader)),
        "event": first.event,
        "name": f"晨报 {shown}（{len(once)} 条）",
        "requirements": [notice.record_id for notice in once],
    }
    covers = (identity, *(one for notice in once for one in notice.covers))
    return Effect(
        kind="card", identity=identity, target=reader.open_id, body=body, not_before=now, covers=covers
    )


def _form(groups: Mapping[str, Sequence[Notice]], most: int, reader: Reader) -> Sequence[Json]:
    """For the lines that are shown and that have an answer."""
    shown = (n for mine in groups.values() for n in mine[:most] if n.offer and n.offer.kind == "remind")
    facts = {n.record_id: n.facts for n in shown}
    choices = {id: f"{f.get('number', '')} {f.get('title', '')}".strip() or id for id, f in facts.items()}
    return digest_elements(choices, reader) if reader.base else ()


def _grouped(policy: Policy, day: date, notices: Sequence[Notice]) -> dict[str, list[Notice]]:
    found: dict[str, list[Notice]] = {group: [] for group in _GROUPS}
    for notice in sorted(notices, key=lambda n: (n.due or n.since, n.record_id)):
        found.setdefault(_group(policy, day, notice), []).append(notice)
    return {group: mine for group, mine in found.items() if mine}


def _group(policy: Policy, day: date, notice: Notice) -> str:
    if notice.event != "due_soon" or notice.due is None:
        return notice.event
    due = policy.worktime.local_day(notice.due)
    if due <= day:
        return "today"
    if (due - day).days == 1:
        return "tomorrow"
    return "next_workday" if due <= policy.worktime.workday_after(day) else "due_soon"


def _section(group: str, notices: Sequence[Notice], link: Link) -> Section:
    zh, en = _GROUPS.get(group) or NAMES.get(group, (group, group, ""))[:2]
    count = len(notices)
    lines = [line_of(n.event, n.facts, link(n.record_id)) for n in notices[:MOST_LINES]]
    return Section(zh=f"{zh}（{count}）", en=f"{en} ({count})", lines=lines, count=count)
