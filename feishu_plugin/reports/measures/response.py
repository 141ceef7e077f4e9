"""How soon people answer: from 提交时间 to 首次响应时间, in plain hours."""

from datetime import datetime, timedelta

from feishu_plugin.reports.facts import Facts
from feishu_plugin.reports.figures import Found, mean, middle, p90, share, spread
from feishu_plugin.reports.history import History


def responded_at(history: History) -> datetime | None:
    """首次响应时间; where it is empty, 实际开始时间, else the first move the ledger tells.

    Somebody who starts, shelves or voids a requirement has looked at it.
    """
    requirement = history.requirement
    first_move = next((change.at for change in history.changes if change.recorded), None)
    return requirement.first_response_at or requirement.started_at or first_move


def response_rate(facts: Facts) -> Found:
    """Submitted in the period and answered in time ÷ submitted in the period.

    Those without an answer whose time is not over yet are left out and counted as pending.

    Source: `requirement.submitted_at`, `requirement.first_response_at`, `requirement.started_at`,
    `transition.at`; `response_within_hours`.
    """
    allowed = timedelta(hours=facts.policy.parameters.response_within_hours)
    passed, failed, pending = [], [], 0
    for history in facts.created:
        answered, due = responded_at(history), history.born + allowed
        if answered is not None and answered <= due:
            passed.append(history.record_id)
        elif answered is None and facts.now < due:
            pending += 1
        else:
            failed.append(history.record_id)
    return share(passed, failed, pending=pending)


def response_mean(facts: Facts) -> Found:
    """Mean hours to the first response, of those submitted in the period and answered.

    Source: `requirement.submitted_at`, `requirement.first_response_at`, `requirement.started_at`,
    `transition.at`.
    """
    return spread(_hours(facts), mean, pending=_silent(facts))


def response_median(facts: Facts) -> Found:
    """Median hours to the first response.

    Source: `requirement.submitted_at`, `requirement.first_response_at`, `requirement.started_at`,
    `transition.at`.
    """
    return spread(_hours(facts), middle, pending=_silent(facts))


def response_p90(facts: Facts) -> Found:
    """Nine of ten got their first response within these hours.

    Source: `requirement.submitted_at`, `requirement.first_response_at`, `requirement.started_at`,
    `transition.at`.
    """
    return spread(_hours(facts), p90, pending=_silent(facts))


def _hours(facts: Facts) -> dict[str, float]:
    answered = {h.record_id: (h.born, at) for h in facts.created if (at := responded_at(h)) is not None}
    return {key: max(at - born, timedelta()) / timedelta(hours=1) for key, (born, at) in answered.items()}


def _silent(facts: Facts) -> int:
    return sum(responded_at(history) is None for history in facts.created)
