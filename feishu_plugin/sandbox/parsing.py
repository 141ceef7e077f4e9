"""Reads an HTTP request into a Call; accepts what every official SDK sends, and judges nothing.

The Python SDK posts JSON without a Content-Type, sends booleans as ``True``/``False`` and
unset multipart parts as empty ones.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from starlette.requests import Request

from feishu_plugin.sandbox.envelope import Caller, Json, Refusal, Upload
from feishu_plugin.sandbox.multipart import split

WHOLE = re.compile(r"-?[0-9]{1,18}")
NOBODY = Caller(kind="nobody", open_id="")


async def read_body(request: Request) -> tuple[Any, dict[str, str], dict[str, Upload]]:
    """The JSON body (None when empty), the form fields and the parts that may be files.

    JSON is recognised whatever the content type says (``curl -d`` calls everything a form). A part
    without a file name is in both: only the endpoint knows which of its parts is the file.
    """
    content_type, raw = request.headers.get("content-type", ""), await request.body()
    if content_type.startswith("multipart/form-data"):
        parts = split(content_type, raw)
        texts = {name: part for name, part in parts.items() if not part.filename}
        return None, {name: part.content.decode("utf-8", "replace") for name, part in texts.items()}, parts
    if not raw.strip():
        return None, {}, {}
    if content_type.startswith("application/x-www-form-urlencoded") and raw.lstrip()[:1] not in (b"{", b"["):
        return None, read_query(raw)[0], {}
    return _json(raw), {}, {}


def _json(raw: bytes) -> Any:
    """The value of a JSON text; anything else, NaN and endless nesting included, is 9499."""
    try:
        return json.loads(raw, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refusal(9499, "Bad Request", detail="invalid character in the JSON body", status=400) from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def read_query(raw: bytes) -> tuple[dict[str, str], dict[str, list[str]]]:
    """The last value of every key, and all values of every key."""
    lists: dict[str, list[str]] = {}
    for key, value in parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True):
        lists.setdefault(key, []).append(value)
    return {key: values[-1] for key, values in lists.items()}, lists


def invalid(field: str, description: str, value: object = None) -> Refusal:
    """The gateway's parameter refusal: 99992402 with one field violation."""
    violation: Json = {"field": field, "description": description}
    if value is not None:
        violation["value"] = str(value)
    return Refusal(99992402, "field validation failed", extra={"field_violations": [violation]})


def flag(query: Mapping[str, str], name: str) -> bool:
    """A boolean query value; Python's ``True`` and JSON's ``true`` both count."""
    return query.get(name, "").lower() == "true"


def whole_number(text: str) -> int | None:
    """The number that ASCII digits of a sane length spell, with or without a sign; None for other texts."""
    return int(text) if WHOLE.fullmatch(text) else None


def page_size(query: Mapping[str, str], *, default: int = 20, most: int) -> int:
    """``page_size`` within 1..most; too large is refused, never clamped (99992402)."""
    text = query.get("page_size") or str(default)
    size = whole_number(text)
    if size is None:
        raise invalid("page_size", "the value must be an integer", text)
    if size <= 0:
        raise Refusal(1254011, "InvalidPageSize", detail="page size must be greater than 0")
    if size > most:
        raise invalid("page_size", f"the max value is {most}", text)
    return size


def body_object(body: Any) -> Json:
    """The body when it is a JSON object, ``{}`` when there is none, otherwise 1254001."""
    if body is None:
        return {}
    if not isinstance(body, dict):
        raise Refusal(1254001, "WrongRequestBody", detail="the body must be a JSON object")
    return body
