"""Which reminders a policy would have sent over a period, as far as the past is known; pure.

The past is looked at once each workday, when work ends: what was late for an hour and done by
then is not counted. Owners, types and priorities are those of today.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from feishu_plugin.policy import Policy
from feishu_plugin.records import Accepted, Requirement, Value
from feishu_plugin.reminders.audience import Circle
from feishu_plugin.reminders.due import due
from feishu_plugin.reports.history import History
from feishu_plugin.reports.replay.dues import with_dues
from feishu_plugin.reports.replay.past import Past

EVENTS = ("due_soon", "overdue")
"""Those that depend on statuses and due times alone; progress notes have no history."""


def rehearse(past: Past, policy: Policy, circle: Circle) -> Mapping[str, Mapping[str, int]]:
    """Reminders by person (open_id) and event; each stage of each due time counts once."""
    templates = tuple(t for t in policy.templates if t.event in EVENTS)
    wanted = replace(policy, templates=templates)
    records = {key: with_dues(policy, record, past.now) for key, record in past.records.items()}
    told = {
        (open_id, reminder.event, reminder.identity)
        for evening in _evenings(past, policy)
        for reminder in due(_accepted(past, records, evening), wanted, circle, evening)
        if reminder.since >= past.period.begin
        for open_id in reminder.to
    }
    found: dict[str, Counter[str]] = {}
    for open_id, event, _ in told:
        found.setdefault(open_id, Counter())[event] += 1
    return {open_id: {event: found[open_id][event] for event in EVENTS} for open_id in sorted(found)}


def _evenings(past: Past, policy: Policy) -> Iterator[datetime]:
    worktime = policy.worktime
    day, closes = worktime.local_day(past.period.begin), worktime.hours[-1][1]
    while (evening := worktime.at(day, closes)) < min(past.period.end, past.now):
        if worktime.is_workday(day):
            yield evening
        day += timedelta(days=1)


def _accepted(past: Past, records: Mapping[str, Requirement], at: datetime) -> Iterator[tuple[str, Accepted]]:
    for record_id, history in past.histories.items():
        status = history.status_before(at)
        if status is not None:
            record = records[record_id].with_values({"status": status, "finished_at": None})
            yield record_id, Accepted(record=_as_of(record, at), status_since=_since(history, at))


def _as_of(record: Requirement, at: datetime) -> Requirement:
    """Without answers and starts that were still to come."""
    later = [key for key in ("first_response_at", "started_at") if _is_after(record.get(key), at)]
    return record.with_values(dict.fromkeys(later))


def _is_after(value: Value, at: datetime) -> bool:
    return isinstance(value, datetime) and value > at


def _since(history: History, at: datetime) -> datetime:
    return max((change.at for change in history.changes if change.at < at), default=history.born)
