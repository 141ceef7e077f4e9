"""Formula functions of numbers, over single values and lists."""

import math
import statistics
from collections.abc import Callable, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal, InvalidOperation
from typing import Any

from feishu_plugin.sandbox.formula_calls import Function, plain
from feishu_plugin.sandbox.formula_values import FormulaFault, as_number, flat, is_blank, numbers


def _over(compute: Callable[[Sequence[float]], float]) -> Function:
    """A function of all numbers among its arguments; blank when there is none."""

    def run(*values: Any) -> float | None:
        found = numbers(values)
        return compute(found) if found else None

    return plain(run, 1, None)


def _extreme(choose: Callable[[list[Any]], Any]) -> Function:
    """MAX and MIN also take dates."""

    def run(*values: Any) -> Any:
        items = [item for item in flat(list(values)) if not isinstance(item, str)]
        try:
            return choose(items) if items else None
        except TypeError:
            raise FormulaFault("dates and numbers cannot be compared") from None

    return plain(run, 1, None)


def _rounding(mode: str) -> Function:
    def run(value: Any, digits: Any = 0) -> float:
        step = Decimal(1).scaleb(-int(as_number(digits)))
        try:
            return float(Decimal(repr(as_number(value))).quantize(step, rounding=mode))
        except InvalidOperation:
            raise FormulaFault("a number too large to round") from None

    return plain(run, 1, 2)


def _to_multiple(take: Callable[[float], float]) -> Function:
    def run(value: Any, step: Any = 1.0) -> float:
        width = as_number(step)
        return take(as_number(value) / divisor(width)) * width

    return plain(run, 1, 2)


def divisor(value: float) -> float:
    """The number, unless it is 0."""
    if not value:
        raise FormulaFault("division by zero")
    return value


def modulo(left: Any, right: Any) -> float:
    """The remainder with the sign of the divisor, as ``%`` and MOD give it."""
    return as_number(left) % divisor(as_number(right))


def power(base: Any, exponent: Any) -> float:
    """A power that is a real, finite number."""
    try:
        result = as_number(base) ** as_number(exponent)
    except (OverflowError, ZeroDivisionError):
        raise FormulaFault("no such power") from None
    if isinstance(result, complex):
        raise FormulaFault("no real power")
    return float(result)


FUNCTIONS: dict[str, Function] = {
    "SUM": plain(lambda *values: math.fsum(numbers(values)), 1, None),
    "AVERAGE": _over(statistics.fmean),
    "MEDIAN": _over(statistics.median),
    "MAX": _extreme(max),
    "MIN": _extreme(min),
    "COUNTA": plain(lambda *values: float(sum(not is_blank(v) for v in flat(list(values)))), 1, None),
    "ROUND": _rounding(ROUND_HALF_UP),
    "ROUNDUP": _rounding(ROUND_UP),
    "ROUNDDOWN": _rounding(ROUND_DOWN),
    "FLOOR": _to_multiple(math.floor),
    "CEILING": _to_multiple(math.ceil),
    "ABS": plain(lambda value: abs(as_number(value)), 1),
    "INT": plain(lambda value: float(math.floor(as_number(value))), 1),
    "MOD": plain(modulo, 2),
    "POWER": plain(power, 2),
    "QUOTIENT": plain(lambda a, b: float(math.trunc(as_number(a) / divisor(as_number(b)))), 2),
    "VALUE": plain(as_number, 1),
    "ISODD": plain(lambda value: int(as_number(value)) % 2 == 1, 1),
    "PI": plain(lambda: math.pi, 0),
}
