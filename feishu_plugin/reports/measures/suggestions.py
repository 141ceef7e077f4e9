"""How good the suggested types were: what people corrected is the only judge."""

from feishu_plugin.reports.facts import Facts
from feishu_plugin.reports.figures import Found, share
from feishu_plugin.rules.classify import was_corrected, was_suggested


def suggestion_accuracy(facts: Facts) -> Found:
    """Suggested types that nobody corrected ÷ suggested types, of the requirements submitted in the period.

    A type is suggested when the requirement comes in. Corrected is one that a person changed or
    took away, whenever that was; with types that people chose themselves it has nothing to do.

    Source: `requirement.classified_by`, `requirement.classified_confidence`, `requirement.submitted_at`.
    """
    suggested = [history for history in facts.created if was_suggested(history.requirement)]
    right = [history.record_id for history in suggested if not was_corrected(history.requirement)]
    wrong = [history.record_id for history in suggested if was_corrected(history.requirement)]
    return share(right, wrong)
