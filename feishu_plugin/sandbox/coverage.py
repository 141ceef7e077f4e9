"""What the sandbox covers, read from the code that does it; docs/sandbox.md is written from here.

``python -m feishu_plugin.sandbox --coverage`` prints it, ``--coverage docs/sandbox.md`` rewrites
the marked blocks of that file. It never starts a server.
"""

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from feishu_plugin.sandbox.conditions import EMPTINESS, RULES
from feishu_plugin.sandbox.envelope import Route
from feishu_plugin.sandbox.faults import EVENT_KINDS, REQUEST_KINDS
from feishu_plugin.sandbox.field_types import COMPUTED, NOT_CREATABLE, TYPES, Type
from feishu_plugin.sandbox.routes import ROUTES

HERE = Path(__file__).parent
NOT_GIVEN = frozenset(("statuses.py", "coverage.py"))
"""Modules that speak of codes without answering with them."""
CODE = re.compile(
    r"125[45]\d{3}|9999[12]\d{3}|9140[123]|106[1239]\d{3}|1310\d{2}|23[0-4]\d{3}|200[2-9]\d{2}|8000\d{5}"
    r"|21[02]\d{3}|10003|1001[45]|100290|11310|2200|300014|4000[14]|40012|41050|514|9499|100004034[0-9]|1000040350"
)
"""The families of Feishu's codes."""


def error_codes() -> dict[int, str]:
    """Every code the sandbox can answer with, and its name where the code gives one."""
    found: dict[int, str] = {}
    for path in sorted(HERE.glob("*.py")):
        if path.name not in NOT_GIVEN:
            for code, name in _codes(ast.parse(path.read_text("utf-8"))):
                found[code] = found.get(code) or name
    return dict(sorted(found.items()))


def _codes(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in _nodes(tree):
        for first, second in _pairs(node):
            if (
                isinstance(first, ast.Constant)
                and type(first.value) is int
                and CODE.fullmatch(str(first.value))
            ):
                name = second.value if isinstance(second, ast.Constant) else ""
                yield first.value, name if isinstance(name, str) else ""


def _nodes(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those of ranges and comparisons, which speak of codes without answering with them."""
    is_range = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range"
    if is_range or isinstance(node, ast.Compare):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _nodes(child)


def _pairs(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    """Neighbours in calls, tuples and dicts: a code and perhaps its name; otherwise a lone number."""
    if isinstance(node, ast.Call | ast.Tuple):
        items = node.args if isinstance(node, ast.Call) else node.elts
        yield from zip(items, [*items[1:], None], strict=False)
    elif isinstance(node, ast.Dict):
        yield from ((key, value) for key, value in zip(node.keys, node.values, strict=True) if key)
    elif isinstance(node, ast.Constant):
        yield node, None


def operators() -> dict[Type, list[str]]:
    """The filter operators of every field type that can be filtered."""
    empty = {type: [] if type == Type.CHECKBOX else sorted(EMPTINESS) for type in map(Type, TYPES)}
    refused = (Type.FORMULA, Type.LOOKUP, Type.STAGE, Type.BUTTON)
    every = {type: [*sorted(RULES[type].operators if type in RULES else ()), *empty[type]] for type in empty}
    return {type: names for type, names in every.items() if type in RULES or type not in refused}


def switches() -> list[tuple[str, str, str]]:
    """(name, default, what it stands for) of every switch, from the class that holds them."""
    module = ast.parse((HERE / "switches.py").read_text("utf-8"))
    (held,) = (node for node in module.body if isinstance(node, ast.ClassDef))
    told: list[tuple[str, str, str]] = []
    for node, after in zip(held.body, held.body[1:], strict=False):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            assert isinstance(after, ast.Expr)
            assert isinstance(after.value, ast.Constant)
            told.append((node.target.id, ast.unparse(node.value), " ".join(str(after.value.value).split())))
    return told


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines: list[tuple[str, ...]] = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def _feishu() -> list[Route]:
    return [route for route in ROUTES if not route.pattern.startswith("/_sandbox/")]


def counts() -> str:
    """How many of each."""
    ui_types = sum(len(kind.ui_types) for kind in TYPES.values())
    names = {name for listed in operators().values() for name in listed}
    rows = [
        ("Endpoints of Feishu", str(len(_feishu()))),
        ("Control endpoints (`/_sandbox/…`)", str(len(ROUTES) - len(_feishu()))),
        ("Field types (with their appearances)", f"{len(TYPES)} ({ui_types})"),
        ("Filter operators", str(len(names))),
        ("Error codes", str(len(error_codes()))),
        ("Switches", str(len(switches()))),
        ("Kinds of misfortune", str(len(REQUEST_KINDS) + len(EVENT_KINDS))),
    ]
    return _table(("Covered", "Count"), rows)


def endpoints() -> str:
    """Every endpoint with its token and its rate tier."""
    who = {"any": "app or person", "app": "app", "none": "none"}
    rows = [
        (route.method, f"`{route.pattern}`", route.summary, who[route.auth], route.tier or "")
        for route in sorted(
            ROUTES, key=lambda route: (route.pattern.startswith("/_"), route.pattern, route.method)
        )
    ]
    return _table(("Method", "Path", "What", "Token", "Tier"), rows)


def field_types() -> str:
    """Every field type with what can be done to it."""
    known = operators()
    rows = [
        (
            str(number),
            ", ".join(kind.ui_types),
            "no" if number in NOT_CREATABLE else "yes",
            "no" if number in COMPUTED else "yes",
            ", ".join(known.get(Type(number), ())),
        )
        for number, kind in TYPES.items()
    ]
    return _table(("Type", "Appearances", "Creatable", "Writable", "Filter operators"), rows)


def codes() -> str:
    """Every error code, with its name."""
    return _table(("Code", "Name"), [(str(code), name) for code, name in error_codes().items()])


def switch_table() -> str:
    """Every switch with its default."""
    rows = [(f"`{name}`", f"`{default}`", told) for name, default, told in switches()]
    return _table(("Switch", "Default", "Stands for"), rows)


def misfortunes() -> str:
    """The kinds of fault, of requests and of events."""
    kinds = [("request", kind) for kind in REQUEST_KINDS] + [("event", kind) for kind in EVENT_KINDS]
    return _table(("Strikes", "Kind"), [(where, f"`{kind}`") for where, kind in kinds])


BLOCKS: dict[str, Callable[[], str]] = {
    "counts": counts,
    "endpoints": endpoints,
    "field types": field_types,
    "switches": switch_table,
    "misfortunes": misfortunes,
    "error codes": codes,
}


def report() -> str:
    """All blocks under their names."""
    return "\n\n".join(f"## {name.capitalize()}\n\n{block()}" for name, block in BLOCKS.items()) + "\n"


def refreshed(text: str) -> str:
    """The text with what stands between its ``<!-- coverage: … -->`` marks written anew."""
    for name, block in BLOCKS.items():
        start, end = f"<!-- coverage: {name} -->", f"<!-- end: {name} -->"
        before, _, rest = text.partition(start)
        _, mark, after = rest.partition(end)
        if not mark:
            raise ValueError(f"the text has no block {start} … {end}")
        text = f"{before}{start}\n{block()}\n{end}{after}"
    return text


def write(path: Path) -> None:
    """Rewrites the marked blocks of a file."""
    path.write_text(refreshed(path.read_text("utf-8")), "utf-8")
