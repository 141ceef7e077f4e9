"""A sandbox process for the tests of archives, and what reaches it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests

from feishu_plugin.gateway.http import Feishu
from feishu_plugin.gateway.pacing import Pace
from feishu_plugin.ports import Json
from feishu_plugin.settings import Settings


@dataclass(frozen=True)
class World:
    """A running sandbox."""

    ready: Json

    @property
    def settings(self) -> Settings:
        given = {
            "FEISHU_APP_ID": self.ready["app_id"],
            "FEISHU_APP_SECRET": self.ready["app_secret"],
            "FEISHU_BASE_URL": self.ready["base_url"],
        }
        return Settings(_env_file=None, **given)

    @property
    def people(self) -> list[str]:
        """open_ids."""
        return [str(user["open_id"]) for user in self.ready["users"]]

    def client(self, kind: type[Feishu] = Feishu) -> Feishu:
        """A client that never waits."""
        pace = Pace(sleep=lambda seconds: None, limited=False)
        return kind(self.ready["base_url"], self.ready["app_id"], self.ready["app_secret"], pace=pace)

    def control(self, method: str, path: str, body: Json) -> None:
        url = f"{self.ready['base_url']}/_sandbox{path}"
        requests.request(method, url, json=body, timeout=60).raise_for_status()


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    command = [sys.executable, "-m", "feishu_plugin.sandbox", "--port", "0", "--print-json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = World(json.loads(process.stdout.readline()))
        found.control("PUT", "/switches", {"rate_limits": False})
        yield found
        process.terminate()


@pytest.fixture
def feishu(world: World) -> Iterator[Feishu]:
    client = world.client()
    yield client
    client.close()
