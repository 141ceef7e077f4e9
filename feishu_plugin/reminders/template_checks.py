"""What a template may contain, and where it contains anything else; pure.

A template knows plain words only: no loops, calls, attributes or imports, so that it cannot
stall the service. Everything is said in words for 校验结果: which column, which line, what to do.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from difflib import get_close_matches

from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

FILTERS = ("default", "upper", "lower", "trim", "truncate", "int", "round", "length")
TESTS = ("defined", "undefined", "number", "string", "none")
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If, nodes.CondExpr,
    nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Concat,
    nodes.Keyword,
)  # fmt: skip
_CALLED: Mapping[type[nodes.Node], str] = {
    nodes.For: "循环 {% for %}",
    nodes.Call: "调用 x()",
    nodes.Getattr: "带点的写法 title.x",
    nodes.Getitem: "方括号 title[0]",
    nodes.Assign: "赋值 {% set %}",
    nodes.AssignBlock: "赋值 {% set %}",
    nodes.Macro: "{% macro %}",
    nodes.Include: "{% include %}",
    nodes.Import: "{% import %}",
    nodes.FromImport: "{% from %}",
    nodes.Extends: "{% extends %}",
    nodes.Block: "{% block %}",
    nodes.FilterBlock: "{% filter %}",
    nodes.BinExpr: "计算",
    nodes.UnaryExpr: "计算",
    nodes.List: "列表",
    nodes.Tuple: "列表",
    nodes.Dict: "列表",
}


def environment(finalize: Callable[[object], str]) -> ImmutableSandboxedEnvironment:
    """Where templates are rendered: nothing but the allowed filters and tests is known there."""
    made = ImmutableSandboxedEnvironment(finalize=finalize, autoescape=False)
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in FILTERS}
    made.tests = {name: made.tests[name] for name in TESTS}
    return made


_PARSER = environment(str)


def violations(column: str, text: str, names: Collection[str]) -> Iterator[str]:
    """What is wrong with the text of a column that may name these placeholders."""
    try:
        found = [*_PARSER.parse(text).find_all(nodes.Node)]
    except TemplateSyntaxError as error:
        yield (
            f"{_place(column, text, error.lineno)}写法有误（{error.message}），"
            "请检查 {{ }} 和 {% if %}…{% endif %} 是否成对"
        )
        return
    except (RecursionError, ValueError):
        yield f"「{column}」里的括号或判断套得太深，或有一个过长的数字，请写得简单些"
        return
    forbidden = [node for node in found if not isinstance(node, _ALLOWED)]
    if forbidden:
        first = min(forbidden, key=lambda node: node.lineno or 1)
        yield (
            f"{_place(column, text, first.lineno)}不支持{_called(first)}："
            "只能用 {{ 内容 }} 和 {% if 内容 %}…{% endif %}"
        )
        return
    yield from _unknown_words(column, text, found)
    yield from _unknown_names(column, text, found, names)


def _unknown_words(column: str, text: str, found: Collection[nodes.Node]) -> Iterator[str]:
    for node in found:
        if isinstance(node, nodes.Filter) and node.name not in FILTERS:
            yield f"{_place(column, text, node.lineno)}没有过滤器 {node.name}，可用：{'、'.join(FILTERS)}"
        if isinstance(node, nodes.Test) and node.name not in _PARSER.tests:
            yield f"{_place(column, text, node.lineno)}没有判断 is {node.name}，可用：{'、'.join(TESTS)}"


def _unknown_names(
    column: str, text: str, found: Collection[nodes.Node], names: Collection[str]
) -> Iterator[str]:
    lines: dict[str, int] = {}
    for node in found:
        if isinstance(node, nodes.Name) and node.name not in names:
            lines[node.name] = min(node.lineno, lines.get(node.name, node.lineno))
    for name, line in sorted(lines.items(), key=lambda one: one[1]):
        close = get_close_matches(name, names, n=1)
        guess = f"，是不是 {{{{ {close[0]} }}}}？" if close else "。"
        yield (
            f"{_place(column, text, line)}这个事件没有 {{{{ {name} }}}}{guess}"
            f"可用：{'、'.join(names) or '（无）'}"
        )


def _place(column: str, text: str, line: int) -> str:
    return f"「{column}」第 {line} 行" if "\n" in text else f"「{column}」里"


def _called(node: nodes.Node) -> str:
    return next((words for kind, words in _CALLED.items() if isinstance(node, kind)), type(node).__name__)
