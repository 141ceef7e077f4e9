"""Batches, links, idempotency, conflicts, limits, and what a subscriber is told about a write."""

import json
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import requests

from tests.looking import PATIENCE_S
from tests.sandbox.bitable import Json, Shop
from tests.sandbox.conftest import Sandbox

RECORD_CHANGED = "drive.file.bitable_record_changed_v1"
FIELD_CHANGED = "drive.file.bitable_field_changed_v1"


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    return Shop(sandbox)


class Listener:
    """The app's request URL: answers the challenge and remembers events in the order they came."""

    def __init__(self) -> None:
        self.events: list[Json] = []
        self._more = threading.Condition()
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                answer = json.dumps({"challenge": body.get("challenge")}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
                if "header" in body:
                    listener.take(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Says nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"

    def take(self, event: Json) -> None:
        """Keeps one event in the order of the changes (Feishu promises none) and wakes whoever waits."""
        with self._more:
            self.events.append(event)
            self.events.sort(key=lambda e: (int(e["header"]["create_time"]), e["event"]["revision"]))
            self._more.notify_all()

    def actions(self, event_type: str, table_id: str, count: int) -> list[Json]:
        """All actions of that kind in the table once there are ``count``."""

        def found() -> list[Json]:
            mine = [e["event"] for e in self.events if e["header"]["event_type"] == event_type]
            return [action for e in mine if e["table_id"] == table_id for action in e["action_list"]]

        with self._more:
            assert self._more.wait_for(lambda: len(found()) >= count, timeout=PATIENCE_S), self.events
            return found()


@pytest.fixture
def listener(shop: Shop) -> Iterator[Listener]:
    """Subscribed to the shop's base; nothing of building the shop is told."""
    listener = Listener()
    thread = threading.Thread(target=listener.server.serve_forever, args=(0.01,))
    thread.start()
    shop.sandbox.control("PUT", "/webhook", json={"url": listener.url, "encrypt": False})
    assert (
        shop.sandbox.app(
            "POST", f"/open-apis/drive/v1/files/{shop.app_token}/subscribe", params={"file_type": "bitable"}
        ).code
        == 0
    )
    yield listener
    shop.sandbox.reset()
    listener.server.shutdown()
    listener.server.server_close()
    thread.join()


def decoded(values: list[Json], shop: Shop) -> Json:
    """``field_value`` texts by field name."""
    names = {field["field_id"]: name for name, field in shop.fields().items()}
    return {names[value["field_id"]]: value["field_value"] for value in values}


def test_an_edit_tells_before_and_after_in_the_internal_dialect(shop: Shop, listener: Listener) -> None:
    zhou = shop.sandbox.user("周子墨")
    options = {option["name"]: option["id"] for option in shop.fields()["State"]["property"]["options"]}
    record_id = shop.add({"Title": "a", "State": "Open"})[0]

    assert shop.set(record_id, {"State": "Done", "Owner": [{"id": zhou["open_id"]}]}, who="周子墨").code == 0

    added, edited = listener.actions(RECORD_CHANGED, shop.orders, 2)
    assert added["action"] == "record_added"
    assert decoded(added["after_value"], shop)["Title"] == '[{"type":"text","text":"a"}]'
    assert (edited["action"], edited["record_id"]) == ("record_edited", record_id)
    before, after = decoded(edited["before_value"], shop), decoded(edited["after_value"], shop)
    assert (before["State"], after["State"]) == (options["Open"], options["Done"])
    assert before["Owner"] == ""
    assert json.loads(after["Owner"])["users"][0]["name"] == "周子墨"
    identity = next(value for value in edited["after_value"] if "field_identity_value" in value)
    assert identity["field_identity_value"]["users"][0]["user_id"]["open_id"] == zhou["open_id"]
    event = listener.events[-1]["event"]
    assert event["operator_id"]["open_id"] == zhou["open_id"]


def test_one_batch_is_one_event_and_a_write_without_change_is_none(shop: Shop, listener: Listener) -> None:
    ids = shop.add(*({"Title": str(number)} for number in range(5)))
    assert shop.set(ids[0], {"Title": "0"}).code == 0
    assert shop.ask("POST", "records/batch_delete", json={"records": ids[:2]}).code == 0

    actions = listener.actions(RECORD_CHANGED, shop.orders, 7)

    assert [action["action"] for action in actions] == ["record_added"] * 5 + ["record_deleted"] * 2
    assert len(listener.events) == 2
    first, second = (event["event"]["revision"] for event in listener.events)
    assert first < second


def test_a_link_is_told_on_both_sides(shop: Shop, listener: Listener) -> None:
    customer = shop.add({"Name": "ACME"}, table=shop.customers)[0]
    order = shop.add({"Title": "a", "Customer": [customer]})[0]

    _, told = listener.actions(RECORD_CHANGED, shop.customers, 2)

    assert (told["action"], told["record_id"]) == ("record_edited", customer)
    assert json.loads(told["after_value"][0]["field_value"]) == {"recordIds": [order]}


def test_field_changes_are_told(shop: Shop, listener: Listener) -> None:
    made = shop.ask("POST", "fields", json={"field_name": "x", "type": 1}).data["field"]
    assert shop.ask("PUT", f"fields/{made['field_id']}", json={"field_name": "y", "type": 1}).code == 0
    assert shop.ask("DELETE", f"fields/{made['field_id']}").code == 0
    shop.add({"State": "By typing"})

    actions = listener.actions(FIELD_CHANGED, shop.orders, 4)

    kinds = [action["action"] for action in actions]
    assert kinds == ["field_added", "field_edited", "field_deleted", "field_edited"]
    assert (actions[1]["before_value"]["name"], actions[1]["after_value"]["name"]) == ("x", "y")
    assert len(actions[3]["after_value"]["property"]["options"]) == 3


def test_both_sides_of_a_duplex_link_follow_every_change(shop: Shop) -> None:
    acme, bolt = shop.add({"Name": "ACME"}, {"Name": "Bolt"}, table=shop.customers)
    order = shop.add({"Title": "a", "Customer": [acme]})[0]
    assert shop.read(acme, shop.customers)["Orders"] == {"link_record_ids": [order]}

    assert shop.set(order, {"Customer": [bolt]}).code == 0
    assert "Orders" not in shop.read(acme, shop.customers)
    assert shop.read(bolt, shop.customers)["Orders"] == {"link_record_ids": [order]}

    assert (
        shop.ask("PUT", f"records/{acme}", table=shop.customers, json={"fields": {"Orders": [order]}}).code
        == 0
    )
    assert shop.read(order)["Customer"]["link_record_ids"] == [bolt, acme]

    assert (
        shop.ask("POST", "records/batch_delete", table=shop.customers, json={"records": [acme, bolt]}).code
        == 0
    )
    assert "Customer" not in shop.read(order)


def test_a_deleted_record_leaves_one_way_links_too(shop: Shop) -> None:
    link = {"field_name": "See", "type": 18, "property": {"table_id": shop.customers}}
    assert shop.ask("POST", "fields", json=link).code == 0
    acme, bolt = shop.add({"Name": "ACME"}, {"Name": "Bolt"}, table=shop.customers)
    order = shop.add({"Title": "a", "See": [acme, bolt]})[0]

    assert shop.ask("DELETE", f"records/{acme}", table=shop.customers).code == 0

    assert shop.read(order)["See"] == {"link_record_ids": [bolt]}


def test_a_client_token_runs_once(shop: Shop) -> None:
    token = {"client_token": str(uuid.uuid4())}
    body = {"records": [{"fields": {"Title": "once"}}]}

    first = shop.ask("POST", "records/batch_create", params=token, json=body)
    again = shop.ask("POST", "records/batch_create", params=token, json=body)

    assert first.data == again.data
    assert shop.search()["total"] == 1
    other = {"records": [{"fields": {"Title": "twice"}}]}
    conflict = shop.ask("POST", "records/batch_create", params=token, json=other)
    assert (conflict.code, conflict.status) == (1255006, 400)
    shop.sandbox.control("POST", "/clock", json={"advance_s": 3601})
    assert shop.ask("POST", "records/batch_create", params=token, json=other).code == 0


def test_a_client_token_must_be_a_version_4_uuid(shop: Shop) -> None:
    params = {"client_token": str(uuid.uuid1())}
    answer = shop.ask("POST", "records", params=params, json={"fields": {}})

    assert (answer.code, answer.status) == (1254037, 400)


def test_one_unknown_id_refuses_the_whole_batch(shop: Shop) -> None:
    record_id = shop.add({"Title": "a"})[0]
    rows = [{"record_id": id, "fields": {"Title": "b"}} for id in (record_id, "recUnknown")]

    assert shop.ask("POST", "records/batch_update", json={"records": rows}).code == 1254043
    assert shop.ask("POST", "records/batch_delete", json={"records": [record_id, "recX"]}).code == 1254043
    assert shop.read(record_id)["Title"][0]["text"] == "a"


def test_batch_get_tells_what_is_absent(shop: Shop) -> None:
    record_id = shop.add({"Title": "a"})[0]
    body = {"record_ids": [record_id, "recGone"], "automatic_fields": True, "with_shared_url": True}

    data = shop.ask("POST", "records/batch_get", json=body).data

    assert (data["absent_record_ids"], data["forbidden_record_ids"]) == (["recGone"], [])
    assert {"shared_url", "created_by", "last_modified_time"} <= set(data["records"][0])


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("records/batch_create", {"records": [{"fields": {}}] * 1001}, 1254104),
        ("records/batch_delete", {"records": ["recX"] * 501}, 1254104),
        ("records/batch_get", {"record_ids": ["recX"] * 101}, 99992402),
        ("records/batch_create", {"records": []}, 99992402),
        ("records/batch_create", {}, 99992402),
        ("records", {}, 99992402),
        ("records", [], 1254001),
    ],
)
def test_a_body_outside_the_limits_is_refused(shop: Shop, path: str, body: Any, code: int) -> None:
    assert shop.ask("POST", path, json=body).code == code


def test_the_batch_limit_is_a_switch(shop: Shop) -> None:
    shop.sandbox.control("PUT", "/switches", json={"batch_limit": 2})

    body: Json = {"records": [{"fields": {}}] * 3}
    assert shop.ask("POST", "records/batch_create", json=body).code == 1254104


def test_two_writes_to_a_base_at_once_conflict(shop: Shop) -> None:
    shop.sandbox.control("PUT", "/switches", json={"write_ms": 300.0})

    def write(title: str) -> int:
        url = f"{shop.sandbox.url}{shop.base}/tables/{shop.orders}/records"
        headers = {"Authorization": f"Bearer {shop.sandbox.app_token()}"}
        answer = requests.post(url, json={"fields": {"Title": title}}, headers=headers, timeout=30)
        return int(answer.json()["code"])

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(write, ["a", "b"])) == [0, 1254291]
    assert shop.sandbox.control("GET", "/stats")["overlapping_writes"] == {"app": 1, "people": 0}


def test_a_tier_that_is_used_up_answers_429_with_the_reset_headers(shop: Shop) -> None:
    shop.sandbox.control("PUT", "/switches", json={"rate_limits": True})

    answers = (shop.sandbox.app("POST", f"{shop.base}/copy", json={}) for _ in range(41))
    refused = next(answer for answer in answers if answer.status != 200)

    assert (refused.status, refused.code) == (429, 99991400)
    assert refused.headers["x-ogw-ratelimit-limit"] == "20"
    assert 1 <= int(refused.headers["x-ogw-ratelimit-reset"]) <= 60


def test_a_connection_dropped_after_the_commit_leaves_the_record(shop: Shop) -> None:
    rule = {"kind": "drop-after-commit", "route": "POST */records", "count": 1}
    shop.sandbox.control("PUT", "/faults", json=[rule])

    with pytest.raises(requests.ConnectionError):
        shop.ask("POST", "records", json={"fields": {"Title": "committed"}})

    assert shop.search()["total"] == 1


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ({"kind": "status", "status": 502}, 502, 2200),
        ({"kind": "code", "code": 1254607, "msg": "Data not ready", "status": 400}, 400, 1254607),
    ],
)
def test_an_ordered_fault_answers_as_ordered(shop: Shop, fault: Json, status: int, code: int) -> None:
    shop.sandbox.control("PUT", "/faults", json=[{"route": "*/records/search", "count": 1, **fault}])

    answer = shop.ask("POST", "records/search", json={})

    assert (answer.status, answer.code) == (status, code)
    assert shop.search()["total"] == 0


def test_an_unknown_path_is_a_json_404_that_names_itself(sandbox: Sandbox) -> None:
    answer = sandbox.app("GET", "/open-apis/nothing/here")

    assert (answer.status, answer.code) == (404, 99991201)
    assert "GET /open-apis/nothing/here" in answer.body["msg"]
    assert dict(answer.headers)["X-Tt-Logid"] == answer.body["error"]["log_id"]


def test_json_is_read_whatever_the_content_type(shop: Shop) -> None:
    headers = {"Content-Type": "text/plain"}

    answer = shop.ask("POST", "records", data=b'{"fields":{"Title":"x"}}', headers=headers)

    assert answer.code == 0
    assert shop.ask("POST", "records", data=b"{", headers=headers).status == 400
