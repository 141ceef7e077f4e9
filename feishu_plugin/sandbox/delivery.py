"""Events on their way to the app: who subscribed, one push at a time, and the re-push schedule.

An event counts as delivered only when the app acknowledges it within three seconds of real
time; otherwise it comes again 15 s, 5 min, 1 h and 6 h of sandbox time later, with the same
event_id. Card clicks are asked once and never come again. Nothing here knows frames or HTTP.
"""

import asyncio
import heapq
import itertools
import random
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from feishu_plugin.sandbox.clock import Clock
from feishu_plugin.sandbox.credentials import Credentials
from feishu_plugin.sandbox.envelope import Caller, Json
from feishu_plugin.sandbox.events import (
    CARD_ACTION,
    FIELD_CHANGED,
    MESSAGE_RECEIVED,
    RECORD_CHANGED,
    Event,
    seal,
)
from feishu_plugin.sandbox.faults import Fault, Faults
from feishu_plugin.sandbox.people import People
from feishu_plugin.sandbox.stats import Stats
from feishu_plugin.sandbox.switches import Switches

if TYPE_CHECKING:
    from feishu_plugin.sandbox.webhook import Webhook
    from feishu_plugin.sandbox.world import World

ACK_LIMIT_S = 3.0
"""Real seconds the app has for one event or one click; ``switches.ack_limit_s`` can change them."""
REPUSH_AFTER_S = (15.0, 300.0, 3600.0, 21600.0)
"""Sandbox seconds between one failed push and the next; after the last the event is lost."""
MOST_CONNECTIONS = 50
MOST_IN_FLIGHT = 64
"""Unacknowledged pushes at one time, so that a burst does not run into the limit by queueing."""
TICK_S = 0.05
HELD_S = 1.0
"""How long a reordered event waits for another one to overtake it, in real seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back for one push. ``data`` is the app's own answer (card clicks), if any."""

    kind: Literal["ok", "failed", "timeout", "unreachable"]
    data: bytes = b""


class Receiver(Protocol):
    """Something that can take an envelope to the app: a long connection or the webhook."""

    async def push(self, event: Event) -> Answer:
        """Sends and waits for the acknowledgement; may wait for ever."""

    async def close(self) -> None:
        """Breaks the connection as a restarting server does."""


@dataclass(slots=True, kw_only=True)
class _Waiting:
    event: Event
    attempts: int = 0
    pushed: bool = False
    """True once the app could have seen it."""
    spared: bool = False
    """True once a fault had its turn, so that it is not held or delayed again."""


class Delivery:
    """Subscriptions, connections and the queue of one app."""

    def __init__(
        self,
        *,
        clock: Clock,
        switches: Switches,
        credentials: Credentials,
        people: People,
        faults: Faults,
        stats: Stats,
    ) -> None:
        self._clock, self._switches, self._credentials = clock, switches, credentials
        self._people, self._faults, self._stats = people, faults, stats
        self.connections: list[Receiver] = []
        self._wake = asyncio.Event()
        self._in_flight: set[asyncio.Task[None]] = set()
        self.reset()

    def reset(self) -> None:
        """Forgets subscriptions, webhook and queue; live connections stay open."""
        self.webhook: Webhook | None = None
        self._subscribers: dict[str, dict[str, Caller]] = {}
        self._queue: list[tuple[float, int, _Waiting]] = []
        self._order = itertools.count()
        self._held: deque[tuple[float, _Waiting]] = deque()
        self.journal: dict[str, Json | None] = {}
        """What storage has to learn: event_id to the event as it is kept, None once it is done."""
        for task in self._in_flight:
            task.cancel()

    def restore_waiting(self, kept: list[Json]) -> None:
        """Queues events again that a stopped sandbox still had to push."""
        for item in sorted(kept, key=lambda item: float(item["due_s"])):
            event = Event(
                event_id=item["event_id"], event_type=item["event_type"], payload=item["payload"].encode()
            )
            waiting = _Waiting(event=event, attempts=item["attempts"], pushed=item["pushed"])
            self._enqueue(waiting, item["due_s"])

    def subscribe(self, file_token: str, caller: Caller) -> None:
        """Starts events of one file for the app or a person; again is no error."""
        self._subscribers.setdefault(file_token, {})[caller.open_id] = caller

    def unsubscribe(self, file_token: str, caller: Caller) -> bool:
        """Ends them; False when there was no such subscription."""
        return self._subscribers.get(file_token, {}).pop(caller.open_id, None) is not None

    def is_subscribed(self, file_token: str, caller: Caller) -> bool:
        """True when this caller subscribed."""
        return caller.open_id in self._subscribers.get(file_token, {})

    def export(self) -> list[tuple[str, Caller]]:
        """All subscriptions as (file_token, subscriber), for ``--data``."""
        return [(file, caller) for file, subs in self._subscribers.items() for caller in subs.values()]

    def restore(self, subscriptions: list[tuple[str, Caller]]) -> None:
        """Takes back what ``export`` gave."""
        for file_token, caller in subscriptions:
            self.subscribe(file_token, caller)

    @property
    def waiting(self) -> int:
        """Events neither acknowledged nor given up."""
        return len(self._queue) + len(self._held) + len(self._in_flight)

    def record_changed(
        self, app_token: str, table_id: str, revision: int, operator: Caller, actions: list[Json]
    ) -> None:
        """Queues one event for one committed write; silent when nobody subscribed to the file."""
        self._changed(RECORD_CHANGED, app_token, table_id, revision, operator, actions)

    def field_changed(
        self, app_token: str, table_id: str, revision: int, operator: Caller, actions: list[Json]
    ) -> None:
        """The same for fields added, edited or deleted."""
        self._changed(FIELD_CHANGED, app_token, table_id, revision, operator, actions)

    def _changed(
        self,
        event_type: str,
        app_token: str,
        table_id: str,
        revision: int,
        operator: Caller,
        actions: list[Json],
    ) -> None:
        subscribers = self._subscribers.get(app_token)
        if not subscribers or not actions:
            return
        body: Json = {
            "file_type": "bitable",
            "file_token": app_token,
            "table_id": table_id,
            "revision": revision,
            "operator_id": self._operator_id(operator),
            "action_list": actions,
            "subscriber_id_list": [self._ids(caller) for caller in subscribers.values()],
            "update_time": int(self._clock.now_s()),
        }
        self._send(event_type, body)

    def message_received(self, body: Json) -> None:
        """Queues the event of a message that somebody wrote to the bot."""
        self._send(MESSAGE_RECEIVED, body)

    def _send(self, event_type: str, body: Json) -> None:
        event = seal(event_type, body, keys=self._credentials.keys, clock=self._clock)
        self._enqueue(_Waiting(event=event), self._clock.now_s())

    def _operator_id(self, operator: Caller) -> Json:
        if operator.kind != "user" and self._switches.app_operator == "empty":
            return {"union_id": "", "user_id": "", "open_id": ""}
        return self._ids(operator)

    def _ids(self, caller: Caller) -> Json:
        person = self._people.get(caller.open_id)
        return person.ids() if person else {"union_id": "", "user_id": "", "open_id": caller.open_id}

    def _enqueue(self, waiting: _Waiting, due_s: float) -> None:
        heapq.heappush(self._queue, (due_s, next(self._order), waiting))
        event = waiting.event
        self.journal[event.event_id] = {
            "due_s": due_s,
            "event_id": event.event_id,
            "event_type": event.event_type,
            "payload": event.payload.decode(),
            "attempts": waiting.attempts,
            "pushed": waiting.pushed,
        }
        self.wake()

    def wake(self) -> None:
        """Looks at the queue at once: something was queued, connected or time jumped."""
        self._wake.set()

    async def card_action(self, body: Json) -> Answer:
        """Asks the app about one click; ``kind`` tells why there is no answer."""
        event = seal(CARD_ACTION, body, keys=self._credentials.keys, clock=self._clock)
        fault = self._faults.pick_event(CARD_ACTION)
        if fault is None:
            return await self._push(event)
        if fault.kind == "duplicate-event":
            await self._push(event)
        elif fault.kind == "delay-event":
            await asyncio.sleep(fault.delay_ms / 1000)
        elif fault.kind in ("lose-event", "close-ws"):
            await self._break(fault)
            return Answer(kind="timeout")
        return await self._push(event)

    async def run(self) -> None:
        """Pushes what is due until cancelled."""
        try:
            while True:
                # Not wait_for: in Python 3.11 it loses a cancellation that comes with the wake-up.
                with suppress(TimeoutError):
                    async with asyncio.timeout(TICK_S):
                        await self._wake.wait()
                self._wake.clear()
                self._release_held(older_than_s=HELD_S)
                self._start_due()
        finally:
            for task in self._in_flight:
                task.cancel()

    def _start_due(self) -> None:
        now = self._clock.now_s()
        while self._queue and self._queue[0][0] <= now and len(self._in_flight) < MOST_IN_FLIGHT:
            task = asyncio.create_task(self._attempt(heapq.heappop(self._queue)[2]))
            self._in_flight.add(task)
            task.add_done_callback(self._landed)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._in_flight.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error
        self.wake()

    async def _attempt(self, waiting: _Waiting) -> None:
        fault = None if waiting.spared else self._faults.pick_event(waiting.event.event_type)
        if fault is not None and await self._strike(fault, waiting):
            return
        began = time.monotonic()
        answer = await self._push(waiting.event)
        if answer.kind == "ok":
            self._stats.acknowledged(time.monotonic() - began)
        self._book(waiting, answer)
        # from here on it waits in the queue or nowhere: nobody may count it twice
        self._in_flight.discard(asyncio.current_task())
        self._release_held(older_than_s=0.0)

    async def _strike(self, fault: Fault, waiting: _Waiting) -> bool:
        """Performs a fault; True when there is no ordinary push any more."""
        waiting.spared = True
        if fault.kind == "lose-event":
            self.journal[waiting.event.event_id] = None
        if fault.kind == "reorder":
            self._held.append((time.monotonic(), waiting))
            return True
        if fault.kind == "duplicate-event":
            await self._push(waiting.event)
        elif fault.kind == "delay-event":
            await asyncio.sleep(fault.delay_ms / 1000)
        elif fault.kind == "close-ws":
            await self._break(fault)
            self._book(waiting, Answer(kind="failed"))
        return fault.kind in ("lose-event", "close-ws")

    async def _break(self, fault: Fault) -> None:
        if fault.kind == "close-ws" and self.connections:
            await random.choice(self.connections).close()

    def _book(self, waiting: _Waiting, answer: Answer) -> None:
        """Counts the push and queues the next one when it failed."""
        if answer.kind != "unreachable":
            self._stats.events_repushed += waiting.pushed
            self._stats.events_sent += not waiting.pushed
            waiting.pushed = True
        if answer.kind != "ok" and waiting.attempts < len(REPUSH_AFTER_S):
            due_s = self._clock.now_s() + REPUSH_AFTER_S[waiting.attempts]
            waiting.attempts += 1
            self._enqueue(waiting, due_s)
        else:
            self.journal[waiting.event.event_id] = None

    def _release_held(self, *, older_than_s: float) -> None:
        while self._held and time.monotonic() - self._held[0][0] >= older_than_s:
            self._enqueue(self._held.popleft()[1], self._clock.now_s())

    async def _push(self, event: Event) -> Answer:
        """One push to the webhook, or to one random connection (Feishu never broadcasts)."""
        receiver = self.webhook or (random.choice(self.connections) if self.connections else None)
        if receiver is None:
            return Answer(kind="unreachable")
        try:
            async with asyncio.timeout(self._switches.ack_limit_s):
                return await receiver.push(event)
        except TimeoutError:
            return Answer(kind="timeout")


async def run(world: "World") -> None:
    """The background task of a running sandbox."""
    await world.delivery.run()
