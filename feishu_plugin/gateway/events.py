"""Feishu's deliveries as hints: which records changed, and the status changes they tell.

Pure: an envelope (a dict, already decrypted and checked) in, values out. An event is only
a hint, so an unknown ``field_value`` is skipped, never an error; only a delivery that is
no event at all raises MalformedEvent. Shapes: drive.file.bitable_record_changed_v1,
drive.file.bitable_field_changed_v1, card.action.trigger.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from feishu_plugin.binding import Binding, BoundField, BoundTable
from feishu_plugin.errors import MalformedEvent
from feishu_plugin.gateway.cells import EPOCH
from feishu_plugin.ports import Hint, Json
from feishu_plugin.records import Press, Step

RECORD_CHANGED = "drive.file.bitable_record_changed_v1"
FIELD_CHANGED = "drive.file.bitable_field_changed_v1"
CARD_ACTION = "card.action.trigger"

BindingFor = Callable[[str], Binding | None]
Kind = Literal["added", "edited", "deleted"]

_KINDS: Mapping[str, Kind] = {
    "record_added": "added",
    "record_edited": "edited",
    "record_deleted": "deleted",
}
_UNKNOWN = object()
_ID = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,255}")
"""What databases and their indexes can hold; Feishu's ids are letters, digits, ``_`` and ``-``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What one event says about all of its actions."""

    app_token: str
    table_id: str
    event_id: str
    operator: str
    at: datetime
    revision: int
    received_at: datetime
    table: BoundTable | None


def event_type(envelope: Json) -> str:
    """The event type of an envelope 2.0 or 1.0; raises MalformedEvent when it has none."""
    header, event = _object(envelope, "header"), _object(envelope, "event")
    found = header.get("event_type") or event.get("type")
    if not isinstance(found, str) or not found:
        raise MalformedEvent("the delivery names no event type")
    return found


def event_id(envelope: Json) -> str:
    """The identity of a delivery (re-pushes keep it): ``header.event_id``, in envelope 1.0 ``uuid``."""
    found = _id(_object(envelope, "header").get("event_id") or envelope.get("uuid"))
    if not found:
        raise MalformedEvent("the delivery has no event_id")
    return found


def is_field_changed(envelope: Json) -> bool:
    """True when columns were added, renamed, changed or deleted: the binding must be refreshed."""
    return event_type(envelope) == FIELD_CHANGED


def app_token_of(envelope: Json) -> str:
    """The base that a file event is about; empty for other events."""
    return _id(_object(envelope, "event").get("file_token"))


def table_id_of(envelope: Json) -> str:
    """The table that a file event is about; empty for other events."""
    return _id(_object(envelope, "event").get("table_id"))


def is_press(envelope: Json) -> bool:
    """True for the press of a button of a card."""
    return event_type(envelope) == CARD_ACTION


def press_of(envelope: Json, received_at: datetime) -> Hint | None:
    """The press as a hint; None for a button that is not ours (its ``value`` names no base and record).

    Our buttons carry ``{"do", "base", "record", "for": open_id, …}``, those of a card about many
    requirements ``records`` (ids with blanks between) instead; then the form field ``record`` says
    which one, and the hint has no ``record_id`` when none of them was chosen. Form values come by element
    name: selects as texts, several as lists, dates as ``yyyy-MM-dd +0800``.
    """
    event = _object(envelope, "event")
    action, context = _object(event, "action"), _object(event, "context")
    value = {key: _text(found) for key, found in _object(action, "value").items()}
    if not (value.get("do") and _id(value.get("base")) and (value.get("record") or value.get("records"))):
        return None
    operator, id = _id(_object(event, "operator").get("open_id")), event_id(envelope)
    press = Press(
        do=value["do"],
        operator=operator,
        at=received_at,
        event_id=id,
        message_id=_text(context.get("open_message_id")),
        asked=value,
        form=_object(action, "form_value"),
    )
    if press.record_id and not _id(press.record_id):
        return None
    return Hint(
        app_token=value["base"],
        table_id="",
        record_id=press.record_id,
        kind="pressed",
        event_id=id,
        received_at=received_at,
        operator=operator,
        press=press,
    )


def hints_of(envelope: Json, binding_for: BindingFor, received_at: datetime) -> list[Hint]:
    """One hint per action of a record event; none for other events and for tables that are not ours.

    A base without binding (``binding_for`` gives None) still gets its hints, without field keys.
    A record that stands in the list again gets ``#2`` … behind its event_id, because the inbox
    keeps one hint per event and record, and two quick moves must not look like one jump.
    Raises MalformedEvent when the delivery is no event or names no base, table or record.
    """
    if event_type(envelope) != RECORD_CHANGED:
        return []
    event = _object(envelope, "event")
    actions = event.get("action_list")
    if not isinstance(actions, list):
        raise MalformedEvent("a record event without action_list")
    app_token, table_id = _named(event, "file_token"), _named(event, "table_id")
    binding = binding_for(app_token)
    if binding is not None and binding.by_id(table_id) is None:
        return []
    told = _Told(
        app_token=app_token,
        table_id=table_id,
        event_id=event_id(envelope),
        operator=_id(_object(event, "operator_id").get("open_id")),
        at=_changed_at(envelope, event, received_at),
        revision=_whole(event.get("revision")),
        received_at=received_at,
        table=binding.by_id(table_id) if binding else None,
    )
    return _told_apart([_hint(told, action) for action in actions])


def _hint(told: _Told, action: Any) -> Hint:
    if not isinstance(action, Mapping):
        raise MalformedEvent("a record event with an action that is no object")
    before, after = _cells(action, "before_value"), _cells(action, "after_value")
    kind = _KINDS.get(_text(action.get("action")), "edited")
    return Hint(
        app_token=told.app_token,
        table_id=told.table_id,
        record_id=_named(action, "record_id"),
        kind=kind,
        event_id=told.event_id,
        received_at=told.received_at,
        operator=told.operator,
        fields=_keys(told.table, [*before, *after]),
        step=None if kind == "deleted" else _step(told, before, after),
    )


def _step(told: _Told, before: Mapping[str, Any], after: Mapping[str, Any]) -> Step | None:
    """The status change this action tells; None when it tells none, or nothing we can read."""
    status = told.table.fields.get("status") if told.table and told.table.key == "requirement" else None
    if status is None or not {status.field_id} & {*before, *after}:
        return None
    shown = [_option(status, values.get(status.field_id, "")) for values in (before, after)]
    if _UNKNOWN in shown or shown[0] == shown[1]:
        return None
    return Step(
        before=shown[0],
        after=shown[1],
        operator=told.operator,
        at=told.at,
        revision=told.revision,
        event_id=told.event_id,
    )


def _option(field: BoundField, told: Any) -> Any:
    """An option id as events show it, bare or JSON-quoted, "" or null when empty; _UNKNOWN else."""
    if not isinstance(told, str | None):
        return _UNKNOWN
    id = (told or "").strip().strip('"')
    if id in ("", "null"):
        return None
    return field.option_ids.get(id, _UNKNOWN)


def _told_apart(hints: Sequence[Hint]) -> list[Hint]:
    seen: Counter[str] = Counter()
    apart = []
    for hint in hints:
        seen[hint.record_id] += 1
        apart.append(_nth(hint, seen[hint.record_id]))
    return apart


def _nth(hint: Hint, number: int) -> Hint:
    if number == 1:
        return hint
    id = f"{hint.event_id}#{number}"
    return replace(hint, event_id=id, step=replace(hint.step, event_id=id) if hint.step else None)


def _keys(table: BoundTable | None, field_ids: Sequence[str]) -> tuple[str, ...]:
    if table is None:
        return ()
    found = (table.by_id(field_id) for field_id in dict.fromkeys(field_ids))
    return tuple(field.key for field in found if field is not None)


def _cells(action: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Field id to ``field_value`` of one side; empty when Feishu leaves the side out."""
    items = action.get(name)
    return {
        item["field_id"]: item.get("field_value")
        for item in (items if isinstance(items, list) else ())
        if isinstance(item, Mapping) and isinstance(item.get("field_id"), str)
    }


def _changed_at(envelope: Json, event: Json, received_at: datetime) -> datetime:
    """``update_time`` (seconds), else the envelope's ``create_time``, else now."""
    seconds = _whole(event.get("update_time"))
    if seconds:
        return _instant(seconds, received_at)
    return _instant(_whole(_object(envelope, "header").get("create_time")), received_at)


def _instant(number: int, otherwise: datetime) -> datetime:
    """Seconds, milliseconds or microseconds by their length (Feishu sends all three)."""
    unit = 1 if number < 10**11 else 1_000 if number < 10**14 else 1_000_000
    try:
        return EPOCH + timedelta(microseconds=number * 1_000_000 // unit) if number > 0 else otherwise
    except OverflowError:
        return otherwise


def _whole(found: Any) -> int:
    try:
        return int(found)
    except (TypeError, ValueError, OverflowError):
        return 0


def _object(holder: Any, name: str) -> Json:
    if not isinstance(holder, Mapping):
        raise MalformedEvent("the delivery is no JSON object")
    found = holder.get(name)
    return found if isinstance(found, dict) else {}


def _named(holder: Mapping[str, Any], name: str) -> str:
    found = _id(holder.get(name))
    if not found:
        raise MalformedEvent(f"a record event without {name}")
    return found


def _id(found: Any) -> str:
    """An id as it stands; empty for anything that cannot be one."""
    return found if isinstance(found, str) and _ID.fullmatch(found) else ""


def _text(found: Any) -> str:
    return found if isinstance(found, str) else ""
