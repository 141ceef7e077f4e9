"""Where the time goes: one status at a time (``Facts.stage``), in working time.

A stay counts in the period in which it ended. What no ledger row tells, because the
requirement is older than the plugin, is left out: nobody knows how long it stayed where.
"""

from collections.abc import Callable, Sequence

from feishu_plugin.reports.facts import Facts
from feishu_plugin.reports.figures import Found, count, mean, middle, p90


def stays(facts: Facts) -> Found:
    """Stays in the status that ended in the period; a requirement can stay there twice.

    Source: `transition.from_status`, `transition.to_status`, `transition.at`.
    """
    return count(record_id for record_id, _ in facts.stage.stays)


def stay_mean(facts: Facts) -> Found:
    """Mean workdays of these stays.

    Source: `transition.from_status`, `transition.at`; `working_hours`.
    """
    return _length(facts, mean)


def stay_median(facts: Facts) -> Found:
    """Median workdays of these stays.

    Source: `transition.from_status`, `transition.at`; `working_hours`.
    """
    return _length(facts, middle)


def stay_p90(facts: Facts) -> Found:
    """Nine of ten stays were over within these workdays.

    Source: `transition.from_status`, `transition.at`; `working_hours`.
    """
    return _length(facts, p90)


def time_share(facts: Facts) -> Found:
    """Workdays in the status ÷ workdays in all statuses, of those finished in the period.

    From submission to the finish, pauses included; all statuses together are 100 %.

    Source: `requirement.submitted_at`, `requirement.finished_at`, `transition.from_status`,
    `transition.at`; `finished_statuses`, `working_hours`.
    """
    stage = facts.stage
    spent = sum(stage.worked.values())
    return Found(
        value=spent / stage.whole if stage.whole else None,
        numerator=spent,
        denominator=stage.whole,
        record_ids=tuple(stage.worked),
        amounts=stage.worked,
    )


def _length(facts: Facts, statistic: Callable[[Sequence[float]], float]) -> Found:
    """A statistic over single stays; the amount of a requirement is the sum of its stays."""
    amounts: dict[str, float] = {}
    for record_id, days in facts.stage.stays:
        amounts[record_id] = amounts.get(record_id, 0.0) + days
    lengths = [days for _, days in facts.stage.stays]
    return Found(
        value=statistic(lengths) if lengths else None,
        numerator=sum(lengths),
        denominator=len(lengths),
        record_ids=tuple(amounts),
        amounts=amounts,
    )
