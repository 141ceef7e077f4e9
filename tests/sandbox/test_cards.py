"""Which cards Feishu refuses, and with which inner code."""

from typing import Any

import pytest

from feishu_plugin.sandbox.card_schema import COMPONENTS
from feishu_plugin.sandbox.cards import CardError, Surroundings, check
from tests.sandbox.bases_at_hand import button, card

Json = dict[str, Any]
AROUND = Surroundings(
    knows_person=lambda id: id == "ou_known", knows_image=lambda key: key == "img_known", most_tables=3
)
TEXT: Json = {"tag": "markdown", "content": "x"}
TABLE: Json = {"tag": "table", "columns": [{"name": "a", "data_type": "number"}], "rows": [{"a": 1}]}
BAR: Json = {"type": "bar", "data": {"values": []}, "xField": "x", "yField": "y"}


def chart(spec: Any) -> Json:
    return {"tag": "chart", "chart_spec": spec}


def form(*elements: Json, name: str = "f") -> Json:
    return {"tag": "form", "name": name, "elements": list(elements)}


def column_set(*elements: Json) -> Json:
    return {"tag": "column_set", "columns": [{"tag": "column", "elements": list(elements)}]}


def panel(*elements: Json) -> Json:
    return {"tag": "collapsible_panel", "elements": list(elements)}


def nested(depth: int) -> Json:
    inner: Json = TEXT
    for _ in range(depth):
        inner = panel(inner)
    return inner


SUBMIT = button("ok", {}, form_action_type="submit")
GOOD: dict[str, Json] = {
    "markdown": card(TEXT),
    "three tables": card(TABLE, TABLE, TABLE),
    "chart": card(chart(BAR)),
    "form": card(form({"tag": "input", "name": "why"}, SUBMIT)),
    "known person": card({"tag": "markdown", "content": "<at id=ou_known></at>"}),
    "known image": card({"tag": "img", "img_key": "img_known", "alt": {"tag": "plain_text", "content": ""}}),
    "five levels": card(nested(5)),
    "200 elements": card(*[TEXT] * 200),
    "translated header": {
        **card(TEXT),
        "header": {"title": {"tag": "plain_text", "content": "周报", "i18n_content": {"en_us": "Weekly"}}},
    },
    "1.0 card with what 2.0 refuses": {"elements": [{"tag": "note", "elements": []}], "whatever": 1},
}
BAD: dict[str, tuple[Any, int]] = {
    "no object": ([], 200621),
    "unknown attribute": (card({**TEXT, "colour": "red"}), 200621),
    "unknown attribute of the card": ({**card(TEXT), "elements": []}, 200621),
    "unknown attribute of the header": ({**card(TEXT), "header": {"text": "x"}}, 200621),
    "unknown tag": (card({"tag": "blink"}), 200621),
    "note of 1.0": (card({"tag": "note", "elements": []}), 200861),
    "action of 1.0": (card({"tag": "action", "actions": []}), 200861),
    "not shared": ({**card(TEXT), "config": {"update_multi": False}}, 200621),
    "elements are no list": ({"schema": "2.0", "body": {"elements": {}}}, 200621),
    "element is no object": (card("x"), 200621),  # type: ignore[arg-type]
    "201 elements": (card(*[TEXT] * 201), 11310),
    "four tables": (card(*[TABLE] * 4), 11310),
    "six levels": (card(nested(6)), 11310),
    "table in columns": (card(column_set(TABLE)), 200621),
    "form in columns": (card(column_set(form(SUBMIT))), 200621),
    "chart in form": (card(form(chart(BAR), SUBMIT)), 200621),
    "form without submit": (card(form({"tag": "input", "name": "why"})), 200530),
    "form without name": (card(form(SUBMIT, name="")), 200530),
    "field without name": (card(form({"tag": "input"}, SUBMIT)), 200530),
    "same name twice": (card(form({"tag": "input", "name": "ok"}, SUBMIT)), 200530),
    "chart without type": (card(chart({})), 200550),
    "chart without fields": (card(chart({"type": "pie", "data": {}})), 200550),
    "axes null": (card(chart({**BAR, "axes": None})), 200550),
    "unknown image": (card({"tag": "img", "img_key": "img_other"}), 200570),
    "unknown person in text": (card({"tag": "markdown", "content": "<at id=ou_x></at>"}), 100290),
    "unknown person": (card({"tag": "person", "user_id": "ou_x"}), 100290),
    "row of another type": (card({**TABLE, "rows": [{"a": "one"}]}), 200915),
    "table without columns": (card({**TABLE, "columns": []}), 200914),
    "page of eleven": (card({**TABLE, "page_size": 11}), 200914),
    "unknown behaviour": (card({**SUBMIT, "behaviors": [{"type": "explode"}]}), 200621),
    "element_id with a digit first": (card({**TEXT, "element_id": "1a"}), 200621),
    "element_id twice": (card({**TEXT, "element_id": "a"}, {**TEXT, "element_id": "a"}), 200621),
}


@pytest.mark.parametrize("content", GOOD.values(), ids=GOOD.keys())
def test_a_good_card_passes(content: Json) -> None:
    check(content, AROUND)


@pytest.mark.parametrize(("content", "code"), BAD.values(), ids=BAD.keys())
def test_a_bad_card_is_refused(content: Any, code: int) -> None:
    with pytest.raises(CardError) as refused:
        check(content, AROUND)
    assert refused.value.code == code


def test_the_reason_names_the_place() -> None:
    with pytest.raises(
        CardError, match=r"ROOT -> body -> elements -> \[1\]\(tag: chart\); ErrMsg: chart spec"
    ):
        check(card(TEXT, chart({})), AROUND)


@pytest.mark.parametrize("tag", sorted(COMPONENTS))
def test_every_component_refuses_an_attribute_it_does_not_have(tag: str) -> None:
    with pytest.raises(CardError, match="unknown property, property: nonsense"):
        check(card({"tag": tag, "nonsense": 1}), AROUND)
