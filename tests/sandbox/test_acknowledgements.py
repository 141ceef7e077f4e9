"""The three dialects of an acknowledgement, and what is none."""

import base64

import pytest

from feishu_plugin.sandbox.delivery import Answer
from feishu_plugin.sandbox.long_connection import read_ack

TOAST = b'{"toast":{"type":"info","content":"ok"}}'


@pytest.mark.parametrize(
    ("payload", "answer"),
    [
        (b'{"code":200}', Answer(kind="ok")),
        (b'{"code":200,"headers":null,"data":null}', Answer(kind="ok")),
        (b'{"code":200,"data":"%s"}' % base64.b64encode(TOAST), Answer(kind="ok", data=TOAST)),
        (b'{"code":500}', Answer(kind="failed")),
        (b'{"code":200,"data":"not base64!"}', Answer(kind="failed")),
        (b'{"code":200,"data":5}', Answer(kind="failed")),
        (b"[]", Answer(kind="failed")),
        (b"", Answer(kind="failed")),
    ],
    ids=["python", "go", "with data", "refused", "no base64", "no text", "no object", "empty"],
)
def test_an_acknowledgement_is_read(payload: bytes, answer: Answer) -> None:
    assert read_ack(payload) == answer
