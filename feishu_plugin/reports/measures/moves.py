"""Work that came back, and moves that the rules did not let stand."""

from datetime import datetime

from feishu_plugin.reports.facts import Facts
from feishu_plugin.reports.figures import Found, count
from feishu_plugin.reports.history import Change, History


def reopened_again(facts: Facts) -> Found:
    """Requirements reopened in the period that had been reopened before: at least their second time.

    Source: `transition.from_status`, `transition.to_status`, `transition.at`;
    `finished_statuses`, `ended_statuses`.
    """
    return count(h.record_id for h in facts.histories if any(at in facts.period for at in _again(facts, h)))


def put_back(facts: Facts) -> Found:
    """Moves of the period that broke a rule and were put back.

    Source: `transition.verdict`, `transition.at`.
    """
    return count(h.record_id for h in facts.histories for at in h.put_back if at in facts.period)


def _again(facts: Facts, history: History) -> list[datetime]:
    """When it was reopened, from the second time on."""
    return [change.at for change in history.changes if _reopens(facts, change)][1:]


def _reopens(facts: Facts, change: Change) -> bool:
    return facts.statuses.is_finished(change.from_status) and facts.statuses.is_open(change.to_status)
