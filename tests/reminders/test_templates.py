"""Templates of the team: rendered as plain words, replaced when broken, reported when wrong."""

from dataclasses import replace
from typing import Any

import pytest

from feishu_plugin.policy import Policy, Template
from feishu_plugin.reminders.card import card_for
from feishu_plugin.reminders.templates import (
    FACTS,
    Problem,
    Words,
    choices,
    rows_of,
    template_problems,
    words_of,
    written,
)
from tests.reminders.samples import PACKAGED, POLICY, seen, template, with_templates


def body(text: str, **facts: str) -> str:
    """Of an event that may name everything."""
    found = written(template("received", body=text), facts)
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
    assert found.text.startswith("「正文」里")
    assert [place for place, _ in template_problems([template(), template(body=text)])] == [1]


def test_the_packaged_templates_have_no_problem() -> None:
    assert list(template_problems(PACKAGED.templates)) == []


def test_every_fact_may_be_named() -> None:
    assert body("".join(f"{{{{ {name} }}}}" for name in FACTS), number="1") == "1"


def said(policy: Policy, person: str = "", audience: str = "owner") -> tuple[str, str]:
    """What a person reads in Chinese and English."""
    found = words_of(policy, "assigned", {"number": "N-1"}, audience, PACKAGED, person)
    assert found
    return found[0].body, found[1].body


GENERAL = (template(body="众"), template(body="all", language="en"))


def own(**values: Any) -> Template:
    """The Chinese wording of one person."""
    usual: dict[str, Any] = {"people": ("ou_dev",), "body": "您"}
    return template(**(usual | values))


def test_a_person_may_read_another_wording_than_everybody() -> None:
    policy = with_templates(POLICY, *GENERAL, own())

    assert said(policy, "ou_dev") == ("您", "all")
    assert said(policy, "ou_dev2") == said(policy) == ("众", "all")


@pytest.mark.parametrize(("audience", "expected"), [((), "您"), (("owner",), "您"), (("manager",), "众")])
def test_a_personal_wording_is_for_its_audience(audience: tuple[str, ...], expected: str) -> None:
    policy = with_templates(POLICY, *GENERAL, own(audience=audience))

    assert said(policy, "ou_dev")[0] == expected


@pytest.mark.parametrize("bad", [{"body": "{{ tittle }}"}, {"body": ""}, {"title": ""}, {"body": "{% if %}"}])
def test_a_broken_personal_wording_falls_back_to_everybodys(bad: dict[str, str]) -> None:
    policy = with_templates(POLICY, *GENERAL, own(**bad))

    assert said(policy, "ou_dev") == ("众", "all")


def test_where_everybodys_is_broken_as_well_the_packaged_one_speaks() -> None:
    policy = with_templates(POLICY, template(body="{{ x }}"), own(body="{{ y }}"))

    assert said(policy, "ou_dev")[0].startswith("**N-1**")


def test_a_broken_row_of_an_audience_is_not_replaced_by_the_words_for_another() -> None:
    policy = with_templates(
        POLICY,
        template("overdue", body="{{ x }}"),
        template("overdue", audience=("manager",), body="给管理者"),
    )

    found = choices(policy, "overdue", {"number": "N-1"}, audience="owner", packaged=PACKAGED)["zh"]

    assert found.words.title == "已超期：N-1"
    assert found.is_packaged
    assert [(row.body, why[:4]) for row, why in found.skipped] == [("{{ x }}", "「正文」")]


def test_a_personal_wording_switches_nothing_on_and_makes_nobody_a_receiver() -> None:
    policy = with_templates(POLICY, own(audience=("submitter",)))

    assert rows_of(policy, "assigned") == []
    assert words_of(policy, "assigned", {}, "owner", PACKAGED, "ou_dev") is None
    assert card_for(policy, "assigned", {}, person="ou_dev", packaged=PACKAGED) is None


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
