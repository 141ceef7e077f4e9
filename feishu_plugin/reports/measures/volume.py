"""Who asks, and how often people decide against the computed priority."""

from feishu_plugin.records import Requirement
from feishu_plugin.reports.facts import Facts
from feishu_plugin.reports.figures import Found, count
from feishu_plugin.reports.history import History
from feishu_plugin.rules import override


def customers(facts: Facts) -> Found:
    """Different customers of the requirements submitted in the period.

    A linked customer is told apart by its row; a mere name by its letters, and it is the
    linked customer that another requirement of the period shows under the same name.

    Source: `requirement.customer`, `requirement.customer_name`, `requirement.submitted_at`.
    """
    requirements = [history.requirement for history in facts.created]
    linked = {_name(r): r.customer[0] for r in requirements if r.customer and _name(r)}
    asking = {r.record_id: _customer(r, linked) for r in requirements}
    named = {record_id: who for record_id, who in asking.items() if who}
    different = len(set(named.values()))
    return Found(value=different, numerator=different, record_ids=tuple(named))


def overrides(facts: Facts) -> Found:
    """Open requirements of the period whose priority a person decided, for at least a part of it.

    人工优先级 holds with its reason and until its day, which may lie inside the period; of one
    that has run out since, 优先级说明 still names the day. Since when it holds nobody notes
    down: it counts from the submission on.

    Source: `requirement.manual_priority`, `requirement.override_reason`,
    `requirement.override_until`, `requirement.priority_note`, `requirement.submitted_at`,
    `transition.at`; `finished_statuses`, `ended_statuses`.
    """
    return count(h.record_id for h in facts.histories if _was_overridden(facts, h) and facts.was_open(h))


def _was_overridden(facts: Facts, history: History) -> bool:
    until = override.held_until(facts.policy, history.requirement)
    return until is not None and until > facts.period.begin


def _name(requirement: Requirement) -> str:
    return " ".join(requirement.customer_name.casefold().split())


def _customer(requirement: Requirement, linked: dict[str, str]) -> str:
    if requirement.customer:
        return requirement.customer[0]
    name = _name(requirement)
    return linked.get(name, name)
