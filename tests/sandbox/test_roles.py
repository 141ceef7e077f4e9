"""Roles exist only under advanced permission, keep what they were given, and name their members."""

import pytest

from tests.sandbox.bitable import Json, Shop
from tests.sandbox.conftest import Answer, Sandbox


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    shop = Shop(sandbox)
    assert sandbox.app("PUT", shop.base, json={"is_advanced": True}).code == 0
    return shop


def ask(shop: Shop, method: str, path: str = "", body: Json | None = None) -> Answer:
    return shop.sandbox.app(method, f"{shop.base}/roles{path}", json=body)


def reader(shop: Shop, name: str = "Readers") -> Json:
    return {"role_name": name, "table_roles": [{"table_id": shop.orders, "table_perm": 1}]}


def test_without_advanced_permission_there_are_no_roles(sandbox: Sandbox) -> None:
    assert ask(Shop(sandbox), "GET").code == 1254301


def test_a_role_is_made_overwritten_listed_and_deleted(shop: Shop) -> None:
    role = ask(shop, "POST", "", reader(shop)).data["role"]
    assert role["table_roles"][0]["table_name"] == "Orders"
    assert ask(shop, "POST", "", reader(shop)).code == 1254033

    assert ask(shop, "PUT", f"/{role['role_id']}", reader(shop, "Viewers")).code == 0
    v2 = f"/open-apis/base/v2/apps/{shop.app_token}/roles"
    assert [item["role_name"] for item in shop.sandbox.app("GET", v2).data["items"]] == ["Viewers"]

    assert ask(shop, "DELETE", f"/{role['role_id']}").code == 0
    assert ask(shop, "GET").data["items"] == []
    assert ask(shop, "DELETE", f"/{role['role_id']}").code == 1254047


@pytest.mark.parametrize(("made", "other"), [(0, 1), (1, 0)])
def test_both_generations_show_what_either_was_sent(shop: Shop, made: int, other: int) -> None:
    urls = (f"{shop.base}/roles", f"/open-apis/base/v2/apps/{shop.app_token}/roles")
    condition = {"field_name": "Owner", "operator": "is", "value": None}
    table = {
        "table_id": shop.orders,
        "table_perm": 2,
        "rec_rule": {"conditions": [condition], "conjunction": "and", "other_perm": 1},
        "field_perm": {"Amount": 0, "State": 1, "Tags": 3},
        "allow_add_record": True,
        "allow_delete_record": False,
    }
    body = {"role_name": "R", "table_roles": [table], "base_rule": {"copy": 0}, "block_roles": []}

    assert shop.sandbox.app("POST", urls[made], json=body).code == 0

    for url in (urls[made], urls[other]):
        (role,) = shop.sandbox.app("GET", url).data["items"]
        assert role.pop("role_id").startswith("rol")
        assert role == {**body, "table_roles": [{**table, "table_name": "Orders"}]}


def test_advanced_permission_is_switched_on_told_and_switched_off(shop: Shop) -> None:
    def told() -> tuple[bool, str]:
        app = shop.sandbox.app("GET", shop.base).data["app"]
        return app["is_advanced"], app["advance_version"]

    assert told() == (True, "v2")
    assert ask(shop, "POST", "", reader(shop)).code == 0
    assert shop.sandbox.app("PUT", shop.base, json={"is_advanced": False}).code == 0
    assert told() == (False, "v2")
    assert ask(shop, "GET").code == 1254301
    assert shop.sandbox.app("PUT", shop.base, json={"is_advanced": True}).code == 0
    assert [role["role_name"] for role in ask(shop, "GET").data["items"]] == ["Readers"]


def test_members_are_added_and_taken_out(shop: Shop) -> None:
    role_id = ask(shop, "POST", "", reader(shop)).data["role"]["role_id"]
    zhou, lin = (shop.sandbox.user(name)["open_id"] for name in ("周子墨", "林晓岚"))
    listed = [{"type": "open_id", "id": lin}, {"type": "chat_id", "id": "oc_1"}]

    assert ask(shop, "POST", f"/{role_id}/members", {"member_id": zhou}).code == 0
    assert ask(shop, "POST", f"/{role_id}/members/batch_create", {"member_list": listed}).code == 0
    assert ask(shop, "DELETE", f"/{role_id}/members/{lin}").code == 0

    items = ask(shop, "GET", f"/{role_id}/members").data["items"]
    assert [(item["member_type"], item["member_name"]) for item in items] == [
        ("user", "周子墨"),
        ("chat", "oc_1"),
    ]
    assert ask(shop, "POST", f"/{role_id}/members", {"member_id": "ou_nobody"}).code == 1254048
