"""``--data``: what was answered survives a killed process; ``--users`` and the ready line."""

import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.sandbox.bases_at_hand import WatchedBase
from tests.sandbox.bitable import API, Shop
from tests.sandbox.conftest import Sandbox
from tests.sandbox.sockets import Socket, until

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(200))


@contextmanager
def started(*options: str) -> Iterator[Sandbox]:
    """A sandbox of its own that is killed, not stopped, at the end."""
    command = [sys.executable, "-m", "feishu_plugin.sandbox", "--port", "0", "--print-json", *options]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process,
        requests.Session() as session,
    ):
        session.trust_env = False
        assert process.stdout is not None
        try:
            sandbox = Sandbox(json.loads(process.stdout.readline()), session)
            sandbox.control("PUT", "/switches", json={"rate_limits": False})
            yield sandbox
        finally:
            process.kill()


def contents(shop: Shop) -> Any:
    """Everything a client can read of the shop."""
    app = shop.sandbox.app("GET", shop.base).data["app"]
    views = shop.ask("GET", "views").data["items"]
    return (
        app,
        shop.fields(),
        shop.fields(shop.customers),
        views,
        shop.search({"automatic_fields": True})["items"],
    )


def test_a_killed_sandbox_comes_back_as_it_was(tmp_path: Path) -> None:
    data = str(tmp_path / "sandbox.db")
    with started("--data", data) as sandbox:
        shop = Shop(sandbox)
        acme = shop.add({"Name": "ACME"}, table=shop.customers)[0]
        first, second, third = shop.add({"Title": "a", "Customer": [acme]}, {"Title": "b"}, {"Title": "c"})
        assert shop.set(second, {"Title": "b2", "State": "Done"}, who="周子墨").code == 0
        assert shop.ask("DELETE", f"records/{third}").code == 0
        subscribe = f"/open-apis/drive/v1/files/{shop.app_token}/subscribe"
        assert sandbox.app("POST", subscribe, params={"file_type": "bitable"}).code == 0
        before, keys = contents(shop), sandbox.ready["app_secret"]

    with started("--data", data) as sandbox:
        assert sandbox.ready["app_secret"] == keys
        shop.sandbox = sandbox
        assert contents(shop) == before
        asked = f"/open-apis/drive/v1/files/{shop.app_token}/get_subscribe"
        assert sandbox.app("GET", asked, params={"file_type": "bitable"}).data == {"is_subscribe": True}
        assert shop.ask("DELETE", f"records/{acme}", table=shop.customers).code == 0
        assert "Customer" not in shop.read(first)
        assert shop.read(shop.add({"Title": "d"})[0])["No"] == "4"


def test_files_answers_settings_and_time_survive_too(tmp_path: Path) -> None:
    data, token = str(tmp_path / "sandbox.db"), str(uuid.uuid4())
    create: dict[str, Any] = {"params": {"client_token": token}, "json": {"fields": {"Title": "once"}}}
    with started("--data", data) as sandbox:
        shop = Shop(sandbox)
        sandbox.control("PUT", "/switches", json={"batch_limit": 7})
        sandbox.control("PUT", "/scopes", json={"granted": ["bitable:app", "drive:drive", "im:resource"]})
        sandbox.control("PUT", "/clock", json={"now": "2030-01-01T00:00:00+00:00", "frozen": True})
        sandbox._token = ""
        file_token = shop.upload(b"content").data["file_token"]
        image = sandbox.app(
            "POST", "/open-apis/im/v1/images", data={"image_type": "message"}, files={"image": ("a.png", PNG)}
        ).data["image_key"]
        first = shop.ask("POST", "records", **create).data["record"]["record_id"]
        v3 = f"/open-apis/base/v3/bases/{shop.app_token}"
        sandbox.app("POST", f"{v3}/dashboards", json={"name": "月报"})
        view = shop.ask("GET", "views").data["items"][0]["view_id"]
        sort = {"sort_config": [{"field": "Title", "desc": True}]}
        assert sandbox.app("PUT", f"{v3}/tables/Orders/views/{view}/sort", json=sort).code == 0

    with started("--data", data) as sandbox:
        shop.sandbox = sandbox
        assert sandbox.control("GET", "/clock")["now"] == "2030-01-01T00:00:00+00:00"
        assert sandbox.control("GET", "/switches")["batch_limit"] == 7
        assert sandbox.control("GET", "/scopes")["granted"] == ["bitable:app", "drive:drive", "im:resource"]
        headers = {"Authorization": f"Bearer {sandbox.app_token()}"}
        for path in (f"/drive/v1/medias/{file_token}/download", f"/im/v1/images/{image}"):
            answer = requests.get(f"{sandbox.url}/open-apis{path}", headers=headers, timeout=30)
            assert answer.content in (b"content", PNG)
        assert shop.ask("POST", "records", **create).data["record"]["record_id"] == first
        assert shop.search()["total"] == 1
        assert sandbox.app("GET", f"{shop.base}/dashboards").data["dashboards"][0]["name"] == "月报"
        assert sandbox.app("GET", f"{v3}/tables/Orders/views/{view}/sort").body["data"][0]["desc"] is True


def test_a_formula_knows_a_renamed_column_after_a_restart(tmp_path: Path) -> None:
    data = str(tmp_path / "sandbox.db")
    with started("--data", data) as sandbox:
        shop = Shop(sandbox)
        prop = {"formula_expression": "[Amount] * 2 + [Customers].[Name].COUNTA()"}
        assert shop.ask("POST", "fields", json={"field_name": "F", "type": 20, "property": prop}).code == 0
        amount = shop.fields()["Amount"]["field_id"]
        assert shop.ask("PUT", f"fields/{amount}", json={"field_name": "Price", "type": 2}).code == 0
        assert (
            sandbox.app("PATCH", f"{shop.base}/tables/{shop.customers}", json={"name": "Clients"}).code == 0
        )
        record_id = shop.add({"Title": "a", "Price": 4})[0]

    with started("--data", data) as sandbox:
        shop.sandbox = sandbox
        assert shop.read(record_id)["F"]["value"] == [8]


def test_an_event_that_waits_survives_and_one_that_is_done_does_not_return(tmp_path: Path) -> None:
    data = str(tmp_path / "sandbox.db")
    with started("--data", data) as sandbox:
        base = WatchedBase(sandbox)
        socket = Socket(sandbox)
        done = base.add("done")
        frame, _ = socket.receive()
        socket.acknowledge(frame)
        until(sandbox, "events", acknowledged=1)
        socket.close()
        until(sandbox, "", long_connections=0)
        waiting = base.add("waits")

    with started("--data", data) as sandbox:
        socket = Socket(sandbox)
        sandbox.control("POST", "/clock", json={"advance_s": 15})
        frame, envelope = socket.receive()
        socket.acknowledge(frame)
        assert envelope["event"]["action_list"][0]["record_id"] == waiting != done
        until(sandbox, "events", acknowledged=1, waiting=0)
        socket.close()


def test_a_reset_empties_the_file_too(tmp_path: Path) -> None:
    data = str(tmp_path / "sandbox.db")
    with started("--data", data) as sandbox:
        token = Shop(sandbox).app_token
        sandbox.reset()
    with started("--data", data) as sandbox:
        assert sandbox.app("GET", f"{API}/apps/{token}").code == 91402


def test_the_ready_line_tells_keys_and_seven_people(sandbox: Sandbox) -> None:
    ready = sandbox.ready

    assert set(ready) >= {"base_url", "app_id", "app_secret", "verification_token", "encrypt_key", "users"}
    assert len(ready["users"]) == 7
    wanted = {"name", "open_id", "union_id", "user_id", "email", "user_access_token"}
    assert all(wanted <= set(user) for user in ready["users"])


def test_other_people_come_from_a_file(tmp_path: Path) -> None:
    users = tmp_path / "users.json"
    users.write_text(
        json.dumps([{"name": "孙一", "department": "客服", "email": "sun@example.com"}]), "utf-8"
    )

    with started("--users", str(users)) as sandbox:
        assert [user["name"] for user in sandbox.ready["users"]] == ["孙一"]
        assert sandbox.person("孙一")("POST", f"{API}/apps", json={"name": "mine"}).code == 0
