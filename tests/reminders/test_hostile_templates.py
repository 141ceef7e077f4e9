"""A row of 通知模板 that means harm costs nothing: it is named and not used, in bounded time and size."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feishu_plugin.policy import Template
from feishu_plugin.reminders.templates import FACTS, Words, template_problems, written
from tests.reminders.samples import template

OFF = "写得简单些"
HARMFUL = {
    "ten to the power of a billion": ("{{ 1 | round(999999999, 'floor') }}", "at most 9 digits"),
    "ten to the power of a text": ("{{ 1 | round('999999999' | int, 'ceil') }}", "at most 9 digits"),
    "brackets": ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", OFF),
    "not not not": ("{{ " + "not " * 5000 + "1 }}", OFF),
    "if in if, a hundred times": ("{% if title %}" * 100 + "x" + "{% endif %}" * 100, "填入内容时出错"),
    "if in if, thousands of times": ("{% if title %}" * 5000 + "x" + "{% endif %}" * 5000, OFF),
    "elif, thousands of times": ("{% if title %}" + "{% elif title %}x" * 5000 + "{% endif %}", OFF),
    "a filter, thousands of times": ("{{ title" + " | upper" * 5000 + " }}", OFF),
    "a fact, thousands of times": ("{{ title }}" * 8000, OFF),
    "joined, thousands of times": ("{{ " + "~".join(["title"] * 15_000) + " }}", OFF),
    "a number of 90,000 digits": ("{{ " + "9" * 90_000 + " }}", OFF),
    "an infinite number": ("{{ 1e999 | int }}", "填入内容时出错"),
    "the type of a fact": ("{{ title.__class__.__mro__ }}", "不支持带点的写法"),
    "an item of a fact": ("{{ title['__class__'] }}", "不支持方括号"),
    "an attribute by a filter": ("{{ title | attr('__class__') }}", "没有过滤器 attr"),
    "a format of a fact": ("{{ '%s' | format(title) }}", "没有过滤器 format"),
    "a huge range": ("{% for x in range(999999999) %}{% endfor %}", "不支持循环"),
    "another file": ("{% include '/etc/passwd' %}", "不支持{% include %}"),
    "a module": ("{% import 'os' as os %}", "不支持{% import %}"),
    "a name of Jinja's own": ("{{ lipsum }}", "这个事件没有 {{ lipsum }}"),
}


@pytest.mark.parametrize(("body", "because"), HARMFUL.values(), ids=HARMFUL)
@pytest.mark.parametrize("column", ["title", "body"])
def test_harm_is_named_and_not_done(column: str, body: str, because: str) -> None:
    row = template(**{column: body})

    [(_, problem)] = template_problems([row])

    assert because in problem
    assert len(problem) < 500
    assert not isinstance(written(row, {}), Words)


def test_figures_are_still_rounded() -> None:
    row = template("overdue", body="{{ days | default('0') | int | round(1, 'ceil') }}")

    shown = written(row, {"days": "2"}, markdown=False)

    assert isinstance(shown, Words)
    assert shown.body == "2.0"


PIECES = st.sampled_from(
    [
        *(
            "{{",
            "}}",
            "{%",
            "%}",
            "{#",
            "#}",
            "(",
            ")",
            "[",
            "]",
            ".",
            "|",
            "~",
            ",",
            "'",
            '"',
            "\n",
            " ",
            "-",
        ),
        *("if", "elif", "else", "endif", "not", "is", "in", "and", "defined", "none", "true", "99999999999"),
        *("round", "truncate", "int", "default", "length", "upper", "title", "number", "__class__", "1e999"),
        *("for", "set", "raw", "macro", "call", "self", "loop", "*", "**", "//", "%", "\x00", "\ud800", "甲"),
    ]
)


@pytest.mark.unmeasured
@settings(deadline=None, max_examples=500)
@given(st.lists(PIECES, max_size=40).map("".join), st.sampled_from(["assigned", "put_back", "nothing"]))
def test_whatever_is_typed_is_a_template_or_a_problem(body: str, event: str) -> None:
    row: Template = template(event, body=body)
    problems = list(template_problems([row]))
    shown = written(row, dict.fromkeys(FACTS, "{{ 7 * 7 }}{% if 1 %}"))

    assert isinstance(shown, Words) or shown.text
    assert bool(problems) <= (not isinstance(shown, Words))


@given(st.text(alphabet="{}%#7*_ ~|classrange()甲", max_size=40))
def test_what_a_fact_says_is_never_a_template(typed: str) -> None:
    shown = written(template(body="<{{ title }}>"), {"title": typed}, markdown=False)

    assert isinstance(shown, Words)
    assert shown.body == f"<{' '.join(typed.split())}>"
