"""When a card may go out; pure.

The morning card goes out on working days from 晨报时间 on, instant cards outside quiet hours.
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


def release(policy: Policy, notice: Notice, now: datetime) -> datetime:
    """When an instant card may go out: now, or some minutes after the quiet time."""
    if notice.audience in _ANSWERS or _is_breach(notice):
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


def _is_breach(notice: Notice) -> bool:
    return notice.event == "overdue" and notice.priority == "high"


def _spread(at: datetime, open_id: str) -> datetime:
    seconds = int.from_bytes(hashlib.sha256(open_id.encode()).digest()[:4], "big") % _SPREAD_SECONDS
    moment = at + timedelta(seconds=seconds)
    return moment + timedelta(minutes=1) if moment.minute % 30 == 0 else moment
