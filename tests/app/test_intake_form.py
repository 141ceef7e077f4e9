"""The web form over real HTTP: it works without JavaScript, once per form, and in allowed frames only."""

import html
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from pydantic import SecretStr

from feishu_plugin import schema as schemas
from feishu_plugin.app import front_door
from feishu_plugin.app.intake_desk import IntakeDesk
from feishu_plugin.app.intake_form import OLDEST, PATH, Marks, form_routes
from feishu_plugin.app.intake_form_page import FIELDS, TRAP
from feishu_plugin.app.intake_pace import Pace
from feishu_plugin.app.intake_submission import MOST_BYTES, Submission
from feishu_plugin.errors import StoreError
from feishu_plugin.ports import Settlement
from feishu_plugin.store.store import Store

SCHEMA = schemas.load()
BASE, SITE = "bascnA", "https://www.example.com"


class Hand:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = datetime(2026, 9, 1, 2, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


class Visitor:
    """Opens the form and sends it."""

    def __init__(self, url: str, store: Store, clock: Hand) -> None:
        self.url, self.store, self.clock = url, store, clock

    def opens(self) -> str:
        """The token of a new form."""
        return self.token_in(requests.get(self.url, timeout=30).text)

    def token_in(self, page: str) -> str:
        found = re.search(r'name="token" value="([^"]+)"', page)
        assert found, page
        return found[1]

    def sends(self, token: str, **values: str) -> requests.Response:
        return requests.post(self.url, data={"token": token, TRAP: "", **values}, timeout=30)

    def rows(self) -> list[dict[str, Any]]:
        return [one.effect.body for one in self.store.due(BASE, self.clock.at, 100)]


@contextmanager
def served(store: Store, origins: tuple[str, ...] = (), pace: Pace | None = None) -> Iterator[Visitor]:
    clock = Hand()
    desk = IntakeDesk(store, SCHEMA, clock, (), lambda base: None)
    routes = form_routes(desk, Marks(SecretStr("app-secret"), clock.now), BASE, origins, pace)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = front_door.server(routes)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield Visitor(f"http://127.0.0.1:{listening.getsockname()[1]}{PATH}", store, clock)
        server.should_exit = True
        thread.join()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = Store(str(tmp_path / "s.sqlite3"))
    yield found
    found.close()


@pytest.fixture
def visitor(store: Store) -> Iterator[Visitor]:
    with served(store) as found:
        yield found


def test_the_form_asks_in_both_languages_what_a_submission_takes(visitor: Visitor) -> None:
    page = requests.get(visitor.url, timeout=30).text

    assert FIELDS.keys() <= Submission.model_fields.keys()
    for key in FIELDS:
        field = SCHEMA.table("requirement").field(key)
        assert f'name="{key}"' in page
        assert field.zh in page
        assert field.en in page
    assert "<script" not in page


def test_what_is_sent_is_stored_before_the_thanks(visitor: Visitor) -> None:
    answer = visitor.sends(
        visitor.opens(), title="导出变慢", urgency="high", description="一\r\n二", product=""
    )

    assert answer.status_code == 200
    assert "已收到" in answer.text
    [row] = visitor.rows()
    assert str(row.pop("import_key")).startswith("网页表单:")
    assert row == {"title": "导出变慢", "urgency": "high", "description": "一\n二"}


def test_a_second_press_is_the_same_requirement(visitor: Visitor) -> None:
    token = visitor.opens()

    codes = [visitor.sends(token, title=title).status_code for title in ("一", "一", "二")]

    assert codes == [200, 200, 409]
    assert len(visitor.rows()) == 1


def test_two_forms_are_two_requirements(visitor: Visitor) -> None:
    for _ in range(2):
        visitor.sends(visitor.opens(), title="同样的话")

    assert len(visitor.rows()) == 2


def test_what_is_wrong_is_shown_and_what_was_typed_stays(visitor: Visitor) -> None:
    token, typed = visitor.opens(), '<script>alert("1")</script> & 7'

    answer = visitor.sends(token, title=" ", product=typed, description="\n前有空行")

    assert answer.status_code == 422
    assert "不能为空" in answer.text
    assert typed not in answer.text
    assert typed in html.unescape(answer.text)
    assert visitor.rows() == []
    assert visitor.sends(visitor.token_in(answer.text), title="好了", product=typed).status_code == 200


@pytest.mark.parametrize("token", ["", "x", "a.1.b", "é.1.2", "\ud7ff.."])
def test_a_form_that_we_did_not_serve_is_refused(visitor: Visitor, token: str) -> None:
    assert visitor.sends(token, title="x").status_code == 410
    assert visitor.rows() == []


def test_a_seal_is_for_its_own_mark_and_app(visitor: Visitor) -> None:
    mark, _, seal = visitor.opens().rpartition(".")
    other = Marks(SecretStr("another-secret"), visitor.clock.now).new()

    assert visitor.sends(f"{mark}0.{seal}", title="x").status_code == 410
    assert visitor.sends(other, title="x").status_code == 410


def test_a_form_is_good_for_a_day(visitor: Visitor) -> None:
    early, late = visitor.opens(), visitor.opens()
    visitor.clock.at += OLDEST
    on_time = visitor.sends(early, title="x").status_code
    visitor.clock.at += timedelta(seconds=1)

    assert (on_time, visitor.sends(late, title="x").status_code) == (200, 410)


def test_who_fills_in_what_nobody_sees_hears_no_thanks(visitor: Visitor) -> None:
    assert visitor.sends(visitor.opens(), title="x", **{TRAP: "http://spam"}).status_code == 422
    assert visitor.sends(visitor.opens(), title="x", remark="not asked").status_code == 422
    assert visitor.rows() == []


def test_too_many_at_once_wait(store: Store) -> None:
    with served(store, pace=Pace(lambda: 0.0, burst=2, per_second=1)) as visitor:
        token = visitor.opens()
        codes = [visitor.sends(token, title="x").status_code for _ in range(3)]

    assert codes == [200, 200, 429]


def test_a_body_has_its_limit(visitor: Visitor) -> None:
    assert visitor.sends(visitor.opens(), title="x" * MOST_BYTES).status_code == 413
    assert requests.post(visitor.url, data=b"\xff", timeout=30).status_code == 422


class Full(Store):
    """A database without room."""

    def settle(self, app_token: str, settlement: Settlement) -> None:
        raise StoreError("no room")


def test_what_cannot_be_stored_is_not_thanked_for(tmp_path: Path) -> None:
    store = Full(str(tmp_path / "s.sqlite3"))
    with served(store) as visitor:
        answer = visitor.sends(visitor.opens(), title="x")

    assert answer.status_code == 503
    assert "已收到" not in answer.text
    store.close()


def test_only_named_sites_may_frame_it_and_no_script_runs(store: Store) -> None:
    with served(store) as visitor:
        alone = requests.get(visitor.url, timeout=30).headers
    with served(store, (SITE, "https://b.example")) as visitor:
        framed = requests.get(visitor.url, timeout=30).headers["Content-Security-Policy"]

    assert "frame-ancestors 'none'" in alone["Content-Security-Policy"]
    assert alone["Cache-Control"] == "no-store"
    assert f"frame-ancestors {SITE} https://b.example" in framed
    assert framed.startswith("default-src 'none'")
