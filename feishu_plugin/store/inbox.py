"""Hints on their way in: durable when ``put`` returns; never reads or judges them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from feishu_plugin.ports import Hint
from feishu_plugin.store.part import Part
from feishu_plugin.store.tables import inbox, set_aside
from feishu_plugin.store.values_json import press_to_json, step_to_json


class StoredInbox(Part):
    """The port Inbox."""

    def put(self, hints: Sequence[Hint]) -> int:
        """Stores hints in one transaction and returns how many were new.

        Known (event_id, record_id) pairs of a base are ignored, also closed ones for 12 h
        (``sweep_old``). Writers of one base take turns, so its rows become visible in the
        order of their numbers.
        """
        if not hints:
            return 0
        statement = self._database.insert_new(inbox)
        with self._database.writing("put", *(f"inbox {hint.app_token}" for hint in hints)) as connection:
            stored = connection.execute(
                statement,
                [_to_row(hint) for hint in hints],
                execution_options={"preserve_rowcount": True},
            )
            return stored.rowcount

    def put_aside(self, raw: str, cause: str, at: datetime) -> None:
        """Keeps a delivery that cannot be parsed, byte for byte, with its cause (for 30 days)."""
        statement = self._database.insert(set_aside)
        with self._database.writing("put aside") as connection:
            connection.execute(statement, {"raw": raw, "cause": cause, "at": at})


def _to_row(hint: Hint) -> Mapping[str, Any]:
    return {
        "app_token": hint.app_token,
        "table_id": hint.table_id,
        "record_id": hint.record_id,
        "kind": hint.kind,
        "event_id": hint.event_id,
        "received_at": hint.received_at,
        "operator": hint.operator,
        "fields": hint.fields,
        "step": step_to_json(hint.step),
        "press": press_to_json(hint.press),
    }
