"""Every kind of request fault over the wire: what the caller sees and whether the work was done."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from feishu_plugin.sandbox.faults import REQUEST_KINDS
from tests.sandbox.bitable import API, Json, Shop
from tests.sandbox.conftest import Sandbox

CREATE = "POST */records"


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    return Shop(sandbox)


def order(shop: Shop, kind: str, route: str = CREATE, *, seed: int = 0, **details: Any) -> None:
    rule = {"kind": kind, "route": route, "count": 1, **details}
    shop.sandbox.control("PUT", "/faults", json={"seed": seed, "rules": [rule]})


def write(shop: Shop, **kwargs: Any) -> requests.Response:
    """One create over a connection of its own."""
    url = f"{shop.sandbox.url}{shop.base}/tables/{shop.orders}/records"
    headers = {"Authorization": f"Bearer {shop.sandbox.app_token()}"}
    return requests.post(url, json={"fields": {"Title": "x"}}, headers=headers, **{"timeout": 30, **kwargs})


def test_every_kind_is_played_here_or_in_the_tests_of_its_own() -> None:
    here = {
        "rate-limit",
        "expired-token",
        "lose-fields",
        "replica-lag",
        "half-close",
        "html",
        "status",
        "code",
    }
    cuts = {f"{how}-{when}-commit" for how in ("drop", "timeout") for when in ("before", "after")}

    assert {*here, *cuts, "delay"} == set(REQUEST_KINDS)


@pytest.mark.parametrize("how", ["drop", "timeout"])
@pytest.mark.parametrize(("when", "done"), [("before", 0), ("after", 1)])
def test_an_answer_that_never_comes_leaves_the_work_undone_or_done(
    shop: Shop, how: str, when: str, done: int
) -> None:
    order(shop, f"{how}-{when}-commit", delay_ms=50.0)

    with pytest.raises(requests.ConnectionError):
        write(shop)

    assert shop.search()["total"] == done


def test_a_caller_that_gives_up_first_frees_the_sandbox(shop: Shop) -> None:
    order(shop, "timeout-after-commit")

    with pytest.raises(requests.Timeout):
        write(shop, timeout=0.05)

    assert shop.search()["total"] == 1


def test_a_half_closed_socket_delivers_half_an_answer(shop: Shop) -> None:
    order(shop, "half-close")

    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        write(shop)

    assert shop.search()["total"] == 1


def test_a_rate_limit_comes_with_its_headers_and_nothing_done(shop: Shop) -> None:
    order(shop, "rate-limit", headers={"x-ogw-ratelimit-reset": "3"})

    answer = shop.ask("POST", "records", json={"fields": {}})

    assert (answer.status, answer.code) == (429, 99991400)
    assert (answer.headers["x-ogw-ratelimit-limit"], answer.headers["x-ogw-ratelimit-reset"]) == ("50", "3")
    assert shop.search()["total"] == 0


def test_an_html_page_stands_where_json_should(shop: Shop) -> None:
    order(shop, "html", status=502)

    answer = write(shop)

    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "text/html")
    assert answer.text.startswith("<html>")


def test_a_delay_only_delays(shop: Shop) -> None:
    order(shop, "delay", delay_ms=30.0)

    assert write(shop).elapsed.total_seconds() >= 0.03
    assert shop.search()["total"] == 1


def test_an_expired_token_stays_expired_and_a_new_one_works(shop: Shop) -> None:
    order(shop, "expired-token", route="*/records/search")
    old = shop.sandbox.app_token()

    assert shop.ask("POST", "records/search", json={}).code == 99991663
    assert shop.ask("POST", "records/search", json={}).code == 99991663
    shop.sandbox._token = ""
    assert shop.sandbox.app_token() != old
    assert shop.search()["total"] == 0


def test_a_replica_that_lags_knows_new_things_later(shop: Shop) -> None:
    order(shop, "replica-lag", delay_ms=60_000.0)

    record_id = shop.add_one()

    assert shop.ask("GET", f"records/{record_id}").code == 1254043
    assert shop.search()["items"] == []
    body = {"record_ids": [record_id]}
    assert shop.ask("POST", "records/batch_get", json=body).data["absent_record_ids"] == [record_id]
    order(shop, "replica-lag", route=f"POST {API}/apps/:app_token/tables", delay_ms=60_000.0)
    table = shop.table("New", [{"field_name": "A", "type": 1}])
    assert shop.ask("GET", "fields", table=table).code == 1254041
    order(shop, "replica-lag", route=f"POST {API}/apps", delay_ms=60_000.0)
    token = shop.sandbox.app("POST", f"{API}/apps", json={"name": "B"}).data["app"]["app_token"]
    assert shop.sandbox.app("GET", f"{API}/apps/{token}").code == 1254040


def test_a_lag_passes(shop: Shop) -> None:
    order(shop, "replica-lag", delay_ms=5.0)
    record_id = shop.add_one()

    codes = (shop.ask("GET", f"records/{record_id}").code for _ in range(2000))

    assert 0 in codes


@pytest.mark.parametrize("seed", [1, 2])
def test_a_wide_table_silently_loses_the_same_columns_for_the_same_seed(shop: Shop, seed: int) -> None:
    fields = [{"field_name": f"c{number}", "type": 1} for number in range(30)]

    def made(name: str, rule_seed: int) -> list[str]:
        shop.sandbox.control(
            "PUT", "/faults", json=[{"kind": "lose-fields", "route": "POST *tables", "seed": rule_seed}]
        )
        return sorted(shop.fields(shop.table(name, fields)))

    first, again = made("A", seed), made("B", seed)

    assert first == again
    assert len(first) == 28
    assert {f"c{number}" for number in range(20)} <= set(first)
    assert made("C", seed + 10) != first


def test_a_narrow_table_loses_nothing(shop: Shop) -> None:
    order(shop, "lose-fields", route="POST *tables")

    assert len(shop.fields(shop.table("A", [{"field_name": f"c{n}", "type": 1} for n in range(20)]))) == 20


def test_the_switch_keeps_the_first_columns_and_answers_an_id_for_each(shop: Shop) -> None:
    shop.sandbox.control("PUT", "/switches", json={"wide_tables_lose_fields": 3})
    fields = [{"field_name": f"c{n}", "type": 1} for n in range(5)]

    table = {"name": "Wide", "default_view_name": "All", "fields": fields}
    made = shop.sandbox.app("POST", f"{shop.base}/tables", json={"table": table}).data
    several = {"tables": [{"name": "Wider", "fields": fields}, {"name": "Narrow", "fields": fields[:3]}]}
    ids = shop.sandbox.app("POST", f"{shop.base}/tables/batch_create", json=several).data["table_ids"]

    kept = shop.fields(made["table_id"])
    assert list(kept) == ["c0", "c1", "c2"]
    assert made["field_id_list"][:3] == [field["field_id"] for field in kept.values()]
    assert len({*made["field_id_list"]}) == 5
    lost = f"fields/{made['field_id_list'][4]}"
    assert shop.ask("DELETE", lost, table=made["table_id"]).code == 1254044
    assert [len(shop.fields(id)) for id in ids] == [3, 3]
    assert shop.ask("POST", "fields", table=made["table_id"], json=fields[3]).code == 0


def test_a_patched_view_can_forget_what_it_was_told_to_hide(shop: Shop) -> None:
    hidden = [shop.fields()[name]["field_id"] for name in ("Amount", "State", "Due")]
    view = shop.ask("GET", "views").data["items"][0]["view_id"]

    def patch(body: Json) -> tuple[object, object]:
        told = shop.ask("PATCH", f"views/{view}", json=body).data["view"]["property"]["hidden_fields"]
        read = shop.ask("GET", f"views/{view}").data["view"]["property"]["hidden_fields"]
        return told, read

    shop.sandbox.control("PUT", "/switches", json={"views_lose_hidden_fields": True})
    assert patch({"property": {"hidden_fields": hidden}}) == (hidden, hidden[:1])
    shop.sandbox.control("PUT", "/switches", json={"views_lose_hidden_fields": False})
    assert patch({"property": {"hidden_fields": hidden}}) == (hidden, hidden)


@pytest.mark.parametrize("code", [1, 1000040343, 1000040350])
def test_the_endpoint_of_the_long_connection_tells_codes_with_an_object(sandbox: Sandbox, code: int) -> None:
    rule: Json = {"kind": "code", "code": code, "msg": "system busy", "route": "/callback/ws/endpoint"}
    sandbox.control("PUT", "/faults", json=[rule])

    answer = sandbox.call("POST", "/callback/ws/endpoint", json={"AppID": "x", "AppSecret": "y"})

    assert (answer.status, answer.body) == (200, {"code": code, "msg": "system busy", "data": {}})


@pytest.mark.parametrize(("code", "status"), [(1254290, 200), (1254291, 200), (1254607, 400)])
def test_overlapping_writes_are_told_what_the_switch_says(shop: Shop, code: int, status: int) -> None:
    shop.sandbox.control("PUT", "/switches", json={"write_ms": 300.0, "overlap_code": code})
    start = threading.Barrier(2)

    def one(_: int) -> tuple[int, int]:
        start.wait()
        answer = write(shop)
        return int(answer.json()["code"]), answer.status_code

    shop.sandbox.app_token()
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(one, range(2))) == [(0, 200), (code, status)]


def test_the_same_seed_strikes_the_same_calls(shop: Shop) -> None:
    rule = {"kind": "status", "status": 503, "route": "*/records/search", "probability": 0.5}

    def struck() -> list[int]:
        shop.sandbox.control("PUT", "/faults", json={"seed": 7, "rules": [rule]})
        return [shop.ask("POST", "records/search", json={}).status for _ in range(20)]

    first = struck()

    assert first == struck()
    assert {200, 503} == set(first)
