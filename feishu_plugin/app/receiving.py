"""What runs in the child process of the long connection: event in, durable hint, acknowledgement."""

from collections.abc import Callable, Sequence
from datetime import datetime

from feishu_plugin.app.clocks import clock_for
from feishu_plugin.binding import Binding, BoundField, BoundTable
from feishu_plugin.gateway import events
from feishu_plugin.ports import Hint, Json, Memory
from feishu_plugin.settings import Settings
from feishu_plugin.store.store import Store
from feishu_plugin.sync.inbox import Receiver

Accept = Callable[[Json], Json | None]


class Bindings:
    """How each base's columns map to keys, as the worker last kept it; asked again when stale."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._known: dict[str, Binding | None] = {}

    def binding_for(self, app_token: str) -> Binding | None:
        """The kept binding; None for a base nobody works on (its hints carry no keys)."""
        if self._known.get(app_token) is None:
            fact = self._memory.recall(app_token, "binding")
            self._known[app_token] = _binding(app_token, fact) if fact else None
        return self._known[app_token]

    def forget(self, app_token: str) -> None:
        """Asks the store again next time: columns or options changed."""
        self._known.pop(app_token, None)


def receiver_for(settings: Settings, store: Store) -> Receiver:
    """Takes deliveries into the inbox of this store."""
    bindings = Bindings(store)

    def parse(envelope: Json, received_at: datetime) -> Sequence[Hint]:
        if events.is_field_changed(envelope):
            bindings.forget(events.app_token_of(envelope))
            return [_structure_hint(envelope, received_at)]
        return events.hints_of(envelope, bindings.binding_for, received_at)

    return Receiver(store, clock_for(settings), parse)


def accept_for(settings: Settings) -> tuple[Accept, Callable[[str, str], None]]:
    """(accept, reject) for a process of its own, with its own connection to the store."""
    receiver = receiver_for(settings, Store(settings.database))

    def accept(envelope: Json) -> Json | None:
        receiver.accept(envelope)
        return None

    return accept, receiver.reject


def _structure_hint(envelope: Json, received_at: datetime) -> Hint:
    """A hint without a record: the structure of the base changed, read it again."""
    event = envelope.get("event") or {}
    return Hint(
        app_token=events.app_token_of(envelope),
        table_id=str(event.get("table_id") or ""),
        record_id="",
        kind="edited",
        event_id=events.event_id(envelope),
        received_at=received_at,
    )


def _binding(app_token: str, fact: Json) -> Binding:
    fields = {
        key: BoundField(
            key=key,
            field_id=field_id,
            name=key,
            type="single_select" if key == "status" else "text",
            option_ids=fact["options"] if key == "status" else {},
        )
        for field_id, key in fact["fields"].items()
    }
    tables = {
        key: BoundTable(key=key, table_id=table_id, name=key, fields=fields if key == "requirement" else {})
        for table_id, key in fact["tables"].items()
    }
    return Binding(app_token=app_token, tables=tables)
