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
