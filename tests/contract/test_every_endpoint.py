"""Every endpoint of the sandbox has a call that it accepts, answered in Feishu's envelope."""

import pytest

from feishu_plugin.sandbox.routes import ROUTES
from tests.contract.good_calls import GOOD
from tests.contract.premises import Premises
from tests.sandbox.conftest import Sandbox

BYTES = {
    "/_sandbox/images/:image_key",
    "/open-apis/im/v1/images/:image_key",
    "/open-apis/drive/v1/medias/:file_token/download",
    "/space/api/box/stream/download/authcode",
}
"""Endpoints that answer with a file."""
UNASKED = {("POST", "/open-apis/interactive/v1/card/update")}
"""Needs the token of a click that an app has answered; tests/sandbox/test_messages.py walks it."""


def test_every_endpoint_has_a_good_call() -> None:
    assert {(route.method, route.pattern) for route in ROUTES} - UNASKED == set(GOOD)


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "text/plain", "application/json; charset=utf-8"]
)
def test_json_is_read_whatever_the_content_type_says(sandbox: Sandbox, kind: str) -> None:
    headers = {"Content-Type": kind}

    told = sandbox.control("POST", "/clock", data=b' {"advance_s": 0}', headers=headers)
    assert set(told) == {"now", "frozen", "turns"}
    base = sandbox.app("POST", "/open-apis/bitable/v1/apps", data=b'{"name": "curl"}', headers=headers)
    assert base.data["app"]["name"] == "curl"


@pytest.mark.parametrize(("method", "pattern"), GOOD, ids=lambda part: part)
def test_the_endpoint_says_yes(sandbox: Sandbox, method: str, pattern: str) -> None:
    premises, good = Premises(sandbox), GOOD[method, pattern]
    for earlier_method, path, body in good.first:
        assert premises.ask(earlier_method, path, json=body).code == 0

    answer = premises.send(method, good.address(pattern), **good.arguments())

    assert answer.status_code == 200, answer.text
    assert len(answer.headers["X-Tt-Logid"]) == 34
    if pattern not in BYTES:
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
        assert answer.json().get("code", 0) == good.code, answer.text
