"""Scopes: what is refused without them, what is left out in silence, and that publishing counts."""

import pytest

from feishu_plugin.sandbox.routes import ROUTES
from feishu_plugin.sandbox.scopes import scopes_of
from tests.sandbox.bitable import API, Shop
from tests.sandbox.conftest import Sandbox

FREE = (
    "/_sandbox/",
    "/open-apis/auth/",
    "/open-apis/bot/",
    "/open-apis/application/v6/scopes",
    "/callback/",
    "/space/",
    "/open-apis/interactive/",
)


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    return Shop(sandbox)


def test_every_call_but_the_known_few_needs_a_scope() -> None:
    free = [route.pattern for route in ROUTES if not scopes_of(route)]

    assert [pattern for pattern in free if not pattern.startswith(FREE)] == []


def test_a_missing_scope_is_refused_with_the_ones_that_would_do(shop: Shop) -> None:
    shop.sandbox.control("PUT", "/scopes", json={"granted": ["base:record:retrieve"]})

    assert shop.ask("POST", "records/search", json={}).code == 0
    answer = shop.ask("POST", "records", json={"fields": {}})

    assert (answer.code, answer.status) == (99991672, 400)
    violations = answer.body["error"]["permission_violations"]
    assert {"type": "action_scope_required", "subject": "base:record:create"} in violations
    assert "base:record:create" in answer.body["msg"]
    assert answer.body["error"]["helps"][0]["url"]


def test_a_scope_counts_only_once_published(shop: Shop) -> None:
    asked = shop.sandbox.control(
        "PUT", "/scopes", json={"granted": ["bitable:app:readonly"], "publish": False}
    )
    assert (asked["granted"], asked["published"]) == (None, False)
    assert shop.ask("POST", "records", json={"fields": {}}).code == 0

    assert shop.sandbox.control("POST", "/publish")["published"] is True

    assert shop.ask("POST", "records", json={"fields": {}}).code == 99991672
    shop.sandbox.control("PUT", "/scopes", json={"granted": None})
    assert shop.ask("POST", "records", json={"fields": {}}).code == 0


def test_contact_data_without_its_field_scope_is_silently_absent(sandbox: Sandbox) -> None:
    path = f"/open-apis/contact/v3/users/{sandbox.user('周子墨')['open_id']}"
    whole = sandbox.app("GET", path).data["user"]
    granted = ["contact:contact.base:readonly", "contact:user.base:readonly"]
    sandbox.control("PUT", "/scopes", json={"granted": granted})

    shown = sandbox.app("GET", path).data["user"]

    assert shown["name"] == whole["name"]
    gone = {"email", "mobile", "department_ids", "leader_user_id", "user_id", "job_title"}
    assert gone <= set(whole)
    assert gone.isdisjoint(shown)


def test_scopes_are_the_apps_and_not_a_persons(shop: Shop) -> None:
    shop.sandbox.control("PUT", "/scopes", json={"granted": []})

    assert shop.sandbox.app("POST", f"{API}/apps", json={}).code == 99991672
    assert shop.ask("POST", "records", who="周子墨", json={"fields": {}}).code == 0
    assert shop.sandbox.call("PUT", "/_sandbox/scopes", json={"granted": "all"}).code == 9499
