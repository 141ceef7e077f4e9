"""What both ways in (webhook, long connection) do with one authentic delivery.

It stores nothing itself: ``accept`` must have persisted everything before it returns,
because the acknowledgement follows at once and Feishu then forgets the delivery.
"""

from collections.abc import Callable

from feishu_plugin.errors import MalformedEvent
from feishu_plugin.foreign_json import NotJson, parsed
from feishu_plugin.ports import Json

Accept = Callable[[Json], Json | None]
"""Takes a whole envelope ``{schema, header, event}``, persists it, and returns the answer to a
card action (None for events). MalformedEvent sets the delivery aside; any other error lets
Feishu push it again (15 s, 5 min, 1 h, 6 h)."""

Reject = Callable[[str, str], None]
"""Keeps (raw text, cause) of an authentic delivery that cannot be understood.

Bytes that are no UTF-8 stand in the text as Python's surrogate escapes: nothing of it is lost."""


def deliver(raw: bytes, accept: Accept, reject: Reject) -> Json | None:
    """Hands one envelope to ``accept``; one that no repeat can mend goes to ``reject`` instead."""
    try:
        return accept(_envelope(raw))
    except MalformedEvent as error:
        reject(raw.decode("utf-8", "surrogateescape"), str(error))
        return None


def kind_of(envelope: Json) -> str:
    """The event type an envelope names, whatever else is in it; empty without one."""
    header = envelope.get("header")
    return str(header.get("event_type") or "") if isinstance(header, dict) else ""


def _envelope(raw: bytes) -> Json:
    try:
        found = parsed(raw)
    except NotJson as error:
        raise MalformedEvent(f"the delivery is not JSON ({error})") from error
    if not isinstance(found, dict):
        raise MalformedEvent("the delivery is no JSON object")
    return found
