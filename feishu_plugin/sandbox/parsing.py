"""Reads an HTTP request into a Call; accepts what every official SDK sends, and judges nothing.

The Python SDK posts JSON without a Content-Type, sends booleans as ``True``/``False`` and
unset multipart parts as empty ones.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.requests import Request

from feishu_plugin.sandbox.envelope import Caller, Json, Refusal, Upload

NOBODY = Caller(kind="nobody", open_id="")


async def read_body(request: Request) -> tuple[Any, dict[str, str], dict[str, Upload]]:
    """The JSON body (None when empty), the form fields and the uploaded files."""
    content_type = request.headers.get("content-type", "")
    if content_type.startswith(("multipart/form-data", "application/x-www-form-urlencoded")):
        return None, *await _read_form(request)
    raw = await request.body()
    if not raw.strip():
        return None, {}, {}
    try:
        return json.loads(raw), {}, {}
    except ValueError:
        raise Refusal(9499, "Bad Request", detail="invalid character in the JSON body", status=400) from None


async def _read_form(request: Request) -> tuple[dict[str, str], dict[str, Upload]]:
    fields: dict[str, str] = {}
    files: dict[str, Upload] = {}
    async with request.form(max_part_size=64 * 1024 * 1024) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                files[name] = Upload(
                    filename=value.filename or "",
                    content=await value.read(),
                    content_type=value.content_type or "application/octet-stream",
                )
            else:
                fields[name] = value
    return fields, files


def read_query(raw: bytes) -> tuple[dict[str, str], dict[str, list[str]]]:
    """The last value of every key, and all values of every key."""
    lists: dict[str, list[str]] = {}
    for key, value in parse_qsl(raw.decode(), keep_blank_values=True):
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


def page_size(query: Mapping[str, str], *, default: int = 20, most: int) -> int:
    """``page_size`` within 1..most; too large is refused, never clamped (99992402)."""
    text = query.get("page_size") or str(default)
    if not text.lstrip("-").isdigit():
        raise invalid("page_size", "the value must be an integer", text)
    size = int(text)
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
