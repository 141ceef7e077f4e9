"""Makes a world and serves it until interrupted; the command line and ``feishu-plugin`` call this."""

import json
import socket
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import uvicorn

from feishu_plugin.sandbox import page
from feishu_plugin.sandbox.bases import Bases
from feishu_plugin.sandbox.clock import Clock
from feishu_plugin.sandbox.connections import Connections
from feishu_plugin.sandbox.credentials import Credentials, Keys
from feishu_plugin.sandbox.delivery import Delivery
from feishu_plugin.sandbox.envelope import Json
from feishu_plugin.sandbox.faults import Faults
from feishu_plugin.sandbox.medias import Medias
from feishu_plugin.sandbox.messages import Messages
from feishu_plugin.sandbox.people import DEFAULT_USERS, People
from feishu_plugin.sandbox.replica_lag import ReplicaLag
from feishu_plugin.sandbox.said import Sayings
from feishu_plugin.sandbox.scopes import Scopes
from feishu_plugin.sandbox.server import make_app
from feishu_plugin.sandbox.stats import Stats
from feishu_plugin.sandbox.storage import Storage, forget_changes
from feishu_plugin.sandbox.switches import Switches
from feishu_plugin.sandbox.world import World

BACKLOG = 2048


def make_world(keys: Keys, users: Sequence[Json] = DEFAULT_USERS) -> World:
    """An empty world of one app and its people."""
    clock, switches, faults, stats = Clock(), Switches(), Faults(), Stats()
    people = People(keys.app_id, users)
    credentials = Credentials(keys, people, clock, switches)
    delivery = Delivery(
        clock=clock,
        switches=switches,
        credentials=credentials,
        people=people,
        faults=faults,
        stats=stats,
    )
    return World(
        clock=clock,
        switches=switches,
        credentials=credentials,
        people=people,
        bases=Bases(),
        medias=Medias(clock),
        messages=Messages(clock, switches),
        said=Sayings(clock),
        delivery=delivery,
        faults=faults,
        stats=stats,
        scopes=Scopes(),
        lag=ReplicaLag(),
    )


def serve(host: str, port: int, data: Path | None, users: Path | None, print_json: bool) -> None:
    """Serves on ``host:port`` (0 takes a free port) until interrupted or terminated.

    ``data``: SQLite file that keeps the state. ``users``: JSON list of people. ``print_json``
    prints one line with base_url, credentials and users once the port is open.
    """
    people: Sequence[Json] = json.loads(users.read_text("utf-8")) if users else DEFAULT_USERS
    storage = Storage(data) if data else None
    world = make_world(storage.keys() if storage else Keys.invent(), people)
    if storage:
        storage.load(world)
    try:
        with closing(_listen(host, port)) as listener:
            _announce(world, host, listener.getsockname()[1], print_json)
            _run(world, storage, listener)
    finally:
        # Ctrl-C comes out of the server as an exception, after its calls are done.
        if storage:
            storage.save(world, "")
            storage.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle off only for sockets whose protocol is spelled out; with it on, answers take 40 ms
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(BACKLOG)
    return listener


def _announce(world: World, host: str, port: int, print_json: bool) -> None:
    base_url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    keys = world.credentials.keys
    if not print_json:
        sys.stdout.write(
            f"sandbox Feishu on {base_url}  app_id {keys.app_id}  app_secret {keys.app_secret}\n"
            f"{page.where(base_url)}\n"
        )
    else:
        ready = {"base_url": base_url, **keys.as_json(), "users": world.people.as_json()}
        sys.stdout.write(json.dumps(ready, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _run(world: World, storage: Storage | None, listener: socket.socket) -> None:
    connections = Connections(world)

    def after_call(path: str) -> None:
        if storage is not None:
            storage.save(world, path)
        else:
            forget_changes(world)

    config = uvicorn.Config(
        make_app(world, connections=connections, after_call=after_call),
        http=connections.protocol(),
        ws="websockets-sansio",
        log_level="warning",
        access_log=False,
        date_header=False,  # the gate writes it, see the switch date_offset_s
        timeout_graceful_shutdown=1,
        timeout_keep_alive=75,
    )
    _Server(config, world).run(sockets=[listener])


class _Server(uvicorn.Server):
    """Before it waits for open calls, those who wait for news are sent away."""

    def __init__(self, config: uvicorn.Config, world: World) -> None:
        super().__init__(config)
        self._news = world.news

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._news.end()
        await super().shutdown(sockets)
