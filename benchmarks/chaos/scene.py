"""A base with people, a mail server and a service that may die at any moment; time stands still meanwhile.

The clock of the sandbox is frozen, so that two plays can be compared by their times. It goes
on by itself only when nothing else can: an event that met a dead service comes again 15 s later.
"""

import os
import shutil
import signal
import socket
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import requests

from benchmarks.chaos.child import LIFE, LIVES
from benchmarks.chaos.sleepers import asleep
from benchmarks.chaos.watch import changes_something
from feishu_plugin.demo.narrator import ZONE
from feishu_plugin.demo.stage import Json, Stage, StageError, _start, raise_curtain
from tests.smtp.server import MailServer, mail_server

BEGIN = datetime(2026, 8, 27, 9, 5, tzinfo=ZONE)
LIN, ZHOU, CHEN, XU, ZHAO, GAO, SHEN = "林晓岚", "周子墨", "陈思远", "许安然", "赵启明", "高若溪", "沈国栋"
ROOT = Path(__file__).parents[2]
_WORLD, _PLUGIN = "sandbox.sqlite3", "plugin.sqlite3"
_LOOK_S = 0.03
_BAD_CLICK = "9499"
_STILL_LOOKS = 40
"""So often everything slept and looked the same and not quiet: only time can help."""
_MOST_LOOKS = 6000
_TIME_S = (4.0, 12.0, 45.0)
"""How time goes on then: past the grace for a late event, past the first re-push, and further."""


class Scene(Stage):
    """A stage whose service is supervised; people wait while it is down."""

    def __init__(self, raised: Stage, mail: MailServer, listen: str) -> None:
        super().__init__(
            folder=raised.folder,
            sandbox=raised.sandbox,
            environment=raised.environment,
            session=raised.session,
        )
        self.mail, self.listen = mail, listen
        self.passed_s = 0.0
        """Business seconds that passed because nothing else would have helped."""
        self._rules: Sequence[Json] = ()
        self._seed = 0
        self._turn = threading.Lock()

    def raise_service(self) -> None:
        """Starts the supervisor, and tells Feishu the request URL as soon as somebody answers there."""
        words = ["-m", "benchmarks.chaos.child", str(self.folder), self.listen]
        self.service = _start(words, self.environment, self.folder / "serve.log", ROOT)
        for _ in self._looks():
            if (health := self._health()) and health["connected"] and (self._is_long or self._hooked()):
                return
        raise StageError(f"the service never answered; see {self.folder / 'serve.log'}")

    def provision_again(self) -> None:
        """``apply`` on the base as it is: a new database learns which table and block is which."""
        self.command("apply")

    @property
    def _is_long(self) -> bool:
        return self.environment["FEISHU_PLUGIN_CONNECTION"] == "long"

    def kill(self) -> None:
        """Ends the present life at once, if there is one."""
        with suppress(FileNotFoundError, ValueError, ProcessLookupError):
            os.kill(int((self.folder / LIFE).read_text()), signal.SIGKILL)

    def _pids(self) -> list[int]:
        """The processes that something may still happen in."""
        file = self.folder / LIFE
        with suppress(FileNotFoundError, ValueError):
            return [self.sandbox.popen.pid, int(file.read_text())]
        return [self.sandbox.popen.pid]

    def lives(self) -> list[int]:
        """Exit codes of the lives that ended."""
        file = self.folder / LIVES
        return [int(line) for line in file.read_text().split()] if file.exists() else []

    def go_to(self, now: datetime) -> None:
        """Sets the frozen clock and waits until everything that was due has happened."""
        at = max(now, self.now())
        self.set_clock(at)
        self.until_quiet(after=at)

    def set_clock(self, now: datetime, *, frozen: bool = True) -> None:
        """Sets the clock to ``now``, where it stays when ``frozen``."""
        body = {"now": now.isoformat(), "frozen": frozen}
        self.session.put(f"{self.url}/_sandbox/clock", json=body, timeout=60).raise_for_status()

    def until_quiet(self, after: datetime | None = None) -> None:
        """Waits until no event is on its way and a living service has nothing left to do."""
        since = after or self.now()
        calm = still = times = 0
        last: object = None
        for _ in self._looks():
            state = self._state()
            quiet = _is_quiet(state, since)
            calm = calm + 1 if quiet else 0
            if calm >= 3:
                return
            if quiet or not state or state != last:
                still = 0
            elif asleep(self._pids()):
                # Whoever computes, or waits for a core of a busy machine, is not waiting for time.
                still += 1
            if still >= _STILL_LOOKS:
                self._let_time_pass(_TIME_S[min(times, len(_TIME_S) - 1)])
                times, still = times + 1, 0
            last = state
        raise StageError(f"the service never came to rest: {last}; see {self.folder / 'serve.log'}")

    def press(self, who: str, message: Json, button: str, form: Json | None = None) -> str:
        """A person presses until the app says that it heard it, and everything has come of it."""
        for _ in self._looks():
            said = super().press(who, message, button, form)
            if said == _BAD_CLICK:
                raise StageError(f"the card has no button {button} that could be pressed so")
            if not said.isdigit():
                self.until_quiet()
                return said
        raise StageError(f"nobody answered the button {button}")

    def weather(self, rules: Sequence[Json]) -> None:
        """The sandbox's faults from now on; none ends them. What people do is spared."""
        with self._turn:
            self._rules = rules
            self._order_faults(rules)

    def storm(self, rules: Sequence[Json], seconds: float) -> None:
        """Such weather for some seconds of real time, while everything goes on."""
        self.weather(rules)
        end = threading.Timer(seconds, self.weather, args=((),))
        end.daemon = True
        end.start()

    def call(self, method: str, path: str, token: str, body: Json | None = None) -> Json:
        """A person's call; people have no misfortunes, and their clients repeat nothing."""
        with self._turn:
            if not self._rules:
                return super().call(method, path, token, body)
            self._order_faults(())
            try:
                return super().call(method, path, token, body)
            finally:
                self._order_faults(self._rules)

    def pass_time(self, *seconds: float) -> None:
        """Business time goes on in steps; whoever waits for another try tries."""
        for one in seconds:
            self._let_time_pass(one)
            self.until_quiet()

    def _order_faults(self, rules: Sequence[Json]) -> None:
        # New dice each time: what people do in between must not make the same misfortunes come again.
        self._seed += 1
        body = {"seed": self._seed, "rules": list(rules)}
        requests.put(f"{self.url}/_sandbox/faults", json=body, timeout=60).raise_for_status()

    def _looks(self) -> Iterator[None]:
        pause = threading.Event()
        for _ in range(_MOST_LOOKS):
            yield
            pause.wait(_LOOK_S)

    def _health(self) -> Json | None:
        """What the service says of itself; None while it is down or still opening its base."""
        try:
            found: Json = self.session.get(f"http://{self.listen}/health", timeout=20).json()
        except (requests.RequestException, ValueError):
            return None
        return found if found["bases"] else None

    def _hooked(self) -> bool:
        body = {"url": f"http://{self.listen}/webhook/event", "encrypt": True}
        return self.session.put(f"{self.url}/_sandbox/webhook", json=body, timeout=60).ok

    def _state(self) -> Json | None:
        health = self._health()
        if health is None:
            return None
        base = health["bases"][0]
        keys = ("idle", "pending", "effects_waiting", "ticked_at", "troubles")
        stats = self.stats()
        # A hint that waits for time is read again every second: only writes are something that moves.
        writes = sum(
            sum(codes.values()) for route, codes in stats["requests"].items() if changes_something(route)
        )
        found = {"events": stats["events"]["waiting"], **{key: base[key] for key in keys}}
        return {**found, "writes": writes}

    def _let_time_pass(self, seconds: float) -> None:
        self.passed_s += seconds
        self.session.post(f"{self.url}/_sandbox/clock", json={"advance_s": seconds}, timeout=60)


def _is_quiet(state: Json | None, since: datetime) -> bool:
    if not state or state["events"] or not state["idle"] or not state["ticked_at"]:
        return False
    return datetime.fromisoformat(state["ticked_at"]) >= since


@contextmanager
def scene(more: Mapping[str, str] | None = None) -> Iterator[Scene]:
    """A provisioned base on a Thursday morning; the service is not started yet."""
    kept, base = _made()
    with ExitStack() as closing:
        own = Path(tempfile.mkdtemp(prefix="feishu-chaos-"))
        closing.callback(shutil.rmtree, own, ignore_errors=True)
        shutil.copytree(kept, own, dirs_exist_ok=True)
        raised = raise_curtain(world=own / _WORLD)
        mail = closing.enter_context(mail_server(raised.folder / "mail"))
        found = Scene(raised, mail, f"127.0.0.1:{_free_port()}")
        closing.callback(found.close)
        shutil.copy(own / _PLUGIN, found.folder)
        found.environment = {**found.environment, **_settings(found), **(more or {})}
        found.set_clock(BEGIN)
        found.remember(base)
        yield found


def _settings(found: Scene) -> dict[str, str]:
    ready = found.sandbox.ready
    return {
        "FEISHU_PLUGIN_CONNECTION": "webhook",
        "FEISHU_PLUGIN_LISTEN": found.listen,
        "FEISHU_ENCRYPT_KEY": ready["encrypt_key"],
        "FEISHU_VERIFICATION_TOKEN": ready["verification_token"],
        "FEISHU_PLUGIN_ADMINISTRATORS": found.people[SHEN]["open_id"],
        "FEISHU_PLUGIN_SMTP": found.mail.address,
        "FEISHU_PLUGIN_SMTP_SECURITY": "none",
        "FEISHU_PLUGIN_MAIL_FROM": "星河客服 <service@example.com>",
    }


@cache
def _made() -> tuple[Path, Json]:
    """Files of a new base whose routing rules name owners, and what ``apply`` told of it."""
    kept = Path(tempfile.mkdtemp(prefix="feishu-chaos-base-"))
    stage = raise_curtain(world=kept / _WORLD)
    try:
        body = {"now": BEGIN.isoformat(), "frozen": True}
        stage.session.put(f"{stage.url}/_sandbox/clock", json=body, timeout=60).raise_for_status()
        base = stage.provision("混乱")
        _name_owners(stage)
    finally:
        stage.close()
    shutil.copy(stage.folder / _PLUGIN, kept)
    return kept, base


def _name_owners(stage: Stage) -> None:
    """One owner for each rule: whose turn it is among several follows the order of judging."""
    owners = {"咨询、投诉与建议": LIN, "问题反馈": ZHAO, "新功能、优化与定制": CHEN, "其余需求": ZHOU}
    people: dict[str, Any] = {name: [{"id": one["open_id"]}] for name, one in stage.people.items()}
    rules = {fields["规则名称"][0]["text"]: rid for rid, fields in stage.rows("routing").items()}
    changes = {rules[rule]: {"负责人": people[who], "管理者": people[SHEN]} for rule, who in owners.items()}
    stage.edit(SHEN, "routing", changes)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
