"""The operators of formulas as functions of a scope; ``&&`` and ``||`` leave their right side alone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from feishu_plugin.sandbox.formula_calls import Run, Scope
from feishu_plugin.sandbox.formula_maths import divisor, modulo
from feishu_plugin.sandbox.formula_values import as_bool, as_moment, as_number, as_text, compare, single

DAY = timedelta(days=1)


def _add(left: Any, right: Any) -> Any:
    """Numbers, or a date and a number of days."""
    left, right = single(left), single(right)
    if isinstance(right, datetime):
        left, right = right, left
    return left + as_number(right) * DAY if isinstance(left, datetime) else as_number(left) + as_number(right)


def _subtract(left: Any, right: Any) -> Any:
    """Numbers, days before a date, or the days between two dates."""
    left, right = single(left), single(right)
    if isinstance(right, datetime):
        return (as_moment(left) - right) / DAY
    return left - as_number(right) * DAY if isinstance(left, datetime) else as_number(left) - as_number(right)


def _eager(compute: Callable[[Any, Any], Any]) -> Callable[[Run, Run], Run]:
    return lambda left, right: lambda scope: compute(left(scope), right(scope))


def _both(left: Run, right: Run) -> Run:
    def run(scope: Scope) -> bool:
        return as_bool(left(scope)) and as_bool(right(scope))

    return run


def _either(left: Run, right: Run) -> Run:
    def run(scope: Scope) -> bool:
        return as_bool(left(scope)) or as_bool(right(scope))

    return run


OPERATORS: dict[str, Callable[[Run, Run], Run]] = {
    "+": _eager(_add),
    "-": _eager(_subtract),
    "*": _eager(lambda left, right: as_number(left) * as_number(right)),
    "/": _eager(lambda left, right: as_number(left) / divisor(as_number(right))),
    "%": _eager(modulo),
    "&": _eager(lambda left, right: as_text(left) + as_text(right)),
    "=": _eager(lambda left, right: compare(left, right) == 0),
    "!=": _eager(lambda left, right: compare(left, right) != 0),
    ">": _eager(lambda left, right: compare(left, right) > 0),
    ">=": _eager(lambda left, right: compare(left, right) >= 0),
    "<": _eager(lambda left, right: compare(left, right) < 0),
    "<=": _eager(lambda left, right: compare(left, right) <= 0),
    "&&": _both,
    "||": _either,
}
