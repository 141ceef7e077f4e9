"""The little of Bitable that the tests of events and messages need."""

from typing import Any

from tests.sandbox.conftest import Ask, Sandbox

Json = dict[str, Any]


class WatchedBase:
    """A base of the app whose events the app subscribed to."""

    def __init__(self, sandbox: Sandbox) -> None:
        app = sandbox.app("POST", "/open-apis/bitable/v1/apps", json={"name": "需求"}).data["app"]
        self.app_token, self.table_id = app["app_token"], app["default_table_id"]
        self._sandbox = sandbox
        self.events = f"/open-apis/drive/v1/files/{self.app_token}"
        sandbox.app("POST", f"{self.events}/subscribe?file_type=bitable")
        self.table = f"/open-apis/bitable/v1/apps/{self.app_token}/tables/{self.table_id}"

    def add(self, text: str, ask: Ask | None = None) -> str:
        """Creates one record; returns its id."""
        body = {"fields": {"文本": text}}
        answer = (ask or self._sandbox.app)("POST", f"{self.table}/records", json=body)
        return str(answer.data["record"]["record_id"])


def button(name: str, value: Json, **more: Any) -> Json:
    """A 2.0 button that calls back with ``value``."""
    return {
        "tag": "button",
        "name": name,
        "text": {"tag": "plain_text", "content": name},
        "behaviors": [{"type": "callback", "value": value}],
        **more,
    }


def card(*elements: Json) -> Json:
    """A shared 2.0 card."""
    return {"schema": "2.0", "config": {"update_multi": True}, "body": {"elements": list(elements)}}
