"""What came back from Feishu: read once, judged by ``code``, told as an error without secrets."""

from dataclasses import dataclass, field
from email.message import Message
from typing import BinaryIO
from urllib.parse import unquote

import requests

from feishu_plugin.errors import FeishuError, FeishuRefused, FeishuUnreachable
from feishu_plugin.ports import Json

NO_CODE = -1
"""Stands for a code when nobody answered."""
_PIECE = 1 << 16
MAYBE_DONE = frozenset({1255001, 1255002, 1255040, 1254200, 1061001, 1061006, 1069601, 2200, 5000})
"""Internal errors and time-outs behind the gateway: a write may have happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back. ``usable`` is False when nobody knows what happened (network, 5xx, HTML)."""

    code: int
    body: Json = field(default_factory=dict)
    cause: str = ""
    log_id: str = ""
    reset_s: float | None = None
    usable: bool = True
    sent: bool = True
    """False when the request certainly never reached Feishu."""
    date: str = ""
    """The ``Date`` header: Feishu's clock when it answered."""
    endpoint: str = ""
    """Set when another endpoint than the asked one gave this answer (the token's)."""


def read(response: requests.Response) -> Answer:
    """The answer in a response; the HTTP status counts only where there is no Feishu JSON."""
    log_id, date = response.headers.get("X-Tt-Logid", ""), response.headers.get("Date", "")
    try:
        body = response.json()
        code = int(body["code"])
    except (ValueError, KeyError, TypeError):
        status = response.status_code
        refused = 300 <= status < 500 and status not in (408, 429)
        return Answer(
            code=status,
            cause=f"HTTP {status} without Feishu's JSON",
            log_id=log_id,
            usable=refused,
            date=date,
        )
    return Answer(
        code=code,
        body=body,
        log_id=log_id or str(_error_object(body).get("log_id", "")),
        date=date,
        reset_s=_seconds(response.headers.get("x-ogw-ratelimit-reset")),
        # Some endpoints answer a plain refusal with 500; only small codes are the gateway's own.
        usable=code not in MAYBE_DONE and not (response.status_code >= 500 and 0 < code < 10_000),
    )


def is_file(response: requests.Response) -> bool:
    """True for the bytes of a file; a refusal is Feishu's JSON and names none. A file may be JSON too."""
    return response.ok and (
        "Content-Disposition" in response.headers
        or not response.headers.get("Content-Type", "").startswith("application/json")
    )


def keep(response: requests.Response, sink: BinaryIO) -> Answer:
    """Writes a file into ``sink``, over what a broken try left; ``data`` is ``{name, mime, size}``."""
    sink.seek(0)
    sink.truncate()
    for piece in response.iter_content(_PIECE):
        sink.write(piece)
    told = Message()
    told["Content-Disposition"] = response.headers.get("Content-Disposition", "")
    # The name comes percent-encoded in both of its forms.
    name = unquote(str(told.get_filename() or ""))
    mime = response.headers.get("Content-Type", "").partition(";")[0]
    return Answer(code=0, body={"data": {"name": name, "mime": mime, "size": sink.tell()}})


def _seconds(text: str | None) -> float | None:
    try:
        return max(0.0, float(text)) if text else None
    except ValueError:
        return None


def error_of(answer: Answer, endpoint: str) -> FeishuError:
    """FeishuRefused for a refusal, FeishuUnreachable when nobody knows what happened."""
    kind = FeishuRefused if answer.usable else FeishuUnreachable
    return kind(
        code=answer.code,
        msg=str(answer.body.get("msg", "")) or answer.cause,
        endpoint=endpoint,
        log_id=answer.log_id,
        detail=_detail(answer.body),
    )


def _detail(body: Json) -> str:
    """What ``error`` adds to ``msg``: the message, the violated fields, the lacking scopes."""
    error = _error_object(body)
    parts = [str(error["message"])] if error.get("message") else []
    violations = error.get("field_violations") or body.get("field_violations") or ()
    parts += [f"{v.get('field')}: {v.get('description')}" for v in violations]
    parts += [f"lacks {v.get('subject') or v.get('scope')}" for v in error.get("permission_violations") or ()]
    return "; ".join([str(body.get("msg", "")), *parts]) if parts else ""


def _error_object(body: Json) -> Json:
    error = body.get("error")
    return error if isinstance(error, dict) else {}
