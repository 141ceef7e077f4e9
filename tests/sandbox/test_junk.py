"""Bodies no client should send: always a refusal in Feishu's envelope, never a server error."""

from typing import Any

import pytest

from tests.sandbox.bitable import Shop
from tests.sandbox.conftest import Sandbox

JUNK: list[Any] = [[], [1], "text", 7, None, {"a": 1}]
HOLES: list[tuple[str, str, str]] = [
    ("POST", "records", "fields"),
    ("POST", "records/batch_create", "records"),
    ("POST", "records/batch_update", "records"),
    ("POST", "records/batch_delete", "records"),
    ("POST", "records/batch_get", "record_ids"),
    ("POST", "records/search", "filter"),
    ("POST", "records/search", "sort"),
    ("POST", "records/search", "field_names"),
    ("POST", "records/search", "view_id"),
    ("POST", "fields", "field_name"),
    ("POST", "views", "view_name"),
    ("POST", "views", "view_type"),
    ("PATCH", "views/{view}", "property"),
    ("PATCH", "", "name"),
]


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    return Shop(sandbox)


@pytest.mark.parametrize(("method", "path", "key"), HOLES, ids=lambda part: part or "table")
def test_junk_in_a_body_is_never_a_server_error(shop: Shop, method: str, path: str, key: str) -> None:
    view = shop.ask("GET", "views").data["items"][0]["view_id"]

    answers = [shop.ask(method, path.format(view=view), json={key: junk}) for junk in JUNK]
    answers += [shop.ask(method, path.format(view=view), json={key: [junk]}) for junk in JUNK]
    answers += [shop.ask(method, path.format(view=view), json=junk) for junk in JUNK]

    assert [answer.body for answer in answers if answer.status >= 500] == []


@pytest.mark.parametrize(
    "type", [1, 2, 3, 4, 5, 7, 11, 13, 15, 17, 18, 20, 21, 22, 23, 1001, 1003, 1005, "x", []]
)
def test_junk_in_a_property_or_a_cell_is_never_a_server_error(shop: Shop, type: Any) -> None:
    keys = ("options", "formatter", "table_id", "auto_serial", "location", "date_formatter", "multiple")
    properties = [*JUNK, *({key: junk} for key in keys for junk in (*JUNK, *([junk] for junk in JUNK)))]
    made = [
        shop.ask("POST", "fields", json={"field_name": f"f{number}", "type": type, "property": given})
        for number, given in enumerate(properties)
    ]
    names = [name for name in shop.fields() if name.startswith("f")]
    cells = [
        shop.ask("POST", "records", json={"fields": {name: junk}})
        for name in names[:2]
        for junk in (*JUNK, *([junk] for junk in JUNK), {"id": 1}, [{"id": 1}], {"link": 1}, 1e300, -1)
    ]

    assert [answer.body for answer in (*made, *cells) if answer.status >= 500] == []
    assert shop.ask("POST", "records/search", json={}).code == 0
    assert shop.ask("GET", "records").code == 0
