"""A person's calls to a running sandbox: their client's, with their rights, no token needed."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import requests

from feishu_plugin.sandbox.envelope import Json
from feishu_plugin.sandbox.hand_cells import HandError

_BITABLE = "open-apis/bitable/v1/apps"
_COMPUTED = {19, 20, 1001, 1002, 1003, 1004, 1005, 3001}
"""Look-ups, formulas, created and modified, automatic numbers, buttons."""
_PAUSE_S = 0.2
_STILL_S = 1.0
"""What is still for so long is taken for finished."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of the base, with its fields by name."""

    path: str
    fields: Mapping[str, Json]

    @property
    def written(self) -> list[str]:
        """The columns that somebody writes; the others Feishu computes or notes by itself."""
        return [name for name, field in self.fields.items() if field["type"] not in _COMPUTED]


class Hand:
    """Everything a person can do to the only base of a sandbox."""

    def __init__(self, base_url: str) -> None:
        self._url = base_url
        self._session = requests.Session()
        self._session.trust_env = False

    @cached_property
    def people(self) -> Mapping[str, str]:
        """Name to open_id."""
        return {one["name"]: one["open_id"] for one in self.control("GET", "people")["people"]}

    @cached_property
    def base(self) -> Json:
        """The newest base: ``app_token``, ``name``, ``time_zone``."""
        found = self.control("GET", "bases")["bases"]
        if not found:
            raise HandError("沙箱里还没有多维表格 there is no base yet; run feishu-plugin apply")
        newest: Json = found[-1]
        return newest

    @property
    def zone(self) -> ZoneInfo:
        """Where the base's days begin."""
        return ZoneInfo(self.base["time_zone"])

    def control(self, method: str, path: str, body: Json | None = None) -> Json:
        """A call to ``/_sandbox/…``."""
        try:
            answer = self._session.request(method, f"{self._url}/_sandbox/{path}", json=body, timeout=60)
        except requests.RequestException:
            raise HandError(
                f"连不上沙箱 no sandbox answers at {self._url}; run feishu-plugin sandbox"
            ) from None
        found: Json = answer.json()
        if answer.status_code >= 400:
            raise HandError(f"{method} {path}: {found.get('msg', found)}")
        return found

    def table(self, open_id: str, name: str) -> Table:
        """A table by its name."""
        root = f"as/{open_id}/{_BITABLE}/{self.base['app_token']}/tables"
        ids = {one["name"]: one["table_id"] for one in self._all(f"{root}?page_size=100")}
        if name not in ids:
            raise HandError(f"没有这张表 no table {name!r}; there are {'、'.join(ids)}")
        path = f"{root}/{ids[name]}"
        fields = {one["field_name"]: one for one in self._all(f"{path}/fields?page_size=100")}
        return Table(path=path, fields=fields)

    def rows(self, table: Table) -> dict[str, Json]:
        """Record id to its cells by column, in the order they were made."""
        found = self._all(f"{table.path}/records/search?page_size=500", "POST")
        return {one["record_id"]: one["fields"] for one in found}

    def write(self, table: Table, fields: Json, record_id: str = "") -> str:
        """Adds a row, or changes one; its id."""
        path = f"{table.path}/records/{record_id}".rstrip("/")
        answer = self._feishu("PUT" if record_id else "POST", path, {"fields": fields})
        return str(answer["record"]["record_id"])

    def messages(self, open_id: str) -> list[Json]:
        """What the bot sent to a person, newest last."""
        found: list[Json] = self.control("GET", f"messages?to={quote(open_id)}")["messages"]
        return found

    def _all(self, path: str, method: str = "GET") -> list[Json]:
        found: list[Json] = []
        page = ""
        while True:
            data = self._feishu(method, f"{path}&page_token={page}", {} if method == "POST" else None)
            found += data.get("items") or []
            if not data.get("has_more"):
                return found
            page = quote(data["page_token"])

    def _feishu(self, method: str, path: str, body: Json | None) -> Json:
        answer = self.control(method, path, body)
        if answer["code"] != 0:
            raise HandError(f"飞书不接受 Feishu refuses it: {answer['code']} {answer['msg']}")
        data: Json = answer.get("data") or {}
        return data


def settled(look: Callable[[], Any], before: Any, wait_s: float) -> Any:
    """What ``look`` sees once it differs from ``before`` and keeps still; ``before`` after ``wait_s``."""
    ends, seen, since = time.monotonic() + wait_s, before, 0.0
    while time.monotonic() < ends or seen != before:
        now = look()
        if now != seen:
            seen, since = now, time.monotonic()
        elif seen != before and time.monotonic() - since >= _STILL_S:
            return seen
        time.sleep(_PAUSE_S)
    return seen
