"""Overwriting a field: what becomes of its cells and of its options, type by type."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.sandbox.bitable import Json, Shop
from tests.sandbox.conftest import Sandbox

GONE = None
SPRING = int(datetime(2026, 3, 8, 16, tzinfo=UTC).timestamp() * 1000)
"""Midnight of 9 March 2026 in Shanghai, the base's time zone."""
TEXT, NUMBER, SINGLE, MULTI, DATE, CHECKBOX, PHONE, URL = 1, 2, 3, 4, 5, 7, 13, 15


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    return Shop(sandbox)


def column(shop: Shop, **field: Any) -> Json:
    """A new column named X."""
    return dict(shop.ask("POST", "fields", json={"field_name": "X", **field}).data["field"])


def overwrite(shop: Shop, field: Json, **definition: Any) -> Json:
    """PUT of the column; its definition afterwards."""
    body = {"field_name": "X", **definition}
    return dict(shop.ask("PUT", f"fields/{field['field_id']}", json=body).data["field"])


def cell(shop: Shop, record_id: str) -> Any:
    """The cell of X as plain as it can be: text without segments; None when it is empty."""
    value = shop.read(record_id).get("X")
    return value[0]["text"] if isinstance(value, list) and isinstance(value[0], dict) else value


@pytest.mark.parametrize(
    ("old", "written", "new", "read"),
    [
        (TEXT, "42", NUMBER, 42),
        (TEXT, " 1,234.5 ", NUMBER, 1234.5),
        (TEXT, "-3", NUMBER, -3),
        (TEXT, "about 3", NUMBER, GONE),
        (TEXT, "nan", NUMBER, GONE),
        (TEXT, "1_000", NUMBER, GONE),
        (NUMBER, 42, TEXT, "42"),
        (NUMBER, 1.5, TEXT, "1.5"),
        (NUMBER, 42, SINGLE, "42"),
        (NUMBER, 42, DATE, GONE),
        (NUMBER, 42, CHECKBOX, GONE),
        (TEXT, "high", SINGLE, "high"),
        (TEXT, "  ", SINGLE, GONE),
        (TEXT, "a, b,a", MULTI, ["a", "b"]),
        (TEXT, "甲，乙", MULTI, ["甲", "乙"]),
        (TEXT, "2026/03/09", DATE, SPRING),
        (TEXT, "2026-3-9", DATE, SPRING),
        (TEXT, "2026-03-09 08:30", DATE, SPRING + (8 * 60 + 30) * 60_000),
        (TEXT, "next week", DATE, GONE),
        (TEXT, "2026-02-30", DATE, GONE),
        (TEXT, "+8613800000000", PHONE, "+8613800000000"),
        (TEXT, "call me", PHONE, GONE),
        (SINGLE, "high", TEXT, "high"),
        (SINGLE, "high", MULTI, ["high"]),
        (SINGLE, "7", NUMBER, 7),
        (MULTI, ["a", "b"], TEXT, "a,b"),
        (MULTI, ["b", "a"], SINGLE, "b"),
        (DATE, SPRING, TEXT, "2026/03/09"),
        (DATE, SPRING, NUMBER, GONE),
        (PHONE, "42", NUMBER, 42),
        (CHECKBOX, True, TEXT, GONE),
        (URL, {"text": "home", "link": "https://example.com"}, TEXT, "home"),
    ],
)
def test_a_cell_becomes_what_its_text_can_be(shop: Shop, old: int, written: Any, new: int, read: Any) -> None:
    field = column(shop, type=old)
    record_id = shop.add({"Title": "a", "X": written})[0]

    assert overwrite(shop, field, type=new)["type"] == new

    assert cell(shop, record_id) == read


@pytest.mark.parametrize("formatter", ["yyyy-MM-dd", "yyyy-MM-dd HH:mm", "MM/dd/yyyy"])
def test_a_day_becomes_the_text_the_column_showed(shop: Shop, formatter: str) -> None:
    field = column(shop, type=DATE, property={"date_formatter": formatter})
    record_id = shop.add({"X": SPRING})[0]

    overwrite(shop, field, type=TEXT)

    shown = {"yyyy-MM-dd": "2026-03-09", "yyyy-MM-dd HH:mm": "2026-03-09 00:00", "MM/dd/yyyy": "03/09/2026"}
    assert cell(shop, record_id) == shown[formatter]


def test_a_select_that_becomes_the_other_kind_keeps_its_options(shop: Shop) -> None:
    field = column(shop, type=SINGLE, property={"options": [{"name": "a", "color": 7}, {"name": "b"}]})
    first, second = shop.add({"X": "a"}, {"X": "b"})
    options = field["property"]["options"]

    several = overwrite(shop, field, type=MULTI)
    assert several["property"]["options"] == options
    one = overwrite(shop, field, type=SINGLE, property={"options": [options[1]]})

    assert one["property"]["options"] == [options[1]]
    assert (cell(shop, first), cell(shop, second)) == (GONE, "b")


@pytest.mark.parametrize(("field_type", "written"), [(11, ["周子墨", "林晓岚"]), (23, ["oc_1", "oc_2"])])
def test_a_column_for_one_keeps_the_first_of_several(shop: Shop, field_type: int, written: list[str]) -> None:
    people = field_type == 11
    ids = [shop.sandbox.user(name)["open_id"] if people else name for name in written]
    field = column(shop, type=field_type, property={"multiple": True})
    both, lone = shop.add({"X": [{"id": id} for id in ids]}, {"X": [{"id": ids[1]}]})

    overwrite(shop, field, type=field_type, property={"multiple": False})

    assert [item["id"] for item in shop.read(both)["X"]] == ids[:1]
    assert [item["id"] for item in shop.read(lone)["X"]] == ids[1:]


def test_options_in_another_order_keep_their_ids_and_their_cells(shop: Shop) -> None:
    field = column(shop, type=SINGLE, property={"options": [{"name": name} for name in "abc"]})
    record_id = shop.add({"X": "b"})[0]
    first, second, third = field["property"]["options"]

    wanted = [third, {"name": "new", "color": 9}, first, second]
    overwrite(shop, field, type=SINGLE, property={"options": wanted})

    listed = shop.fields()["X"]["property"]["options"]
    assert [option["name"] for option in listed] == ["c", "new", "a", "b"]
    assert [listed[place] for place in (0, 2, 3)] == [third, first, second]
    assert cell(shop, record_id) == "b"


def test_a_search_after_a_change_sees_the_new_cells(shop: Shop) -> None:
    field = column(shop, type=TEXT)
    shop.add({"Title": "a", "X": "2"}, {"Title": "b", "X": "10"})
    overwrite(shop, field, type=NUMBER)

    condition = {"field_name": "X", "operator": "isGreater", "value": ["5"]}

    assert shop.titles(condition) == ["b"]
