"""Where the work of a period stood at its end; pure."""

from collections import Counter
from collections.abc import Mapping

from feishu_plugin.reports.facts import Facts


def standing(facts: Facts) -> Mapping[str, int]:
    """Status to how many requirements had it at the end (or now), of those open at any time of the period.

    Their sum is the different requirements behind opening + new + reopened + resumed.
    """
    ends = (history.status_before(facts.period.end) for history in facts.histories if facts.was_open(history))
    return Counter(status for status in ends if status is not None)
