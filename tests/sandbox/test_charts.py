"""A chart and a view's settings stay with their tables and columns, whatever these are called."""

from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.bitable import Json, Shop
from tests.sandbox.conftest import Sandbox
from tests.sandbox.test_storage import started

V3 = "/open-apis/base/v3/bases"


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    return Shop(sandbox)


def ask(shop: Shop, method: str, path: str, body: Any = None) -> Any:
    """``data`` of base v3, which may be a list."""
    answer = shop.sandbox.app(method, f"{V3}/{shop.app_token}{path}", json=body)
    assert answer.code == 0, answer.body
    return answer.body["data"]


def config(table: str, amount: str, state: str) -> Json:
    """A chart's source under these names."""
    condition = {"field_name": state, "operator": "is", "value": ["Open"]}
    return {
        "table_name": table,
        "series": [{"field_name": amount, "rollup": "SUM"}],
        "group_by": [{"field_name": state, "mode": "integrated", "sort": {"type": "value", "order": "desc"}}],
        "filter": {"conjunction": "and", "conditions": [condition]},
    }


def chart(shop: Shop, data_config: Json) -> str:
    """Where a new chart is."""
    dashboard = ask(shop, "POST", "/dashboards", {"name": "D"})["dashboard_id"]
    block = {"name": "Sum", "type": "column", "data_config": data_config}
    made = ask(shop, "POST", f"/dashboards/{dashboard}/blocks", block)
    assert made["data_config"] == data_config
    return f"/dashboards/{dashboard}/blocks/{made['block_id']}"


def rename(shop: Shop, name: str, new: str, **field: Any) -> None:
    field_id = shop.fields()[name]["field_id"]
    assert shop.ask("PUT", f"fields/{field_id}", json={"field_name": new, **field}).code == 0


def rename_table(shop: Shop, name: str) -> None:
    assert shop.sandbox.app("PATCH", f"{shop.base}/tables/{shop.orders}", json={"name": name}).code == 0


def test_a_chart_shows_what_it_was_sent(shop: Shop) -> None:
    sent = config("Orders", "Amount", "State")
    block = chart(shop, sent)

    shown = ask(shop, "GET", block)

    assert shown["data_config"] == sent
    assert set(shown) == {"block_id", "name", "type", "layout", "data_config"}
    counted = {"table_name": "Customers", "count_all": True}
    assert ask(shop, "PATCH", block, {"data_config": counted})["data_config"] == counted
    assert ask(shop, "GET", block)["data_config"] == counted


def test_a_chart_follows_its_table_and_its_columns(shop: Shop) -> None:
    block = chart(shop, config("Orders", "Amount", "State"))

    rename_table(shop, "Sales")
    rename(shop, "Amount", "Price", type=2)
    rename(shop, "State", "Stage", type=3)

    assert ask(shop, "GET", block)["data_config"] == config("Sales", "Price", "Stage")


def test_a_name_that_wanders_to_another_column_does_not_take_the_chart_along(shop: Shop) -> None:
    block = chart(shop, config("Orders", "Amount", "State"))

    rename(shop, "Amount", "Old", type=2)
    assert shop.ask("POST", "fields", json={"field_name": "Amount", "type": 2}).code == 0

    assert ask(shop, "GET", block)["data_config"] == config("Orders", "Old", "State")


def test_what_is_gone_keeps_its_last_name(shop: Shop) -> None:
    block = chart(shop, config("Orders", "Amount", "State"))

    assert shop.ask("DELETE", f"fields/{shop.fields()['Amount']['field_id']}").code == 0
    assert ask(shop, "GET", block)["data_config"] == config("Orders", "Amount", "State")
    assert shop.sandbox.app("DELETE", f"{shop.base}/tables/{shop.orders}").code == 0
    assert ask(shop, "GET", block)["data_config"] == config("Orders", "Amount", "State")


def test_a_copied_dashboard_follows_too(shop: Shop) -> None:
    block = chart(shop, config("Orders", "Amount", "State"))
    source = block.split("/")[2]
    copied = shop.sandbox.app("POST", f"{shop.base}/dashboards/{source}/copy", json={"name": "C"}).data

    rename_table(shop, "Sales")

    blocks = f"/dashboards/{copied['block_id']}/blocks"
    one = ask(shop, "GET", blocks)["items"][0]["block_id"]
    assert ask(shop, "GET", f"{blocks}/{one}")["data_config"] == config("Sales", "Amount", "State")


def test_a_chart_follows_after_a_restart(tmp_path: Path) -> None:
    data = str(tmp_path / "sandbox.db")
    with started("--data", data) as sandbox:
        shop = Shop(sandbox)
        block = chart(shop, config("Orders", "Amount", "State"))
        rename_table(shop, "Sales")

    with started("--data", data) as sandbox:
        shop.sandbox = sandbox
        rename(shop, "Amount", "Price", type=2)
        assert ask(shop, "GET", block)["data_config"] == config("Sales", "Price", "State")


@pytest.mark.parametrize(
    ("kind", "setting", "sent", "empty"),
    [
        ("grid", "sort", [("Amount", True), ("Title", False)], []),
        ("kanban", "group", [("State", False)], []),
        ("gantt", "sort", [("Due", False)], []),
        ("gantt", "timebar", {"start_time": "Created", "end_time": "Due", "title": "Title"}, {}),
        ("gallery", "card", {"cover_field": "Files"}, {"cover_field": None}),
        ("grid", "visible_fields", ["Title", "State"], None),
    ],
)
def test_a_setting_of_a_view_of_v1_reads_as_it_was_put(
    shop: Shop, kind: str, setting: str, sent: Any, empty: Any
) -> None:
    ids = {name: field["field_id"] for name, field in shop.fields().items()}
    made = shop.ask("POST", "views", json={"view_name": "V", "view_type": kind}).data["view"]
    path = f"/tables/{shop.orders}/views/{made['view_id']}/{setting}"
    assert empty is None or ask(shop, "GET", path) == empty

    put = ask(shop, "PUT", path, body_of(setting, sent))

    assert put == ask(shop, "GET", path) == with_ids(sent, ids)


def body_of(setting: str, sent: Any) -> Any:
    """What is put, by name."""
    if setting in ("sort", "group"):
        return {f"{setting}_config": [{"field": name, "desc": desc} for name, desc in sent]}
    return {setting: sent} if isinstance(sent, list) else sent


def with_ids(sent: Any, ids: dict[str, str]) -> Any:
    """What is read, by id: lists stay lists, objects objects."""
    if isinstance(sent, dict):
        return {key: ids[name] for key, name in sent.items()}
    return [
        {"field": ids[item[0]], "desc": item[1]} if isinstance(item, tuple) else ids[item] for item in sent
    ]
