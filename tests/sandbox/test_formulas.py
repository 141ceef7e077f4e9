"""Formula fields: every function by an example, references in both spellings, shapes, and no events."""

from typing import Any

import pytest

from feishu_plugin.sandbox.formulas import FUNCTIONS
from tests.sandbox.bitable import Json, Shop, where
from tests.sandbox.conftest import Answer, Sandbox

NOON = 1767240000000  # 2026-01-01 12:00 in Shanghai, a Thursday


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    sandbox.control("PUT", "/clock", json={"now": "2026-01-08T10:30:00+08:00", "frozen": True})
    sandbox._token = ""
    return Shop(sandbox)


def add_formula(shop: Shop, expression: str, name: str = "F", table: str | None = None) -> Answer:
    field = {"field_name": name, "type": 20, "property": {"formula_expression": expression}}
    return shop.ask("POST", "fields", table=table, json=field)


EXAMPLES: list[tuple[str, Any]] = [
    ("1 + 2 * 3", 7),
    ("(1 + 2) * 3 % 5", 4),
    ("-[Amount] / 4", -30.125),
    ("7 > 3 && 2 <= 2 || FALSE", True),
    ('"a" & 1.5 & TRUE', "a1.5TRUE"),
    ('[State] = "Open"', True),
    ('[State] != "Done"', True),
    ('IF([Amount] >= 100, "big", "small")', "big"),
    ('IF([Paid], "yes", "no")', "no"),
    ('IFS([Amount] < 1, "a", [Amount] < 200, "b")', "b"),
    ('SWITCH([State], "Done", 1, "Open", 2, 3)', 2),
    ("IFERROR(1 / 0, -1)", -1),
    ("ISERROR(1 / 0)", True),
    ('IFBLANK([Phone], "none")', "none"),
    ("AND(TRUE(), NOT(FALSE()))", True),
    ("OR(FALSE, 0)", False),
    ("ISBLANK([Phone])", True),
    ("ISNULL([Title])", False),
    ("ISNUMBER([Amount])", True),
    ('[Tags].CONTAIN("red")', True),
    ('CONTAINSALL([Tags], "red", "green")', False),
    ('CONTAINSONLY([Tags], "blue", "red")', True),
    ("SUM(1, 2, [Amount])", 123.5),
    ("AVERAGE(1, 2, 6)", 3),
    ("MEDIAN(5, 1, 2)", 2),
    ("MAX(1, [Amount])", 120.5),
    ("MIN(LIST(3, 2))", 2),
    ("COUNTA([Tags])", 2),
    ("ROUND(2.345, 2)", 2.35),
    ("ROUNDUP(2.1)", 3),
    ("ROUNDDOWN(-2.19, 1)", -2.1),
    ("FLOOR(7.5, 2)", 6),
    ("CEILING(7.5, 2)", 8),
    ("ABS(0 - 3)", 3),
    ("INT(-1.5)", -2),
    ("MOD(-1, 3)", 2),
    ("POWER(2, 10)", 1024),
    ("QUOTIENT(7, 2)", 3),
    ('VALUE("1,200.5")', 1200.5),
    ("ISODD(3)", True),
    ("ROUND(PI(), 2)", 3.14),
    ('CONCATENATE([Title], "-", [No])', "需求A-1"),
    ("LEN([Title])", 3),
    ("LEFT([Title], 2)", "需求"),
    ("RIGHT([Title])", "A"),
    ('MID("abcdef", 2, 3)', "bcd"),
    ('FIND("c", "abc")', 3),
    ('FIND("x", "abc")', -1),
    ('REPLACE("abcdef", 2, 3, "-")', "a-ef"),
    ('SUBSTITUTE("a-b-c", "-", "+", 2)', "a-b+c"),
    ('UPPER("ab")', "AB"),
    ('LOWER("AB")', "ab"),
    ('TRIM(" a  b ")', "a b"),
    ('TEXT([Due], "YYYY年MM月DD日 hh:mm")', "2026年01月01日 12:00"),
    ('TEXT(0.256, "0.0%")', "25.6%"),
    ('TEXT(1234.5, "#,##0.00")', "1,234.50"),
    ('CONTAINTEXT([Title], "求")', True),
    ('NTH(SPLIT("a/b/c", "/"), 2)', "b"),
    ("CHAR(65)", "A"),
    ('FORMAT("{1} of {2}", 1, "x")', "1 of x"),
    ('HYPERLINK("https://a", "text")', "text"),
    ('ENCODEURL("a b")', "a%20b"),
    ('TEXT(NOW(), "hh:mm")', "10:30"),
    ("DAYS(TODAY(), [Due])", 7),
    ('TEXT(DATE(2026, 14, 1), "YYYY-MM-DD")', "2027-02-01"),
    ('DAYS(TODATE("2026/01/03"), [Due])', 2),
    ("YEAR([Due])", 2026),
    ("MONTH([Due])", 1),
    ("DAY([Due])", 1),
    ("HOUR([Due])", 12),
    ("MINUTE(NOW())", 30),
    ("SECOND([Due])", 0),
    ("WEEKDAY([Due])", 5),
    ("WEEKDAY([Due], 2)", 4),
    ("WEEKNUM([Due])", 1),
    ('DATEDIF(TODATE("2024-02-29"), [Due], "M")', 22),
    ('DATEDIF(TODATE("2024-12-31"), [Due], "Y")', 1),
    ('[Due] - TODATE("2025-12-31")', 1.5),
    ('TEXT([Due] + DURATION(1, 2), "DD hh")', "02 14"),
    ('TEXT(EDATE(TODATE("2026-01-31"), 1), "MM-DD")', "02-28"),
    ('TEXT(EOMONTH([Due], 0), "DD")', "31"),
    ('TEXT(WORKDAY([Due], 2), "DD")', "05"),
    ('TEXT(WORKDAY([Due], 1, TODATE("2026-01-02")), "DD")', "05"),
    ("NETWORKDAYS([Due], TODAY())", 6),
    ("FIRST([Tags])", "red"),
    ("LAST(SORT(LIST(3, 1, 2)))", 3),
    ('ARRAYJOIN(UNIQUE(LIST("a", "b", "a")), "+")', "a+b"),
    ("LIST(1, 2).MAP(CurrentValue * 2).SUM()", 6),
    ("LIST(1, 5).FILTER(CurrentValue > 2).LISTCOMBINE()", 5),
    ("COUNTIF(LIST(1, 5, 7), CurrentValue > 2)", 2),
    ("SUMIF(LIST(1, 5, 7), CurrentValue > 2)", 12),
    ("SUM(SEQUENCE(1, 4))", 10),
    ("[Customer].[Name].FIRST()", "ACME"),
    ('[Customers].FILTER(CurrentValue.[Name] = "ACME").[Name].COUNTA()', 1),
    ("[Customers].SORTBY([Customers].[Name], FALSE).[Name].FIRST()", "Zeta"),
    ("LEN(RECORD_ID())", 14),
]


def test_every_function_has_an_example() -> None:
    text = " ".join(expression for expression, _ in EXAMPLES)

    assert [name for name in FUNCTIONS if f"{name}(" not in text] == []


def fill(shop: Shop) -> str:
    acme = shop.add({"Name": "ACME"}, {"Name": "Zeta"}, table=shop.customers)[0]
    row = {"Title": "需求A", "Amount": 120.5, "State": "Open", "Tags": ["red", "blue"], "Due": NOON}
    return shop.add({**row, "Customer": [acme]})[0]


@pytest.mark.parametrize(("expression", "expected"), EXAMPLES, ids=lambda part: str(part)[:40])
def test_a_formula_computes(shop: Shop, expression: str, expected: Any) -> None:
    record_id = fill(shop)

    assert add_formula(shop, expression).code == 0

    [value] = shop.read(record_id)["F"]["value"]
    assert (value["text"] if isinstance(value, dict) else value) == expected


def test_a_formula_follows_links_both_ways_and_by_id(shop: Shop) -> None:
    acme = shop.add({"Name": "ACME"}, table=shop.customers)[0]
    shop.add(*({"Title": str(amount), "Amount": amount, "Customer": [acme]} for amount in (1, 2.5)))
    fields, back = shop.fields(), shop.fields(shop.customers)["Orders"]["field_id"]
    chain = f"bitable::$table[{shop.customers}].$field[{back}].$field[{fields['Amount']['field_id']}]"

    assert add_formula(shop, f"{chain}.SUM()", "Total", shop.customers).code == 0
    assert add_formula(shop, "[Orders].[Amount].AVERAGE()", "Mean", shop.customers).code == 0
    assert add_formula(shop, "[Total] - [Mean]", "Rest", shop.customers).code == 0

    shown = shop.read(acme, table=shop.customers)
    assert shown["Total"] == {"type": 2, "ui_type": "Number", "value": [3.5]}
    assert (shown["Mean"]["value"], shown["Rest"]["value"]) == ([1.75], [1.75])


def test_a_value_follows_its_cells_and_survives_a_rename(shop: Shop) -> None:
    record_id = shop.add({"Title": "a", "Amount": 2})[0]
    amount = shop.fields()["Amount"]["field_id"]
    add_formula(shop, "[Amount] * 10")

    shop.ask("PUT", f"fields/{amount}", json={"field_name": "Price", "type": 2})
    shop.set(record_id, {"Price": 3})
    assert shop.read(record_id)["F"]["value"] == [30]
    shop.ask("DELETE", f"fields/{amount}")
    assert "F" not in shop.read(record_id)


def test_search_and_legacy_show_their_own_shapes_and_sort_by_value(shop: Shop) -> None:
    shop.add({"Title": "b", "Amount": 5}, {"Title": "a", "Amount": 10})
    add_formula(shop, '[Title] & "!"', "T")
    add_formula(shop, "[Amount] > 7", "B")
    add_formula(shop, "[Amount] / 2", "N")
    add_formula(shop, "DATE(2026, 1, [Amount])", "D")

    items = shop.search({"sort": [{"field_name": "N", "desc": True}]})["items"]
    assert [item["fields"]["N"]["value"] for item in items] == [[5], [2.5]]
    assert items[1]["fields"]["T"] == {
        "type": 1,
        "ui_type": "Text",
        "value": [{"text": "b!", "type": "text"}],
    }
    assert items[1]["fields"]["B"] == {"type": 7, "ui_type": "Checkbox", "value": [False]}
    assert items[1]["fields"]["D"]["value"] == [1767542400000]
    legacy = shop.ask("GET", "records").data["items"][0]["fields"]
    assert legacy["B"] == [{"text": "false", "type": "text"}]
    assert (legacy["T"][0]["text"], legacy["N"][0]["text"]) == ("b!", "2.5")


@pytest.mark.parametrize(
    "expression",
    [
        "XLOOKUP([Title], 1)",
        "LEN()",
        "LEN(1, 2)",
        "[Nobody] + 1",
        "1 +",
        "(1",
        "1 2",
        "'single'",
        "CurrentValue + 1",
        "[Title].[Name]",
        "[Customers].FILTER(COUNTIF(LIST(1), CurrentValue > 0) > 0).[Name]",
        "(" * 200 + "1" + ")" * 200,
    ],
)
def test_a_formula_that_cannot_be_read_is_refused_clearly(shop: Shop, expression: str) -> None:
    answer = add_formula(shop, expression)

    assert (answer.code, answer.status) == (1254091, 400)
    assert answer.body["error"]["message"].startswith("F: ")
    assert "F" not in shop.fields()


def test_an_error_and_a_circle_show_as_empty(shop: Shop) -> None:
    record_id = shop.add({"Title": "a"})[0]
    field_id = add_formula(shop, "1 / 0").data["field"]["field_id"]
    body: Json = {"field_name": "F", "type": 20, "property": {"formula_expression": "[F] + 1"}}

    assert "F" not in shop.read(record_id)
    assert shop.ask("PUT", f"fields/{field_id}", json=body).code == 0
    assert "F" not in shop.read(record_id)


def test_a_table_is_made_with_formulas_or_not_at_all(shop: Shop) -> None:
    fields: list[Json] = [{"field_name": "A", "type": 2}, {"field_name": "Twice", "type": 20}]
    fields[1]["property"] = {"formula_expression": "[A] * 2"}
    table = shop.table("Sums", fields)

    assert shop.read(shop.add({"A": 4}, table=table)[0], table=table)["Twice"]["value"] == [8]
    fields[1]["property"] = {"formula_expression": "NOPE()"}
    link = {"field_name": "L", "type": 21, "property": {"table_id": table, "back_field_name": "Back"}}
    body = {"table": {"name": "Broken", "fields": [*fields, link]}}
    assert shop.sandbox.app("POST", f"{shop.base}/tables", json=body).code == 1254091
    assert "Back" not in shop.fields(table)


def test_a_formula_can_be_the_title_that_links_show(shop: Shop) -> None:
    fields: list[Json] = [{"field_name": "Label", "type": 20}, {"field_name": "Code", "type": 1}]
    fields[0]["property"] = {"formula_expression": '"No. " & [Code]'}
    table = shop.table("Parts", fields)
    part = shop.add({"Code": "7"}, table=table)[0]
    link = {"field_name": "Part", "type": 18, "property": {"table_id": table}}
    assert shop.ask("POST", "fields", json=link).code == 0
    shop.add({"Title": "a", "Part": [part]})

    legacy = shop.ask("GET", "records").data["items"][0]["fields"]

    assert legacy["Part"][0]["text"] == "No. 7"


def test_a_copied_base_computes_with_its_own_columns(shop: Shop) -> None:
    amount = shop.fields()["Amount"]["field_id"]
    add_formula(shop, f"bitable::$table[{shop.orders}].$field[{amount}] * 2")
    shop.add({"Title": "a", "Amount": 2})

    copied = shop.sandbox.app("POST", f"{shop.base}/copy", json={"name": "Copy"}).data["app"]["app_token"]

    base = f"/open-apis/bitable/v1/apps/{copied}/tables"
    tables = {t["name"]: t["table_id"] for t in shop.sandbox.app("GET", base).data["items"]}
    found = shop.sandbox.app("POST", f"{base}/{tables['Orders']}/records/search", json={}).data["items"]
    assert found[0]["fields"]["F"]["value"] == [4]


def test_a_formula_cannot_be_written_or_filtered(shop: Shop) -> None:
    record_id = shop.add({"Title": "a"})[0]
    add_formula(shop, "1")

    assert shop.set(record_id, {"F": 2}).code == 1254015
    given = {"conjunction": "and", "conditions": [where("F", "is", "1")]}
    assert shop.ask("POST", "records/search", json={"filter": given}).code == 1254018
