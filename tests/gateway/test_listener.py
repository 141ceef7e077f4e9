"""Parts of the child that can be tried in this process: what it says, and what it never says."""

import logging
import multiprocessing
from collections.abc import Iterator
from multiprocessing.connection import Connection

import pytest

from feishu_plugin.errors import MalformedEvent
from feishu_plugin.gateway.listener import AppCredentials, Logged, Mouth, Stored, _Door, _UpThePipe
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
