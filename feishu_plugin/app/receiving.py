"""What runs in the child process of the long connection: event in, durable hint, acknowledgement."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from feishu_plugin.app.clocks import SandboxClock, clock_for
from feishu_plugin.binding import Binding, BoundField, BoundTable
from feishu_plugin.gateway import chat_events, events
from feishu_plugin.gateway.seals import Seal
from feishu_plugin.ports import Clock, Hint, Json, Memory
from feishu_plugin.settings import Settings
from feishu_plugin.store.store import Store
from feishu_plugin.sync.inbox import Receiver

Accept = Callable[[Json], Json | None]


_BELIEVED_S = 2.0
"""How long a kept binding is believed: after a field event the worker needs a moment to keep the new one."""


class Bindings:
    """How each base's columns map to keys, as the worker last kept it; asked again when stale."""

    def __init__(self, memory: Memory, now: Callable[[], float] = time.monotonic) -> None:
        self._memory, self._now = memory, now
        self._known: dict[str, tuple[float, Binding | None]] = {}

    def binding_for(self, app_token: str) -> Binding | None:
        """The kept binding; None for a base nobody works on (its hints carry no keys)."""
        asked_at, binding = self._known.get(app_token, (0.0, None))
        if binding is None or self._now() - asked_at >= _BELIEVED_S:
            fact = self._memory.recall(app_token, "binding")
            binding = _binding(app_token, fact) if fact else None
            self._known[app_token] = (self._now(), binding)
        return binding

    def forget(self, app_token: str) -> None:
        """Asks the store again next time: columns or options changed."""
        self._known.pop(app_token, None)


def receiver_for(store: Store, clock: Clock, chat_base: str = "") -> Receiver:
    """Takes deliveries into the inbox of this store; ``chat_base`` gets what people write to the bot."""
    bindings = Bindings(store)

    def parse(envelope: Json, received_at: datetime) -> Sequence[Hint]:
        if events.is_press(envelope):
            pressed = events.press_of(envelope, received_at)
            return [pressed] if pressed and pressed.record_id else []
        if chat_events.is_message(envelope):
            said = chat_events.said_of(envelope, chat_base, received_at)
            return [said] if said else []
        if events.is_field_changed(envelope):
            bindings.forget(events.app_token_of(envelope))
            return [_structure_hint(envelope, received_at)]
        return events.hints_of(envelope, bindings.binding_for, received_at)

    return Receiver(store, clock, parse)


def accept_for(settings: Settings) -> tuple[Accept, Callable[[str, str], None]]:
    """(accept, reject) for a process of its own, with its own connection to the store."""
    clock = clock_for(settings)
    if isinstance(clock, SandboxClock):
        endless = (lambda: None, threading.Event())
        threading.Thread(target=clock.watch, args=endless, name="clock", daemon=True).start()
    receiver = receiver_for(Store(settings.database), clock, chat_base(settings))
    seal = Seal(settings.app_secret.get_secret_value())

    def accept(envelope: Json) -> Json | None:
        return taken(receiver, envelope, seal)

    return accept, receiver.reject


def chat_base(settings: Settings) -> str:
    """Where what people write to the bot is registered: the first base in the settings."""
    return next(iter(settings.base_tokens), "")


def taken(receiver: Receiver, envelope: Json, seal: Seal) -> Json | None:
    """Stores a delivery; the answer to a press is said at once, what comes of it shows in the card.

    Feishu waits 3 s for the answer to a press: only what is pressed, and who may, is looked at here.
    """
    if not events.is_press(envelope):
        receiver.accept(envelope)
        return None
    pressed = events.press_of(envelope, receiver.now())
    if pressed and pressed.press and not seal.holds(pressed.press.asked):
        return toast(
            "error", "这个按钮已失效，请打开记录操作", "This button is not valid any more, open the record"
        )
    if pressed and pressed.press and pressed.press.asked.get("for", pressed.operator) != pressed.operator:
        return toast("error", "这张卡片不是发给您的", "This card is for somebody else")
    if pressed and not pressed.record_id:
        return toast("error", "请先在卡片里选择一条需求", "Choose a requirement in the card first")
    receiver.accept(envelope)
    return toast("info", "已收到，结果会显示在卡片上", "Received, the card will show the result")


def toast(kind: str, zh: str, en: str) -> Json:
    """The answer to a press (card.action.trigger): a line that shows for a moment."""
    return {"toast": {"type": kind, "content": zh, "i18n": {"zh_cn": zh, "en_us": en}}}


def _structure_hint(envelope: Json, received_at: datetime) -> Hint:
    """A hint without a record: the structure of the base changed, read it again."""
    return Hint(
        app_token=events.app_token_of(envelope),
        table_id=events.table_id_of(envelope),
        record_id="",
        kind="edited",
        event_id=events.event_id(envelope),
        received_at=received_at,
    )


def _plain(keys: Mapping[str, str]) -> dict[str, BoundField]:
    return {key: BoundField(key=key, field_id=id, name=key, type="text") for id, key in keys.items()}


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
    columns = {key: _plain(found) for key, found in fact.get("rules", {}).items()} | {"requirement": fields}
    tables = {
        key: BoundTable(key=key, table_id=table_id, name=key, fields=columns.get(key, {}))
        for table_id, key in fact["tables"].items()
    }
    return Binding(app_token=app_token, tables=tables)
