"""A real sandbox process for the session, reset per test, and clients that never really wait."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import requests
import responses

from feishu_plugin.gateway.http import Feishu
from feishu_plugin.gateway.pacing import Pace
from feishu_plugin.gateway.structure import BaseStructure, create_base
from feishu_plugin.gateway.tables import BaseTables
from tests.gateway.samples import SCHEMA, Json, bodies


@dataclass
class Waits:
    """A pace that remembers how long it would have waited, on a clock that moves only by that."""

    slept: list[float] = field(default_factory=list)
    clock: float = 1000.0

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock += seconds

    def pace(self) -> Pace:
        return Pace(sleep=self.sleep, now=lambda: self.clock, dice=lambda: 1.0)


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@dataclass(frozen=True, kw_only=True)
class Sandbox:
    """The running sandbox: its credentials, its control endpoints, its people."""

    ready: Json
    session: requests.Session

    def control(self, method: str, path: str, body: object = None) -> Json:
        answer = self.session.request(
            method, f"{self.ready['base_url']}/_sandbox{path}", json=body, timeout=60
        )
        assert answer.ok, answer.text
        found: Json = answer.json()
        return found

    def user(self, name: str) -> Json:
        found: Json = next(user for user in self.ready["users"] if user["name"] == name)
        return found

    def by_person(self, name: str, method: str, path: str, body: object = None) -> Json:
        headers = {"Authorization": f"Bearer {self.user(name)['user_access_token']}"}
        url = self.ready["base_url"] + path
        answer: Json = self.session.request(method, url, json=body, headers=headers, timeout=60).json()
        assert answer["code"] == 0, answer
        return answer

    def requests(self) -> dict[str, int]:
        """How often each endpoint was called."""
        return {
            name: sum(codes.values()) for name, codes in self.control("GET", "/stats")["requests"].items()
        }


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[Json]:
    command = [sys.executable, "-m", "feishu_plugin.sandbox", "--port", "0", "--print-json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


@pytest.fixture
def sandbox(sandbox_process: Json) -> Iterator[Sandbox]:
    with requests.Session() as session:
        session.trust_env = False
        sandbox = Sandbox(ready=sandbox_process, session=session)
        sandbox.control("POST", "/reset", {})
        sandbox.control("PUT", "/switches", {"rate_limits": False})
        yield sandbox


@pytest.fixture
def feishu(sandbox: Sandbox, waits: Waits) -> Iterator[Feishu]:
    client = Feishu(
        sandbox.ready["base_url"], sandbox.ready["app_id"], sandbox.ready["app_secret"], pace=waits.pace()
    )
    yield client
    client.close()


@pytest.fixture
def structure(feishu: Feishu) -> BaseStructure:
    """A base with the two sample tables."""
    app_token, _ = create_base(feishu, "样例", "Asia/Shanghai")
    structure = BaseStructure(feishu, app_token, new=True)
    customer = structure.create_table("客户", "全部", bodies("customer"))
    made = structure.create_table("需求", "全部", bodies("requirement", without=("single_link",)))
    link = {"table_id": customer, "multiple": True}
    structure.create_field(made, {"field_name": "客户", "type": 18, "property": link})
    return structure


@pytest.fixture
def tables(feishu: Feishu, structure: BaseStructure) -> BaseTables:
    return BaseTables(feishu, SCHEMA, structure.app_token)
