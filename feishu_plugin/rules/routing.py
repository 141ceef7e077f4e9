"""Rule: a new requirement goes to the department and owner that 分派规则 names."""

from collections.abc import Iterator

from feishu_plugin.policy import Policy, Route
from feishu_plugin.records import Requirement, Value
from feishu_plugin.rules.actions import Action, AssignOwner, SetFields
from feishu_plugin.rules.case import Case, Example


def rule(case: Case) -> Iterator[Action]:
    """Fills what people left empty; a department or owner that people chose is kept."""
    route = match(case.policy, case.record)
    if route is None or not _is_open_to_routing(case):
        return
    values: dict[str, Value] = {}
    if not case.record.department:
        values["department"] = route.department
        if route.co_departments and not case.record.co_departments:
            values["co_departments"] = route.co_departments
    if values:
        yield SetFields(values=values, because=f"routed by rule {route.order:g}")
    owners = tuple(p for p in route.owners if _is_here(case, p)) or route.backup
    if owners and not case.record.owner:
        yield AssignOwner(candidates=owners, scope=f"owner:{route.order:g}:{route.department}")


def match(policy: Policy, record: Requirement) -> Route | None:
    """The first routing rule, by order, whose criteria the record meets."""
    return next((route for route in policy.routes if _matches(route, record)), None)


def _matches(route: Route, record: Requirement) -> bool:
    wanted = ((route.types, record.type), (route.sources, record.source))
    level = (route.customer_levels, record.customer_level)
    return all(not criteria or value in criteria for criteria, value in (*wanted, level))


def _is_open_to_routing(case: Case) -> bool:
    # Routing again when the type is corrected, but never taking work away from somebody.
    return case.record.status == case.policy.parameters.initial_status and (
        case.accepted is None or case.changed("type") or not case.record.department
    )


def _is_here(case: Case, open_id: str) -> bool:
    person = case.people.get(open_id)
    return person is None or person.active


EXAMPLES = (
    Example(
        says="An inquiry goes to 客服.",
        record={"status": "pending", "type": "inquiry"},
        sets={"department": "support"},
    ),
    Example(
        says="A wish for a new feature goes to 产品, with 研发 at its side.",
        record={"status": "pending", "type": "feature"},
        sets={"department": "product", "co_departments": ("engineering",)},
    ),
    Example(
        says="A department chosen by hand stays.",
        record={"status": "pending", "type": "feature", "department": "engineering"},
        sets={},
    ),
    Example(
        says="Work in progress is never routed anew.",
        record={"status": "in_progress", "type": "inquiry"},
        accepted={"status": "in_progress", "type": "feature"},
        sets={},
    ),
)
