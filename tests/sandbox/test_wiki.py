"""A base that lives in the wiki is found by its node and used by its own token."""

from pathlib import Path

from tests.sandbox.bitable import API, Json
from tests.sandbox.conftest import Sandbox
from tests.sandbox.test_storage import started

SPACES, ZHOU = "/open-apis/wiki/v2/spaces", "周子墨"


def made(sandbox: Sandbox, who: str = "", **body: str) -> Json:
    """A new node's description."""
    call = sandbox.person(who) if who else sandbox.app
    space = call("GET", SPACES).data["items"][0]["space_id"]
    wanted = {"obj_type": "bitable", "node_type": "origin", **body}
    return dict(call("POST", f"{SPACES}/{space}/nodes", json=wanted).data["node"])


def node_of(sandbox: Sandbox, token: str, **params: str) -> Json:
    return dict(sandbox.app("GET", f"{SPACES}/get_node", params={"token": token, **params}).data["node"])


def test_a_node_leads_to_a_base_that_works(sandbox: Sandbox) -> None:
    node = made(sandbox, title="需求池")

    base = f"{API}/apps/{node['obj_token']}"
    assert node_of(sandbox, node["node_token"]) == node
    assert node_of(sandbox, node["obj_token"], obj_type="bitable") == node
    assert sandbox.app("GET", base).data["app"]["name"] == "需求池"
    assert len(sandbox.app("GET", f"{base}/tables").data["items"]) == 1
    assert sandbox.app("PUT", base, json={"name": "需求"}).code == 0
    assert node_of(sandbox, node["node_token"])["title"] == "需求"


def test_the_node_itself_is_no_base(sandbox: Sandbox) -> None:
    token = made(sandbox)["node_token"]

    assert sandbox.app("GET", f"{API}/apps/{token}").code == 91402
    subscribe = f"/open-apis/drive/v1/files/{token}/subscribe"
    assert sandbox.app("POST", subscribe, params={"file_type": "bitable"}).code == 1069604


def test_nodes_have_parents(sandbox: Sandbox) -> None:
    parent = made(sandbox)
    child = made(sandbox, parent_node_token=parent["node_token"])

    assert (parent["has_child"], parent["parent_node_token"]) == (False, "")
    assert child["parent_node_token"] == parent["node_token"]
    assert node_of(sandbox, parent["node_token"])["has_child"] is True
    assert node_of(sandbox, child["node_token"])["has_child"] is False


def test_times_are_seconds_and_an_edit_moves_one_of_them(sandbox: Sandbox) -> None:
    sandbox.control("PUT", "/clock", json={"now": "2026-03-09T04:00:00+00:00", "frozen": True})
    node = made(sandbox)
    sandbox.control("POST", "/clock", json={"advance_s": 60})
    tables = f"{API}/apps/{node['obj_token']}/tables"
    table_id = sandbox.app("GET", tables).data["items"][0]["table_id"]
    assert sandbox.app("POST", f"{tables}/{table_id}/records", json={"fields": {"文本": "a"}}).code == 0

    told = node_of(sandbox, node["node_token"])

    assert (told["obj_create_time"], told["node_create_time"]) == ("1773028800", "1773028800")
    assert told["obj_edit_time"] == "1773028860"


def test_an_app_finds_a_persons_base_only_after_it_was_added(sandbox: Sandbox) -> None:
    zhou = sandbox.person(ZHOU)
    node = made(sandbox, ZHOU, title="部门表")
    asked: Json = {"params": {"token": node["node_token"]}}
    assert sandbox.app("GET", f"{SPACES}/get_node", **asked).code == 131006

    bot = sandbox.app("GET", "/open-apis/bot/v3/info").body["bot"]["open_id"]
    member = {"member_type": "openid", "member_id": bot, "perm": "full_access"}
    members = f"/open-apis/drive/v1/permissions/{node['obj_token']}/members"
    assert zhou("POST", members, params={"type": "bitable"}, json=member).code == 0

    assert sandbox.app("GET", f"{SPACES}/get_node", **asked).data["node"] == node
    assert node["owner"] == sandbox.user(ZHOU)["open_id"]


def test_the_wiki_needs_its_own_scopes(sandbox: Sandbox) -> None:
    token = made(sandbox)["node_token"]
    asked: Json = {"params": {"token": token}}

    sandbox.control("PUT", "/scopes", json={"granted": ["bitable:app"]})
    assert sandbox.app("GET", f"{SPACES}/get_node", **asked).code == 99991672
    sandbox.control("PUT", "/scopes", json={"granted": ["wiki:node:read"]})
    assert sandbox.app("GET", f"{SPACES}/get_node", **asked).code == 0
    assert sandbox.app("GET", SPACES).code == 99991672
    assert sandbox.app("POST", f"{SPACES}/1/nodes", json={}).code == 99991672


def test_nodes_survive_a_killed_process(tmp_path: Path) -> None:
    data = str(tmp_path / "sandbox.db")
    with started("--data", data) as sandbox:
        node = made(sandbox, title="需求池")

    with started("--data", data) as sandbox:
        assert node_of(sandbox, node["node_token"]) == node
