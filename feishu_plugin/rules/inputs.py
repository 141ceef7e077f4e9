"""Form fields of cards: which fields a card can ask for, and what was filled in as a value. Pure."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from feishu_plugin.policy import Policy
from feishu_plugin.records import Value

FILLABLE = frozenset({"text", "single_select", "datetime", "user", "number", "rating", "multi_select"})
"""Types a card can ask for; a link or a file is filled in the table."""


def askable(policy: Policy, keys: Sequence[str]) -> bool:
    """True when a card can ask for all of these fields."""
    return all(key in policy.inputs and policy.inputs[key].type in FILLABLE for key in keys)


def typed(policy: Policy, key: str, raw: Any) -> Value:
    """What was filled in, as Feishu sends it (text, list, ``yyyy-MM-dd +0800``); None when it is no value."""
    field = policy.inputs.get(key)
    if field is None:
        return None
    if isinstance(raw, list):
        chosen = tuple(str(one) for one in raw if isinstance(one, str))
        return chosen or None
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
    return text


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _day(policy: Policy, text: str) -> datetime | None:
    """The beginning of a day in the team's zone, as the table shows a date without a time."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return datetime.combine(day, time(), policy.worktime.zone)
