"""The tenant token: one request for many threads, kept while it is good, replaced when it is not."""

import threading

import pytest

from feishu_plugin.gateway.http import Feishu
from feishu_plugin.gateway.tokens import TenantToken
from tests.gateway.conftest import Sandbox
from tests.gateway.samples import Json

TOKEN_PATH = "/open-apis/auth/v3/tenant_access_token/internal"


def test_sixteen_cold_threads_ask_for_one_token(feishu: Feishu, sandbox: Sandbox) -> None:
    ready = threading.Barrier(16)
    found: list[str] = []

    def ask() -> None:
        ready.wait()
        found.append(feishu.call("GET", "/open-apis/bot/v3/info", tier="T4", raw=True)["bot"]["open_id"])

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(found)) == 1
    assert len(found) == 16
    assert sandbox.requests()[f"POST {TOKEN_PATH}"] == 1


def test_connections_are_kept_open(feishu: Feishu, sandbox: Sandbox) -> None:
    feishu.call("GET", "/open-apis/bot/v3/info", tier="T4")
    before = sandbox.control("GET", "/stats")["connections"]
    for _ in range(10):
        feishu.call("GET", "/open-apis/bot/v3/info", tier="T4")

    assert sandbox.control("GET", "/stats")["connections"] == before


def test_a_token_that_ended_on_the_server_is_replaced(feishu: Feishu, sandbox: Sandbox) -> None:
    feishu.call("GET", "/open-apis/bot/v3/info", tier="T4")
    sandbox.control("POST", "/clock", {"advance_s": 3 * 3600})

    assert feishu.call("GET", "/open-apis/bot/v3/info", tier="T4", raw=True)["code"] == 0


def test_a_token_that_was_replaced_already_is_not_thrown_away() -> None:
    given = iter(["t-1", "t-2", "t-3"])
    token = TenantToken(
        "cli_a", "s", lambda body: {"tenant_access_token": next(given), "expire": 7200}, lambda: 0
    )
    first = token.get()
    token.reject(first)
    second = token.get()
    token.reject(first)

    assert (first, second, token.get()) == ("t-1", "t-2", "t-2")
    assert repr(token) == "TenantToken(app_id='cli_a')"


@pytest.mark.parametrize(("expire", "kept"), [(7200, 6599), (600, 299), (0, None)])
def test_a_token_is_kept_while_it_is_good(expire: int, kept: int | None) -> None:
    clock, fetched = [0.0], []

    def fetch(body: Json) -> Json:
        fetched.append(body)
        return {"tenant_access_token": "t", "expire": expire}

    token = TenantToken("cli_a", "s", fetch, lambda: clock[0])
    token.get()
    if kept is not None:
        clock[0] = kept
        token.get()
        assert len(fetched) == 1
        clock[0] = kept + 2
    token.get()

    assert len(fetched) == 2
