"""Subscriptions and collaborators: only who manages the base may set them."""

from tests.sandbox.bases_at_hand import WatchedBase
from tests.sandbox.conftest import Sandbox


def test_a_subscription_can_be_asked_for_and_ended(sandbox: Sandbox) -> None:
    events = WatchedBase(sandbox).events
    assert sandbox.app("POST", f"{events}/subscribe?file_type=bitable").data == {}
    assert sandbox.app("GET", f"{events}/get_subscribe?file_type=bitable").data == {"is_subscribe": True}
    assert sandbox.app("DELETE", f"{events}/delete_subscribe?file_type=bitable").code == 0
    assert sandbox.app("GET", f"{events}/get_subscribe?file_type=bitable").data == {"is_subscribe": False}
    assert sandbox.app("DELETE", f"{events}/delete_subscribe?file_type=bitable").code == 1069605


def test_an_unsubscribed_base_is_silent(sandbox: Sandbox) -> None:
    base = WatchedBase(sandbox)
    sandbox.app("DELETE", f"{base.events}/delete_subscribe?file_type=bitable")
    base.add("x")
    assert sandbox.control("GET", "/stats")["events"]["waiting"] == 0
    sandbox.app("POST", f"{base.events}/subscribe?file_type=bitable")
    base.add("y")
    events = sandbox.control("GET", "/stats")["events"]
    assert events["waiting"] + events["acknowledged"] == 1


def test_only_a_manager_subscribes(sandbox: Sandbox) -> None:
    base, user = WatchedBase(sandbox), sandbox.ready["users"][0]
    ask, path = sandbox.person(user["name"]), f"{base.events}/subscribe?file_type=bitable"
    assert (ask("POST", path).status, ask("POST", path).code) == (403, 1069603)
    members = f"/open-apis/drive/v1/permissions/{base.app_token}/members"
    body = {"member_type": "openid", "member_id": user["open_id"], "perm": "full_access"}
    assert ask("POST", f"{members}?type=bitable", json=body).code == 1063002
    assert sandbox.app("POST", f"{members}?type=bitable", json=body).data["member"]["perm"] == "full_access"
    assert ask("POST", path).code == 0
    listed = sandbox.app("GET", f"{members}?type=bitable").data["items"]
    assert user["open_id"] in [item["member_id"] for item in listed]
    gone = sandbox.app("DELETE", f"{members}/{user['open_id']}?type=bitable&member_type=openid")
    assert (gone.code, ask("POST", path).code) == (0, 1069603)


def test_bad_subscriptions_are_refused(sandbox: Sandbox) -> None:
    base = WatchedBase(sandbox)
    assert sandbox.app("POST", f"{base.events}/subscribe").code == 1069602
    nobody = sandbox.app("POST", "/open-apis/drive/v1/files/nobody/subscribe?file_type=bitable")
    assert (nobody.status, nobody.code) == (404, 1069604)
