"""One call on its way in and one answer on its way out; no state, no I/O.

Feishu wraps every JSON answer as ``{"code", "msg", "data"}``. Success is ``code == 0``;
the HTTP status of an error depends on the endpoint and the code.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from feishu_plugin.sandbox.world import World

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls: the app (tenant token) or a person (user token)."""

    kind: Literal["app", "user", "nobody"]
    open_id: str
    """The person's open_id, or the bot's own open_id for the app."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One file part of a multipart body."""

    filename: str
    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A parsed request. ``query`` keeps the last value of a repeated key, ``query_lists`` all."""

    method: str
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    query_lists: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: Any
    form: Mapping[str, str]
    files: Mapping[str, Upload]
    caller: Caller
    log_id: str


class Refusal(Exception):
    """An error answer. ``status`` None means: look it up by (route generation, code)."""

    def __init__(
        self,
        code: int,
        msg: str,
        *,
        detail: str = "",
        status: int | None = None,
        extra: Json | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{code} {msg} {detail}")
        self.code, self.msg, self.detail, self.status = code, msg, detail, status
        self.extra: Json = dict(extra or {})
        """Merged into the ``error`` object, for example ``field_violations``."""
        self.headers: Mapping[str, str] = dict(headers or {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """An answer outside the usual envelope: its whole JSON body, or bytes."""

    body: Json | bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json; charset=utf-8"


Handler = Callable[["World", Call], Json | Raw]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One endpoint: what serves it and which of Feishu's rules hold for it."""

    method: str
    pattern: str
    """For example ``/open-apis/bitable/v1/apps/:app_token/tables``."""
    handler: Handler
    summary: str
    """One line for the generated coverage table."""
    auth: Literal["any", "app", "none"] = "any"
    tier: str | None = None
    """Rate tier of the reference (``T8`` = 20/s …); None is unlimited."""
    writes_base: bool = False
    """True: only one such call per base at a time, else 1254291."""
    rest_style: bool = False
    """Errors of this endpoint use REST statuses (404, 400 …) instead of 200 with a code."""
    dialect: Literal["v1", "v3"] = "v1"
    """How errors are worded: ``error`` beside code and msg, or base v3's ``data.error``."""
