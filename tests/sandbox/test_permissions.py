"""Advanced permission at work: what people see and change through their roles."""

from typing import Any

import pytest

from tests.sandbox.bitable import Json, Shop
from tests.sandbox.conftest import Answer, Sandbox

ZHOU, LIN = "周子墨", "林晓岚"


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    shop = Shop(sandbox)
    assert sandbox.app("PUT", shop.base, json={"is_advanced": True}).code == 0
    return shop


def grant(shop: Shop, name: str, table_perm: int, members: Json | None = None, **more: Any) -> None:
    """A role with one rule for the orders, for one member."""
    rule: Json = {"table_id": shop.orders, "table_perm": table_perm, **more}
    role = {"role_name": f"{name}{table_perm}", "table_roles": [rule]}
    role_id = shop.sandbox.app("POST", f"{shop.base}/roles", json=role).data["role"]["role_id"]
    listed = [members or {"type": "open_id", "id": shop.sandbox.user(name)["open_id"]}]
    path = f"{shop.base}/roles/{role_id}/members/batch_create"
    assert shop.sandbox.app("POST", path, json={"member_list": listed}).code == 0


def titles(shop: Shop, who: str) -> list[str]:
    items = shop.ask("POST", "records/search", who=who, json={}).data["items"]
    return [item["fields"]["Title"][0]["text"] for item in items]


def add(shop: Shop, who: str, fields: Json) -> Answer:
    return shop.ask("POST", "records", who=who, json={"fields": fields})


def test_without_a_role_one_is_the_editor_or_nobody(shop: Shop) -> None:
    shop.add({"Title": "a"})
    assert titles(shop, ZHOU) == ["a"]

    shop.sandbox.control("PUT", "/switches", json={"roleless": "none"})

    assert titles(shop, ZHOU) == []
    assert add(shop, ZHOU, {"Title": "b"}).code == 1254302
    assert shop.search()["total"] == 1


def test_a_reader_reads_and_changes_nothing(shop: Shop) -> None:
    grant(shop, ZHOU, 1)
    record_id = shop.add({"Title": "a"})[0]

    assert titles(shop, ZHOU) == ["a"]
    refused = add(shop, ZHOU, {"Title": "b"})
    assert (refused.code, refused.status) == (1254302, 403)
    assert shop.set(record_id, {"Title": "b"}, who=ZHOU).code == 1254302
    assert shop.ask("DELETE", f"records/{record_id}", who=ZHOU).code == 1254302
    assert shop.set(record_id, {"Title": "c"}, who=LIN).code == 0


def test_a_table_without_permission_looks_empty(shop: Shop) -> None:
    grant(shop, ZHOU, 0)
    record_id = shop.add({"Title": "a"})[0]

    assert titles(shop, ZHOU) == []
    body = {"record_ids": [record_id]}
    told = shop.ask("POST", "records/batch_get", who=ZHOU, json=body).data
    assert (told["records"], told["forbidden_record_ids"]) == ([], [record_id])
    assert shop.ask("GET", f"records/{record_id}", who=ZHOU).code == 1254302
    assert shop.ask("GET", "records", who=ZHOU).data["total"] == 0


def test_one_edits_the_records_that_fit_the_rule(shop: Shop) -> None:
    option = shop.fields()["State"]["property"]["options"][0]["id"]
    condition = {"field_name": "State", "operator": "is", "value": [option]}
    rule = {"conjunction": "and", "conditions": [condition], "other_perm": 1}
    grant(shop, ZHOU, 2, rec_rule=rule, allow_delete_record=False)
    mine, other = shop.add({"Title": "mine", "State": "Open"}, {"Title": "other", "State": "Done"})

    assert titles(shop, ZHOU) == ["mine", "other"]
    assert shop.set(mine, {"Title": "mine!"}, who=ZHOU).code == 0
    assert shop.set(other, {"Title": "x"}, who=ZHOU).code == 1254302
    assert shop.ask("DELETE", f"records/{mine}", who=ZHOU).code == 1254302


def test_a_rule_about_oneself_hides_what_belongs_to_others(shop: Shop) -> None:
    rule = {"conditions": [{"field_name": "Owner", "operator": "contains", "value": None}], "other_perm": 0}
    grant(shop, ZHOU, 2, rec_rule=rule)
    owner = [{"id": shop.sandbox.user(ZHOU)["open_id"]}]
    shop.add({"Title": "mine", "Owner": owner}, {"Title": "nobody's"})

    assert titles(shop, ZHOU) == ["mine"]


def test_a_rule_that_makes_no_sense_shows_nothing(shop: Shop) -> None:
    condition = {"field_name": "Paid", "operator": "isGreater", "value": ["x"]}
    grant(shop, ZHOU, 2, rec_rule={"conditions": [condition], "other_perm": 0})
    shop.add({"Title": "a"})

    assert titles(shop, ZHOU) == []


def test_columns_are_hidden_read_only_or_free(shop: Shop) -> None:
    grant(shop, ZHOU, 2, field_perm={"Amount": 1, "Phone": 0, "State": 2, "Title": 3})
    record_id = shop.add({"Title": "a", "Amount": 1, "Phone": "1"})[0]

    shown = shop.ask("POST", "records/search", who=ZHOU, json={}).data["items"][0]["fields"]
    assert "Phone" not in shown
    assert shown["Amount"] == 1
    names = [
        f["field_name"] for f in shop.ask("GET", "fields", who=ZHOU, params={"page_size": 100}).data["items"]
    ]
    assert "Phone" not in names
    assert shop.set(record_id, {"Amount": 2}, who=ZHOU).code == 1254302
    assert shop.set(record_id, {"Phone": "2"}, who=ZHOU).code == 1254045
    assert shop.set(record_id, {"State": "Open"}, who=ZHOU).code == 1254302
    assert add(shop, ZHOU, {"Title": "b", "State": "Open"}).code == 0
    assert shop.set(record_id, {"Title": "b"}, who=ZHOU).code == 0


def test_roles_add_up_and_a_department_can_be_a_member(shop: Shop) -> None:
    grant(shop, ZHOU, 1)
    path = f"/open-apis/contact/v3/users/{shop.sandbox.user(ZHOU)['open_id']}"
    department = shop.sandbox.app("GET", path).data["user"]["department_ids"][0]
    grant(shop, "team", 4, members={"type": "open_department_id", "id": department})

    assert add(shop, ZHOU, {"Title": "b"}).code == 0


def test_who_manages_is_never_held_back(shop: Shop) -> None:
    grant(shop, ZHOU, 0)
    member = {"member_type": "openid", "member_id": shop.sandbox.user(ZHOU)["open_id"], "perm": "full_access"}
    path = f"/open-apis/drive/v1/permissions/{shop.app_token}/members"
    assert shop.sandbox.app("POST", path, params={"type": "bitable"}, json=member).code == 0

    assert add(shop, ZHOU, {"Title": "b"}).code == 0
