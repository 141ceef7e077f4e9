"""Shapes that the sandbox does not show on demand: paging, odd descriptions, hidden rows, trees."""

import logging
import re
from collections.abc import Callable

import pytest
import responses
from responses import matchers

from feishu_plugin.gateway.contacts import Contacts
from feishu_plugin.gateway.http import Feishu
from feishu_plugin.gateway.structure import list_fields, pages
from feishu_plugin.gateway.tables import BaseTables
from tests.gateway.conftest import Waits
from tests.gateway.samples import SCHEMA, Json

URL = "https://open.feishu.test"
BASE = f"{URL}/open-apis/bitable/v1/apps/bascnA/tables"
CONTACT = f"{URL}/open-apis/contact/v3"


@pytest.fixture
def client(wire: responses.RequestsMock, waits: Waits) -> Feishu:
    token = {"code": 0, "tenant_access_token": "t-1", "expire": 7200}
    wire.add("POST", f"{URL}/open-apis/auth/v3/tenant_access_token/internal", json=token)
    return Feishu(URL, "cli_a", "s3cr3t", pace=waits.pace())


def data(**found: object) -> Json:
    return {"code": 0, "msg": "success", "data": found}


def page_of(token: str | None) -> Callable[..., tuple[bool, str]]:
    query = {"page_size": "100"} | ({"page_token": token} if token else {})
    return matchers.query_param_matcher(query)


@pytest.mark.parametrize("last", [{}, {"page_token": "p9"}], ids=["no token", "a token all the same"])
def test_a_list_is_read_to_its_last_page(client: Feishu, wire: responses.RequestsMock, last: Json) -> None:
    one, two, three = ({"table_id": f"tbl{number}"} for number in (1, 2, 3))
    first = data(items=[one, two], has_more=True, page_token="p2")
    wire.get(BASE, json=first, match=[page_of(None)])
    wire.get(BASE, json=data(items=[three], has_more=False, **last), match=[page_of("p2")])
    path = "/open-apis/bitable/v1/apps/:app_token/tables"

    assert list(pages(client, path, {"app_token": "bascnA"})) == [one, two, three]


@pytest.mark.parametrize("items", [{}, {"items": None}, {"items": [], "has_more": True}])
def test_an_empty_list_ends(client: Feishu, wire: responses.RequestsMock, items: Json) -> None:
    wire.get(BASE, json=data(**items))

    assert list(pages(client, "/open-apis/bitable/v1/apps/bascnA/tables", {})) == []


@pytest.mark.parametrize(
    ("description", "text"),
    [
        ("说明 #a.b", "说明 #a.b"),
        ({"disable_sync": True, "text": "说明 #a.b"}, "说明 #a.b"),
        ([{"type": "text", "text": "说明 "}, {"type": "text", "text": "#a.b"}], "说明 #a.b"),
        (None, ""),
        ({}, ""),
    ],
)
def test_a_description_is_read_in_every_shape(
    client: Feishu, wire: responses.RequestsMock, description: object, text: str
) -> None:
    item = {"field_id": "fld1", "field_name": "甲", "type": 1, "description": description, "property": None}
    wire.get(f"{BASE}/tbl1/fields", json=data(items=[item]))
    [field] = list_fields(client, "bascnA", "tbl1")

    assert (field.description, field.property, field.is_primary) == (text, {}, False)


def test_rows_hidden_from_the_app_are_logged(
    client: Feishu, wire: responses.RequestsMock, caplog: pytest.LogCaptureFixture
) -> None:
    name = {"field_id": "fld1", "field_name": "客户名称", "type": 1}
    wire.get(BASE, json=data(items=[{"table_id": "tbl1", "name": "客户"}]))
    wire.get(f"{BASE}/tbl1/fields", json=data(items=[name]))
    shown = {"record_id": "rec1", "fields": {"客户名称": [{"type": "text", "text": "甲"}]}}
    hidden = ["rec1", "rec2"]
    answer = data(records=[shown], forbidden_record_ids=hidden, absent_record_ids=[])
    wire.post(f"{BASE}/tbl1/records/batch_get", json=answer)
    with caplog.at_level(logging.WARNING):
        found = BaseTables(client, SCHEMA, "bascnA").read("customer", ["rec1", "rec2"])

    assert {id: record.get("name") for id, record in found.items()} == {"rec1": "甲"}
    assert "1 rows are hidden" in caplog.text


def department(name: str, parent: str, **more: object) -> Json:
    return data(department={"name": name, "parent_department_id": parent, **more})


def test_a_role_is_inherited_from_the_departments_above(client: Feishu, wire: responses.RequestsMock) -> None:
    user = {"name": "名", "department_ids": ["od-1"], "status": {"is_resigned": True}}
    leaders = [{"leaderType": 1, "leaderID": "ou_1"}]
    wire.get(f"{CONTACT}/users/ou_1", json=data(user=user))
    wire.get(f"{CONTACT}/departments/od-1", json=department("一组", "od-2", leaders=leaders))
    wire.get(f"{CONTACT}/departments/od-2", json=department("客服", "0", leader_user_id="ou_2"))
    person = Contacts(client, {"客服": "support"}).person("ou_1")

    assert (person.departments, person.roles, person.leads) == (("一组", "客服"), ("support",), ("一组",))
    assert not person.active


def test_departments_in_a_circle_end(client: Feishu, wire: responses.RequestsMock) -> None:
    wire.get(f"{CONTACT}/users/ou_1", json=data(user={"department_ids": ["od-1"]}))
    wire.get(re.compile(f"{CONTACT}/departments/.*"), json=department("圈", "od-1"))

    assert Contacts(client, {}).person("ou_1").departments == ("圈",)


def test_a_person_whose_fields_are_not_granted_is_just_an_id(
    client: Feishu, wire: responses.RequestsMock
) -> None:
    wire.get(f"{CONTACT}/users/ou_1", json=data(user={"open_id": "ou_1"}))
    person = Contacts(client, {}).person("ou_1")

    assert (person.name, person.departments, person.leader, person.active) == ("", (), None, True)
