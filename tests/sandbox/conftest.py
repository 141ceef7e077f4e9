"""A real sandbox process per session, reset for every test; nothing here imports the sandbox."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
import requests

Json = dict[str, Any]
Ask = Callable[..., "Answer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One HTTP answer: its status, its headers and the whole JSON body."""

    status: int
    headers: requests.structures.CaseInsensitiveDict[str]
    body: Any

    @property
    def code(self) -> int:
        """Feishu's result code; 0 is success."""
        return int(self.body["code"])

    @property
    def data(self) -> Json:
        """The payload of a successful answer; anything else fails the test with the whole body."""
        assert self.body.get("code") == 0, self.body
        return dict(self.body["data"])


class Sandbox:
    """A small client of the sandbox under test, as the app, as a person or as nobody."""

    def __init__(self, ready: Json, session: requests.Session) -> None:
        self.ready = ready
        self.url: str = ready["base_url"]
        self._session = session
        self._token = ""

    def call(self, method: str, path: str, *, token: str | None = None, **kwargs: Any) -> Answer:
        """Sends one request; ``kwargs`` are those of requests (json, params, data, files, headers)."""
        answer = self.raw(method, path, token=token, **kwargs)
        return Answer(status=answer.status_code, headers=answer.headers, body=answer.json())

    def raw(self, method: str, path: str, *, token: str | None = None, **kwargs: Any) -> requests.Response:
        """Sends one request and gives the answer as it came, JSON or not."""
        headers = dict(kwargs.pop("headers", {}))
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return self._session.request(method, self.url + path, headers=headers, timeout=60, **kwargs)

    def app(self, method: str, path: str, **kwargs: Any) -> Answer:
        """Calls as the app."""
        return self.call(method, path, token=self.app_token(), **kwargs)

    def person(self, name: str) -> Ask:
        """Returns a function that calls as the person of that name."""
        return partial(self.call, token=self.user(name)["user_access_token"])

    def user(self, name: str) -> Json:
        """The person's ids and token as the ready line gave them."""
        return next(user for user in self.ready["users"] if user["name"] == name)

    def control(self, method: str, path: str, **kwargs: Any) -> Json:
        """Calls ``/_sandbox/...`` and gives its payload, with or without the usual envelope."""
        body = self.call(method, f"/_sandbox{path}", **kwargs).body
        assert body.get("code", 0) == 0, body
        return dict(body.get("data", body))

    def app_token(self) -> str:
        """The app's tenant_access_token."""
        if not self._token:
            body = {"app_id": self.ready["app_id"], "app_secret": self.ready["app_secret"]}
            answer = self.call("POST", "/open-apis/auth/v3/tenant_access_token/internal", json=body)
            self._token = answer.body["tenant_access_token"]
        return self._token

    def reset(self) -> None:
        """Starts from an empty world with the same credentials and people."""
        self.control("POST", "/reset")
        self.forget_token()

    def forget_token(self) -> None:
        """The next call asks for a token again, as after a long time."""
        self._token = ""


@contextmanager
def running(port: str = "0") -> Iterator[Json]:
    """A sandbox as a process, on a free port unless told; what it says when it is ready."""
    command = [sys.executable, "-m", "feishu_plugin.sandbox", "--port", port, "--print-json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[Json]:
    """The ready line of a sandbox that runs for the whole session on a free port."""
    with running() as ready:
        yield ready


@pytest.fixture(scope="session")
def sandbox_session(sandbox_process: Json) -> Iterator[Sandbox]:
    """One client with kept-alive connections."""
    with requests.Session() as session:
        session.trust_env = False
        yield Sandbox(sandbox_process, session)


@pytest.fixture
def sandbox(sandbox_session: Sandbox) -> Sandbox:
    """A sandbox in its first state, without rate limits."""
    sandbox_session.reset()
    sandbox_session.control("PUT", "/switches", json={"rate_limits": False})
    return sandbox_session
