"""Rule: a new requirement goes to the department and owner that 分派规则 names."""

from collections.abc import Iterator

from feishu_plugin.policy import Policy, Route
from feishu_plugin.policy_words import split
from feishu_plugin.records import Requirement, Value
from feishu_plugin.rules.actions import Action, AssignOwner, SetFields
from feishu_plugin.rules.case import Case, Example


def rule(case: Case) -> Iterator[Action]:
    """Fills what people left empty; a department or owner that people chose is kept."""
    record = case.record
    started = record.status != case.policy.parameters.initial_status
    route = None if started else match(case.policy, record)
    if route is None:
        return
    earlier = match(case.policy, case.before) if case.before else None
    if not record.department or _was_routed(record, route, earlier):
        yield SetFields(
            values=_departments(record, route, earlier), because=f"routed by rule {route.order:g}"
        )
    owners = _there(case, route)
    if owners and _wants_owner(record, route, earlier):
        yield AssignOwner(candidates=owners, scope=f"owner:{route.order:g}:{route.department}")


def _departments(record: Requirement, route: Route, earlier: Route | None) -> dict[str, Value]:
    values: dict[str, Value] = {"department": route.department}
    if not record.co_departments or (earlier and record.co_departments == earlier.co_departments):
        values["co_departments"] = route.co_departments or None
    return values


def _was_routed(record: Requirement, route: Route, earlier: Route | None) -> bool:
    """True when another rule put it where it is and nobody has touched that since.

    People who type into the grid give a row its type after its title: it is routed again.
    """
    return earlier is not None and route != earlier and record.department == earlier.department


def _wants_owner(record: Requirement, route: Route, earlier: Route | None) -> bool:
    if not record.owner:
        return True
    drawn = {*earlier.owners, *earlier.backup, *earlier.managers} if earlier and route != earlier else set()
    return set(record.owner) <= drawn


def match(policy: Policy, record: Requirement) -> Route | None:
    """The first routing rule, by order, whose criteria the record meets."""
    return next((route for route in policy.routes if _matches(route, record)), None)


def _matches(route: Route, record: Requirement) -> bool:
    wanted = ((route.types, record.type), (route.sources, record.source))
    level = (route.customer_levels, record.customer_level)
    fits = all(not criteria or value in criteria for criteria, value in (*wanted, level))
    return fits and (not route.products or not _products(record).isdisjoint(route.products))


def _products(record: Requirement) -> set[str]:
    """使用产品 is a text that may name several."""
    return {product.casefold() for product in split(record.product)}


def _there(case: Case, route: Route) -> tuple[str, ...]:
    """The owners who neither left nor are on leave; else the backup, else the managers."""
    # Without any owner in the rule the department itself picks one.
    circles = (route.owners, route.backup, route.managers if route.owners or route.backup else ())
    return next((found for circle in circles if (found := _present(case, circle))), ())


def _present(case: Case, circle: tuple[str, ...]) -> tuple[str, ...]:
    known = ((one, case.people.get(one)) for one in circle)
    stayed = [one for one, person in known if person is None or person.active]
    return tuple(one for one in stayed if not case.policy.is_away(one, case.now))


EXAMPLES = (
    Example(
        says="An inquiry goes to 客服.",
        record={"status": "pending", "type": "inquiry"},
        sets={"department": "support", "co_departments": None},
    ),
    Example(
        says="A type that comes after the title routes the row again, while nobody has touched it.",
        record={"status": "pending", "type": "feature", "department": "support"},
        accepted={"status": "pending", "department": "support"},
        sets={"department": "product", "co_departments": ("engineering",)},
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
