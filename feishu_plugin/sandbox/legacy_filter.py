"""The formula text of the legacy list's ``filter`` as a predicate; only the documented subset.

``AND OR NOT`` over comparisons (``= != > >= < <=``) and ``CONTAINS``, in both spellings
(``CONTAINS(CurrentValue.[A],"x")`` and ``CurrentValue.[A].contains("x")``), with strings,
numbers, ``TODAY()`` and ``TODATE("yyyy-MM-dd")``. Anything else is 1254018.
"""

import operator
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NoReturn

from feishu_plugin.sandbox.access import field_by_name
from feishu_plugin.sandbox.computed import value_of
from feishu_plugin.sandbox.conditions import Context, Predicate
from feishu_plugin.sandbox.envelope import Refusal
from feishu_plugin.sandbox.field_types import DATES, SELECTS, USERS, Type
from feishu_plugin.sandbox.fields import Field
from feishu_plugin.sandbox.tables import Record, Table

Operand = Callable[[Record], Any]
TOKEN = re.compile(
    r'\s*(?:CurrentValue\.\[(?P<field>[^\]]*)\]|"(?P<text>[^"]*)"|(?P<number>-?\d+(?:\.\d+)?)'
    r"|(?P<method>\.contains)|(?P<name>[A-Za-z_]+)|(?P<sign>!=|>=|<=|[=<>(),]))",
    re.IGNORECASE,
)
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


def compile_formula(table: Table, formula: str, context: Context) -> Predicate:
    """The predicate of the whole text; 1254018 when it cannot be read, 1254045 for an unknown field."""
    parser = _Parser(table, formula, context)
    test = parser.condition()
    if parser.peek() is not None:
        parser.fail()
    return lambda record: bool(test(record))


class _Parser:
    def __init__(self, table: Table, formula: str, context: Context) -> None:
        self._table, self._formula, self._context = table, formula, context
        self._tokens = self._split(formula.strip())
        self._at = 0

    def _split(self, text: str) -> list[tuple[str, str]]:
        tokens: list[tuple[str, str]] = []
        position = 0
        while position < len(text):
            match = TOKEN.match(text, position)
            if match is None or match.lastgroup is None:
                self.fail()
            tokens.append((match.lastgroup, match.group(match.lastgroup)))
            position = match.end()
        return tokens

    def fail(self) -> NoReturn:
        raise Refusal(1254018, "InvalidFilter", detail=f"cannot read the filter: {self._formula[:100]}")

    def peek(self) -> tuple[str, str] | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def take(self, kind: str | None = None, text: str | None = None) -> str:
        token = self.peek()
        if token is None or (kind and token[0] != kind) or (text and token[1] != text):
            self.fail()
        self._at += 1
        return token[1]

    def condition(self) -> Operand:
        token = self.peek()
        if token is not None and token[0] == "name" and token[1].upper() in ("AND", "OR", "NOT", "CONTAINS"):
            return self._function(self.take().upper())
        left = self._operand()
        following = self.peek()
        if following is not None and following[0] == "method":
            self.take("method")
            self.take("sign", "(")
            right = self._operand()
            self.take("sign", ")")
            return lambda record: str(right(record)) in str(left(record))
        sign = self.take("sign")
        if sign not in COMPARE:
            self.fail()
        return _comparison(COMPARE[sign], left, self._operand())

    def _function(self, name: str) -> Operand:
        self.take("sign", "(")
        read = self._operand if name == "CONTAINS" else self.condition
        parts = [read()]
        while self.peek() == ("sign", ","):
            self.take()
            parts.append(read())
        self.take("sign", ")")
        match name:
            case "AND":
                return lambda record: all(part(record) for part in parts)
            case "OR":
                return lambda record: any(part(record) for part in parts)
            case "NOT":
                return lambda record: not parts[0](record)
        return lambda record: any(str(part(record)) in str(parts[0](record)) for part in parts[1:])

    def _operand(self) -> Operand:
        kind, text = self.peek() or ("", "")
        self.take()
        match kind:
            case "field":
                return _reading(field_by_name(self._table, text), self._context)
            case "text":
                return lambda _: text
            case "number":
                number = float(text)
                return lambda _: number
        if kind != "name":
            self.fail()
        return self._day(text.upper())

    def _day(self, name: str) -> Operand:
        self.take("sign", "(")
        if name == "TODAY":
            day = self._context.now.astimezone(self._context.zone)
        elif name == "TODATE":
            day = self._date(self.take("text"))
        else:
            self.fail()
        self.take("sign", ")")
        start = day.replace(hour=0, minute=0, second=0, microsecond=0)
        milliseconds = int(start.timestamp() * 1000)
        return lambda _: milliseconds

    def _date(self, text: str) -> datetime:
        try:
            day = datetime.fromisoformat(text.replace("/", "-"))
        except ValueError:
            self.fail()
        return day.replace(tzinfo=self._context.zone)


def _comparison(compare: Callable[[Any, Any], bool], left: Operand, right: Operand) -> Operand:
    def test(record: Record) -> bool:
        a, b = left(record), right(record)
        if isinstance(a, str) != isinstance(b, str):
            if "" in (a, b):
                return compare is operator.ne
            a, b = str(a), str(b)
        return compare(a, b)

    return test


def _reading(field: Field, context: Context) -> Operand:
    """The cell as text or number; dates as the start of their day, an empty cell as ``""``."""

    def read(record: Record) -> Any:
        value = value_of(field, record)
        return "" if value is None else _plain(field, value, context)

    return read


def _plain(field: Field, value: Any, context: Context) -> Any:
    if field.type in SELECTS:
        ids = value if isinstance(value, list) else [value]
        return ",".join(field.option_names.get(id, "") for id in ids)
    if field.type in USERS:
        ids = value if isinstance(value, list) else [value]
        return ",".join(person.name for id in ids if (person := context.people.get(id)))
    if field.type in DATES:
        day = context.now.fromtimestamp(value / 1000, context.zone)
        return (
            int((day - timedelta(hours=day.hour, minutes=day.minute, seconds=day.second)).timestamp()) * 1000
        )
    if field.type == Type.URL:
        return value["text"]
    if field.type == Type.AUTO_NUMBER:
        return value["number"]
    return ",".join(value) if isinstance(value, list) else value
