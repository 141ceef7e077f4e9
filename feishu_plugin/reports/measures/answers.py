"""What 知识库 was good for: how often it had an answer, and what that may have saved."""

from statistics import median

from feishu_plugin.reports.facts import Facts
from feishu_plugin.reports.figures import Found, count
from feishu_plugin.reports.history import History
from feishu_plugin.reports.measures.resolution import workdays

_FEW = 5
"""Below so many on either side a median says nothing."""


def faq_answered(facts: Facts) -> Found:
    """Requirements submitted in the period that 知识库 had an entry for.

    Linked to an entry that was there before they came, by the rule or by a person; what an entry was
    drawn from is older than it and does not count.

    Source: `requirement.knowledge`, `requirement.submitted_at`, `knowledge.sources`.
    """
    return count(history.record_id for history in facts.created if _had_answer(facts, history))


def faq_saved_days(facts: Facts) -> Found:
    """An estimate: what those with an answer took less than their like, in workdays, in all.

    Of those finished in the period, of the types that had an answer: (median workdays of those without
    − median workdays of those with) × how many had one. Less than nothing when those with an answer
    took longer; empty with fewer than five on either side. Those without an answer may have been harder.

    Source: `requirement.knowledge`, `requirement.type`, `requirement.submitted_at`,
    `requirement.finished_at`, `transition.to_status`, `transition.at`, `knowledge.sources`;
    `finished_statuses`, `paused_statuses`, `working_hours`.
    """
    took, finished = workdays(facts), facts.finishes()
    helped = {key for key, (history, _) in finished.items() if _had_answer(facts, history)}
    types = {finished[key][0].requirement.type for key in helped}
    compared = {key: days for key, days in took.items() if finished[key][0].requirement.type in types}
    with_one = [days for key, days in compared.items() if key in helped]
    without = [days for key, days in compared.items() if key not in helped]
    if min(len(with_one), len(without)) < _FEW:
        return Found(value=None)
    value = (median(without) - median(with_one)) * len(with_one)
    return Found(value=value, record_ids=tuple(compared), amounts=compared)


def _had_answer(facts: Facts, history: History) -> bool:
    linked = history.requirement.get("knowledge")
    since = [facts.entries.get(one) for one in linked] if isinstance(linked, tuple) else []
    return any(at is not None and at <= history.born for at in since)
