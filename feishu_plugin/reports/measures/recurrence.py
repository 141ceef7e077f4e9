"""Whether solved stays solved."""

from datetime import datetime, timedelta

from feishu_plugin.reports.facts import Facts
from feishu_plugin.reports.figures import Found, share
from feishu_plugin.reports.history import Change, History


def recurrence_rate(facts: Facts) -> Found:
    """Finished in the period and asked again soon after ÷ finished in the period.

    Asked again = reopened, or a duplicate submitted and later confirmed (voided as a
    duplicate of it), within the parameter's days after a finish of the period. Pending are
    those whose days are not over: the figure is final only when they are.

    Source: `transition.from_status`, `transition.to_status`, `transition.at`, `requirement.duplicate_of`,
    `requirement.void_reason`, `requirement.submitted_at`; `recurrence_days`.
    """
    soon = timedelta(days=facts.policy.parameters.recurrence_days)
    again: list[str] = []
    calm: list[str] = []
    pending = 0
    for record_id, (history, last) in facts.finishes().items():
        recurred = any(_within(facts, history, finish, soon) for finish in _finishes(facts, history))
        (again if recurred else calm).append(record_id)
        pending += not recurred and facts.now < last.at + soon
    return share(again, calm, bad=True, pending=pending)


def _finishes(facts: Facts, history: History) -> list[Change]:
    finished = facts.statuses.is_finished
    return [
        change
        for change in history.changes
        if change.at in facts.period and finished(change.to_status) and not finished(change.from_status)
    ]


def _within(facts: Facts, history: History, finish: Change, soon: timedelta) -> bool:
    after = history.changes[history.changes.index(finish) + 1 :]
    reopenings = [change.at for change in after if _reopens(facts, change)]
    asked_again: list[datetime] = [*reopenings, *facts.duplicates.get(history.record_id, ())]
    return any(finish.at <= at <= finish.at + soon for at in asked_again)


def _reopens(facts: Facts, change: Change) -> bool:
    statuses = facts.statuses
    return statuses.is_finished(change.from_status) and statuses.is_open(change.to_status)
