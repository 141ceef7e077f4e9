"""Acting on a card as a person would: finding the element and what its callback carries.

It never talks to the app; it builds the ``event`` part and judges the app's answer.
"""

import json
import re
from typing import Any

from feishu_plugin.sandbox import card_schema as schema
from feishu_plugin.sandbox.cards import CardError, Placed, Surroundings, check, components, is_submit
from feishu_plugin.sandbox.envelope import Json

_ENTERED = ("input_value", "option", "options", "checked")
_ZONE_OFFSET = "+0800"
_PLAIN_DATE = re.compile(r"[\d\-: ]+")


class ClickError(Exception):
    """The person could not have done that on the card."""


def find(card: Json, element: str | int) -> Placed:
    """The element by name, element_id or visible text, or by index among all that can be acted on.

    Raises ClickError that lists what there is.
    """
    acted = [placed for placed in components(card) if placed.tag in schema.ACTIONABLE]
    if isinstance(element, int):
        if 0 <= element < len(acted):
            return acted[element]
    else:
        for key in (_name, _element_id, _visible_text):
            if found := [placed for placed in acted if key(placed) == element]:
                return found[0]
    there = [_name(placed) or _visible_text(placed) or placed.tag for placed in acted]
    raise ClickError(f"no element {element!r} on this card; there is {there}")


def _name(placed: Placed) -> str:
    return str(placed.element.get("name", ""))


def _element_id(placed: Placed) -> str:
    return str(placed.element.get("element_id", ""))


def _visible_text(placed: Placed) -> str:
    text = placed.element.get("text")
    return str(text.get("content", "")) if isinstance(text, dict) else ""


def action_of(card: Json, placed: Placed, given: Json) -> Json | None:
    """The ``action`` object of the callback, or None when the element calls nothing back.

    ``given``: what the person entered: ``form_value``, ``input_value``, ``option``, ``options``,
    ``checked``. Raises ClickError for a disabled element, an unknown or an empty required field.
    """
    if placed.element.get("disabled") is True:
        raise ClickError("the element is disabled")
    action: Json = {"tag": placed.tag, "timezone": "Asia/Shanghai"}
    if name := _name(placed):
        action["name"] = name
    value = callback_value(placed.element)
    if value is not None:
        action["value"] = value
    if is_submit(placed.element):
        return {**action, "form_value": _form_value(card, placed, given.get("form_value") or {})}
    if value is None and placed.tag == "button":
        return None
    entered: Json = {key: given[key] for key in _ENTERED if key in given}
    return {**action, **entered}


def callback_value(element: Json) -> Any:
    """The value of the first callback behaviour, or of the 1.0 spelling; None without one."""
    for behaviour in element.get("behaviors") or ():
        if behaviour.get("type") == "callback":
            return behaviour.get("value", {})
    return element.get("value")


def _form_value(card: Json, button: Placed, given: Json) -> Json:
    fields = {_name(placed): placed for placed in _fields_beside(card, button)}
    if unknown := sorted(set(given) - set(fields)):
        raise ClickError(f"the form has no field {unknown}; it has {sorted(fields)}")
    entered = {name: given.get(name, _initial(placed)) for name, placed in fields.items()}
    empty = [
        n for n, p in fields.items() if p.element.get("required") is True and entered[n] in (None, "", [])
    ]
    if empty:
        raise ClickError(f"required fields are empty: {empty}")
    return {name: _as_sent(fields[name], v) for name, v in entered.items() if v is not None}


def _fields_beside(card: Json, button: Placed) -> list[Placed]:
    """The fields of the form that holds the button; paths share the form's own path."""
    forms = [p for p in components(card) if p.tag == "form" and button.path.startswith(p.path)]
    inside = [p for p in components(card) if forms and p.path.startswith(forms[0].path)]
    return [p for p in inside if p.tag in schema.NAMED_IN_FORM and p.tag != "button"]


def _initial(placed: Placed) -> Any:
    return placed.element.get(schema.INITIAL_VALUES.get(placed.tag, ""))


def _as_sent(placed: Placed, value: Any) -> Any:
    """Dates travel with their offset: ``2024-04-01 +0800``."""
    if placed.tag in schema.DATED and isinstance(value, str) and _PLAIN_DATE.fullmatch(value):
        return f"{value} {_ZONE_OFFSET}"
    return value


def judge(data: bytes, shown: Json, around: Surroundings) -> tuple[Any, int, Json | None]:
    """The app's answer decoded, the error the person sees (0 none) and the new card, if any.

    200672: no JSON object, or an unknown toast; 200673: a card that Feishu refuses;
    200830: a 1.0 card in answer to a 2.0 card.
    """
    try:
        answer = json.loads(data) if data.strip() else {}
    except ValueError:
        return data.decode(errors="replace"), 200672, None
    if not isinstance(answer, dict) or not _toast_fits(answer.get("toast")):
        return answer, 200672, None
    if answer.get("card") is None:
        return answer, 0, None
    return answer, *_judge_card(answer["card"], shown, around)


def _toast_fits(toast: Any) -> bool:
    if toast is None:
        return True
    return isinstance(toast, dict) and toast.get("type", "info") in schema.TOAST_TYPES


def _judge_card(card: Any, shown: Json, around: Surroundings) -> tuple[int, Json | None]:
    if not isinstance(card, dict) or card.get("type") != "raw" or not isinstance(card.get("data"), dict):
        return 200673, None
    new: Json = card["data"]
    if shown.get("schema") == "2.0" and new.get("schema") != "2.0":
        return 200830, None
    try:
        check(new, around)
    except CardError:
        return 200673, None
    return 0, new
