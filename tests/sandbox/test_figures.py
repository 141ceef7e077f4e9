"""The figures of a dashboard's charts, as the page asks for them."""

from typing import Any

import pytest

from tests.sandbox.bitable import Json, Shop
from tests.sandbox.conftest import Sandbox
from tests.sandbox.test_permissions import LIN, ZHOU, grant

DAY_MS = 24 * 3600 * 1000
SUM: Json = {"series": [{"field_name": "Amount", "rollup": "SUM"}]}


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    shop = Shop(sandbox)
    shop.add(
        {"Title": "a", "Amount": 10, "State": "Open", "Tags": ["x", "y"], "Due": DAY_MS},
        {"Title": "b", "Amount": 5, "State": "Done", "Tags": ["x"], "Due": DAY_MS + 60_000},
        {"Title": "c", "Amount": 2.5, "State": "Done", "Due": 9 * DAY_MS},
        {"Title": "d", "Tags": ["y"]},
    )
    return shop


def dashboard(shop: Shop, *blocks: tuple[str, Json]) -> str:
    """The id of a dashboard with blocks of these types and configurations."""
    base = f"/open-apis/base/v3/bases/{shop.app_token}/dashboards"
    made = str(shop.sandbox.app("POST", base, json={"name": "D"}).data["dashboard_id"])
    for kind, config in blocks:
        body = {"name": kind, "type": kind, "data_config": config}
        assert shop.sandbox.app("POST", f"{base}/{made}/blocks", json=body).code == 0
    return made


def shown(shop: Shop, made: str, who: str = LIN) -> list[Json]:
    """The blocks with their figures, as a person sees them."""
    open_id = shop.sandbox.user(who)["open_id"]
    blocks: list[Json] = shop.sandbox.control("GET", f"/dashboards/{open_id}/{shop.app_token}/{made}")[
        "blocks"
    ]
    return blocks


def figures(shop: Shop, *groups: Json, who: str = LIN, **config: Any) -> Json:
    measured = config if "series" in config else {"count_all": True, **config}
    given = {"table_name": "Orders", "group_by": list(groups), **measured}
    found: Json = shown(shop, dashboard(shop, ("column", given)), who)[0]["figures"]
    return found


def by(name: str, kind: str = "group", order: str = "asc", mode: str = "integrated") -> Json:
    return {"field_name": name, "mode": mode, "sort": {"type": kind, "order": order}}


def test_records_are_counted_by_option_in_the_columns_order_and_empty_cells_last(shop: Shop) -> None:
    assert figures(shop, by("State")) == {
        "categories": ["Open", "Done", None],
        "series": [{"name": None, "values": [1, 2, 1]}],
        "records": 4,
    }
    assert figures(shop, by("State", order="desc"))["categories"] == ["Done", "Open", None]
    assert figures(shop, by("State", "value"))["categories"] == ["Open", "Done", None]
    assert figures(shop, by("Title", "view", "desc"))["categories"] == ["d", "c", "b", "a"]


@pytest.mark.parametrize(
    ("rollup", "values"),
    [("SUM", [10, 7.5, 0]), ("MAX", [10, 5, None]), ("MIN", [10, 2.5, None]), ("AVERAGE", [10, 3.75, None])],
)
def test_a_column_is_rolled_up(shop: Shop, rollup: str, values: list[float | None]) -> None:
    found = figures(shop, by("State"), series=[{"field_name": "Amount", "rollup": rollup}])

    assert found["series"] == [{"name": "Amount", "values": values}]


def test_a_column_that_is_shown_twice_is_told_apart_by_its_rollup(shop: Shop) -> None:
    twice = [{"field_name": "Amount", "rollup": rollup} for rollup in ("SUM", "MAX")]
    found = figures(shop, series=twice)

    assert [(one["name"], one["values"]) for one in found["series"]] == [
        ("Amount (SUM)", [17.5]),
        ("Amount (MAX)", [10]),
    ]


def test_without_a_group_there_is_one_figure_of_what_the_filter_leaves(shop: Shop) -> None:
    condition = {"field_name": "State", "operator": "is", "value": ["Done"]}
    found = figures(shop, filter={"conjunction": "and", "conditions": [condition]}, **SUM)

    assert (found["categories"], found["series"][0]["values"], found["records"]) == ([None], [7.5], 2)


def test_a_second_group_makes_series_and_several_values_stand_together_or_apart(shop: Shop) -> None:
    found = figures(shop, by("State"), by("Tags"))
    assert {one["name"]: one["values"] for one in found["series"]} == {
        "x": [0, 1, 0],
        "x,y": [1, 0, 0],
        "y": [0, 0, 1],
        None: [0, 1, 0],
    }

    found = figures(shop, by("Tags", mode="enumerated"))
    assert (found["categories"], found["series"][0]["values"]) == (["x", "y", None], [2, 2, 1])


def test_times_of_one_day_are_one_group(shop: Shop) -> None:
    assert figures(shop, by("Due"))["series"][0]["values"] == [2, 1, 1]


def test_a_person_sees_figures_of_the_records_and_columns_they_may_see(shop: Shop) -> None:
    assert shop.sandbox.app("PUT", shop.base, json={"is_advanced": True}).code == 0
    rule = {
        "conjunction": "and",
        "conditions": [{"field_name": "State", "operator": "is", "value": ["Done"]}],
    }
    grant(shop, ZHOU, 2, field_perm={"Amount": 0}, rec_rule={**rule, "other_perm": 0})
    count = {"table_name": "Orders", "count_all": True}
    made = dashboard(
        shop,
        ("statistics", count),
        ("statistics", {"table_name": "Orders", **SUM}),
        ("text", {"text": "# Hi"}),
    )

    theirs = shown(shop, made, ZHOU)
    assert theirs[0]["figures"]["series"] == [{"name": None, "values": [2]}]
    assert theirs[1]["unshown"] == {"why": "field", "about": "Amount"}
    assert theirs[2]["text"] == "# Hi"
    assert [block["figures"]["records"] for block in shown(shop, made)[:2]] == [4, 4]


def test_a_chart_says_why_it_has_no_figures(shop: Shop) -> None:
    nonsense = {
        "conjunction": "and",
        "conditions": [{"field_name": "Amount", "operator": "is", "value": "x"}],
    }
    count = {"table_name": "Orders", "count_all": True}
    made = dashboard(shop, ("column", {**count, "filter": nonsense}), ("column", count))
    assert shown(shop, made)[0]["unshown"]["why"] == "filter"

    assert shop.sandbox.app("DELETE", f"{shop.base}/tables/{shop.orders}").code == 0

    assert shown(shop, made)[1]["unshown"] == {"why": "table", "about": "Orders"}


def test_the_dashboards_of_a_base_are_named(shop: Shop) -> None:
    made, open_id = dashboard(shop), shop.sandbox.user(LIN)["open_id"]

    found = shop.sandbox.control("GET", f"/dashboards/{open_id}/{shop.app_token}")
    assert found == {"dashboards": [{"dashboard_id": made, "name": "D", "theme": "default"}]}
    for path in (f"{open_id}/{shop.app_token}/blk", f"{open_id}/basNo", f"ou_no/{shop.app_token}"):
        assert shop.sandbox.call("GET", f"/_sandbox/dashboards/{path}").status == 404
