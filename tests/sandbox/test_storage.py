"""``--data``: what was answered survives a killed process; ``--users`` and the ready line."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.sandbox.bitable import API, Shop
from tests.sandbox.conftest import Sandbox


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
