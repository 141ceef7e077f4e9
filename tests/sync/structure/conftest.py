"""A sandbox of its own for the tests of plan and apply over HTTP."""

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


@dataclass
class Waiting:
    """Time that passes only by waiting, so that pacing costs nothing."""

    at: float = 1000.0

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds


@pytest.fixture(scope="module")
def ready() -> Iterator[Json]:
    """What a sandbox of its own says when it is ready; without rate limits (they count real seconds)."""
    command = [sys.executable, "-m", "feishu_plugin.sandbox", "--port", "0", "--print-json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told: Json = json.loads(process.stdout.readline())
        switches = {"rate_limits": False}
        requests.put(f"{told['base_url']}/_sandbox/switches", json=switches, timeout=60).raise_for_status()
        yield told
        process.terminate()


@pytest.fixture(scope="module")
def feishu(ready: Json) -> Iterator[Feishu]:
    """A client of that sandbox."""
    waiting = Waiting()
    pace = Pace(sleep=waiting.sleep, now=waiting.now, dice=lambda: 1.0)
    client = Feishu(ready["base_url"], ready["app_id"], ready["app_secret"], pace=pace)
    yield client
    client.close()
