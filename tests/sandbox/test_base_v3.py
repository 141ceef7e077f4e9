"""Base v3 as the official command line client speaks it: fields, views with settings, dashboards, errors."""

from typing import Any

import pytest

from tests.sandbox.bitable import API, Json, Shop, where
from tests.sandbox.conftest import Answer, Sandbox

V3 = "/open-apis/base/v3/bases"


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    return Shop(sandbox)


def ask(shop: Shop, method: str, path: str, body: Any = None, **params: Any) -> Answer:
    return shop.sandbox.app(method, f"{V3}/{shop.app_token}{path}", json=body, params=params)


def payload(answer: Answer) -> Any:
    """``data``, which may be a list."""
    assert answer.code == 0, answer.body
    return answer.body["data"]


def refused(answer: Answer) -> tuple[int, int, str]:
    assert "error" not in answer.body
    return answer.code, answer.status, answer.body["msg"]


def chart(**changes: Any) -> Json:
    config = {"table_name": "Orders", "count_all": True, "group_by": [{"field_name": "State"}]}
    return {"name": "By state", "type": "column", "data_config": {**config, **changes}}


def test_tables_and_fields_are_named_in_v3_words(shop: Shop) -> None:
    made = ask(shop, "POST", "/tables", {"name": "Tasks", "fields": [{"name": "What", "type": "text"}]}).data
    select = {"name": "State", "type": "select", "multiple": False, "options": [{"name": "a"}, {"name": "b"}]}
    field = ask(shop, "POST", "/tables/Tasks/fields", select).data

    listed = ask(shop, "GET", "/tables", limit=1, offset=2).data
    assert (listed["tables"][0]["name"], listed["total"]) == ("Orders", 4)
    assert ask(shop, "GET", f"/tables/{made['id']}").data["name"] == "Tasks"
    shown = ask(shop, "GET", f"/tables/{made['id']}/fields").data
    assert [(f["name"], f["type"]) for f in shown["fields"]] == [("What", "text"), ("State", "select")]
    found = ask(shop, "GET", f"/tables/Tasks/fields/{field['id']}/options", keyword="b").data["options"]
    assert [option["name"] for option in found] == ["b"]


def test_changing_options_by_name_keeps_their_cells(shop: Shop) -> None:
    record_id = shop.add({"Title": "a", "State": "Open"})[0]
    body = {"name": "State", "type": "select", "options": [{"name": "Open"}, {"name": "Late"}]}

    assert ask(shop, "PUT", "/tables/Orders/fields/State", body).code == 0

    assert shop.read(record_id)["State"] == "Open"
    assert ask(shop, "DELETE", "/tables/Orders/fields/State").code == 0
    assert "State" not in shop.fields()


@pytest.mark.parametrize(
    ("field", "shown"),
    [
        ({"type": "text", "style": {"type": "email"}}, {"type": "text", "style": {"type": "email"}}),
        ({"type": "text", "style": {"type": "phone"}}, {"type": "text", "style": {"type": "phone"}}),
        ({"type": "number", "style": {"type": "currency"}}, {"style": {"type": "currency"}}),
        ({"type": "number", "style": {"type": "progress"}}, {"style": {"type": "progress"}}),
        ({"type": "formula", "expression": "[Amount] * 2"}, {"expression": "[Amount] * 2"}),
        ({"type": "user", "multiple": False}, {"type": "user"}),
        ({"type": "datetime"}, {"type": "datetime"}),
        ({"type": "auto_number"}, {"type": "auto_number"}),
        ({"type": "link", "link_table": "Customers", "bidirectional": True}, {"bidirectional": True}),
    ],
)
def test_a_field_of_v3_is_a_field_of_v1(shop: Shop, field: Json, shown: Json) -> None:
    made = ask(shop, "POST", "/tables/Orders/fields", {"name": "x", **field}).data

    assert {key: made[key] for key in shown} == shown
    assert shop.fields()["x"]["field_id"] == made["id"]


def test_a_view_keeps_its_settings_and_search_follows_them(shop: Shop) -> None:
    shop.add({"Title": "a", "Amount": 1, "State": "Open"}, {"Title": "b", "Amount": 2, "State": "Done"})
    shop.add({"Title": "c", "Amount": 3, "State": "Open"})
    fields = shop.fields()
    view = ask(shop, "POST", "/tables/Orders/views", {"name": "Board", "type": "grid"}).data
    one = f"/tables/Orders/views/{view['id']}"

    sort = payload(ask(shop, "PUT", f"{one}/sort", {"sort_config": [{"field": "Amount", "desc": True}]}))
    assert sort == [{"field": fields["Amount"]["field_id"], "desc": True}]
    condition = ["State", "intersects", ["Open"]]
    ask(shop, "PUT", f"{one}/filter", {"logic": "and", "conditions": [condition]})
    visible = payload(ask(shop, "PUT", f"{one}/visible_fields", {"visible_fields": ["Amount"]}))

    assert visible == [fields["Title"]["field_id"], fields["Amount"]["field_id"]]
    assert payload(ask(shop, "GET", f"{one}/visible_fields")) == visible
    filtered = payload(ask(shop, "GET", f"{one}/filter"))["conditions"][0]
    assert filtered[:2] == [fields["State"]["field_id"], "intersects"]
    found = shop.search({"view_id": view["id"]})["items"]
    assert [item["fields"] for item in found] == [
        {"Title": [{"text": "c", "type": "text"}], "Amount": 3},
        {"Title": [{"text": "a", "type": "text"}], "Amount": 1},
    ]


def test_cards_time_bars_and_groups_belong_to_their_views(shop: Shop) -> None:
    def view(kind: str) -> str:
        made = ask(shop, "POST", "/tables/Orders/views", {"name": kind, "type": kind}).data
        return f"/tables/Orders/views/{made['id']}"

    files, state = shop.fields()["Files"]["field_id"], shop.fields()["State"]["field_id"]
    gallery, gantt, calendar, kanban = (view(kind) for kind in ("gallery", "gantt", "calendar", "kanban"))
    bar = {"start_time": "Due", "end_time": "Created", "title": "Title"}

    assert payload(ask(shop, "GET", f"{gallery}/card")) == {"cover_field": None}
    assert payload(ask(shop, "PUT", f"{gallery}/card", {"cover_field": "Files"})) == {"cover_field": files}
    assert set(payload(ask(shop, "PUT", f"{gantt}/timebar", bar))) == set(bar)
    assert ask(shop, "PUT", f"{calendar}/timebar", bar).code == 0
    group = {"group_config": [{"field": "State", "desc": False}]}
    assert payload(ask(shop, "PUT", f"{kanban}/group", group)) == [{"field": state, "desc": False}]
    assert refused(ask(shop, "PUT", f"{gallery}/timebar", bar)) == (800010701, 400, "invalid_request")
    assert refused(ask(shop, "PUT", f"{gallery}/card", {"cover_field": "Title"}))[0] == 800010701
    assert refused(ask(shop, "PUT", f"{gantt}/timebar", {**bar, "end_time": "Title"}))[0] == 800010701
    assert (
        refused(ask(shop, "PUT", f"{kanban}/group", {"group_config": group["group_config"] * 4}))[0]
        == 800010701
    )


def test_a_dashboard_is_made_filled_arranged_and_deleted(shop: Shop) -> None:
    dashboard = ask(shop, "POST", "/dashboards", {"name": "月报", "theme": {"theme_style": "deepDark"}}).data
    one = f"/dashboards/{dashboard['dashboard_id']}"
    first = ask(shop, "POST", f"{one}/blocks", chart()).data
    text = {"name": "Note", "type": "text", "data_config": {"text": "# Hi"}}
    second = ask(shop, "POST", f"{one}/blocks", text).data

    assert [block["layout"]["x"] for block in (first, second)] == [0, 6]
    shown = ask(shop, "GET", one).data
    assert (shown["theme"], len(shown["blocks"])) == ({"theme_style": "deepDark"}, 2)
    series = chart(count_all=None, series=[{"field_name": "Amount", "rollup": "SUM"}])["data_config"]
    patched = ask(shop, "PATCH", f"{one}/blocks/{first['block_id']}", {"name": "Sum", "data_config": series})
    assert (patched.data["name"], patched.data["data_config"]) == ("Sum", series)
    assert ask(shop, "DELETE", f"{one}/blocks/{first['block_id']}").code == 0
    arranged = ask(shop, "POST", f"{one}/arrange", {}).data
    assert arranged["blocks"][0]["layout"]["x"] == 0
    assert [b["type"] for b in ask(shop, "GET", f"{one}/blocks").data["items"]] == ["text"]
    assert ask(shop, "PATCH", one, {"name": "季报"}).data["name"] == "季报"
    v1 = shop.sandbox.app("GET", f"{shop.base}/dashboards").data["dashboards"]
    assert v1 == [{"block_id": dashboard["dashboard_id"], "name": "季报"}]
    assert ask(shop, "DELETE", one).code == 0
    assert ask(shop, "GET", "/dashboards").data == {"items": [], "has_more": False, "total": 0}


@pytest.mark.parametrize(
    ("block", "path"),
    [
        ({"type": "button"}, "type"),
        (chart(table_name="Nobody"), "data_config.table_name"),
        (chart(count_all=False), "data_config.series"),
        (
            chart(count_all=None, series=[{"field_name": "No!", "rollup": "SUM"}]),
            "data_config.series[0].field_name",
        ),
        (
            chart(count_all=None, series=[{"field_name": "Amount", "rollup": "X"}]),
            "data_config.series[0].rollup",
        ),
        (chart(group_by=[{"field_name": "State"}] * 3), "data_config.group_by"),
        (chart(group_by=[{"field_name": "State", "mode": "x"}]), "data_config.group_by[0].mode"),
        (chart(filter={"conjunction": "and"}), "data_config.filter"),
        ({"type": "text", "data_config": {}}, "data_config.text"),
    ],
)
def test_a_block_that_breaks_a_rule_is_refused_where_it_does(shop: Shop, block: Json, path: str) -> None:
    dashboard = ask(shop, "POST", "/dashboards", {"name": "D"}).data["dashboard_id"]

    answer = ask(shop, "POST", f"/dashboards/{dashboard}/blocks", block)

    assert refused(answer) == (800010701, 400, "invalid_request")
    assert answer.body["data"]["error"]["path"] == path
    assert answer.body["data"]["error"]["log_id"] == answer.headers["X-Tt-Logid"]


def test_errors_speak_the_dialect_of_v3(shop: Shop) -> None:
    assert refused(shop.sandbox.app("GET", f"{V3}/nobody"))[0] == 800004006
    assert refused(ask(shop, "GET", "/tables/Nobody")) == (800010404, 404, "not_found")
    assert refused(ask(shop, "GET", "/tables/Orders/fields/Nobody"))[0] == 800010404
    assert refused(ask(shop, "GET", "/tables", limit=201))[0] == 800010701
    assert refused(ask(shop, "POST", "/tables", {"name": "Orders"}))[0] == 800010102
    assert refused(ask(shop, "POST", "/tables/Orders/fields", {"name": "x", "type": 1}))[0] == 800010701
    assert (
        refused(ask(shop, "POST", "/dashboards", {"name": "D", "theme": {"theme_style": "x"}}))[0]
        == 800010701
    )
    shop.sandbox.control("PUT", "/faults", json=[{"kind": "code", "code": 800004135, "route": "*base/v3*"}])
    assert ask(shop, "GET", "/tables").code == 800004135


@pytest.mark.parametrize(("mode", "status", "code"), [("off", 404, 99991201), ("broken", 500, 5000)])
def test_a_tenant_may_not_answer_v3(shop: Shop, mode: str, status: int, code: int) -> None:
    shop.sandbox.control("PUT", "/switches", json={"base_v3": mode})

    answer = ask(shop, "GET", "/tables")

    assert (answer.status, answer.code) == (status, code)
    assert shop.sandbox.app("GET", f"{API}/apps/{shop.app_token}").code == 0
    assert shop.titles(where("Title", "isNotEmpty")) == []
