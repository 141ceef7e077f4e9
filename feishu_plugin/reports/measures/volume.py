"""Who asks, and how often people decide against the computed priority."""

from feishu_plugin.records import Requirement
from feishu_plugin.reports.facts import Facts
from feishu_plugin.reports.figures import Found, count


def customers(facts: Facts) -> Found:
    """Different customers of the requirements submitted in the period.

    A linked customer is told apart by its row; a mere name by its letters, and it is the
    linked customer that another requirement of the period shows under the same name.
    """
    requirements = [history.requirement for history in facts.created]
    linked = {_name(r): r.customer[0] for r in requirements if r.customer and _name(r)}
    asking = {r.record_id: _customer(r, linked) for r in requirements}
    named = {record_id: who for record_id, who in asking.items() if who}
    different = len(set(named.values()))
    return Found(value=different, numerator=different, record_ids=tuple(named))


def overrides(facts: Facts) -> Found:
    """Requirements submitted in the period whose priority a person decided (人工优先级)."""
    return count(h.record_id for h in facts.created if h.requirement.manual_priority)


def _name(requirement: Requirement) -> str:
    return " ".join(requirement.customer_name.casefold().split())


def _customer(requirement: Requirement, linked: dict[str, str]) -> str:
    if requirement.customer:
        return requirement.customer[0]
    name = _name(requirement)
    return linked.get(name, name)
