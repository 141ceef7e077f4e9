"""Formula text as a tree; it knows signs and brackets, no tables, no functions and no values.

Both spellings of references are read: by id, ``bitable::$table[tbl…].$field[fld…]`` (v1), and by
name, ``[Field]``, ``[Table].[Field]``, ``CurrentValue.[Field]`` (base v3 and the editor).
"""

import re
from dataclasses import dataclass
from typing import NoReturn

TOKEN = re.compile(
    r"\s*(?:bitable::\$table\[(?P<table>[^\]]+)\]|\.\$(?:field|column)\[(?P<member>[^\]]+)\]"
    r'|\[(?P<bracket>[^\]]+)\]|"(?P<text>(?:[^"\\]|\\.)*)"|(?P<number>\d+(?:\.\d+)?)'
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>&&|\|\||!=|>=|<=|==|[-+*/%&=<>(),.]))"
)
STRENGTH = {
    "||": 1,
    "&&": 2,
    **dict.fromkeys(("=", "==", "!=", ">", ">=", "<", "<="), 3),
    "&": 4,
    **dict.fromkeys(("+", "-"), 5),
    **dict.fromkeys(("*", "/", "%"), 6),
}
"""How strongly an operator binds."""
DEPTH_MOST = 60


class SyntaxFault(Exception):
    """The text is no formula; the message tells where it stops being one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A text or a number."""

    value: str | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """``[…]`` at the start of a reference: a field of this table or the name of a table."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableById:
    """``bitable::$table[…]``."""

    table_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Current:
    """``CurrentValue``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A column of what stands before the dot; ``by_id`` tells how it is named."""

    of: "Node"
    name: str
    by_id: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Apply:
    """A function with its arguments; ``a.F(b)`` is ``F(a, b)``."""

    function: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Two operands and the sign between them."""

    sign: str
    left: "Node"
    right: "Node"


Node = Constant | Name | TableById | Current | Member | Apply | Operation


def parse(text: str) -> Node:
    """The tree of a whole formula; SyntaxFault when it cannot be read."""
    parser = _Parser(text)
    node = parser.expression(0)
    if parser.kind:
        parser.fail()
    return node


class _Parser:
    def __init__(self, text: str) -> None:
        self._text, self._at, self._depth = text.removeprefix("="), 0, 0
        self._next()

    def _next(self) -> None:
        """Reads the next token; ``kind`` is empty at the end."""
        if not self._text[self._at :].strip():
            self.kind, self.value = "", ""
            return
        match = TOKEN.match(self._text, self._at)
        if match is None or match.lastgroup is None:
            self.fail()
        self._at = match.end()
        self.kind, self.value = match.lastgroup, match.group(match.lastgroup)

    def fail(self) -> NoReturn:
        raise SyntaxFault(f"cannot read the formula at position {self._at}: {self._text[:80]}")

    def _take(self, kind: str, value: str | None = None) -> str:
        if self.kind != kind or (value is not None and self.value != value):
            self.fail()
        taken = self.value
        self._next()
        return taken

    def expression(self, least: int) -> Node:
        """An expression of operators that bind more strongly than ``least``."""
        self._depth += 1
        if self._depth > DEPTH_MOST:
            self.fail()
        left = self._operand()
        while self.kind == "sign" and STRENGTH.get(self.value, 0) > least:
            sign = self._take("sign")
            right = self.expression(STRENGTH[sign])
            left = Operation(sign="=" if sign == "==" else sign, left=left, right=right)
        self._depth -= 1
        return left

    def _operand(self) -> Node:
        if self.kind == "sign" and self.value in ("-", "+"):
            sign = self._take("sign")
            right = self.expression(STRENGTH["*"])
            return Operation(sign=sign, left=Constant(value=0.0), right=right)
        node = self._start()
        while self.kind == "member" or (self.kind, self.value) == ("sign", "."):
            node = self._postfix(node)
        return node

    def _postfix(self, node: Node) -> Node:
        if self.kind == "member":
            return Member(of=node, name=self._take("member"), by_id=True)
        self._take("sign", ".")
        if self.kind == "bracket":
            return Member(of=node, name=self._take("bracket"), by_id=False)
        function = self._take("word")
        return Apply(function=function.upper(), arguments=(node, *self._arguments()))

    def _start(self) -> Node:
        kind = self.kind
        match kind:
            case "number":
                return Constant(value=float(self._take(kind)))
            case "text":
                return Constant(value=re.sub(r"\\(.)", r"\1", self._take(kind)))
            case "bracket":
                return Name(name=self._take(kind))
            case "table":
                return TableById(table_id=self._take(kind))
            case "word":
                return self._word()
        self._take("sign", "(")
        inner = self.expression(0)
        self._take("sign", ")")
        return inner

    def _word(self) -> Node:
        word = self._take("word")
        if word == "CurrentValue":
            return Current()
        if word.upper() in ("TRUE", "FALSE") and (self.kind, self.value) != ("sign", "("):
            return Apply(function=word.upper(), arguments=())
        return Apply(function=word.upper(), arguments=self._arguments())

    def _arguments(self) -> tuple[Node, ...]:
        self._take("sign", "(")
        arguments: list[Node] = []
        while (self.kind, self.value) != ("sign", ")"):
            if arguments:
                self._take("sign", ",")
            arguments.append(self.expression(0))
        self._take("sign", ")")
        return tuple(arguments)
