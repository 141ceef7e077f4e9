"""Every way a long connection can break: it is back soon, or it says loudly why it is not."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from websockets.sync.client import connect as open_socket

from feishu_plugin.errors import FeishuError
from feishu_plugin.gateway.listener import AppCredentials
from feishu_plugin.gateway.long_connection import LongConnection, Patience
from tests.gateway.conftest import Sandbox
from tests.gateway.test_long_connection import LONG_S, Told, until
from tests.gateway.wires import Wire

SOON = Patience(quiet_s=4.0, restart_s=(0.1, 0.5), refused_s=(0.2, 1.0))
"""As little patience as a busy machine allows: what counts is the order of things, not their time."""
ENDPOINT = "*/callback/ws/endpoint"


@pytest.fixture
def wire(sandbox: Sandbox) -> Iterator[Wire]:
    address = urlsplit(sandbox.ready["base_url"])
    found = Wire(str(address.hostname), int(address.port or 80))
    yield found
    found.close()


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def connection(sandbox: Sandbox, wire: Wire, told: Told, tmp_path: Path) -> Iterator[LongConnection]:
    """A connection by way of the wire, that pings every second."""
    haste = {"ping_interval_s": 1, "reconnect_nonce_s": 1, "reconnect_interval_s": 1}
    sandbox.control("PUT", "/switches", haste)
    ready = sandbox.ready
    found = LongConnection(
        AppCredentials(base_url=wire.url, app_id=ready["app_id"], app_secret=ready["app_secret"]),
        "tests.gateway.targets:into_file",
        (str(tmp_path / "inbox.jsonl"),),
        on_reconnected=told.reconnected,
        on_refused=told.refusals.append,
        patience=SOON,
    )
    found.start()
    try:
        assert found.wait_connected(LONG_S)
        yield found
    finally:
        found.stop()


def test_deaf_half_closed_and_cut_connections_come_back(
    connection: LongConnection, wire: Wire, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    """In one test, because each start of the SDK costs seconds."""
    first = connection.child_pid
    wire.go_deaf()
    until(lambda: told.reconnections, "another child took over from the deaf one")
    assert connection.child_pid != first
    assert "it has heard nothing for" in caplog.text

    before = told.reconnections
    wire.close_half()
    until(lambda: told.reconnections > before, "back after half of it was closed")

    before = told.reconnections
    wire.refuse(True)
    until(lambda: not connection.alive(), "known to be away")
    wire.refuse(False)
    until(lambda: told.reconnections > before, "back as soon as it is let in")
    until(connection.alive, "well again")
    assert told.refusals == []


def test_a_rotated_secret_is_said_at_the_next_connection_and_forgotten_when_it_is_right(
    connection: LongConnection, sandbox: Sandbox, wire: Wire, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    refusal = {"kind": "code", "route": ENDPOINT, "code": 514, "msg": "auth failed"}
    sandbox.control("PUT", "/faults", [refusal])
    wire.cut()
    until(lambda: len(told.refusals) > 1, "refused, and tried again")

    assert not connection.alive()
    assert isinstance(connection.error, FeishuError)
    assert connection.error.code == 514
    assert any(one.levelno == logging.ERROR and "514" in one.getMessage() for one in caplog.records)

    sandbox.control("PUT", "/faults", [])
    until(connection.alive, "back with the right secret")
    assert connection.error is None
    assert told.reconnections


def test_one_connection_too_many_is_said_and_comes_when_another_ends(
    connection: LongConnection, sandbox: Sandbox, wire: Wire, told: Told
) -> None:
    body = {name: sandbox.ready[key] for name, key in (("AppID", "app_id"), ("AppSecret", "app_secret"))}
    wire.refuse(True)
    until(lambda: sandbox.control("GET", "/stats")["long_connections"] == 0, "ours is gone")
    endpoint = f"{sandbox.ready['base_url']}/callback/ws/endpoint"
    with ExitStack() as others:
        for _ in range(50):
            url = sandbox.session.post(endpoint, json=body, timeout=60).json()["data"]["URL"]
            others.enter_context(open_socket(url))
        wire.refuse(False)
        until(lambda: told.refusals, "refused")

        assert "exceed conn limit" in str(told.refusals[0])
        until(lambda: not connection.alive(), "known to be away")
    until(connection.alive, "back when there is room")
