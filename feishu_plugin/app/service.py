"""serve: every base at work, one door for events, a health page, and a quiet stop on a signal."""

import logging
import os
import signal
import socket
import threading
import uuid
from collections.abc import Callable
from types import FrameType
from typing import Any

import uvicorn
from starlette.routing import BaseRoute, Route

from feishu_plugin.app import front_door
from feishu_plugin.app.base_worker import BaseWorker
from feishu_plugin.app.clocks import SandboxClock
from feishu_plugin.app.compose import Office, desk_for, seal_of
from feishu_plugin.app.crew import Crew
from feishu_plugin.app.figures import Figures
from feishu_plugin.app.intake import intake_routes
from feishu_plugin.app.intake_desk import IntakeDesk
from feishu_plugin.app.intake_form import Marks, form_routes
from feishu_plugin.app.lookout import EVERY_S, Lookout
from feishu_plugin.app.pages import pages
from feishu_plugin.app.receiving import chat_base, receiver_for, taken
from feishu_plugin.app.standing import Standing
from feishu_plugin.app.trying import Trying
from feishu_plugin.errors import FeishuUnreachable, PluginError, SettingsError
from feishu_plugin.gateway.listener import AppCredentials
from feishu_plugin.gateway.long_connection import LongConnection
from feishu_plugin.gateway.receiving import kind_of
from feishu_plugin.gateway.tables import BaseTables
from feishu_plugin.gateway.webhook import webhook_route
from feishu_plugin.language import Phrase
from feishu_plugin.ports import Json
from feishu_plugin.settings import bases
from feishu_plugin.sync import repushes

log = logging.getLogger(__name__)

_CONNECT_S = 30.0
_OPEN_AGAIN_S = (10.0, 60.0)
"""How soon bases are tried again while none is watched, and while others are."""
_NOT_YET = PluginError(Phrase("正在打开", "it is being opened"))


class Service:
    """Everything ``serve`` runs; ``run`` returns after a signal, with nothing half done."""

    def __init__(self, office: Office, figures: Figures) -> None:
        self.office, self._figures = office, figures
        self._stop = threading.Event()
        # Containers may share a host name and all be process 1: the tail tells them apart.
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self.workers: list[BaseWorker] = []
        self._crew = Crew()
        self._lookout = Lookout(office.store, office.clock, self.workers)
        self._watch = self._crew.hire("lookout", Trying(self._lookout.look, longest_s=EVERY_S).work)
        self.waiting: dict[str, PluginError] = dict.fromkeys(bases(office.settings), _NOT_YET)
        """Bases that could not be opened yet, and why."""
        self._connection: LongConnection | None = None
        self._server: uvicorn.Server | None = None
        self.address = ""
        self._on_stopping: Callable[[], None] = lambda: None
        self._standing = Standing(
            office=office,
            workers=self.workers,
            waiting=self.waiting,
            connected=self._connected,
            refusal=lambda: self._connection.error if self._connection else None,
        )

    def run(self, ready: Callable[["Service"], None], stopping: Callable[[], None] = lambda: None) -> None:
        """Starts all parts, tells ``ready``, and waits for SIGINT or SIGTERM, which tells ``stopping``."""
        self._on_stopping = stopping
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop_soon)
        try:
            self._start()
            ready(self)
            self._stop.wait()
        finally:
            self.close()

    def _stop_soon(self, number: int, frame: FrameType | None) -> None:
        """The first signal ends what is in work in good order; the second ends everything at once."""
        for one in (signal.SIGINT, signal.SIGTERM):
            signal.signal(one, signal.SIG_DFL)
        self._stop.set()
        self._on_stopping()

    @property
    def ready(self) -> dict[str, Any]:
        """What ``serve --json`` prints once everything runs."""
        bases = [
            {"base_token": w.desk.app_token, "paused": [one.both for one in w.desk.paused]}
            for w in self.workers
        ]
        health = f"{self.address}/health" if self.address else None
        return {"ready": True, "health": health, "bases": bases, "waiting": self._standing.causes()}

    @property
    def greeting(self) -> str:
        """What ``serve`` prints once everything runs."""
        watching, resting = Phrase("正在监听多维表格", "watching base"), Phrase("暂停", "resting")
        lines = [f"{watching} {worker.desk.app_token}" for worker in self.workers]
        lines += [f"  {resting}: {line}" for worker in self.workers for line in worker.desk.paused]
        lines += [
            str(Phrase(f"还没有监听 {token}：{cause}", f"NOT watching base {token} yet: {cause}"))
            for token, cause in self._standing.causes().items()
        ]
        return "\n".join(
            lines + ([f"{Phrase('健康页', 'health page')}: {self.address}/health"] if self.address else [])
        )

    def close(self) -> None:
        """Stops taking events, finishes what is in work, and leaves the rest for the next start."""
        self._stop.set()
        if self._connection:
            self._connection.stop()
        if self._server:
            self._server.should_exit = True
        for worker in self.workers:
            worker.ask_to_stop()
        for worker in self.workers:
            worker.stop()
        self._watch.end()
        self._crew.close()

    def _start(self) -> None:
        if self.office.settings.listen:
            self._listen()
        opened = self._open_some()
        if self.office.settings.connection == "long" and not self._stop.is_set():
            self._connection = self._connect()
        for worker in opened:
            # After the door is open: an edit between the two is found by one of them.
            self._put_to_work(worker)
        self._watch.wake()
        self._watch_clock()
        if self.waiting:
            threading.Thread(target=self._open_the_rest, name="late-bases", daemon=True).start()

    def _open_some(self) -> list[BaseWorker]:
        """Opens the bases; waits while Feishu does not answer, and raises when it refuses them all."""
        while not self._stop.is_set():
            opened = self._open()
            unreachable = any(isinstance(cause, FeishuUnreachable) for cause in self.waiting.values())
            if opened:
                return opened
            if not unreachable:
                raise next(iter(self.waiting.values()))
            log.warning("Feishu cannot be reached; no base is watched yet, trying again")
            self._stop.wait(_OPEN_AGAIN_S[0])
        return []

    def _open(self) -> list[BaseWorker]:
        """Opens what can be opened; one bad base stops no other."""
        opened = []
        for token in tuple(self.waiting):
            try:
                worker = self._worker(token)
                _subscribe(worker)
            except PluginError as error:
                log.error("base %s cannot be watched yet: %s", token, error)
                self.waiting[token] = error
            else:
                opened.append(worker)
                del self.waiting[token]
        return opened

    def _worker(self, token: str) -> BaseWorker:
        desk = desk_for(self.office, token)
        return BaseWorker(self.office, desk, self._holder, self._crew, self._connected)

    def _open_the_rest(self) -> None:
        while self.waiting and not self._stop.wait(_OPEN_AGAIN_S[1]):
            for worker in self._open():
                self._put_to_work(worker)

    def _put_to_work(self, worker: BaseWorker) -> None:
        try:
            repushes.listen_anew(worker.desk)
            worker.sweep_now()
        except PluginError as error:
            log.warning("the first sweep failed and is repeated: %s", error)
            worker.sweep_soon()
        if self._stop.is_set():
            return
        self.workers.append(worker)
        worker.start()
        if self._stop.is_set():
            worker.stop()

    def _connected(self) -> bool:
        """A webhook is there when its page answers; the long connection says so itself."""
        if self.office.settings.connection == "webhook":
            return True
        return self._connection is not None and self._connection.alive()

    def _received(self, kind: str) -> None:
        self.office.witness.saw("event", kind=kind)
        if len(self.workers) == 1:
            self.workers[0].wake()  # nobody has to be asked whom it concerns
        else:
            self._lookout.hear()
            self._watch.wake()

    def _connect(self) -> LongConnection:
        settings = self.office.settings
        secret = settings.app_secret.get_secret_value()
        connection = LongConnection(
            AppCredentials(base_url=settings.base_url, app_id=settings.app_id, app_secret=secret),
            "feishu_plugin.app.receiving:accept_for",
            (settings,),
            on_event=self._received,
            on_reconnected=self._sweep_all,
            on_restart=lambda: self.office.witness.saw("restart"),
        )
        connection.start()
        if not connection.wait_connected(_CONNECT_S):
            if connection.error:
                connection.stop()
                raise connection.error
            log.warning("no long connection yet; edits are found by sweeps until there is one")
        return connection

    def _sweep_all(self) -> None:
        for worker in self.workers:
            worker.sweep_soon()

    def _watch_clock(self) -> None:
        clock = self.office.clock
        if isinstance(clock, SandboxClock):
            threading.Thread(
                target=clock.watch, args=(self._clock_moved, self._stop), name="clock", daemon=True
            ).start()

    def _clock_moved(self) -> None:
        for worker in self.workers:
            worker.clock_moved()

    def _listen(self) -> None:
        host, _, port = self.office.settings.listen.rpartition(":")
        # What is no number is refused as a port that cannot be: in words, not as a failed conversion.
        try:
            listener = socket.create_server((host or "127.0.0.1", int(port) if port.isdecimal() else -1))
        except (OSError, OverflowError) as error:
            raise SettingsError(
                Phrase(
                    f"无法监听 {self.office.settings.listen}：{error}；"
                    "请把 FEISHU_PLUGIN_LISTEN（或 --listen）设为本机空闲的 host:port",
                    f"cannot listen on {self.office.settings.listen}: {error}; "
                    "set FEISHU_PLUGIN_LISTEN (or --listen) to a free host:port of this machine",
                )
            ) from error
        self.address = f"http://{listener.getsockname()[0]}:{listener.getsockname()[1]}"
        self._server = front_door.server(self._routes())
        threading.Thread(
            target=self._server.run, kwargs={"sockets": [listener]}, name="listen", daemon=True
        ).start()

    def _routes(self) -> list[BaseRoute]:
        routes = pages(self._standing, self._figures)
        if self.office.settings.connection == "webhook":
            routes.append(self._webhook())
        return [*routes, *self._intake()]

    def _intake(self) -> list[BaseRoute]:
        office, settings = self.office, self.office.settings
        desk = IntakeDesk(office.store, office.schema, office.clock, settings.intake, self._came_in)
        routes = intake_routes(desk) if settings.intake else []
        if settings.form_base:
            marks = Marks(settings.app_secret, office.clock.now)
            routes += form_routes(desk, marks, settings.form_base, settings.intake_origins)
        return routes

    def _came_in(self, app_token: str) -> None:
        for worker in self.workers:
            if worker.desk.app_token == app_token:
                worker.wake_deliveries()

    def _webhook(self) -> Route:
        settings = self.office.settings
        receiver = receiver_for(self.office.store, self.office.clock, chat_base(settings))
        seal = seal_of(settings)

        def accept(envelope: Json) -> Json | None:
            answer = taken(receiver, envelope, seal)
            self._received(kind_of(envelope))
            return answer

        return webhook_route(
            accept,
            settings.encrypt_key.get_secret_value(),
            settings.verification_token.get_secret_value(),
            self.office.clock.now,
            reject=receiver.reject,
        )


def _subscribe(worker: BaseWorker) -> None:
    tables = worker.desk.tables
    if isinstance(tables, BaseTables):
        tables.subscribe()
