"""Finding an element as a person does, and what its callback carries."""

from typing import Any

import pytest

from feishu_plugin.sandbox.clicks import ClickError, action_of, find
from tests.sandbox.bases_at_hand import button, card

Json = dict[str, Any]
FORM = card(
    {"tag": "markdown", "content": "x"},
    button("first", {"n": 1}),
    {
        "tag": "form",
        "name": "f",
        "elements": [
            {"tag": "date_picker", "name": "due", "initial_date": "2026-08-09"},
            {"tag": "select_static", "name": "stage", "required": True, "options": []},
            {"tag": "input", "name": "why"},
            button("save", {"act": "set"}, form_action_type="submit"),
        ],
    },
    button("later", {}, disabled=True),
    {
        "tag": "button",
        "name": "open",
        "behaviors": [{"type": "open_url", "default_url": "https://example.com"}],
    },
)


def act(element: str | int, **given: Any) -> Json | None:
    return action_of(FORM, find(FORM, element), given)


def test_a_button_is_found_by_name_or_by_index() -> None:
    expected = {"tag": "button", "timezone": "Asia/Shanghai", "name": "first", "value": {"n": 1}}
    assert act("first") == act(0) == expected


def test_a_button_is_found_by_the_text_a_person_reads() -> None:
    content = card({**button("", {"n": 2}), "text": {"tag": "plain_text", "content": "完成"}})
    assert find(content, "完成").element["behaviors"][0]["value"] == {"n": 2}


def test_a_1_0_button_is_found_inside_its_action() -> None:
    content = {
        "elements": [{"tag": "action", "actions": [{"tag": "button", "name": "a", "value": {"n": 3}}]}]
    }
    action = action_of(content, find(content, "a"), {})
    assert action is not None
    assert action["value"] == {"n": 3}


def test_a_form_sends_what_was_entered_and_what_stood_there() -> None:
    action = act("save", form_value={"stage": "won"})
    assert action is not None
    assert action["form_value"] == {"due": "2026-08-09 +0800", "stage": "won"}
    assert (action["tag"], action["name"], action["value"]) == ("button", "save", {"act": "set"})


def test_a_field_outside_the_form_cannot_be_entered() -> None:
    with pytest.raises(ClickError, match="no field"):
        act("save", form_value={"stage": "won", "mood": "good"})


def test_a_required_field_must_be_filled() -> None:
    with pytest.raises(ClickError, match=r"required fields are empty: .'stage'."):
        act("save", form_value={"stage": ""})


def test_an_input_carries_its_value() -> None:
    content = card({"tag": "input", "name": "q", "behaviors": [{"type": "callback", "value": {}}]})
    action = action_of(content, find(content, "q"), {"input_value": "hi"})
    assert action is not None
    assert action["input_value"] == "hi"


def test_a_link_button_calls_nothing_back() -> None:
    assert act("open") is None


def test_a_disabled_button_cannot_be_pressed() -> None:
    with pytest.raises(ClickError, match="disabled"):
        act("later")


@pytest.mark.parametrize("element", ["nobody", 99, -1])
def test_an_element_that_is_not_there_names_those_that_are(element: str | int) -> None:
    with pytest.raises(ClickError, match=r"there is .*'first'"):
        act(element)
