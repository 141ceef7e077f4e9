"""The app about itself, and the developer console that it is set up in."""

import pytest

from tests.sandbox.conftest import Json, Sandbox

V6 = "/open-apis/application/v6"
ME = f"{V6}/applications/me?lang=zh_cn"


def listed(sandbox: Sandbox) -> set[tuple[str, str, int]]:
    scopes: list[Json] = sandbox.app("GET", f"{V6}/scopes").data["scopes"]
    return {(one["scope_type"], one["scope_name"], one["grant_status"]) for one in scopes}


def test_scopes_in_force_are_granted_and_drafted_ones_are_not(sandbox: Sandbox) -> None:
    sandbox.control("PUT", "/console", json={"user_scopes": ["bitable:app"]})
    sandbox.control("PUT", "/scopes", json={"granted": ["bitable:app"]})
    sandbox.control("PUT", "/scopes", json={"granted": ["bitable:app", "im:message"], "publish": False})

    assert listed(sandbox) == {
        ("tenant", "bitable:app", 1),
        ("tenant", "im:message", 2),
        ("user", "bitable:app", 1),
    }


def test_an_app_that_was_never_published_is_not_installed(sandbox: Sandbox) -> None:
    sandbox.control("PUT", "/console", json={"published": False})

    assert (sandbox.app("GET", f"{V6}/scopes").code, "online_version_id" in app(sandbox)) == (212100, False)


def app(sandbox: Sandbox) -> Json:
    found: Json = sandbox.app("GET", ME).data["app"]
    return found


def test_the_app_tells_versions_and_subscriptions(sandbox: Sandbox) -> None:
    whole = app(sandbox)
    sandbox.control("PUT", "/console", json={"waiting": True, "events": [], "mode": "webhook"})

    changed = app(sandbox)

    assert whole["online_version_id"]
    assert "unaudit_version_id" not in whole
    assert "drive.file.bitable_record_changed_v1" in whole["event"]["subscribed_events"]
    assert changed["unaudit_version_id"]
    assert changed["event"] == {"subscription_type": "webhook", "subscribed_events": []}
    assert whole["app_id"] == sandbox.ready["app_id"]


def test_the_app_itself_needs_its_scope_and_a_language_and_no_other_app_is_told(sandbox: Sandbox) -> None:
    assert sandbox.app("GET", f"{V6}/applications/me").code == 99992402
    assert sandbox.app("GET", f"{V6}/applications/cli_other?lang=zh_cn").code == 210504
    sandbox.control("PUT", "/scopes", json={"granted": ["bitable:app"]})
    assert sandbox.app("GET", ME).code == 99991672


@pytest.mark.parametrize(
    "values",
    [{"mode": "websocket"}, {"mode": "pigeon"}, {"weather": 1}, {"events": [1]}, {"published": 1}],
    ids=str,
)
def test_the_console_takes_only_what_it_knows(sandbox: Sandbox, values: Json) -> None:
    """Above all not the long connection while none is open."""
    before = sandbox.control("GET", "/console")

    assert sandbox.call("PUT", "/_sandbox/console", json=values).code == 9499

    assert sandbox.control("GET", "/console") == before


def test_the_clock_of_the_answers_can_be_wrong(sandbox: Sandbox) -> None:
    right = sandbox.app("GET", "/open-apis/bot/v3/info").headers["Date"]
    sandbox.control("PUT", "/switches", json={"date_offset_s": -864000.0})

    wrong = sandbox.app("GET", "/open-apis/bot/v3/info").headers["Date"]

    assert right.split()[1:4] != wrong.split()[1:4]
