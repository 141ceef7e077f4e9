"""What webhooks say of a status change, and when they say it again; sends nothing.

Payload, headers and schedule follow Standard Webhooks (github.com/standard-webhooks/standard-webhooks).
No customer data stands in a payload: whoever needs more asks for it.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

from feishu_plugin.errors import PluginError
from feishu_plugin.ports import Effect, Json
from feishu_plugin.records import Requirement
from feishu_plugin.rules.actions import WriteLedger
from feishu_plugin.schema import Schema

KIND = "requirement.status_changed"
_AGAIN = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""After each failed try; the first try is at once. From the specification, "deliverability"."""
_JITTER = 0.1


class WebhookError(PluginError):
    """An endpoint did not take a call; ``gone`` says that it wants none any more (410)."""

    def __init__(self, text: str, *, gone: bool = False) -> None:
        super().__init__(text)
        self.gone = gone


class Webhooks(Protocol):
    """The way to the endpoints that the settings name."""

    @property
    def endpoints(self) -> Sequence[str]:
        """Their ids; another address or another secret is another endpoint."""
        ...

    def shown(self, endpoint: str) -> str:
        """What people may read of its address."""
        ...

    def call(self, endpoint: str, identity: str, payload: bytes, at: datetime) -> None:
        """Sends one signed call; WebhookError when it is not taken."""
        ...


def calls_of(
    schema: Schema, endpoints: Sequence[str], record: Requirement, row: WriteLedger, now: datetime
) -> list[Effect]:
    """One call to each endpoint about a move that passed; none for other rows of the ledger."""
    # Handovers and answered reminders stand in the ledger with the same status on both sides, and
    # the moves of an imported history are no news to anybody.
    if row.verdict != "pass" or row.to_status in ("", row.from_status) or row.source == "import":
        return []
    body = {"type": KIND, "timestamp": _iso(row.at), "data": _data(schema, record, row)}
    return [
        Effect(
            kind="webhook",
            identity=f"webhook:{endpoint}:{row.identity}",
            target=endpoint,
            body=body,
            not_before=now,
        )
        for endpoint in endpoints
    ]


def payload_of(body: Json) -> bytes:
    """The bytes to be signed and sent: the same for every try."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode(
        "utf-8", "replace"
    )


def next_try(identity: str, tries: int, now: datetime) -> datetime | None:
    """When to try again after ``tries`` earlier failures and this one; None after the last try."""
    if tries >= len(_AGAIN):
        return None
    # Spread by identity instead of by chance: what failed together does not come back together.
    part = hashlib.sha256(f"{identity}:{tries}".encode("utf-8", "surrogatepass")).digest()[0] / 255
    return now + _AGAIN[tries] * (1 + _JITTER * part)


def _data(schema: Schema, record: Requirement, row: WriteLedger) -> Json:
    return {
        "number": record.number or None,
        "record_id": record.record_id,
        "from": _status(schema, row.from_status),
        "to": _status(schema, row.to_status),
        "at": _iso(row.at),
        "by_rule": row.source == "rule",
    }


def _status(schema: Schema, key: str) -> Json | None:
    return {"key": key, "label": schema.label("requirement", "status", key)} if key else None


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
