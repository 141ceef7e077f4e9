"""Templates of the team: rendered as plain words, replaced when broken, reported when wrong."""

from dataclasses import replace

import pytest

from feishu_plugin.reminders.card import card_for
from feishu_plugin.reminders.templates import FACTS, Problem, Words, template_problems, words_of, written
from tests.reminders.samples import PACKAGED, POLICY, seen, template, with_templates


def body(text: str, **facts: str) -> str:
    found = written(template(body=text), facts)
    assert isinstance(found, Words), found
    return found.body


def test_facts_are_filled_in_and_unknown_ones_are_empty() -> None:
    assert body("{{ number }} {{ title }}|{{ note }}|", number="1-2", title="报表") == "1-2 报表||"


def test_the_template_may_use_markdown_and_the_facts_may_not() -> None:
    assert body("**{{ title }}**", title="**x**") == "**&#42;&#42;x&#42;&#42;**"


def test_a_title_is_plain_text_and_one_line() -> None:
    found = written(template(title="待办：{{ title }}"), {"title": "a\n<b>"})

    assert found == Words(title="待办：a <b>", body="正文")


def test_long_facts_are_shortened() -> None:
    assert body("{{ reason }}", reason="因" * 900) == "因" * 499 + "…"


@pytest.mark.parametrize(
    "text",
    [
        "{% for a in title %}x{% endfor %}",
        "{{ title.upper() }}",
        "{{ title.__class__ }}",
        "{{ title['__class__'] }}",
        "{{ 'a' * 999999999 }}",
        "{{ 9 ** 999999 }}",
        "{{ '%9999999s' % title }}",
        "{{ title | center(99999999) }}",
        "{{ range(3) }}",
        "{{ lipsum() }}",
        "{% set a = title %}",
        "{% macro m() %}{% endmacro %}",
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{% extends 'x' %}",
        "{% if %}",
        "{{ title",
    ],
)
def test_a_template_that_could_do_more_than_words_is_refused(text: str) -> None:
    found = written(template(body=text), {"title": "9"})

    assert isinstance(found, Problem)
    assert "assigned/zh" in found.text
    assert [place for place, _ in template_problems([template(), template(body=text)])] == [1]


def test_a_title_that_comes_out_empty_is_a_problem() -> None:
    assert list(template_problems([template(title="{% if note %}有{% endif %}")])) == [
        (0, "模板「assigned/zh」没有标题")
    ]


def test_a_misspelt_fact_is_named() -> None:
    assert list(template_problems([template(body="{{ tittle }} {{ number }}")])) == [
        (0, "模板里没有这个内容：tittle")
    ]


def test_the_packaged_templates_have_no_problem() -> None:
    assert list(template_problems(PACKAGED.templates)) == []


def test_every_fact_may_be_named() -> None:
    assert body("".join(f"{{{{ {name} }}}}" for name in FACTS), number="1") == "1"


def test_a_broken_row_is_replaced_by_the_packaged_one() -> None:
    policy = with_templates(POLICY, template(body="{{ title.x() }}"), template(language="en", body="EN"))

    zh, en = words_of(policy, "assigned", {"number": "N-1"}, packaged=PACKAGED) or ((), ())

    assert isinstance(zh, Words)
    assert zh.title == "新需求分派给您：N-1"
    assert en == Words(title="标题", body="EN")


def test_a_broken_row_without_a_spare_still_tells_the_number() -> None:
    card = card_for(with_templates(POLICY, template(body="{{ title.x() }}")), "assigned", {"number": "N-1"})

    assert card is not None
    assert "N-1" in seen(card)
    assert "N-1" in seen(card, "en_us")


def test_a_language_without_a_row_shows_the_other() -> None:
    zh, en = words_of(with_templates(POLICY, template(body="只有中文")), "assigned", {}) or ((), ())

    assert zh == en == Words(title="标题", body="只有中文")


def test_an_event_without_rows_is_switched_off_also_when_packaged() -> None:
    policy = replace(POLICY, templates=())

    assert words_of(policy, "assigned", {}, packaged=PACKAGED) is None
    assert card_for(policy, "assigned", {}, packaged=PACKAGED) is None


def test_mail_templates_make_no_cards() -> None:
    assert words_of(with_templates(POLICY, template(channel="mail")), "assigned", {}) is None


def test_the_row_written_for_the_audience_is_taken() -> None:
    policy = with_templates(
        POLICY,
        template("overdue", body="给负责人"),
        template("overdue", audience=("manager",), body="给管理者"),
    )

    found = {a: words_of(policy, "overdue", {}, a) for a in ("owner", "manager", "head")}

    assert {a: words[0].body for a, words in found.items() if words} == {
        "owner": "给负责人",
        "manager": "给管理者",
        "head": "给负责人",
    }
