"""The morning card: everything a person has to know today, folded into one; pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType

from feishu_plugin.policy import Policy
from feishu_plugin.ports import Effect, Json, PendingEffect
from feishu_plugin.reminders.card import MOST_LINES, NAMES, Section, line_of, list_card
from feishu_plugin.reminders.lines import notice_of_line
from feishu_plugin.reminders.notice import Link, Notice, folded, no_link
from feishu_plugin.reminders.offers import Reader, list_elements
from feishu_plugin.reminders.quiet import digest_moment, is_quiet
from feishu_plugin.reminders.templates import Words
from feishu_plugin.reminders.weekly import EVENT, Review, day_identity

NO_REVIEWS: Mapping[str, Review] = MappingProxyType({})

_GROUPS: Mapping[str, tuple[str, str]] = {
    "overdue": ("已超期", "Overdue"),
    "today": ("今天到期", "Due today"),
    "tomorrow": ("明天到期", "Due tomorrow"),
    "next_workday": ("下个工作日到期", "Due next workday"),
    "due_soon": ("即将到期", "Due soon"),
    "progress_due": ("待写进展", "Progress note due"),
    "unassigned": ("待分派", "No owner yet"),
    "unconfirmed": ("待确认", "To be confirmed"),
    "follow_up": ("待跟进", "To follow up"),
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
    told: AbstractSet[str] = frozenset(),
    link: Link = no_link,
    *,
    base: str = "",
    lines: Iterable[PendingEffect] = (),
    reviews: Mapping[str, Review] = NO_REVIEWS,
) -> list[Effect]:
    """One card for each person whose morning card is due and who has not had it today.

    With ``base`` (the token that its buttons carry) a card can be answered. ``lines`` are notices
    stored for the morning, which end with the card. Notices that came up after the morning's
    moment wait for the next working morning.
    """
    if is_quiet(policy, now):
        return []
    day = policy.worktime.local_day(now)
    found: dict[str, _Morning] = defaultdict(_Morning)
    for notice in notices:
        if notice.since <= digest_moment(policy, day, notice.open_id) and notice.is_news(told):
            found[notice.open_id].notices.append(notice)
    for line in lines:
        found[line.effect.target].fold(line)
    for open_id, review in reviews.items():
        found[open_id].review = None if review.identity in told else review
    mornings = {
        open_id: morning
        for open_id, morning in found.items()
        if digest_moment(policy, day, open_id) <= now and digest_identity(day, open_id) not in told
        if morning.notices or morning.review
    }
    _note_the_day(mornings.values(), day_identity(day), told)
    return [
        _digest(policy, Reader(base=base, record_id="", open_id=open_id), day, morning, now, link)
        for open_id, morning in mornings.items()
    ]


def _note_the_day(mornings: Iterable["_Morning"], day: str, told: AbstractSet[str]) -> None:
    """The first of the cards with a list of the week also says that the lists went out on this day."""
    first = next((morning for morning in mornings if morning.review), None)
    if first and day not in told:
        first.notes = (day,)


@dataclass(slots=True)
class _Morning:
    """What one card has to say."""

    notices: list[Notice] = field(default_factory=list)
    folds: list[int] = field(default_factory=list)
    review: Review | None = None
    notes: tuple[str, ...] = ()

    def fold(self, line: PendingEffect) -> None:
        self.notices.append(notice_of_line(line.effect))
        self.folds.append(line.row)


def _digest(
    policy: Policy, reader: Reader, day: date, morning: _Morning, now: datetime, link: Link
) -> Effect:
    once, review = folded(morning.notices), morning.review
    groups = _grouped(policy, day, once)
    identity = digest_identity(day, reader.open_id)
    zh, en = _headings(day, len(once), review)
    sections = [_section(group, mine, link) for group, mine in groups.items()]

    def elements(most: int) -> list[Json]:
        """The form stands under the lines it answers, the week under both."""
        shown = (notice for mine in groups.values() for notice in mine[:most])
        return [*list_elements(shown, reader), *(review.elements(most) if review else ())]

    first = next(iter(groups.values()))[0].event if groups else EVENT
    body = {
        "card": list_card("digest", zh, en, sections, elements),
        "event": first,
        "name": f"晨报 {day.isoformat()}（{len(once)} 条）",
        "requirements": [notice.record_id for notice in once if notice.record_id],
    }
    covers = (identity, *(one for notice in once for one in notice.covers))
    return Effect(
        kind="card",
        identity=identity,
        target=reader.open_id,
        body=body,
        not_before=now,
        covers=(*covers, *((review.identity,) if review else ()), *morning.notes),
        folds=tuple(morning.folds),
    )


def _headings(day: date, count: int, review: Review | None) -> tuple[Words, Words]:
    shown = day.isoformat()
    if not count and review:
        return Words(title=f"{review.zh.title} {shown}", body=""), Words(
            title=f"{review.en.title} {shown}", body=""
        )
    return Words(title=f"今日提醒 {shown}：{count} 条", body=""), Words(
        title=f"Your reminders {shown}: {count}", body=""
    )


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
    lines = [
        line_of(n.event, n.facts, link(n.record_id) if n.record_id else "") for n in notices[:MOST_LINES]
    ]
    return Section(zh=f"{zh}（{count}）", en=f"{en} ({count})", lines=lines, count=count)
