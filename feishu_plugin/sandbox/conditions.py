"""One filter condition as a predicate over records, by the operators Feishu documents per type.

Open facts, decided here: ``contains`` with several values means any of them; ``isNot`` and
``doesNotContain`` hold for empty cells; ``isGreater`` of a date means after the end of that
day; an unset checkbox counts as false; formula and lookup fields are refused (1254018).
"""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from feishu_plugin.sandbox.computed import value_of
from feishu_plugin.sandbox.day_ranges import range_ms
from feishu_plugin.sandbox.envelope import Refusal
from feishu_plugin.sandbox.field_types import COMPUTED, DATES, LINKS, USERS, Type
from feishu_plugin.sandbox.fields import Field
from feishu_plugin.sandbox.people import People
from feishu_plugin.sandbox.tables import Record

Predicate = Callable[[Record], bool]
Test = Callable[[Any], bool]
"""Over the typed value of one cell; None is empty."""

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "isGreater": operator.gt,
    "isGreaterEqual": operator.ge,
    "isLess": operator.lt,
    "isLessEqual": operator.le,
}
EMPTINESS: dict[str, Test] = {
    "isEmpty": lambda value: value is None,
    "isNotEmpty": lambda value: value is not None,
}
NEGATIONS = {"isNot": "is", "doesNotContain": "contains"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What conditions may depend on besides the record."""

    people: People
    id_type: str
    zone: ZoneInfo
    now: datetime


def predicate(field: Field, operator: str, values: Sequence[str], context: Context) -> Predicate:
    """The condition as a function of a record; 1254018 when the type does not know the operator."""
    test = _test(field, operator, values, context)
    if field.type in COMPUTED:
        return lambda record: test(value_of(field, record))
    field_id = field.field_id
    return lambda record: test(record.cells.get(field_id))


def _test(field: Field, operator: str, values: Sequence[str], context: Context) -> Test:
    if field.type in (Type.FORMULA, Type.LOOKUP, Type.STAGE, Type.BUTTON):
        _refuse(f"field '{field.name}' of this type cannot be filtered")
    if operator in EMPTINESS and field.type != Type.CHECKBOX:
        return EMPTINESS[operator]
    if not values:
        _refuse(f"'{field.name}' {operator} needs a value")
    rule = RULES.get(Type(field.type))
    if rule is None or operator not in rule.operators:
        _refuse(f"operator {operator} is not supported for '{field.name}'")
    if operator in NEGATIONS:
        positive = rule.make(field, NEGATIONS[operator], values, context)
        return lambda value: not positive(value)
    return rule.make(field, operator, values, context)


def _refuse(detail: str) -> NoReturn:
    raise Refusal(1254018, "InvalidFilter", detail=detail)


def _text(field: Field, operator: str, values: Sequence[str], _: Context) -> Test:
    wanted = values[0]
    if field.type == Type.URL:
        texts: Callable[[Any], str] = lambda value: value["text"]  # noqa: E731 - one of two readings
    else:
        texts = str
    if operator == "is":
        return lambda value: value is not None and texts(value) == wanted
    return lambda value: value is not None and wanted in texts(value)


def _number(field: Field, operator: str, values: Sequence[str], _: Context) -> Test:
    try:
        wanted = float(values[0])
    except ValueError:
        _refuse(f"'{field.name}' needs a number, got {values[0]}")
    compare = COMPARISONS.get(operator)
    read = _sequence if field.type == Type.AUTO_NUMBER else _itself
    if compare is None:
        return lambda value: value is not None and read(value) == wanted
    return lambda value: value is not None and compare(read(value), wanted)


def _itself(value: Any) -> Any:
    return value


def _sequence(value: Any) -> int:
    return int(value["sequence"])


def _ids(ids_of: Callable[[Field, Sequence[str], Context], set[str]]) -> "Make":
    """Sets of ids: ``is`` is the same set, ``contains`` shares at least one."""

    def make(field: Field, operator: str, values: Sequence[str], context: Context) -> Test:
        wanted = ids_of(field, values, context)
        if operator == "is":
            return lambda value: value is not None and _as_set(value) == wanted
        return lambda value: value is not None and not wanted.isdisjoint(_as_set(value))

    return make


def _as_set(value: Any) -> set[str]:
    return set(value) if isinstance(value, list) else {value}


def _option_ids(field: Field, values: Sequence[str], _: Context) -> set[str]:
    """By name, or by id as view filters store them; a name that does not exist matches nothing."""
    return {field.option_ids.get(value, value) for value in values}


def _open_ids(_: Field, values: Sequence[str], context: Context) -> set[str]:
    if context.id_type == "open_id":
        return set(values)
    found = (context.people.resolve(value, context.id_type) for value in values)
    return {person.open_id for person in found if person is not None} or {""}


def _given_ids(_: Field, values: Sequence[str], _context: Context) -> set[str]:
    return set(values)


def _single_select(field: Field, operator: str, values: Sequence[str], context: Context) -> Test:
    """The commonest filter, so it compares one id instead of building sets."""
    wanted = _option_ids(field, values, context)
    if len(wanted) == 1:
        (option_id,) = wanted
        return lambda value: bool(value == option_id)
    return wanted.__contains__ if operator == "contains" else lambda _: False


def _date(_: Field, operator: str, values: Sequence[str], context: Context) -> Test:
    start, end = range_ms(values, operator, context.zone, context.now)
    if operator == "isGreater":
        return lambda value: value is not None and value >= end
    if operator == "isLess":
        return lambda value: value is not None and value < start
    return lambda value: value is not None and start <= value < end


def _checkbox(_: Field, _operator: str, values: Sequence[str], _context: Context) -> Test:
    wanted = values[0].lower() == "true"
    return lambda value: bool(value) == wanted


Make = Callable[[Field, str, Sequence[str], Context], Test]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The operators a type knows besides isEmpty and isNotEmpty, and what they mean."""

    make: Make
    operators: frozenset[str]


MATCHING = frozenset(("is", "isNot", "contains", "doesNotContain"))
_TEXTS = Rule(make=_text, operators=MATCHING)
_NUMBERS = Rule(make=_number, operators=frozenset(("is", "isNot", *COMPARISONS)))
_GIVEN = Rule(make=_ids(_given_ids), operators=MATCHING)
RULES: dict[Type, Rule] = {
    Type.TEXT: _TEXTS,
    Type.PHONE: _TEXTS,
    Type.URL: _TEXTS,
    Type.LOCATION: _TEXTS,
    Type.NUMBER: _NUMBERS,
    Type.AUTO_NUMBER: _NUMBERS,
    Type.SINGLE_SELECT: Rule(make=_single_select, operators=MATCHING),
    Type.MULTI_SELECT: Rule(make=_ids(_option_ids), operators=MATCHING),
    **dict.fromkeys(map(Type, DATES), Rule(make=_date, operators=frozenset(("is", "isGreater", "isLess")))),
    Type.CHECKBOX: Rule(make=_checkbox, operators=frozenset(("is",))),
    **dict.fromkeys(map(Type, USERS), Rule(make=_ids(_open_ids), operators=MATCHING)),
    Type.GROUP_CHAT: _GIVEN,
    **dict.fromkeys(map(Type, LINKS), _GIVEN),
}
