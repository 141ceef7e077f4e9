"""When a card may go out; pure.

The morning card goes out on working days from 晨报时间 on, instant cards outside quiet hours;
what comes up in them stands in the morning card.
"""

import hashlib
from datetime import date, datetime, timedelta

from feishu_plugin.policy import Policy
from feishu_plugin.reminders.notice import Notice

_SPREAD_SECONDS = 540

# The answer to somebody's own edit disturbs nobody and must not come a day later.
_ANSWERS = frozenset({"editor"})


def digest_moment(policy: Policy, day: date, open_id: str) -> datetime:
    """When a person's morning card of a day goes out: 0-9 minutes after 晨报时间, always the same.

    Never on a full or half hour, when Feishu refuses bursts (11232).
    """
    return _spread(policy.worktime.at(day, policy.parameters.digest_at), open_id)


def next_digest(policy: Policy, open_id: str, now: datetime) -> datetime:
    """The next morning card's moment that is not before ``now``."""
    day = policy.worktime.local_day(now)
    while not policy.worktime.is_workday(day) or digest_moment(policy, day, open_id) < now:
        day += timedelta(days=1)
    return digest_moment(policy, day, open_id)


def is_quiet(policy: Policy, at: datetime) -> bool:
    """True on days off and in quiet hours (which may span midnight)."""
    if not policy.worktime.is_workday(policy.worktime.local_day(at)):
        return True
    clock = at.astimezone(policy.worktime.zone).time()
    begin, end = policy.parameters.quiet_from, policy.parameters.quiet_until
    if begin <= end:
        return begin <= clock < end
    return clock >= begin or clock < end


def line_moment(policy: Policy, notice: Notice, now: datetime) -> datetime | None:
    """The morning card that tells what comes up now; None when the notice gets a card of its own.

    Quiet time that ends after the day's morning card (at noon, say) is followed by single cards.
    """
    morning = next_digest(policy, notice.open_id, now)
    if asks(notice):
        return None
    if notice.kind == "digest":
        return morning
    if disturbs(notice) or not is_quiet(policy, now):
        return None
    opening = next_morning(policy, notice.open_id, now)
    is_same_day = policy.worktime.local_day(opening) == policy.worktime.local_day(morning)
    return morning if is_same_day else None


def is_held(policy: Policy, notice: Notice, now: datetime) -> bool:
    """True for what came up in the night, on days off, or was missed: the morning card of today tells it.

    Once that card is out, ``notice`` is late anyway and gets a card of its own.
    """
    if disturbs(notice) or asks(notice):
        return False
    day = policy.worktime.local_day(now)
    begins = policy.worktime.at(day, policy.parameters.quiet_until)
    return notice.since < min(begins, digest_moment(policy, day, notice.open_id))


def asks(notice: Notice) -> bool:
    """True for a notice whose buttons somebody waits for: a release, a merger, a refused move."""
    return notice.offer is not None and notice.offer.kind != "remind"


def disturbs(notice: Notice) -> bool:
    """True for what goes out at any hour: the answer to one's own edit, a breach of high priority."""
    return notice.audience in _ANSWERS or (notice.event == "overdue" and notice.priority == "high")


def release(policy: Policy, notice: Notice, now: datetime) -> datetime:
    """When an instant card may go out: now, or some minutes after the quiet time."""
    if disturbs(notice):
        return now
    ends = policy.worktime.at(policy.worktime.local_day(now), policy.parameters.quiet_until)
    if is_quiet(policy, now) or ends <= now < _spread(ends, notice.open_id):
        return next_morning(policy, notice.open_id, now)
    return now


def next_morning(policy: Policy, open_id: str, now: datetime) -> datetime:
    """The next end of a quiet time on a working day, spread over some minutes."""
    day = policy.worktime.local_day(now)
    while not policy.worktime.is_workday(day) or _opening(policy, day, open_id) <= now:
        day += timedelta(days=1)
    return _opening(policy, day, open_id)


def _opening(policy: Policy, day: date, open_id: str) -> datetime:
    return _spread(policy.worktime.at(day, policy.parameters.quiet_until), open_id)


def _spread(at: datetime, open_id: str) -> datetime:
    seconds = int.from_bytes(hashlib.sha256(open_id.encode()).digest()[:4], "big") % _SPREAD_SECONDS
    moment = at + timedelta(seconds=seconds)
    return moment + timedelta(minutes=1) if moment.minute % 30 == 0 else moment
