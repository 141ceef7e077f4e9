"""What the page in the browser is given: its files, people, bases, news, pictures, calls as a person."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from feishu_plugin.sandbox.page import Page
from tests.sandbox.bitable import Shop
from tests.sandbox.conftest import Sandbox
from tests.sandbox.test_messages import PNG


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    """Customers and orders."""
    return Shop(sandbox)


def number(sandbox: Sandbox) -> int:
    """The number of the newest news."""
    return int(sandbox.control("GET", "/news")["n"])


def kinds(sandbox: Sandbox, after: int) -> list[str]:
    """The kinds of what happened since."""
    return [item["kind"] for item in sandbox.control("GET", f"/news?after={after}&timeout_s=0")["items"]]


def test_the_root_leads_to_the_page(sandbox: Sandbox) -> None:
    answer = sandbox.raw("GET", "/", allow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, "/_sandbox/page/")


def test_a_link_to_a_record_leads_to_it_on_the_page(sandbox: Sandbox) -> None:
    answer = sandbox.raw("GET", "/base/basX?table=tblY&record=recZ", allow_redirects=False)
    assert answer.headers["location"] == "/_sandbox/page/#base=basX&table=tblY&record=recZ"


def asked(folder: Path, path: str = "/") -> tuple[int, str]:
    """Status and text of the page's answer when its files are in this folder."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()  # the reader stays until everything is told
        return {}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "root_path": "",
        "headers": [],
        "query_string": b"",
    }
    asyncio.run(Page(folder)(scope, receive, send))
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], body.decode()


def test_a_page_that_is_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    status, text = asked(tmp_path / "built")
    assert status == 404
    assert "make page" in text


def test_a_page_that_is_built_meanwhile_is_served(tmp_path: Path) -> None:
    page = tmp_path / "built"
    assert asked(page)[0] == 404
    page.mkdir()
    (page / "index.html").write_text("<p>built</p>", encoding="utf-8")
    assert asked(page) == (200, "<p>built</p>")


def test_people_are_told_with_department_and_without_tokens(sandbox: Sandbox) -> None:
    told = sandbox.control("GET", "/people")
    assert [person["name"] for person in told["people"]] == [user["name"] for user in sandbox.ready["users"]]
    assert all(person["department"] and person["job_title"] for person in told["people"])
    assert told["bot_open_id"].startswith("ou_")
    assert "u-" not in str([list(person.values()) for person in told["people"]])


def test_bases_are_told_with_their_time_zone(sandbox: Sandbox, shop: Shop) -> None:
    assert sandbox.control("GET", "/bases") == {
        "bases": [{"app_token": shop.app_token, "name": "Shop", "time_zone": "Asia/Shanghai"}]
    }


def test_news_name_the_records_that_changed(sandbox: Sandbox, shop: Shop) -> None:
    before = number(sandbox)
    rid = shop.add_one()
    items = sandbox.control("GET", f"/news?after={before}&timeout_s=0")["items"]
    about = {"kind": "records", "app_token": shop.app_token, "table_id": shop.orders, "record_ids": [rid]}
    assert [{k: v for k, v in item.items() if k != "n"} for item in items] == [about]


def test_whoever_waits_for_news_is_told_when_they_come(sandbox: Sandbox, shop: Shop) -> None:
    before = number(sandbox)
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(sandbox.raw, "GET", f"/_sandbox/news?after={before}&timeout_s=50")
        shop.add_one()
        told = waiting.result(timeout=40).json()
    assert [item["kind"] for item in told["items"]] == ["records"]
    assert told["n"] > before


def test_news_tell_of_tables_time_and_messages(sandbox: Sandbox, shop: Shop) -> None:
    before = number(sandbox)
    shop.table("More", [{"field_name": "Name", "type": 1}])
    assert kinds(sandbox, before) == ["structure"]
    before = number(sandbox)
    sandbox.control("POST", "/clock", json={"advance_s": 60})
    body = {"receive_id": sandbox.user("林晓岚")["open_id"], "msg_type": "text", "content": '{"text": "hi"}'}
    sandbox.app("POST", "/open-apis/im/v1/messages?receive_id_type=open_id", json=body)
    assert kinds(sandbox, before) == ["clock", "messages"]


def test_reading_is_no_news(sandbox: Sandbox, shop: Shop) -> None:
    shop.add_one()
    before = number(sandbox)
    shop.search()
    shop.fields()
    assert kinds(sandbox, before) == []


def test_news_of_another_life_mean_reading_everything_again(sandbox: Sandbox) -> None:
    assert sandbox.control("GET", f"/news?after={number(sandbox) + 1000}&timeout_s=0")["items"] is None


@pytest.mark.parametrize("query", ["after=x", "after=-1", "after=1&timeout_s=soon", "after=1&timeout_s=nan"])
def test_news_after_nonsense_are_refused(sandbox: Sandbox, query: str) -> None:
    assert sandbox.call("GET", f"/_sandbox/news?{query}").code == 9499


def test_pictures_of_cards_can_be_seen(sandbox: Sandbox) -> None:
    files = {"image": ("x.png", PNG, "image/png")}
    key = sandbox.app("POST", "/open-apis/im/v1/images", data={"image_type": "message"}, files=files).data[
        "image_key"
    ]
    answer = sandbox.raw("GET", f"/_sandbox/images/{key}")
    assert (answer.headers["content-type"], answer.content) == ("image/png", PNG)
    assert sandbox.call("GET", "/_sandbox/images/img_other").status == 404


def test_a_call_as_a_person_names_this_person(sandbox: Sandbox, shop: Shop) -> None:
    lin = sandbox.user("林晓岚")["open_id"]
    path = f"/_sandbox/as/{lin}{shop.base}/tables/{shop.orders}/records"
    rid = sandbox.call("POST", path, json={"fields": {"Title": "by hand"}}).data["record"]["record_id"]
    assert shop.read(rid)["Creator"][0]["id"] == lin


def test_misfortunes_and_counts_of_the_app_leave_a_persons_client_alone(sandbox: Sandbox, shop: Shop) -> None:
    sandbox.control("PUT", "/faults", json=[{"kind": "status", "status": 500}])
    lin = sandbox.user("林晓岚")["open_id"]
    path = f"{shop.base}/tables/{shop.orders}/records/search"
    assert sandbox.call("POST", f"/_sandbox/as/{lin}{path}", json={}).code == 0
    assert sandbox.app("POST", path, json={}).status == 500
    routes = sandbox.control("GET", "/stats")["requests"]
    assert any(route.startswith("POST /_sandbox/as/open-apis/") for route in routes), routes


def test_nobody_cannot_be_acted_as(sandbox: Sandbox, shop: Shop) -> None:
    assert sandbox.call("GET", f"/_sandbox/as/ou_nobody{shop.base}/tables").status == 404
