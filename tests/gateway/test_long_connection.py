"""The long connection over real processes: a sandbox, a child, and this one as the service."""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from feishu_plugin.gateway.http import Feishu
from feishu_plugin.gateway.listener import PING_S, AppCredentials, Beat
from feishu_plugin.gateway.long_connection import LongConnection, Patience
from feishu_plugin.gateway.messages import BotMessages
from feishu_plugin.gateway.tables import BaseTables
from tests.gateway.conftest import Sandbox
from tests.gateway.samples import Json

LONG_S = 90.0


def until(condition: Callable[[], Any], what: str) -> Any:
    """Waits for a condition of another process; fails loudly after a long time."""
    pause = threading.Event()
    for _ in range(int(LONG_S / 0.02)):
        if found := condition():
            return found
        pause.wait(0.02)
    pytest.fail(f"never happened: {what}")


def credentials(sandbox: Sandbox, secret: str | None = None) -> AppCredentials:
    ready = sandbox.ready
    return AppCredentials(
        base_url=ready["base_url"], app_id=ready["app_id"], app_secret=secret or ready["app_secret"]
    )


def lines(path: Path) -> list[Json]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


class Told:
    """Counts what the connection tells."""

    def __init__(self) -> None:
        self.events, self.reconnections = 0, 0
        self.refusals: list[Exception] = []

    def event(self, kind: str) -> None:
        self.events += kind == "drive.file.bitable_record_changed_v1"

    def reconnected(self) -> None:
        self.reconnections += 1


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    return tmp_path / "inbox.jsonl"


Connect = Callable[..., LongConnection]


@pytest.fixture
def connect(sandbox: Sandbox, inbox: Path) -> Iterator[Connect]:
    """Starts connections that all end with the test, however it ends."""
    started: list[LongConnection] = []

    def start(
        target: str = "into_file", args: tuple[Any, ...] = (), secret: str | None = None, **options: Any
    ) -> LongConnection:
        module = "tests.gateway.targets"
        own = (str(inbox), *args) if target == "into_file" else ()
        started.append(LongConnection(credentials(sandbox, secret), f"{module}:{target}", own, **options))
        started[-1].start()
        return started[-1]

    yield start
    for connection in started:
        connection.stop()


def test_events_clicks_breaks_and_deaths(
    connect: Connect, sandbox: Sandbox, feishu: Feishu, tables: BaseTables, inbox: Path, told: Told
) -> None:
    """One life of a connection; in one test because each start of lark-oapi costs seconds."""
    connection = connect(args=(True,), on_event=told.event, on_reconnected=told.reconnected)
    assert connection.wait_connected(LONG_S)
    first = deliver_twice(sandbox, tables, inbox)
    assert set(first) == {"schema", "header", "event"}
    assert first["header"]["event_type"] == "drive.file.bitable_record_changed_v1"
    until(lambda: told.events == 1, "told of the event")

    # A press of a button is answered by what ``accept`` returned.
    assert press(sandbox, feishu) == {
        "answer": {"toast": {"type": "success", "content": "已保存"}},
        "code": 0,
    }

    # What is malformed is set aside and acknowledged.
    tables.create("requirement", [{"title": "malformed"}], "second")
    aside = until(lambda: [line for line in lines(inbox) if "cause" in line], "set aside")
    assert [(line["cause"], "malformed" in line["raw"]) for line in aside] == [("as asked", True)]

    # The event of a large batch has more than the 1 MiB that websockets take by default.
    tables.create("requirement", [{"title": "大" * 40_000}] * 12, "large")
    until(lambda: inbox.stat().st_size > 2**20, "the large event arrived")
    assert told.reconnections == 0

    # The server ends the connection: the client comes back by itself, and we are told.
    child = connection.child_pid
    assert child is not None
    os.kill(child, signal.SIGINT)  # Ctrl-C reaches every process of a terminal; the parent decides
    sandbox.control("PUT", "/faults", [{"kind": "close-ws", "count": 1}])
    tables.create("requirement", [{"title": "乙"}], "third")
    until(lambda: told.reconnections == 1, "reconnected")
    assert connection.child_pid == child

    # The child dies: another one takes over, and no event is lost.
    os.kill(child, signal.SIGKILL)
    until(lambda: told.reconnections == 2, "restarted")
    assert connection.child_pid != child
    tables.create("requirement", [{"title": "丙"}], "fourth")
    sandbox.control("POST", "/clock", {"advance_s": 400})
    until(lambda: sandbox.control("GET", "/stats")["events"]["waiting"] == 0, "all delivered")
    texts = inbox.read_text("utf-8")
    assert ("乙" in texts, "丙" in texts) == (True, True)
    assert connection.alive()


def deliver_twice(sandbox: Sandbox, tables: BaseTables, inbox: Path) -> Json:
    """The first delivery fails in ``accept``, so it is not acknowledged and comes again."""
    tables.subscribe()
    [made] = tables.create("requirement", [{"title": "甲"}], "first")
    until(inbox.exists, "the first try")
    until(lambda: sandbox.control("GET", "/stats")["events"]["waiting"] == 1, "the failed event waits")
    assert lines(inbox) == []
    sandbox.control("POST", "/clock", {"advance_s": 16})
    [found] = until(lambda: lines(inbox), "the second try")
    assert [action["record_id"] for action in found["event"]["action_list"]] == [made]
    return dict(found)


def press(sandbox: Sandbox, feishu: Feishu) -> Json:
    """Sends a card with a button and presses it."""
    person = sandbox.user("周子墨")["open_id"]
    button = {
        "tag": "button",
        "name": "ok",
        "text": {"tag": "plain_text", "content": "好"},
        "behaviors": [{"type": "callback", "value": {"act": "set"}}],
    }
    message = BotMessages(feishu).send(person, {"schema": "2.0", "body": {"elements": [button]}}, "a")
    return sandbox.control("POST", f"/messages/{message}/click", {"open_id": person, "element": "ok"})


def test_stop_ends_the_child(connect: Connect) -> None:
    connection = connect()
    assert connection.wait_connected(LONG_S)
    child = connection.child_pid
    assert child is not None
    connection.stop()

    assert (connection.alive(), connection.child_pid) == (False, None)
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_a_child_that_stands_still_is_replaced(connect: Connect, told: Told) -> None:
    connection = connect(on_reconnected=told.reconnected, patience=Patience(beat_s=3.0))
    assert connection.wait_connected(LONG_S)
    child = connection.child_pid
    assert child is not None
    os.kill(child, signal.SIGSTOP)
    until(lambda: told.reconnections, "another child connected")

    assert not is_running(child)


def test_a_wrong_secret_is_reported_and_not_shown(
    connect: Connect, sandbox: Sandbox, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = "a-wrong-secret"

    def refused(error: Exception) -> None:
        told.refusals.append(error)
        raise RuntimeError("a listener of ours fails")

    with caplog.at_level(logging.DEBUG):
        connection = connect(secret=wrong, on_refused=refused)
        assert not connection.wait_connected(LONG_S)
        until(lambda: "a listener of ours fails" in caplog.text, "refused")
        connection.stop()

    assert connection.error is told.refusals[0]
    assert "Feishu refused POST /callback/ws/endpoint: 514" in str(connection.error)
    assert wrong not in caplog.text + repr(credentials(sandbox, wrong)) + str(connection.error)


def test_a_target_that_cannot_be_built_is_logged(connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    connection = connect("broken")
    until(lambda: "no database" in caplog.text and "process ended (1)" in caplog.text, "logged")

    assert not connection.alive()


SERVICE = """
import sys, threading
from feishu_plugin.gateway.listener import AppCredentials
from feishu_plugin.gateway.long_connection import LongConnection

if __name__ == "__main__":
    url, app_id, secret, inbox = sys.stdin.readline().split()
    credentials = AppCredentials(base_url=url, app_id=app_id, app_secret=secret)
    connection = LongConnection(credentials, "tests.gateway.targets:into_file", (inbox,))
    connection.start()
    connection.wait_connected(90)
    print(connection.child_pid, flush=True)
    threading.Event().wait()
"""


def test_the_child_dies_with_its_parent(sandbox: Sandbox, inbox: Path, tmp_path: Path) -> None:
    script = tmp_path / "service.py"
    script.write_text(SERVICE, "utf-8")
    told = " ".join([*(sandbox.ready[k] for k in ("base_url", "app_id", "app_secret")), str(inbox)])
    root = str(Path(__file__).parents[2])
    with subprocess.Popen(
        [sys.executable, str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": root},
    ) as service:
        assert service.stdin is not None
        assert service.stdout is not None
        service.stdin.write(told + "\n")
        service.stdin.flush()
        child = int(service.stdout.readline())
        service.kill()

    until(lambda: not is_running(child), "the child is gone")


def is_running(pid: int) -> bool:
    """A zombie that nobody has reaped yet does not run (only Linux tells)."""
    try:
        os.kill(pid, 0)
        status = Path(f"/proc/{pid}/status")
        return not status.exists() or "\nState:\tZ" not in status.read_text("utf-8")
    except (ProcessLookupError, FileNotFoundError):
        return False


WELL = {"offline_s": 0.0, "quiet_s": 1.0, "lag_s": 1.0, "ping_interval_s": float(PING_S)}


@pytest.mark.parametrize(
    ("state", "cause"),
    [
        ({}, None),
        ({"quiet_s": 44.0}, None),
        ({"quiet_s": 46.0}, "heard nothing for 46 s"),
        ({"quiet_s": 46.0, "offline_s": 5.0}, None),
        ({"offline_s": 181.0}, "not been connected for 181 s"),
        ({"lag_s": 41.0}, "stuck for 41 s"),
    ],
)
def test_a_child_is_replaced_when_it_is_unwell(state: dict[str, float], cause: str | None) -> None:
    found = Patience().exceeded(Beat(**{**WELL, **state}))

    assert found == cause if cause is None else cause in (found or "")
