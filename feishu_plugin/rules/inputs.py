"""Form fields of cards: which fields a card can ask for, and what was filled in as a value. Pure."""

from collections.abc import Sequence
from datetime import date, datetime, time
from math import isfinite
from typing import Any

from feishu_plugin.policy import Input, Policy
from feishu_plugin.records import Value

FILLABLE = frozenset({"text", "single_select", "datetime", "user", "number", "rating", "multi_select"})
"""Types a card can ask for; a link or a file is filled in the table."""
_YEARS = range(1970, 9000)
"""Beyond them a day has no moment before or after it that can be computed."""


def askable(policy: Policy, keys: Sequence[str]) -> bool:
    """True when a card can ask for all of these fields."""
    return all(key in policy.inputs and policy.inputs[key].type in FILLABLE for key in keys)


def typed(policy: Policy, key: str, raw: Any) -> Value:
    """What was filled in, as Feishu sends it (text, list, ``yyyy-MM-dd +0800``); None when it is no value."""
    field = policy.inputs.get(key)
    if field is None:
        return None
    if isinstance(raw, list):
        return _several(field, raw)
    text = raw.strip() if isinstance(raw, str) else ""
    if not text:
        return None
    if field.type in ("number", "rating"):
        return _number(text)
    if field.type == "datetime":
        return _day(policy, text)
    if field.type == "user":
        return (text,)
    if field.type == "single_select":
        return text if text in field.options else None
    return _several(field, [text]) if field.type == "multi_select" else text


def _several(field: Input, raw: Sequence[Any]) -> tuple[str, ...] | None:
    """Only options that the field has: Feishu would make any other name a new option."""
    if field.type not in ("user", "multi_select"):
        return None
    chosen = tuple(one for one in raw if isinstance(one, str) and one)
    if field.type == "multi_select":
        chosen = tuple(one for one in chosen if one in field.options)
    return chosen or None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None


def _day(policy: Policy, text: str) -> datetime | None:
    """The beginning of a day in the team's zone, as the table shows a date without a time."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return datetime.combine(day, time(), policy.worktime.zone) if day.year in _YEARS else None
