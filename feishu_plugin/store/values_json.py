"""Values, steps and accepted state as JSON text and back; loses nothing, touches no database.

JSON has no dates, hyperlinks or tuples. They travel as objects with one key that starts with
``$``: ``{"$at": ISO in UTC}``, ``{"$url": [text, link]}``, ``{"$tuple": [...]}``. An object
that has such a key of its own travels as ``{"$map": {...}}``. Everything else is plain JSON.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any

from feishu_plugin.ports import Accepted, Json, Step
from feishu_plugin.records import Press, Record, Snooze, Unheard, Url, Waiver


def dumps(value: object) -> str:
    """JSON text of a Value, or of lists and objects of Values; TypeError for anything else.

    It is pure ASCII: PostgreSQL takes no NUL and neither database a lone surrogate, and
    people do paste both.
    """
    return json.dumps(_pack(value), separators=(",", ":"))


def loads(text: str) -> Any:
    """What ``dumps`` was given, with equal types."""
    return _unpack(json.loads(text))


def step_to_json(step: Step | None) -> Json | None:
    """The step as an object for ``dumps``."""
    if step is None:
        return None
    return {
        "before": step.before,
        "after": step.after,
        "operator": step.operator,
        "at": step.at,
        "revision": step.revision,
        "event_id": step.event_id,
    }


def step_from_json(stored: Json | None) -> Step | None:
    """The step of ``step_to_json``."""
    return Step(**stored) if stored is not None else None


def press_to_json(press: Press | None) -> Json | None:
    """The press as an object for ``dumps``."""
    # Not asdict: it would take apart the hyperlinks among the values.
    return None if press is None else {f.name: getattr(press, f.name) for f in fields(press)}


def press_from_json(stored: Json | None) -> Press | None:
    """The press of ``press_to_json``."""
    return Press(**stored) if stored is not None else None


def accepted_to_json(accepted: Accepted) -> Json:
    """The accepted state as an object for ``dumps``; the record id is the caller's key."""
    record = accepted.record
    return {
        "values": record.values,
        "created": (record.created_at, record.created_by),
        "modified": (record.modified_at, record.modified_by),
        "status_since": accepted.status_since,
        "corrections": accepted.corrections,
        "policy_version": accepted.policy_version,
        "unheard": [(one.before, one.after, one.until) for one in accepted.unheard],
        "waivers": [asdict(waiver) for waiver in accepted.waivers],
        "repeats": accepted.repeats,
        "snoozes": [asdict(snooze) for snooze in accepted.snoozes],
    }


def accepted_from_json(record_id: str, stored: Json) -> Accepted:
    """The accepted state of ``accepted_to_json``."""
    (created_at, created_by), (modified_at, modified_by) = stored["created"], stored["modified"]
    record = Record(
        record_id=record_id,
        values=stored["values"],
        created_at=created_at,
        created_by=created_by,
        modified_at=modified_at,
        modified_by=modified_by,
    )
    return Accepted(
        record=record,
        status_since=stored["status_since"],
        corrections=stored["corrections"],
        policy_version=stored["policy_version"],
        unheard=tuple(Unheard(*parts) for parts in stored["unheard"]),
        waivers=tuple(Waiver(**waiver) for waiver in stored.get("waivers", ())),
        repeats=stored.get("repeats", ()),
        snoozes=tuple(Snooze(**snooze) for snooze in stored.get("snoozes", ())),
    )


def _pack(value: object) -> object:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case datetime():
            return {"$at": _utc(value).isoformat()}
        case Url(text, link):
            return {"$url": [text, link]}
        case tuple():
            return {"$tuple": [_pack(part) for part in value]}
        case list():
            return [_pack(part) for part in value]
        case Mapping():
            return _pack_mapping(value)
    raise TypeError(f"{type(value).__name__} cannot be stored as JSON")


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise TypeError(f"{moment!r} has no time zone; only aware instants can be stored")
    return moment.astimezone(UTC)


def _pack_mapping(value: Mapping[Any, object]) -> Json:
    if not all(isinstance(key, str) for key in value):
        raise TypeError(f"keys must be text to be stored as JSON, not {list(value)!r}")
    packed = {key: _pack(part) for key, part in value.items()}
    return {"$map": packed} if any(key.startswith("$") for key in packed) else packed


def _unpack(value: object) -> object:
    if isinstance(value, list):
        return [_unpack(part) for part in value]
    if not isinstance(value, dict):
        return value
    tag = next(iter(value), "")
    if tag.startswith("$"):
        return _TAGS[tag](value[tag])
    return {key: _unpack(part) for key, part in value.items()}


_TAGS: Mapping[str, Callable[[Any], object]] = {
    "$at": datetime.fromisoformat,
    "$url": lambda parts: Url(*parts),
    "$tuple": lambda parts: tuple(_unpack(part) for part in parts),
    "$map": lambda parts: {key: _unpack(part) for key, part in parts.items()},
}
