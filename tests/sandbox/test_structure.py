"""Bases, tables, fields, views and forms: what may be built, by whom, and what is refused."""

from typing import Any

import pytest

from tests.sandbox.bitable import API, Json, Shop
from tests.sandbox.conftest import Sandbox


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    return Shop(sandbox)


def test_a_new_base_has_a_default_table_with_empty_rows(sandbox: Sandbox) -> None:
    app = sandbox.app("POST", f"{API}/apps", json={"name": "New", "time_zone": "Asia/Tokyo"}).data["app"]
    table = f"{API}/apps/{app['app_token']}/tables/{app['default_table_id']}"

    assert app["url"].endswith(f"/base/{app['app_token']}")
    assert app["time_zone"] == "Asia/Tokyo"
    assert len(app["app_token"]) == 27
    fields = sandbox.app("GET", f"{table}/fields").data["items"]
    assert [field["type"] for field in fields] == [1, 3, 5, 17]
    found = sandbox.app("POST", f"{table}/records/search", json={}).data
    assert [item["fields"] for item in found["items"]] == [{}] * 10


def test_a_base_tells_its_revision_and_takes_a_new_name(shop: Shop) -> None:
    before = shop.sandbox.app("GET", shop.base).data["app"]
    assert shop.sandbox.app("PUT", shop.base, json={"name": "Renamed", "is_advanced": True}).code == 0

    after = shop.sandbox.app("GET", shop.base).data["app"]
    assert (after["name"], after["is_advanced"]) == ("Renamed", True)
    assert after["revision"] > before["revision"]


def test_an_unknown_base_table_or_record_has_its_own_code(shop: Shop) -> None:
    assert shop.sandbox.app("GET", f"{API}/apps/nope").code == 91402
    assert shop.ask("GET", "fields", table="tblUnknown").code == 1254041
    assert shop.ask("GET", "fields", table="x").code == 1254004
    assert shop.ask("DELETE", "records/recUnknown").code == 1254043
    assert shop.ask("GET", "views/vewUnknown").status == 404


def test_a_person_edits_records_but_does_not_manage_the_base(shop: Shop) -> None:
    record_id = shop.add({"Title": "by the app"})[0]

    assert shop.set(record_id, {"Title": "by a person"}, who="周子墨").code == 0
    for refused in (
        shop.ask("POST", "fields", who="周子墨", json={"field_name": "x", "type": 1}),
        shop.ask("POST", "views", who="周子墨", json={"view_name": "x", "view_type": "grid"}),
        shop.sandbox.person("周子墨")("PUT", shop.base, json={"name": "mine"}),
    ):
        assert (refused.code, refused.status) == (1254302, 403)


def test_the_creator_of_a_base_manages_it_and_the_app_may_not_even_read_it(sandbox: Sandbox) -> None:
    zhou = sandbox.person("周子墨")
    app = zhou("POST", f"{API}/apps", json={"name": "Private"}).data["app"]

    assert zhou("PUT", f"{API}/apps/{app['app_token']}", json={"name": "Mine"}).code == 0
    refused = sandbox.app("GET", f"{API}/apps/{app['app_token']}")
    assert (refused.code, refused.status) == (91403, 403)


def test_tables_are_listed_renamed_and_deleted_but_the_last_one_stays(shop: Shop) -> None:
    listed = shop.sandbox.app("GET", f"{shop.base}/tables", params={"page_size": 2}).data
    assert (len(listed["items"]), listed["has_more"], listed["total"]) == (2, True, 3)
    rest = shop.sandbox.app("GET", f"{shop.base}/tables", params={"page_token": listed["page_token"]}).data
    default = listed["items"][0]["table_id"]
    assert [item["name"] for item in rest["items"]] == ["Orders"]

    taken = shop.sandbox.app("PATCH", f"{shop.base}/tables/{shop.orders}", json={"name": "Customers"})
    assert taken.code == 1254013
    assert (
        shop.sandbox.app("PATCH", f"{shop.base}/tables/{shop.customers}", json={"name": "Clients"}).code == 0
    )
    assert shop.fields()["Customer"]["property"]["table_name"] == "Clients"

    body = {"table_ids": [default, shop.customers]}
    assert shop.sandbox.app("POST", f"{shop.base}/tables/batch_delete", json=body).code == 0
    assert "Customer" not in shop.fields()
    last = shop.sandbox.app("DELETE", f"{shop.base}/tables/{shop.orders}")
    assert (last.code, last.status) == (1254034, 403)


@pytest.mark.parametrize(
    ("table", "code", "status"),
    [
        ({"name": "T", "fields": [{"field_name": "A", "type": 3}]}, 1254012, 400),
        ({"name": "T", "fields": [{"field_name": "A", "type": 1}] * 2}, 1254014, 400),
        ({"name": "T", "default_view_name": "V"}, 99992402, 400),
        ({"name": "Orders"}, 1254013, 200),
        ({"name": "a/b"}, 99992402, 400),
        (
            {"name": "T", "fields": [{"field_name": "A", "type": 1}, {"field_name": "B", "type": 19}]},
            1254012,
            400,
        ),
    ],
)
def test_a_table_that_breaks_a_rule_leaves_no_trace(shop: Shop, table: Json, code: int, status: int) -> None:
    answer = shop.sandbox.app("POST", f"{shop.base}/tables", json={"table": table})

    assert (answer.code, answer.status) == (code, status)
    assert shop.sandbox.app("GET", f"{shop.base}/tables").data["total"] == 3


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ({"field_name": "Title", "type": 1}, 1254014),
        ({"field_name": " ", "type": 1}, 1254028),
        ({"field_name": "x" * 101, "type": 1}, 1254029),
        ({"field_name": "x"}, 99992402),
        ({"field_name": "x", "type": 99}, 1254012),
        ({"field_name": "x", "type": 3001}, 1254012),
        ({"field_name": "x", "type": 2, "ui_type": "Text"}, 1254015),
        ({"field_name": "x", "type": 1, "property": {}}, 1254080),
        ({"field_name": "x", "type": 2, "property": {"formatter": "odd"}}, 1254081),
        ({"field_name": "x", "type": 2, "ui_type": "Currency", "property": {"formatter": "0.00"}}, 1254081),
        ({"field_name": "x", "type": 3, "property": {"options": [{"id": "opt1", "name": "a"}]}}, 1254082),
        ({"field_name": "x", "type": 3, "property": {"options": [{"name": "a"}, {"name": "a"}]}}, 1254082),
        ({"field_name": "x", "type": 3, "property": {"options": [{"name": " "}]}}, 1254026),
        ({"field_name": "x", "type": 5, "property": {"date_formatter": "odd"}}, 1254084),
        ({"field_name": "x", "type": 7, "property": {}}, 1254085),
        ({"field_name": "x", "type": 11, "property": {"multiple": "yes"}}, 1254086),
        ({"field_name": "x", "type": 15, "property": {}}, 1254087),
        ({"field_name": "x", "type": 18, "property": {}}, 1254089),
        ({"field_name": "x", "type": 18, "property": {"table_id": "tblNone"}}, 1254041),
        ({"field_name": "x", "type": 1001, "property": {"date_formatter": "odd"}}, 1254093),
        ({"field_name": "x", "type": 1003, "property": {}}, 1254095),
        ({"field_name": "x", "type": 1005, "property": {"auto_serial": {"type": "custom"}}}, 1254015),
    ],
)
def test_a_field_that_breaks_a_rule_is_refused(shop: Shop, field: Json, code: int) -> None:
    assert shop.ask("POST", "fields", json=field).code == code


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ({"type": 1, "ui_type": "Barcode"}, {"allowed_edit_modes": {"manual": True, "scan": True}}),
        ({"type": 2}, {"formatter": "0.0"}),
        (
            {"type": 2, "ui_type": "Progress", "property": {"formatter": "0%"}},
            {"formatter": "0%", "range_customize": False, "min": 0, "max": 1},
        ),
        (
            {"type": 2, "ui_type": "Rating"},
            {"formatter": "0", "min": 1, "max": 5, "rating": {"symbol": "star"}},
        ),
        ({"type": 4}, {"options": []}),
        ({"type": 5}, {"date_formatter": "yyyy/MM/dd", "auto_fill": False}),
        ({"type": 11}, {"multiple": True}),
        ({"type": 22}, {"location": {"input_type": "not_limit"}}),
        ({"type": 1005}, {"auto_serial": {"type": "auto_increment_number"}}),
        ({"type": 13}, None),
    ],
)
def test_a_field_shows_its_property_with_defaults(shop: Shop, field: Json, expected: Any) -> None:
    made = shop.ask("POST", "fields", json={"field_name": "x", **field}).data["field"]

    assert made["property"] == expected
    assert shop.fields()["x"]["property"] == expected


def test_overwriting_a_select_matches_options_by_id(shop: Shop) -> None:
    first, second = shop.add({"Title": "a", "State": "Open"}, {"Title": "b", "State": "Done"})
    field = shop.fields()["State"]
    kept = {"id": field["property"]["options"][0]["id"], "name": "In progress"}
    body = {"field_name": "State", "type": 3, "property": {"options": [kept, {"name": "Lost"}]}}

    options = shop.ask("PUT", f"fields/{field['field_id']}", json=body).data["field"]["property"]["options"]

    assert [option["name"] for option in options] == ["In progress", "Lost"]
    assert shop.read(first)["State"] == "In progress"
    assert "State" not in shop.read(second)


def test_overwriting_needs_type_and_name_and_some_change(shop: Shop) -> None:
    field_id = shop.fields()["Title"]["field_id"]

    missing = shop.ask("PUT", f"fields/{field_id}", json={"field_name": "Title"})
    assert (missing.code, missing.status) == (99992402, 400)
    assert missing.body["error"]["field_violations"][0]["field"] == "type"
    assert shop.ask("PUT", f"fields/{field_id}", json={"type": 1}).code == 99992402
    assert shop.ask("PUT", f"fields/{field_id}", json={"field_name": "Title", "type": 1}).code == 1254606
    assert shop.ask("PUT", f"fields/{field_id}", json={"field_name": "Title", "type": 3}).code == 1254012


def test_an_added_auto_number_numbers_the_rows_that_exist(shop: Shop) -> None:
    shop.sandbox.control("PUT", "/clock", json={"now": "2026-03-09T04:00:00+00:00", "frozen": True})
    record_id = shop.add({"Title": "a"})[0]
    parts = [("fixed_text", "REQ-"), ("created_time", "yyyyMMdd"), ("system_number", "3")]
    serial = {"type": "custom", "options": [{"type": kind, "value": value} for kind, value in parts]}

    assert (
        shop.ask(
            "POST", "fields", json={"field_name": "N", "type": 1005, "property": {"auto_serial": serial}}
        ).code
        == 0
    )

    assert shop.read(record_id)["N"] == "REQ-20260309001"
    assert shop.read(shop.add({"Title": "b"})[0])["N"] == "REQ-20260309002"


def test_deleting_a_field_deletes_its_cells_and_never_the_primary(shop: Shop) -> None:
    record_id, fields = shop.add({"Title": "a", "Amount": 1})[0], shop.fields()

    gone = shop.ask("DELETE", f"fields/{fields['Amount']['field_id']}").data
    assert gone == {"field_id": fields["Amount"]["field_id"], "deleted": True}
    assert "Amount" not in shop.read(record_id)
    assert shop.ask("DELETE", f"fields/{fields['Title']['field_id']}").code == 1254046

    assert shop.ask("DELETE", f"fields/{fields['Customer']['field_id']}").code == 0
    assert "Orders" not in shop.fields(shop.customers)


def test_descriptions_are_objects_on_write_and_text_or_segments_in_lists(shop: Shop) -> None:
    told = {"disable_sync": True, "text": "why"}
    made = shop.ask("POST", "fields", json={"field_name": "x", "type": 1, "description": told}).data["field"]

    assert made["description"] == told
    assert shop.fields()["x"]["description"] == "why"
    listed = shop.ask("GET", "fields", params={"text_field_as_array": "true", "page_size": 100}).data["items"]
    assert listed[-1]["description"] == [{"type": "text", "text": "why"}]


def test_views_are_named_filtered_and_the_last_one_stays(shop: Shop) -> None:
    field_id = shop.fields()["Due"]["field_id"]
    view = shop.ask("POST", "views", json={"view_name": "Board", "view_type": "kanban"}).data["view"]
    assert set(view) == {"view_id", "view_name", "view_type"}
    assert shop.ask("POST", "views", json={"view_name": "Board", "view_type": "grid"}).code == 1254020
    assert shop.ask("POST", "views", json={"view_name": "C", "view_type": "calendar"}).code == 1254019

    condition = {"field_id": field_id, "operator": "isLess", "value": '["ExactDate","1767225600000"]'}
    info = {"conjunction": "and", "conditions": [condition]}
    patched = shop.ask("PATCH", f"views/{view['view_id']}", json={"property": {"filter_info": info}}).data[
        "view"
    ]
    shown = patched["property"]["filter_info"]["conditions"][0]
    assert (shown["field_type"], shown["value"]) == (5, '["ExactDate",1767225600000]')
    assert shop.ask("GET", f"views/{view['view_id']}").data["view"]["property"] == patched["property"]

    assert shop.ask("DELETE", f"views/{view['view_id']}").code == 0
    last = shop.ask("GET", "views").data["items"][0]
    assert last["view_public_level"] == "Public"
    assert shop.ask("DELETE", f"views/{last['view_id']}").code == 1254023


def test_a_form_asks_the_fields_and_can_be_changed(shop: Shop) -> None:
    form_id = shop.ask("POST", "views", json={"view_name": "Ask", "view_type": "form"}).data["view"][
        "view_id"
    ]
    form = shop.ask("PATCH", f"forms/{form_id}", json={"shared": True, "shared_limit": "anyone_editable"})
    assert form.data["form"]["shared"] is True
    assert shop.ask("PATCH", f"forms/{form_id}", json={"shared_limit": "odd"}).status == 400

    due = shop.fields()["Due"]["field_id"]
    body = {"pre_field_id": "", "title": "When?", "required": True}
    asked = shop.ask("PATCH", f"forms/{form_id}/fields/{due}", json=body).data["fields"]
    assert asked == {
        "pre_field_id": "",
        "title": "When?",
        "description": "",
        "required": True,
        "visible": True,
    }
    first = shop.ask("GET", f"forms/{form_id}/fields").data["items"][0]
    assert (first["field_id"], first["title"]) == (due, "When?")
    grid = shop.ask("GET", "views").data["items"][0]["view_id"]
    assert shop.ask("GET", f"forms/{grid}").status == 404


def test_a_copy_has_its_own_ids_and_links_inside_itself(shop: Shop) -> None:
    customer = shop.add({"Name": "ACME"}, table=shop.customers)[0]
    shop.add({"Title": "a", "Customer": [customer]})

    copied = shop.sandbox.app("POST", f"{shop.base}/copy", json={"name": "Copy"}).data["app"]
    base = f"{API}/apps/{copied['app_token']}"
    tables = {
        item["name"]: item["table_id"] for item in shop.sandbox.app("GET", f"{base}/tables").data["items"]
    }
    order = shop.sandbox.app("POST", f"{base}/tables/{tables['Orders']}/records/search", json={}).data[
        "items"
    ][0]

    linked = order["fields"]["Customer"]["link_record_ids"]
    assert linked != [customer]
    body = {"record_ids": linked}
    answer = shop.sandbox.app(
        "POST", f"{base}/tables/{tables['Customers']}/records/batch_get", json=body
    ).data
    assert answer["records"][0]["fields"]["Name"] == [{"text": "ACME", "type": "text"}]
