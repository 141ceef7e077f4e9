"""Every cell type: what may be written, what is refused with which code, and the three shapes."""

from typing import Any

import pytest

from tests.sandbox.bitable import Shop
from tests.sandbox.conftest import Sandbox

DUE = 1767225600000
WRITTEN: dict[str, Any] = {
    "Title": "A-1",
    "Amount": 120.5,
    "State": "Open",
    "Tags": ["red", "blue"],
    "Due": DUE,
    "Paid": True,
    "Phone": "+8613800000000",
    "Web": {"text": "shown", "link": "https://example.com"},
    "Files": [{"file_token": "FtOkEn0000000000000000000001"}],
    "Site": "116.397755,39.903179",
    "Group": [{"id": "oc_1"}],
}


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    # Which tokens a cell takes is told in test_medias.py.
    sandbox.control("PUT", "/switches", json={"check_attachments": False})
    return Shop(sandbox)


def test_a_write_echoes_what_was_sent_with_both_ids(shop: Shop) -> None:
    record = shop.ask("POST", "records", json={"fields": WRITTEN}).data["record"]

    assert record["fields"] == WRITTEN
    assert record["id"] == record["record_id"]


def test_search_shows_the_search_shape(shop: Shop) -> None:
    owner = shop.sandbox.user("周子墨")
    customer = shop.add({"Name": "ACME"}, table=shop.customers)[0]
    shop.add({**WRITTEN, "Owner": [{"id": owner["open_id"]}], "Customer": [customer]})

    shown = shop.search()["items"][0]["fields"]

    assert shown["Title"] == [{"text": "A-1", "type": "text"}]
    assert (shown["Amount"], shown["State"], shown["Tags"]) == (120.5, "Open", ["red", "blue"])
    assert (shown["Due"], shown["Paid"], shown["Phone"]) == (DUE, True, "+8613800000000")
    assert shown["Web"] == {"text": "shown", "link": "https://example.com"}
    assert set(shown["Files"][0]) == {"file_token", "name", "size", "type", "url", "tmp_url"}
    assert shown["Site"]["location"] == "116.397755,39.903179"
    assert shown["Customer"] == {"link_record_ids": [customer]}
    assert (shown["Owner"][0]["id"], shown["Owner"][0]["name"]) == (owner["open_id"], "周子墨")
    assert isinstance(shown["Creator"], list)
    assert shown["No"] == "1"


def test_the_legacy_list_shows_the_legacy_shape(shop: Shop) -> None:
    customer = shop.add({"Name": "ACME"}, table=shop.customers)[0]
    shop.add({**WRITTEN, "Customer": [customer]})

    item = shop.ask("GET", "records").data["items"][0]

    shown = item["fields"]
    assert item["id"] == item["record_id"]
    assert (shown["Title"], shown["Amount"]) == ("A-1", "120.5")
    assert isinstance(shown["Creator"], dict)
    assert shown["Customer"] == [
        {
            "record_ids": [customer],
            "table_id": shop.customers,
            "text": "ACME",
            "text_arr": ["ACME"],
            "type": "text",
        }
    ]
    segments = shop.ask("GET", "records", params={"text_field_as_array": "True"}).data["items"][0]
    assert segments["fields"]["Title"] == [{"text": "A-1", "type": "text"}]


def test_an_email_text_reads_as_a_mailto_segment(shop: Shop) -> None:
    shop.ask("POST", "fields", json={"field_name": "Mail", "type": 1, "ui_type": "Email"})
    record_id = shop.add({"Mail": "x@example.com"})[0]

    expected = [{"link": "mailto:x@example.com", "text": "x@example.com", "type": "url"}]
    assert shop.read(record_id)["Mail"] == expected


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("Title", [{"text": "x"}], 1254060),
        ("Amount", "12", 1254061),
        ("Amount", True, 1254061),
        ("State", ["Open"], 1254062),
        ("State", {"text": "Open"}, 1254062),
        ("Tags", "red", 1254063),
        ("Due", "2026-01-01", 1254064),
        ("Paid", "true", 1254065),
        ("Owner", "ou_x", 1254066),
        ("Owner", [{"id": "ou_stranger"}], 1254066),
        ("Customer", "rec1", 1254067),
        ("Customer", ["recUnknown00001"], 1254067),
        ("Web", "https://example.com", 1254068),
        ("Files", ["token"], 1254069),
        ("Phone", "call me", 1254072),
        ("Title", "x" * 100_001, 1254130),
        ("No", "7", 1254015),
        ("Created", DUE, 1254015),
        ("Nothing", "x", 1254045),
    ],
)
def test_a_wrong_value_is_refused_with_its_code_and_http_200(
    shop: Shop, field: str, value: Any, code: int
) -> None:
    answer = shop.ask("POST", "records", json={"fields": {field: value}})

    assert (answer.code, answer.status) == (code, 200)
    assert answer.body["error"]["log_id"] == answer.headers["X-Tt-Logid"]


@pytest.mark.parametrize("field", sorted(set(WRITTEN) - {"Title"}))
def test_null_empties_a_cell_and_leaves_the_others(shop: Shop, field: str) -> None:
    record_id = shop.add(WRITTEN)[0]

    assert shop.set(record_id, {field: None}).data["record"]["fields"] == {field: None}

    shown = shop.read(record_id)
    assert field not in shown
    assert set(WRITTEN) - {field} <= set(shown)


def test_a_refused_batch_changes_nothing_not_even_options(shop: Shop) -> None:
    body = {"records": [{"fields": {"State": "Brand new"}}, {"fields": {"Amount": "x"}}]}

    assert shop.ask("POST", "records/batch_create", json=body).code == 1254061

    assert shop.search()["total"] == 0
    names = [option["name"] for option in shop.fields()["State"]["property"]["options"]]
    assert names == ["Open", "Done"]


def test_an_unknown_option_is_created_with_the_next_colour(shop: Shop) -> None:
    shop.add({"State": "Lost"})

    options = shop.fields()["State"]["property"]["options"]
    assert [(option["name"], option["color"]) for option in options] == [
        ("Open", 0),
        ("Done", 1),
        ("Lost", 2),
    ]


def test_people_are_named_in_the_asked_id_type(shop: Shop) -> None:
    owner = shop.sandbox.user("许安然")
    row = {"records": [{"fields": {"Title": "x", "Owner": [{"id": owner["user_id"]}]}}]}
    assert shop.ask("POST", "records/batch_create", json=row, params={"user_id_type": "user_id"}).code == 0

    assert shop.search()["items"][0]["fields"]["Owner"][0]["id"] == owner["open_id"]
    asked = shop.search(user_id_type="union_id")["items"][0]["fields"]["Owner"][0]["id"]
    assert asked == owner["union_id"]


def test_a_read_only_value_is_ignored_when_the_switch_says_so(shop: Shop) -> None:
    shop.sandbox.control("PUT", "/switches", json={"read_only_write": "ignore"})

    record_id = shop.add({"Title": "x", "No": "99"})[0]

    assert shop.read(record_id)["No"] == "1"
