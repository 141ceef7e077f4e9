"""A card as a person reads it, and what they enter into its form."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from feishu_plugin.sandbox.envelope import Json
from feishu_plugin.sandbox.hand_cells import HandError, moment, open_id_of

_TAGS = re.compile(r"</?font[^>]*>|\*\*")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def title(card: Json) -> str:
    """What stands in its head."""
    return str(((card.get("header") or {}).get("title") or {}).get("content", ""))


def lines(card: Json) -> Iterator[str]:
    """Its texts from top to bottom; ``［…］`` is a button, ``＿`` something to fill in."""
    for element in parts(card):
        if element["tag"] == "button":
            yield f"［{_label(element)}］"
        elif element["tag"] == "markdown":
            plain = _LINK.sub(r"\1", _TAGS.sub("", str(element.get("content", ""))))
            yield from (line for line in plain.splitlines() if line.strip())
        elif "label" in element:
            yield f"{element['label'].get('content', '')}：＿"


def buttons(card: Json) -> list[str]:
    """What may be pressed."""
    return [_label(element) for element in parts(card) if element["tag"] == "button"]


def filled(
    card: Json, button: str, entered: Mapping[str, str], people: Mapping[str, str], zone: ZoneInfo
) -> Json:
    """What is sent with a button: the fields of its form by their names, from the labels people see."""
    fields = _fields(_form_of(card, button))
    unknown = [label for label in entered if label not in fields]
    if unknown:
        raise HandError(f"卡片上没有 not on the card: {unknown}; there are {list(fields)}")
    return {
        fields[label]["name"]: _value(fields[label], text, people, zone) for label, text in entered.items()
    }


def parts(card: Json) -> Iterator[Json]:
    """Every element of a card of JSON 2.0, outer ones first."""
    yield from _below((card.get("body") or {}).get("elements") or ())


def _below(elements: Any) -> Iterator[Json]:
    for element in elements:
        yield element
        yield from _below(element.get("elements") or element.get("columns") or ())


def _form_of(card: Json, button: str) -> list[Json]:
    forms = [list(_below(element["elements"])) for element in parts(card) if element["tag"] == "form"]
    return next((form for form in forms if button in [_label(one) for one in form]), [])


def _fields(form: list[Json]) -> dict[str, Json]:
    """Label to field: its own, or the text before it."""
    found: dict[str, Json] = {}
    before = ""
    for element in form:
        if element["tag"] == "markdown":
            before = str(element.get("content", ""))
        elif element["tag"] != "button" and "name" in element:
            found[str((element.get("label") or {}).get("content") or before)] = element
    return found


def _value(field: Json, text: str, people: Mapping[str, str], zone: ZoneInfo) -> Any:
    if field["tag"] == "date_picker":
        return f"{moment(text, zone):%Y-%m-%d %z}"
    if field["tag"] == "select_person":
        return open_id_of(text, people)
    if field["tag"].startswith("select"):
        options = {one["text"]["content"]: one["value"] for one in field.get("options") or ()}
        if text not in options:
            raise HandError(f"没有这一项 no such choice: {text!r}; there are {list(options)}")
        return options[text]
    return text


def _label(element: Json) -> str:
    return str((element.get("text") or {}).get("content", "")) if element["tag"] == "button" else ""
