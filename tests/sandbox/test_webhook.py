"""Delivery to a request URL, judged by the official event dispatcher in a child process."""

import base64
import hashlib

import pytest
from Crypto.Cipher import AES

from feishu_plugin.sandbox.webhook import encrypt, sign
from tests.sandbox.bases_at_hand import WatchedBase
from tests.sandbox.conftest import Sandbox
from tests.sandbox.listeners import Listener


@pytest.mark.parametrize("encrypted", [True, False])
def test_the_dispatcher_accepts_what_is_posted(sandbox: Sandbox, encrypted: bool) -> None:
    key = sandbox.ready["encrypt_key"] if encrypted else ""
    hook = Listener("lark_webhook.py", key, sandbox.ready["verification_token"])
    try:
        body = {"url": hook.next("url"), "encrypt": encrypted}
        assert sandbox.control("PUT", "/webhook", json=body) == body
        base = WatchedBase(sandbox)
        record_id = base.add("由 webhook 送达")
        told = hook.next("event")
        assert told["event"]["action_list"][0]["record_id"] == record_id
        assert told["header"]["token"] == sandbox.ready["verification_token"]
    finally:
        hook.close()


def test_a_url_that_does_not_echo_the_challenge_is_refused(sandbox: Sandbox) -> None:
    hook = Listener("lark_webhook.py", "", "another token")
    try:
        answer = sandbox.call("PUT", "/_sandbox/webhook", json={"url": hook.next("url")})
        assert (answer.status, answer.code) == (400, 9499)
        assert sandbox.control("GET", "/webhook")["url"] is None
    finally:
        hook.close()


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/x", "http://127.0.0.1:9/", "nonsense"])
def test_a_url_that_cannot_be_reached_is_refused(sandbox: Sandbox, url: str) -> None:
    assert sandbox.call("PUT", "/_sandbox/webhook", json={"url": url}).status == 400


def test_the_published_cipher_text_is_made_of_the_published_words() -> None:
    published = "P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk="
    iv = base64.b64decode(published)[: AES.block_size]
    assert encrypt(b"hello world", "test key", iv) == published


def test_the_signature_covers_time_nonce_key_and_the_raw_body() -> None:
    expected = hashlib.sha256(b"1785500000731key" + b'{"encrypt":"x"}').hexdigest()
    assert sign("1785500000", "731", "key", b'{"encrypt":"x"}') == expected
