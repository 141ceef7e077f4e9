"""Search: every operator, children, sort, pages, views; and the legacy formula filter."""

import base64

import pytest

from tests.sandbox.bitable import Json, Shop, where
from tests.sandbox.conftest import Sandbox

MIDNIGHT = 1767196800000
"""2026-01-01 00:00 in Asia/Shanghai, the zone of the shop's base."""
DAY = 86_400_000


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    """Three orders that differ in everything, and an empty one called D."""
    shop = Shop(sandbox)
    lin, zhou = (sandbox.user(name)["open_id"] for name in ("林晓岚", "周子墨"))
    acme = shop.add({"Name": "ACME"}, table=shop.customers)[0]
    shop.add(
        {
            "Title": "A apple",
            "Amount": 10,
            "State": "Open",
            "Tags": ["red"],
            "Due": MIDNIGHT,
            "Paid": True,
            "Owner": [{"id": lin}],
            "Web": {"text": "first page", "link": "https://a"},
            "Customer": [acme],
            "Phone": "123",
        },
        {
            "Title": "B apple",
            "Amount": 20,
            "State": "Done",
            "Tags": ["red", "blue"],
            "Due": MIDNIGHT + DAY,
            "Paid": False,
            "Owner": [{"id": lin}, {"id": zhou}],
            "Files": [{"file_token": shop.upload(b"x").data["file_token"]}],
        },
        {"Title": "C pear", "Amount": 30.5, "Tags": ["green"], "Due": MIDNIGHT - 1},
        {"Title": "D"},
    )
    return shop


def lin(shop: Shop) -> str:
    return str(shop.sandbox.user("林晓岚")["open_id"])


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (where("Title", "is", "C pear"), "C"),
        (where("Title", "isNot", "C pear"), "ABD"),
        (where("Title", "contains", "apple"), "AB"),
        (where("Title", "doesNotContain", "apple"), "CD"),
        (where("Amount", "is", "20"), "B"),
        (where("Amount", "isNot", "20"), "ACD"),
        (where("Amount", "isGreater", "10"), "BC"),
        (where("Amount", "isGreaterEqual", "10"), "ABC"),
        (where("Amount", "isLess", "30.5"), "AB"),
        (where("Amount", "isLessEqual", "30.5"), "ABC"),
        (where("Amount", "isEmpty"), "D"),
        (where("Amount", "isNotEmpty"), "ABC"),
        (where("State", "is", "Open"), "A"),
        (where("State", "isNot", "Open"), "BCD"),
        (where("State", "contains", "Open", "Done"), "AB"),
        (where("State", "doesNotContain", "Open", "Done"), "CD"),
        (where("State", "is", "Never heard of"), ""),
        (where("State", "isEmpty"), "CD"),
        (where("Tags", "is", "red"), "A"),
        (where("Tags", "contains", "blue", "green"), "BC"),
        (where("Tags", "doesNotContain", "red"), "CD"),
        (where("Due", "is", "ExactDate", str(MIDNIGHT + 5000)), "A"),
        (where("Due", "isGreater", "ExactDate", str(MIDNIGHT)), "B"),
        (where("Due", "isLess", "ExactDate", str(MIDNIGHT + 5000)), "C"),
        (where("Due", "isEmpty"), "D"),
        (where("Paid", "is", "true"), "A"),
        (where("Paid", "is", "false"), "BCD"),
        (where("Web", "contains", "page"), "A"),
        (where("Web", "is", "https://a"), ""),
        (where("Phone", "is", "123"), "A"),
        (where("Files", "isNotEmpty"), "B"),
        (where("Customer", "isEmpty"), "BCD"),
        (where("No", "isGreater", "2"), "CD"),
        (where("No", "is", "1"), "A"),
        (where("Created", "is", "Today"), "ABCD"),
        (where("Created", "is", "Yesterday"), ""),
        (where("Created", "is", "CurrentMonth"), "ABCD"),
    ],
)
def test_a_condition_finds_exactly_the_records_it_describes(
    shop: Shop, condition: Json, expected: str
) -> None:
    assert [title[0] for title in shop.titles(condition)] == list(expected)


def test_people_and_links_are_found_by_id(shop: Shop) -> None:
    owner = lin(shop)
    acme = shop.ask("POST", "records/search", table=shop.customers, json={}).data["items"][0]["record_id"]

    assert shop.titles(where("Owner", "is", owner)) == ["A apple"]
    assert shop.titles(where("Owner", "contains", owner)) == ["A apple", "B apple"]
    assert shop.titles(where("Owner", "doesNotContain", owner)) == ["C pear", "D"]
    assert shop.titles(where("Customer", "contains", acme)) == ["A apple"]


def test_or_and_one_level_of_children(shop: Shop) -> None:
    either = [where("State", "is", "Open"), where("Amount", "is", "30.5")]
    assert shop.titles(*either, conjunction="or") == ["A apple", "C pear"]

    nested = {
        "conjunction": "and",
        "children": [
            {"conjunction": "or", "conditions": either},
            {"conjunction": "and", "conditions": [where("Title", "contains", "pear")]},
        ],
    }
    found = shop.search({"filter": nested})["items"]
    assert [item["fields"]["Title"][0]["text"] for item in found] == ["C pear"]


@pytest.mark.parametrize(
    ("given", "code", "status"),
    [
        ({"conditions": [where("Title", "is", "x")]}, 1254018, 200),
        ({"conjunction": "and", "conditions": [where("Paid", "isEmpty")]}, 1254018, 200),
        ({"conjunction": "and", "conditions": [where("Due", "isGreater", "CurrentWeek")]}, 1254018, 200),
        ({"conjunction": "and", "conditions": [where("Due", "isGreaterEqual", "Today")]}, 1254018, 200),
        ({"conjunction": "and", "conditions": [where("Files", "is", "x")]}, 1254018, 200),
        ({"conjunction": "and", "conditions": [where("Amount", "is", "many")]}, 1254018, 200),
        ({"conjunction": "and", "conditions": [where("Titel", "is", "x")]}, 1254045, 200),
        (
            {"conjunction": "and", "conditions": [{"field_name": "Title", "operator": "isEmpty"}]},
            99992402,
            400,
        ),
        ({"conjunction": "or", "conditions": [where("Title", "is", "x")] * 51}, 99992402, 400),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(shop: Shop, given: Json, code: int, status: int) -> None:
    answer = shop.ask("POST", "records/search", json={"filter": given})

    assert (answer.code, answer.status) == (code, status)


def test_sort_puts_empty_cells_last_both_ways(shop: Shop) -> None:
    def order(desc: bool) -> str:
        items = shop.search({"sort": [{"field_name": "Amount", "desc": desc}]})["items"]
        return "".join(item["fields"]["Title"][0]["text"][0] for item in items)

    assert (order(False), order(True)) == ("ABCD", "CBAD")


def test_pages_follow_each_other_by_base64_tokens(shop: Shop) -> None:
    first = shop.search(page_size=3)
    second = shop.search(page_size=3, page_token=first["page_token"])

    assert (first["has_more"], first["total"], len(first["items"])) == (True, 4, 3)
    assert base64.b64decode(first["page_token"]) == b"pageToken:3"
    assert (second["has_more"], len(second["items"])) == (False, 1)
    assert "page_token" not in second


@pytest.mark.parametrize(
    ("params", "code"),
    [({"page_size": 501}, 99992402), ({"page_size": 0}, 1254011), ({"page_token": "nonsense"}, 1254030)],
)
def test_bad_paging_is_refused(shop: Shop, params: Json, code: int) -> None:
    assert shop.ask("POST", "records/search", json={}, params=params).code == code


def test_a_page_shows_a_record_that_changed_since_the_page_before(shop: Shop) -> None:
    shop.search({"sort": [{"field_name": "Amount"}]})
    record_id = shop.search()["items"][0]["record_id"]

    shop.set(record_id, {"Amount": 99})

    items = shop.search({"sort": [{"field_name": "Amount", "desc": True}]})["items"]
    assert items[0]["record_id"] == record_id


def test_field_names_limit_the_cells_and_unknown_ones_are_refused(shop: Shop) -> None:
    items = shop.search({"field_names": ["Amount"]})["items"]
    assert [item["fields"] for item in items] == [{"Amount": 10}, {"Amount": 20}, {"Amount": 30.5}, {}]

    assert shop.ask("POST", "records/search", json={"field_names": ["Nope"]}).code == 1254024


def test_automatic_fields_name_who_and_when(shop: Shop) -> None:
    record_id = shop.search()["items"][0]["record_id"]
    shop.set(record_id, {"Amount": 11}, who="高若溪")

    item = shop.search({"automatic_fields": True})["items"][0]

    assert item["last_modified_by"]["name"] == "高若溪"
    assert item["created_by"]["id"] != item["last_modified_by"]["id"]
    assert item["created_time"] <= item["last_modified_time"]


def test_a_view_filters_and_hides_only_without_filter_and_sort(shop: Shop) -> None:
    fields = shop.fields()
    view_id = shop.ask("POST", "views", json={"view_name": "Open ones", "view_type": "grid"}).data["view"][
        "view_id"
    ]
    condition = {"field_id": fields["State"]["field_id"], "operator": "is", "value": '["Open"]'}
    info = {"conjunction": "and", "conditions": [condition]}
    hidden = [fields["Amount"]["field_id"]]
    assert (
        shop.ask(
            "PATCH", f"views/{view_id}", json={"property": {"filter_info": info, "hidden_fields": hidden}}
        ).code
        == 0
    )

    seen = shop.search({"view_id": view_id})["items"]
    assert [item["fields"]["Title"][0]["text"] for item in seen] == ["A apple"]
    assert "Amount" not in seen[0]["fields"]
    assert shop.search({"view_id": view_id, "sort": [{"field_name": "Title"}]})["total"] == 4


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ('AND(CurrentValue.[Amount]>1,CurrentValue.[State]="Open")', "A"),
        ('OR(CurrentValue.[State]="Done",CurrentValue.[Title]="D")', "BD"),
        ('NOT(CurrentValue.[Title].contains("apple"))', "CD"),
        ('CONTAINS(CurrentValue.[Tags],"blue")', "B"),
        ('CurrentValue.[Due]=TODATE("2026-01-01")', "A"),
        ('CurrentValue.[State]=""', "CD"),
        ('CurrentValue.[State]!="Open"', "BCD"),
        ("CurrentValue.[Due]<TODAY()", "ABC"),
    ],
)
def test_the_legacy_filter_reads_formula_text(shop: Shop, formula: str, expected: str) -> None:
    items = shop.ask("GET", "records", params={"filter": formula, "sort": '["Title ASC"]'}).data["items"]

    assert [item["fields"]["Title"][0] for item in items] == list(expected)


def test_a_legacy_filter_that_cannot_be_read_is_refused(shop: Shop) -> None:
    assert shop.ask("GET", "records", params={"filter": "Amount > 1"}).code == 1254018
    assert shop.ask("GET", "records", params={"filter": "x" * 2001}).code == 1254107
