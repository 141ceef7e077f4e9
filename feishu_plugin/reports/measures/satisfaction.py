"""What customers say about the result, counted in the period in which they said it.

A customer has answered when the requirement was closed, or reopened after being finished
(so that a bad score that led to a reopening is not lost). The score is the one that the ledger
noted at that moment, because the customer is asked anew when the work is finished again.
"""

from feishu_plugin.reports.facts import Facts
from feishu_plugin.reports.figures import Found, mean, share, spread
from feishu_plugin.reports.statuses import Statuses

SATISFIED_FROM = 4
"""On the scale 1-5: 4 and 5 are 满意."""


def satisfaction(facts: Facts) -> Found:
    """Mean score of those closed or reopened in the period; pending are those without a score."""
    scores = _scores(facts)
    given = {record_id: score for record_id, score in scores.items() if score is not None}
    target = facts.policy.parameters.target_satisfaction
    return spread(given, mean, is_bad=lambda score: score < target, pending=len(scores) - len(given))


def satisfied_share(facts: Facts) -> Found:
    """Scores of 4 and 5 ÷ all scores."""
    given = {record_id: score for record_id, score in _scores(facts).items() if score is not None}
    happy = [record_id for record_id, score in given.items() if score >= SATISFIED_FROM]
    return share(happy, [record_id for record_id, score in given.items() if score < SATISFIED_FROM])


def scored_share(facts: Facts) -> Found:
    """Closed or reopened with a score ÷ closed or reopened."""
    scores = _scores(facts)
    given = [record_id for record_id, score in scores.items() if score is not None]
    return share(given, [record_id for record_id, score in scores.items() if score is None])


def _scores(facts: Facts) -> dict[str, float | None]:
    statuses = facts.statuses
    return {
        history.record_id: history.requirement.score if change.score is None else change.score
        for history, change in facts.changes()
        if _answers(change.from_status, change.to_status, statuses)
    }


def _answers(before: str, after: str, statuses: Statuses) -> bool:
    was_closed = before in statuses.finished & statuses.ended
    closes = after in statuses.finished & statuses.ended and not was_closed
    return closes or (statuses.is_finished(before) and statuses.is_open(after))
