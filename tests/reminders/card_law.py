"""What Feishu refuses in a card of ours: a second reading of "Card JSON 2.0", written apart from it."""

import json
from collections.abc import Iterator
from typing import Any

_KNOWN: dict[str, set[str]] = {
    "markdown": {"tag", "content", "i18n_content"},
    "plain_text": {"tag", "content", "i18n_content"},
    "button": {"tag", "type", "text", "behaviors", "name", "form_action_type"},
    "hr": {"tag"},
    "form": {"tag", "name", "elements"},
    "input": {"tag", "name", "label", "max_length"},
    "date_picker": {"tag", "name", "placeholder"},
    "select_person": {"tag", "name", "placeholder"},
    "select_static": {"tag", "name", "placeholder", "options", "initial_option", "required"},
}
_ROOT = {"schema", "config", "header", "body"}
_COLOURS = ("blue", "turquoise", "green", "yellow", "orange", "red", "carmine", "violet", "purple", "grey")


def faults(card: Any) -> list[str]:
    """Why Feishu would refuse the card; empty when it would take it."""
    found = [f"root knows no {key}" for key in set(card) - _ROOT]
    body = json.dumps({"content": json.dumps(card, ensure_ascii=False)}).encode()
    if len(body) > 30_000:
        found.append(f"{len(body)} bytes")
    elements = list(_elements(card))
    if len(elements) > 200:
        found.append(f"{len(elements)} elements")
    if card["header"]["template"] not in _COLOURS:
        found.append(f"no colour {card['header']['template']}")
    if card["schema"] != "2.0" or card["config"].get("update_multi") is not True:
        found.append("not a shared card 2.0")
    for form in (element for element in elements if element["tag"] == "form"):
        found += _form_faults(form["elements"])
    for element in elements:
        unknown = set(element) - _KNOWN.get(element["tag"], set())
        found += [f"{element['tag']} knows no {key}" for key in unknown]
    return found


def _form_faults(fields: list[dict[str, Any]]) -> list[str]:
    """Every field has a name of its own, and something sends the form."""
    names = [field["name"] for field in fields if field["tag"] != "markdown"]
    found = [f"{name} twice in a form" for name in set(names) if names.count(name) > 1]
    sends = any(field.get("form_action_type") == "submit" for field in fields)
    return found if sends else [*found, "a form that nothing sends"]


def _elements(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if "tag" in part:
            yield part
        for value in part.values():
            yield from _elements(value)
    elif isinstance(part, list):
        for value in part:
            yield from _elements(value)
