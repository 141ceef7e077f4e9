"""From a pushed event to its acknowledgement, which follows only when the event is durable.

``python -m benchmarks.ack [--events N] [--rounds N] [--window N] [--json]``. A server stands where Feishu
does and pushes edits to the real child process of the long connection, which stores them in a new SQLite
file: one at a time, and so many at once (``window``). Nobody works on what is stored. Afterwards every
event must be in the file.
"""

import asyncio
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Thread

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from benchmarks.comparison import spread
from benchmarks.delivery.people import FILLED
from benchmarks.delivery.table import Table
from benchmarks.delivery.wire import Wire
from benchmarks.delivery.world import World
from benchmarks.figures import Json, Row, distribution, options, show
from feishu_plugin.gateway.listener import AppCredentials
from feishu_plugin.gateway.long_connection import LongConnection
from feishu_plugin.sandbox.clock import Clock
from feishu_plugin.sandbox.events import RECORD_CHANGED, Event
from feishu_plugin.sandbox.long_connection import Connection, client_config
from feishu_plugin.sandbox.switches import Switches
from feishu_plugin.settings import Settings
from feishu_plugin.store.store import Store

_WAIT_S = 60.0
_APP, _SECRET = "cli_bench", "bench"


def main() -> None:
    """Measures and prints."""
    chosen = options("acknowledging events", events=5000, rounds=5, window=50).parse_args()
    found = measure(chosen.events, chosen.rounds, chosen.window)
    show(found, tables(found), as_json=chosen.json)


def measure(events: int, rounds: int, window: int) -> Json:
    """By how many are on the way at once: events a second by round, milliseconds of all events."""
    with tempfile.TemporaryDirectory() as folder, Feishu().serving() as feishu:
        database = f"sqlite:///{Path(folder) / 'ack.sqlite3'}"
        store = Store(database)
        world = World(store, seed=1, lives=1)  # it keeps the columns, so that events are understood
        rows = Rows(world.table)
        with _listening(feishu.url, database):
            ways = {
                many: [_round(feishu, rows.edited(events), many) for _ in range(rounds)]
                for many in (1, window)
            }
        stored = store.counts(world.desk.app_token)["pending"]
        store.close()
    if stored != rows.made:
        raise SystemExit(f"{rows.made} events were acknowledged, {stored} are stored")
    return {"events": events, "stored": stored, "ways": {str(many): _figures(ways[many]) for many in ways}}


def tables(found: Json) -> dict[str, Sequence[Row]]:
    """The figures as people read them."""
    ways = found["ways"].items()
    return {
        f"acknowledged a second, {found['events']} events a round": [
            {"on the way at once": many, **way["per_s"]} for many, way in ways
        ],
        "event → acknowledged, ms": [{"on the way at once": many, **way["ms"]} for many, way in ways],
    }


def _figures(rounds: Sequence[tuple[float, Sequence[float]]]) -> Json:
    return {
        "per_s": spread([len(took) / seconds for seconds, took in rounds]),
        "ms": distribution(1000 * one for _, took in rounds for one in took),
    }


class Rows:
    """Edits of rows of the register, as events."""

    def __init__(self, table: Table) -> None:
        self._table, self._wire = table, Wire(Random(1), doubled=0.0)
        self.made = 0

    def edited(self, events: int) -> list[Event]:
        """So many new ones, each about a row of its own."""
        for number in range(self.made, self.made + events):
            record_id = f"rec{number:07d}"
            self._table.edit(record_id, FILLED, "ou_u1")
            before, after = self._table.edit(record_id, {"status": "in_progress"}, "ou_u1")
            self._wire.send(number, f"event{number}", "ou_u1", [(record_id, before, after)], "told")
        self.made += events
        return [
            Event(event_id="", event_type=RECORD_CHANGED, payload=raw)
            for raw in self._wire.arrived(float("inf"))
        ]


class Feishu:
    """Where the long connection leads: it only pushes and takes acknowledgements."""

    def __init__(self) -> None:
        self._switches, self._clock = Switches(), Clock()
        self._connection: Connection | None = None
        self._loop = asyncio.new_event_loop()
        app = Starlette(
            routes=[
                Route("/callback/ws/endpoint", self._where, methods=["POST"]),
                WebSocketRoute("/ws/v2", self._connected),
            ]
        )
        config = uvicorn.Config(
            app, port=0, ws="websockets-sansio", log_level="error", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)

    @property
    def url(self) -> str:
        """Where it listens."""
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    @contextmanager
    def serving(self) -> Iterator["Feishu"]:
        """In a thread of its own."""
        thread = Thread(target=lambda: self._loop.run_until_complete(self._server.serve()))
        thread.start()
        while not self._server.started:
            time.sleep(0.01)
        try:
            yield self
        finally:
            self._server.should_exit = True
            thread.join()
            self._loop.close()

    def push(self, events: Sequence[Event], at_once: int) -> list[float]:
        """Seconds until each was acknowledged; so many are on the way at once."""
        return asyncio.run_coroutine_threadsafe(self._push(events, at_once), self._loop).result()

    async def _push(self, events: Sequence[Event], at_once: int) -> list[float]:
        waiting, took = iter(events), list[float]()

        async def one_after_the_other() -> None:
            for event in waiting:
                took.append(await self._acknowledged(event))

        await asyncio.gather(*(one_after_the_other() for _ in range(at_once)))
        return took

    async def _acknowledged(self, event: Event) -> float:
        if self._connection is None:
            raise SystemExit("the long connection is gone")
        began = time.perf_counter()
        answer = await self._connection.push(event)
        if answer.kind != "ok":
            raise SystemExit(f"an event was not acknowledged: {answer.kind}")
        return time.perf_counter() - began

    async def _where(self, request: Request) -> JSONResponse:
        address = f"ws://{request.headers['host']}/ws/v2?fpid=493&device_id=1&service_id=1"
        data = {"URL": address, "ClientConfig": client_config(self._switches)}
        return JSONResponse({"code": 0, "msg": "", "data": data})

    async def _connected(self, websocket: WebSocket) -> None:
        await websocket.accept()
        self._connection = Connection(websocket, self._switches, self._clock)
        await self._connection.serve()
        self._connection = None


@contextmanager
def _listening(url: str, database: str) -> Iterator[None]:
    """The child process of the service, as ``serve`` starts it."""
    settings = Settings(
        _env_file=None,
        FEISHU_APP_ID=_APP,
        FEISHU_APP_SECRET=_SECRET,
        FEISHU_BASE_URL=url,
        FEISHU_PLUGIN_DATABASE=database,
    )
    credentials = AppCredentials(base_url=url, app_id=_APP, app_secret=_SECRET)
    connection = LongConnection(credentials, "feishu_plugin.app.receiving:accept_for", (settings,))
    connection.start()
    try:
        if not connection.wait_connected(_WAIT_S):
            raise SystemExit(f"the child process did not connect within {_WAIT_S:.0f} s")
        yield
    finally:
        connection.stop()


def _round(feishu: Feishu, events: Sequence[Event], at_once: int) -> tuple[float, list[float]]:
    began = time.perf_counter()
    took = feishu.push(events, at_once)
    return time.perf_counter() - began, took


if __name__ == "__main__":
    main()
