"""What v1 does with dashboards, automations, field groups and old forms."""

import json
import uuid

import pytest

from tests.sandbox.bitable import Json, Shop
from tests.sandbox.conftest import Answer, Sandbox


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    return Shop(sandbox)


def v3(shop: Shop, method: str, path: str, body: Json | None = None) -> Answer:
    return shop.sandbox.app(method, f"/open-apis/base/v3/bases/{shop.app_token}{path}", json=body)


def test_a_dashboard_is_copied_with_its_blocks_and_survives_as_itself(shop: Shop) -> None:
    source = v3(shop, "POST", "/dashboards", {"name": "A"}).data["dashboard_id"]
    v3(shop, "POST", f"/dashboards/{source}/blocks", {"type": "text", "data_config": {"text": "x"}})
    path = f"{shop.base}/dashboards"

    copied = shop.sandbox.app("POST", f"{path}/{source}/copy", json={"name": "B"}).data

    assert copied["name"] == "B"
    assert len(v3(shop, "GET", f"/dashboards/{copied['block_id']}").data["blocks"]) == 1
    assert shop.sandbox.app("POST", f"{path}/{source}/copy", json={"name": "B"}).code == 1254039
    missing = shop.sandbox.app("POST", f"{path}/blkNobody/copy", json={})
    assert (missing.code, missing.status) == (1254050, 404)
    first = shop.sandbox.app("GET", path, params={"page_size": 1}).data
    assert (first["has_more"], first["dashboards"][0]["name"]) == (True, "A")
    second = shop.sandbox.app("GET", path, params={"page_token": first["page_token"]}).data
    assert ([item["name"] for item in second["dashboards"]], second["has_more"]) == (["B"], False)


def test_an_automation_of_v3_is_switched_by_v1(shop: Shop) -> None:
    steps = [{"id": "s1", "type": "AddRecordTrigger", "title": "When added", "data": {}}]
    body: Json = {"client_token": str(uuid.uuid4()), "title": "Tell", "steps": steps}
    made = v3(shop, "POST", "/workflows", body).data
    id = made["workflow_id"]
    assert v3(shop, "POST", "/workflows", {**body, "steps": []}).code == 800010701
    assert v3(shop, "POST", "/workflows", {**body, "client_token": ""}).code == 800010701

    def told() -> list[Json]:
        paths = ("workflows", "block_workflows")
        lists = [shop.sandbox.app("GET", f"{shop.base}/{path}").data["workflows"] for path in paths]
        assert lists[0] == lists[1]
        return list(lists[0])

    assert told() == [{"workflow_id": id, "title": "Tell", "status": "Disable"}]
    assert shop.sandbox.app("PUT", f"{shop.base}/workflows/{id}", json={"status": "Enable"}).code == 0
    assert told()[0]["status"] == "Enable"
    assert v3(shop, "PATCH", f"/workflows/{id}/disable").data["status"] == "Disable"
    assert v3(shop, "PATCH", f"/workflows/{id}/enable").data["status"] == "Enable"
    assert (
        v3(shop, "PUT", f"/workflows/{id}", {"title": "Tell all", "steps": steps}).data["title"] == "Tell all"
    )
    assert v3(shop, "GET", f"/workflows/{id}").data["steps"] == steps
    assert v3(shop, "POST", "/workflows/list", {}).data["items"][0]["title"] == "Tell all"
    assert v3(shop, "GET", "/workflows/wkfNobody").code == 800010404
    assert shop.sandbox.app("PUT", f"{shop.base}/workflows/{id}", json={"status": "On"}).code == 99992402


def test_fields_are_grouped_and_the_groups_come_back_as_text(shop: Shop) -> None:
    fields = shop.fields()
    children = [{"type": "field", "id": fields[name]["field_id"]} for name in ("Title", "Amount")]
    group: Json = {"name": "Basics", "children": children}

    answer = shop.ask("POST", "field_groups", json={"field_groups": [group]}).data

    [shown] = json.loads(answer["field_groups"])
    assert (shown["name"], shown["children"]) == ("Basics", children)


@pytest.mark.parametrize(
    ("groups", "code", "status"),
    [
        ([], 1254114, 400),
        ([{"name": "", "children": [{"type": "field", "id": "{title}"}]}], 1254115, 400),
        ([{"name": "a", "children": []}], 1254116, 400),
        ([{"name": "a", "children": [{"type": "view", "id": "{title}"}]}], 1254116, 400),
        ([{"name": "a", "children": [{"type": "field", "id": "{title}"}]}] * 2, 1254117, 400),
        ([{"name": "a", "children": [{"type": "field", "id": "fldNobody"}]}], 1254044, 404),
    ],
)
def test_a_group_that_breaks_a_rule_is_refused(
    shop: Shop, groups: list[Json], code: int, status: int
) -> None:
    text = json.dumps({"field_groups": groups}).replace("{title}", shop.fields()["Title"]["field_id"])

    answer = shop.ask("POST", "field_groups", json=json.loads(text))

    assert (answer.code, answer.status) == (code, status)


def test_an_old_form_is_upgraded_once(shop: Shop) -> None:
    old = shop.ask("POST", "views", json={"view_name": "Ask", "view_type": "form"}).data["view"]["view_id"]
    due = shop.fields()["Due"]["field_id"]
    shop.ask("PATCH", f"forms/{old}/fields/{due}", json={"title": "When?"})
    body = {"form_name": "Ask again", "display_mode": "one_question_per_page"}

    new = shop.ask("POST", f"forms/{old}/upgrade", json=body).data["form"]["id"]

    titles = [item["title"] for item in shop.ask("GET", f"forms/{new}/fields").data["items"]]
    assert "When?" in titles
    assert shop.ask("GET", f"forms/{new}").data["form"]["name"] == "Ask again"
    assert shop.ask("POST", f"forms/{new}/upgrade", json=body).code == 1254128
    assert shop.ask("POST", f"forms/{old}/upgrade", json={**body, "display_mode": "x"}).code == 1254124


def test_a_lookup_cannot_be_made(shop: Shop) -> None:
    answer = shop.ask("POST", "fields", json={"field_name": "L", "type": 19, "property": {"filter_info": {}}})

    assert (answer.code, answer.status) == (1254012, 200)
