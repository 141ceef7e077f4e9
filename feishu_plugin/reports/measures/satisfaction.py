"""What customers say about the result, counted in the period in which they said it.

A customer has answered when the requirement was closed, or reopened after being finished
(so that a bad score that led to a reopening is not lost). The score is the one that the ledger
noted at that moment, because the customer is asked anew when the work is finished again.
"""

from collections.abc import Iterator
from functools import cache, partial

from feishu_plugin.reports.facts import Facts
from feishu_plugin.reports.figures import Found, mean, share, spread
from feishu_plugin.reports.history import Change, History
from feishu_plugin.reports.statuses import Statuses

SATISFIED_FROM = 4
"""On the scale 1-5: 4 and 5 are 满意."""
ANSWERS = frozenset({"solved", "unsolved"})
"""Options of 客户确认 by which a customer has spoken."""


def satisfaction(facts: Facts) -> Found:
    """Mean score of those closed or reopened in the period; pending are those without a score.

    Source: `requirement.score`, `transition.from_status`, `transition.to_status`, `transition.at`;
    `finished_statuses`, `ended_statuses`, `target_satisfaction`.
    """
    scores = _scores(facts)
    given = {record_id: score for record_id, score in scores.items() if score is not None}
    target = facts.policy.parameters.target_satisfaction
    return spread(given, mean, is_bad=lambda score: score < target, pending=len(scores) - len(given))


def satisfied_share(facts: Facts) -> Found:
    """Scores of 4 and 5 ÷ all scores.

    Source: `requirement.score`, `transition.from_status`, `transition.to_status`, `transition.at`;
    `finished_statuses`, `ended_statuses`.
    """
    given = {record_id: score for record_id, score in _scores(facts).items() if score is not None}
    happy = [record_id for record_id, score in given.items() if score >= SATISFIED_FROM]
    return share(happy, [record_id for record_id, score in given.items() if score < SATISFIED_FROM])


def survey_response(facts: Facts) -> Found:
    """Closed or reopened with an answer ÷ closed or reopened.

    An answer is a score (as the ledger noted it then, else the present one), 客户确认 that it is
    solved or not, or the reopening itself. Silent are those that were closed because nobody replied.

    Source: `requirement.score`, `requirement.confirmation`, `transition.from_status`,
    `transition.to_status`, `transition.at`; `finished_statuses`, `ended_statuses`.
    """
    asked = dict.fromkeys(history.record_id for history, _ in _asked_at(facts))
    answered = {history.record_id for history, change in _asked_at(facts) if _answers(facts, history, change)}
    return share([key for key in asked if key in answered], [key for key in asked if key not in answered])


def _answers(facts: Facts, history: History, change: Change) -> bool:
    """The ledger remembers a score that has been emptied since, to ask the customer anew."""
    requirement = history.requirement
    given = change.score is not None or requirement.score is not None
    return given or requirement.confirmation in ANSWERS or facts.statuses.is_open(change.to_status)


def _scores(facts: Facts) -> dict[str, float | None]:
    """The score that led to the closing or reopening, as its ledger row tells it, else the last one."""
    return {
        history.record_id: history.requirement.score if change.score is None else change.score
        for history, change in _asked_at(facts)
    }


def _asked_at(facts: Facts) -> Iterator[tuple[History, Change]]:
    asks = cache(partial(_asks, facts.statuses))  # of few pairs of statuses, and there are many changes
    return ((h, change) for h, change in facts.changes() if asks(change.from_status, change.to_status))


def _asks(statuses: Statuses, before: str, after: str) -> bool:
    was_closed = before in statuses.finished & statuses.ended
    closes = after in statuses.finished & statuses.ended and not was_closed
    return closes or (statuses.is_finished(before) and statuses.is_open(after))
