"""Parts of the child that can be tried in this process: what it says, and what it never says."""

import logging
import multiprocessing
from collections.abc import Iterator
from multiprocessing.connection import Connection
from types import SimpleNamespace
from typing import Any

import pytest

from feishu_plugin.errors import MalformedEvent
from feishu_plugin.gateway.listener import (
    FIRST_RETRY_S,
    MOST_PIECES,
    PING_S,
    RETRY_S,
    AppCredentials,
    Logged,
    Mouth,
    Stored,
    _bounded,
    _Door,
    _impatient,
    _UpThePipe,
)
from tests.gateway.samples import Json

URL = "connected to wss://x.example.com/ws/v2?fpid=493&access_key=0123abcd&service_id=7&ticket=1f-2e"


@pytest.fixture
def pipe() -> Iterator[tuple[Connection, Mouth]]:
    ours, theirs = multiprocessing.Pipe()
    yield ours, Mouth(theirs)
    ours.close()
    theirs.close()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (URL, "connected to wss://x.example.com/ws/v2?fpid=493&access_key=***&service_id=7&ticket=***"),
        ('body {"AppSecret": "other"}', 'body {"AppSecret": "***"}'),
        ("the secret is s3cr3t.", "the secret is ***."),
        ("nothing to hide", "nothing to hide"),
    ],
)
def test_logs_go_up_without_secrets(pipe: tuple[Connection, Mouth], text: str, shown: str) -> None:
    ours, mouth = pipe
    logger = logging.Logger("Lark")
    logger.addHandler(_UpThePipe(mouth, "s3cr3t"))
    logger.info("%s", "too small to be told")
    logger.error("%s", text)

    assert ours.recv() == Logged(level=logging.ERROR, text=shown)


def test_credentials_do_not_show_the_secret() -> None:
    shown = repr(AppCredentials(base_url="https://x", app_id="cli_a", app_secret="s3cr3t"))

    assert (shown, "s3cr3t" in shown) == ("AppCredentials(base_url='https://x', app_id='cli_a')", False)


def test_storing_is_told_after_it_is_done(pipe: tuple[Connection, Mouth]) -> None:
    ours, mouth = pipe
    stored: list[Json] = []

    def accept(envelope: Json) -> Json | None:
        assert not ours.poll()
        stored.append(envelope)
        return {"toast": {}}

    door = _Door(accept, lambda raw, cause: None, mouth)
    assert door._do_without_validation(b'{"schema": "2.0"}') == {"toast": {}}
    assert (stored, ours.recv()) == ([{"schema": "2.0"}], Stored(kind=""))


@pytest.mark.parametrize("payload", [b"no json", b"[]", b'{"a": 1}', b"\xff"])
def test_what_is_no_event_is_set_aside_once(pipe: tuple[Connection, Mouth], payload: bytes) -> None:
    aside: list[tuple[str, str]] = []

    def accept(envelope: Json) -> Json | None:
        raise MalformedEvent("no table")

    door = _Door(accept, lambda raw, cause: aside.append((raw, cause)), pipe[1])
    assert door._do_without_validation(payload) is None
    assert [raw for raw, _ in aside] == [payload.decode("utf-8", "surrogateescape")]


def test_what_cannot_be_stored_is_neither_told_nor_acknowledged(pipe: tuple[Connection, Mouth]) -> None:
    def accept(envelope: Json) -> Json | None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk"):
        _Door(accept, lambda raw, cause: None, pipe[1])._do_without_validation(b"{}")

    assert not pipe[0].poll()


@pytest.mark.parametrize(
    ("asked", "obeyed"),
    [
        ((2, 1, 5), (2, 1, 5)),
        ((90, 25, 90), (RETRY_S, FIRST_RETRY_S, PING_S)),
        ((0, -1, None), (RETRY_S, FIRST_RETRY_S, PING_S)),
        (("soon", True, [7]), (RETRY_S, FIRST_RETRY_S, PING_S)),
    ],
    ids=["sooner than ours", "what the live service asks for", "nothing", "nonsense"],
)
def test_feishu_may_ask_for_more_haste_but_not_for_less(
    asked: tuple[Any, ...], obeyed: tuple[Any, ...]
) -> None:
    names = ("ReconnectInterval", "ReconnectNonce", "PingInterval")
    client = SimpleNamespace()

    _impatient(client)(SimpleNamespace(ReconnectCount=0, **dict(zip(names, asked, strict=True))))

    found = (client._reconnect_interval, client._reconnect_nonce, client._ping_interval)
    assert (found, client._reconnect_count) == (obeyed, -1)


@pytest.mark.parametrize(("pieces", "place"), [(MOST_PIECES + 1, 0), (10**12, 5), (2, 2), (2, -1)])
def test_no_room_is_made_for_an_absurd_number_of_pieces(pieces: int, place: int) -> None:
    asked: list[tuple[str, int, int, bytes]] = []

    def combine(*given: Any) -> bytes | None:
        asked.append(given)
        return b"whole"

    with pytest.raises(ValueError, match="piece"):
        _bounded(combine)("m", pieces, place, b"x")

    assert asked == []
    assert _bounded(combine)("m", 2, 1, b"x") == b"whole"
