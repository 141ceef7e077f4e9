"""Bare long connections that acknowledge as they are told, or not at all."""

import base64
import json
from typing import Any

from websockets.sync.client import connect

from feishu_plugin.sandbox.frames import Frame, decode, encode
from tests.looking import PATIENCE_S, looks
from tests.sandbox.conftest import Sandbox

Json = dict[str, Any]


class Socket:
    """One open connection of the app."""

    def __init__(self, sandbox: Sandbox) -> None:
        ready = sandbox.ready
        body = {"AppID": ready["app_id"], "AppSecret": ready["app_secret"]}
        answer = sandbox.call("POST", "/callback/ws/endpoint", json=body).body
        self._socket = connect(answer["data"]["URL"])

    def receive(self, timeout: float = PATIENCE_S) -> tuple[Frame, Json]:
        """The next data frame and its envelope."""
        data = self._socket.recv(timeout=timeout)
        assert isinstance(data, bytes)
        frame = decode(data)
        return frame, json.loads(frame.payload)

    def hears_nothing(self) -> bool:
        """True when nothing came yet."""
        try:
            self._socket.recv(timeout=0)
        except TimeoutError:
            return True
        return False

    def acknowledge(self, frame: Frame, *, code: int = 200, data: Json | None = None) -> None:
        """Sends the frame back as the SDKs do."""
        answer: Json = {"code": code}
        if data is not None:
            answer["data"] = base64.b64encode(json.dumps(data).encode()).decode()
        headers = (*frame.headers, ("biz_rt", "1"))
        echo = Frame(
            seq_id=frame.seq_id,
            log_id=frame.log_id,
            service=frame.service,
            method=frame.method,
            headers=headers,
            payload=json.dumps(answer).encode(),
        )
        self._socket.send(encode(echo))

    def close(self) -> None:
        """Leaves."""
        self._socket.close()


def until(sandbox: Sandbox, key: str, **wanted: int) -> Json:
    """The counts below ``key`` of the stats once they are as wanted."""
    for _ in looks():
        stats = sandbox.control("GET", "/stats")
        counts = stats[key] if key else stats
        if all(counts[name] == number for name, number in wanted.items()):
            return dict(counts)
    raise AssertionError(counts)
