"""Turns results and refusals into HTTP answers in Feishu's envelope; never a traceback, never HTML."""

import json
import secrets
from collections.abc import Mapping

from starlette.responses import Response

from feishu_plugin.sandbox.base_v3_dialect import error_body, in_v3
from feishu_plugin.sandbox.clock import Clock
from feishu_plugin.sandbox.envelope import Json, Raw, Refusal, Route
from feishu_plugin.sandbox.statuses import status_of

TROUBLESHOOTER = (
    "排查建议查看(Troubleshooting suggestions): https://open.feishu.cn/search"
    "?from=openapi&log_id={log_id}&code={code}&method_id=6965347212289474562"
)
JSON_TYPE = "application/json; charset=utf-8"


def new_log_id(clock: Clock) -> str:
    """14 digits of time and 20 hex digits, as ``X-Tt-Logid`` shows them."""
    return clock.now().strftime("%Y%m%d%H%M%S") + secrets.token_hex(10).upper()


def success(result: Json | Raw, log_id: str) -> Response:
    """``{"code": 0, "msg": "success", "data": …}`` or the raw answer."""
    if isinstance(result, Raw):
        return _raw(result, log_id)
    return _json({"code": 0, "data": result, "msg": "success"}, 200, {}, log_id)


def failure(refusal: Refusal, route: Route | None, log_id: str) -> Response:
    """``{"code", "msg", "error": {"message"?, "log_id", "troubleshooter", …}}``."""
    if route is not None and route.dialect == "v3":
        told = in_v3(refusal)
        return _json(error_body(told, log_id), _status(told, route), told.headers, log_id)
    error: Json = {
        "log_id": log_id,
        "troubleshooter": TROUBLESHOOTER.format(log_id=log_id, code=refusal.code),
        **refusal.extra,
    }
    if refusal.detail:
        error["message"] = refusal.detail
    body = {"code": refusal.code, "msg": refusal.msg, "error": error}
    return _json(body, _status(refusal, route), refusal.headers, log_id)


def _status(refusal: Refusal, route: Route | None) -> int:
    if refusal.status is not None:
        return refusal.status
    return status_of(refusal.code, rest_style=route is not None and route.rest_style)


def _raw(raw: Raw, log_id: str) -> Response:
    if isinstance(raw.body, dict):
        return _json(raw.body, raw.status, raw.headers, log_id)
    return _response(raw.body, raw.status, raw.headers, raw.content_type, log_id)


def _json(body: Json, status: int, headers: Mapping[str, str], log_id: str) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return _response(text.encode(), status, headers, JSON_TYPE, log_id)


def _response(
    content: bytes, status: int, headers: Mapping[str, str], content_type: str, log_id: str
) -> Response:
    """Header names are spelled as the real gateway spells them: Python's SDK looks them up by case."""
    response = Response(content, status)
    response.raw_headers = [
        (b"Content-Type", content_type.encode()),
        (b"Content-Length", str(len(content)).encode()),
        (b"X-Tt-Logid", log_id.encode()),
        *((name.encode(), value.encode()) for name, value in headers.items()),
    ]
    return response
