"""Deliveries: what comes to the webhook, over the long connection, and from buttons of cards.

The store is a real one in memory, the receiver and the doors are those of the product. After
every case the inbox must hold all hints of the delivery or none, each readable, and what was
acknowledged without a hint must be set aside as it came or be none of our business.
"""

import asyncio
import json
import multiprocessing
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from random import Random
from typing import Any

from starlette.applications import Starlette

from benchmarks.fuzz.envelopes import BUTTONS, TOKEN, a_press, an_event, headers_of, sealed, text_of
from benchmarks.fuzz.junk import choice, rotten, scalar
from benchmarks.fuzz.kinds import Case, overheard
from feishu_plugin.app.compose import keep_binding
from feishu_plugin.app.receiving import receiver_for, taken
from feishu_plugin.gateway.listener import AppCredentials, Mouth, _Listener
from feishu_plugin.gateway.receiving import deliver
from feishu_plugin.gateway.webhook import PATH, webhook_route
from feishu_plugin.ports import Hint, Json, Settlement
from feishu_plugin.store.store import Store
from feishu_plugin.sync.handler import work_once
from feishu_plugin.sync.inbox import Receiver
from tests.sync.base import Base

KEY = "the-encrypt-key"
_FULL = 2000
"""Cases after which a store is thrown away, so that the thousandth costs what the first did."""


class Watched(Store):
    """A store in memory that remembers what the last delivery brought in."""

    def __init__(self) -> None:
        super().__init__("sqlite://")
        self.came: list[Hint] = []
        self.aside: list[str] = []
        self._known: set[tuple[str, str, str]] = set()

    def put(self, hints: Sequence[Hint]) -> int:
        """Stores, and remembers."""
        stored = super().put(hints)
        news = {(hint.app_token, hint.event_id, hint.record_id): hint for hint in hints}
        self.came += [hint for key, hint in news.items() if key not in self._known]
        self._known |= news.keys()
        return stored

    def put_aside(self, raw: str, cause: str, at: datetime) -> None:
        """Keeps, and remembers."""
        super().put_aside(raw, cause, at)
        self.aside.append(raw)

    def emptied(self) -> tuple[list[Hint], list[str]]:
        """What came since the last look; every hint is read back whole, and closed."""
        came, aside, self.came, self.aside = self.came, self.aside, [], []
        for app_token in {hint.app_token for hint in came}:
            there = self.pending(app_token, 10_000)
            wanted = {(h.event_id, h.record_id) for h in came if h.app_token == app_token}
            assert wanted == {(h.event_id, h.record_id) for h in there}, "not all hints of a delivery"
            self.settle(app_token, Settlement(closed=[hint.row for hint in there]))
        return came, aside


class Box:
    """The receiving side on a store that is renewed now and then."""

    def __init__(self) -> None:
        self._base, self._used = Base(), 0
        self.store = self._renewed()
        self._receiver = receiver_for(self.store, self._base.clock)

    def receiver(self) -> Receiver:
        """The receiver for one case."""
        self._used += 1
        if self._used % _FULL == 0:
            self.store.close()
            self.store = self._renewed()
            self._receiver = receiver_for(self.store, self._base.clock)
        return self._receiver

    def accept(self, envelope: Json) -> Json | None:
        """As both doors call it."""
        return taken(self._receiver, envelope, BUTTONS)

    def reject(self, raw: str, cause: str) -> None:
        """As both doors call it."""
        self._receiver.reject(raw, cause)

    def now(self) -> datetime:
        """The clock's time."""
        return self._base.clock.now()

    def outcome(self, acknowledged: bool, plain: bytes) -> str:
        """What became of a delivery; an AssertionError when that is not one clean thing."""
        came, aside = self.store.emptied()
        if not acknowledged:
            assert not came, "stored without an acknowledgement"
            assert not aside, "set aside without an acknowledgement"
            return "refused"
        assert len(aside) + bool(came) <= 1, "stored and set aside"
        if aside:
            assert aside[0].encode("utf-8", "surrogateescape") == plain, "not set aside as it came"
            return "set aside"
        return "stored" if came else "not ours"

    def _renewed(self) -> Watched:
        store = Watched()
        self._base.desk.store = store
        keep_binding(self._base.desk)
        return store


@contextmanager
def webhook() -> Iterator[Case]:
    """Raw bodies, encrypted ones and signed ones, most of them almost right."""
    box = Box()
    apps = {key: _app(box, key) for key in ("", KEY)}
    with asyncio.Runner() as runner, overheard() as said:

        def case(dice: Random) -> str:
            box.receiver()
            key, plain = choice(dice, ("", KEY)), _delivery(dice)
            body = sealed(plain, KEY) if key and dice.randrange(6) else plain
            spoilt = dice.randrange(5) == 0
            headers = headers_of(rotten(dice, body) if spoilt else body, box.now(), KEY)
            if dice.randrange(8) == 0:
                headers[choice(dice, tuple(headers))] = str(scalar(dice))[:200]
            status = runner.run(_post(apps[key], body, headers))
            said.raise_if_any()
            assert status in (200, 403, 413), f"answered {status}"
            return box.outcome(status == 200, plain)

        yield case


@contextmanager
def frame() -> Iterator[Case]:
    """Frames of the long connection, handled by the SDK's client as it runs in our child."""
    box, wire = Box(), _Wire()
    ours, theirs = multiprocessing.Pipe()
    nobody = AppCredentials(base_url="http://127.0.0.1:9", app_id="cli_a", app_secret="s")
    with asyncio.Runner() as runner, overheard() as said:
        asyncio.set_event_loop(runner.get_loop())  # the client starts a task on whatever loop is set
        client = _Listener(nobody, box.accept, box.reject, Mouth(theirs))._client
        client._conn = wire

        def case(dice: Random) -> str:
            box.receiver()
            message = _frame(dice, _delivery(dice))
            runner.run(client._handle_message(message))
            while ours.poll():
                ours.recv()
            said.raise_if_any()
            codes = wire.codes()
            assert 500 not in codes, f"it will come again and fail again: {said.last[:150]}"
            if not codes:
                return "kept, to come again" if any(box.store.emptied()) else "no answer"
            return box.outcome(200 in codes, _payload(message))

        yield case
        asyncio.set_event_loop(None)
    ours.close()
    theirs.close()


@contextmanager
def press() -> Iterator[Case]:
    """Card callbacks, stored and then carried out by the worker."""
    base, store = Base(), Watched()
    base.desk.store = store
    keep_binding(base.desk)
    receiver = receiver_for(store, base.clock)
    record = base.add(title="一", type="inquiry")
    store.put(base.wire)
    with overheard() as said:

        def case(dice: Random) -> str:
            plain = text_of(dice, a_press(dice, record))
            store.came, store.aside = [], []
            answer = deliver(plain, lambda envelope: taken(receiver, envelope, BUTTONS), receiver.reject)
            json.dumps(answer)
            outcome = "carried out" if store.came else "set aside" if store.aside else "answered"
            for _ in range(9):
                if not work_once(base.desk).hints:
                    break
                base.clock.advance(1)
            said.raise_if_any()
            assert not base.desk.stuck, "a press that cannot be settled"
            return outcome

        yield case


def _delivery(dice: Random) -> bytes:
    return text_of(dice, a_press(dice, "rec1") if dice.randrange(3) == 0 else an_event(dice))


def _app(box: Box, key: str) -> Starlette:
    return Starlette(routes=[webhook_route(box.accept, key, TOKEN, box.now, reject=box.reject)])


async def _post(app: Starlette, body: bytes, headers: Mapping[str, str]) -> int:
    """One request over ASGI; the status of the answer."""
    status: list[int] = []
    scope = {
        "type": "http", "method": "POST", "path": PATH, "raw_path": PATH.encode(), "query_string": b"",
        "headers": [(k.encode(), v.encode("latin-1", "replace")) for k, v in headers.items()],
        "http_version": "1.1", "scheme": "http", "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1),
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            status.append(message["status"])

    await app(scope, receive, send)
    return status[0]


class _Wire:
    """Where the client thinks the websocket is."""

    def __init__(self) -> None:
        self._sent: list[bytes] = []

    async def send(self, data: bytes) -> None:
        """Keeps what the client answers."""
        self._sent.append(data)

    def codes(self) -> list[int]:
        """The codes of all acknowledgements since the last look."""
        from lark_oapi.ws.pb.pbbp2_pb2 import Frame

        sent, self._sent = self._sent, []
        return [json.loads(Frame.FromString(one).payload)["code"] for one in sent]


def _payload(message: bytes) -> bytes:
    """What a frame that was acknowledged carried, rotten as it may be."""
    from lark_oapi.ws.pb.pbbp2_pb2 import Frame

    found: bytes = Frame.FromString(message).payload
    return found


def _frame(dice: Random, plain: bytes) -> bytes:
    from lark_oapi.ws.pb.pbbp2_pb2 import Frame

    found = Frame()
    found.SeqID, found.LogID, found.service, found.method = (
        1,
        1,
        1,
        1 if dice.randrange(12) else dice.randrange(3),
    )
    named = {
        "type": "event",
        "message_id": f"m{dice.getrandbits(40)}",
        "trace_id": "t",
        "sum": "1",
        "seq": "0",
    }
    if dice.randrange(6) == 0:
        named[choice(dice, tuple(named))] = choice(
            dice, ("", "card", "pong", "2", "-1", "99", "x", "999999999999")
        )
    if dice.randrange(12) == 0:
        del named[choice(dice, tuple(named))]
    for key, value in named.items():
        header = found.headers.add()
        header.key, header.value = key, value
    found.payload = plain
    whole: bytes = found.SerializeToString()
    return rotten(dice, whole) if dice.randrange(6) == 0 else whole
