"""Builders: a test states only what matters to it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from feishu_plugin.ports import Accepted, Effect, Hint, Settlement
from feishu_plugin.records import Record, Value
from feishu_plugin.store import Store

BASE = "bascnSampleBase"
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def hint(
    record_id: str = "rec1",
    event_id: str = "ev1",
    *,
    base: str = BASE,
    at: datetime = NOON,
    operator: str = "",
    kind: Literal["edited", "added"] = "edited",
) -> Hint:
    """A hint that a record was edited."""
    return Hint(
        app_token=base,
        table_id="tbl1",
        record_id=record_id,
        kind=kind,
        event_id=event_id,
        received_at=at,
        operator=operator,
    )


def hints(number: int, *, base: str = BASE) -> Sequence[Hint]:
    """So many hints of different records and events."""
    return [hint(f"rec{n}", f"ev{n}", base=base) for n in range(number)]


def card(identity: str, *covers: str, at: datetime = NOON, to: str = "ou_li") -> Effect:
    """A card for somebody that speaks for the notices it covers."""
    return Effect(
        kind="card",
        identity=identity,
        target=to,
        body={"header": {"title": "标题"}, "elements": [{"tag": "hr"}]},
        not_before=at,
        covers=covers,
    )


def line(identity: str, *, at: datetime = NOON, to: str = "ou_li") -> Effect:
    """A notice for somebody that waits for a morning card."""
    body = {"event": "assigned", "record_id": "rec1", "open_id": to, "identity": identity, "since": NOON}
    return Effect(kind="line", identity=identity, target=to, body=body, not_before=at, covers=(identity,))


def state(record_id: str = "rec1", status: str = "pending", **values: Value) -> Accepted:
    """An accepted record."""
    record = Record(record_id=record_id, values={"status": status, **values})
    return Accepted(record=record, status_since=NOON)


def put_cards(store: Store, *identities: str, at: datetime = NOON) -> list[int]:
    """Stores cards that are due at ``at`` and returns their rows."""
    store.settle(BASE, Settlement(effects=[card(identity, at=at) for identity in identities]))
    rows = {p.effect.identity: p.row for p in store.due(BASE, at + timedelta(days=999), 10_000)}
    return [rows[identity] for identity in identities]
