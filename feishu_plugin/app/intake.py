"""The HTTP door for requirements from ticket systems and web pages: checked, stored, then acknowledged.

Nothing is answered with 2xx before it is durably stored. Keys stand in no answer and no log line,
and whoever has none learns nothing but that.
"""

import logging
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from feishu_plugin.app.intake_desk import IntakeDesk, Standing
from feishu_plugin.app.intake_openapi import PATH, described
from feishu_plugin.app.intake_pace import Pace
from feishu_plugin.app.intake_submission import MOST_BYTES, Problem, Unfit, cells_of
from feishu_plugin.errors import StoreError
from feishu_plugin.foreign_json import NotJson, parsed
from feishu_plugin.gateway.bodies import BODY_S, bounded_body
from feishu_plugin.gateway.refusals import AGAIN_S, Refusals
from feishu_plugin.setting_parts import IntakeKey

log = logging.getLogger(__name__)

_MARK = re.compile(r"[\x21-\x7e]{1,200}")
_STORE_AGAIN_S = 5
_MOST_FIELDS = 50
"""Fields of a form post that are looked at; a submission has thirteen."""

_REFUSALS: Mapping[int, tuple[str, str]] = {
    401: ("API 密钥缺失或无效", "the API key is missing or wrong"),
    404: ("没有这个编号的提交", "nothing was brought under this key"),
    408: ("请求太慢", "the request took too long"),
    409: ("这个 Idempotency-Key 已用于其他内容", "this Idempotency-Key was used for something else"),
    413: ("请求过大", "the request is too large"),
    415: (
        "只接受 application/json 或 application/x-www-form-urlencoded",
        "send application/json or application/x-www-form-urlencoded",
    ),
    422: ("提交的内容有误", "the submission cannot be used"),
    429: ("请求过多，请稍后再试", "too many requests, try again later"),
    503: ("暂时无法保存，请稍后用相同的编号重试", "cannot be stored now, try again under the same key"),
}


def intake_routes(desk: IntakeDesk, pace: Pace | None = None, body_s: float = BODY_S) -> list[BaseRoute]:
    """``POST`` and ``GET`` of requirements, and their description in OpenAPI."""
    door = _Door(desk, pace or Pace(), body_s)
    description = described(desk.schema)

    async def openapi(request: Request) -> Response:
        return JSONResponse(description)

    return [
        Route(PATH, door.submit, methods=["POST"]),
        Route(f"{PATH}/{{key:path}}", door.look, methods=["GET"]),
        Route("/intake/openapi.json", openapi),
    ]


class _Door:
    """For the one thread of the event loop; what asks the store runs in others."""

    def __init__(self, desk: IntakeDesk, pace: Pace, body_s: float) -> None:
        self._desk, self._pace, self._body_s = desk, pace, body_s
        self._refusals = Refusals()

    async def submit(self, request: Request) -> Response:
        who = self._admitted(request)
        if isinstance(who, Response):
            return who
        body = await bounded_body(request, MOST_BYTES, self._body_s)
        if isinstance(body, str):
            return refusal(408 if body == "too slow" else 413, closing=True)
        mark = request.headers.get("idempotency-key", "")
        if not _MARK.fullmatch(mark):
            return _unfit([_NO_MARK])
        try:
            data = _read(body, request.headers.get("content-type", ""))
            if data is None:
                return refusal(415)
            return await run_in_threadpool(self._take, who, mark, data)
        except Unfit as error:
            return _unfit(error.problems)

    async def look(self, request: Request) -> Response:
        who = self._admitted(request)
        if isinstance(who, Response):
            return who
        return await run_in_threadpool(self._told, who, request.path_params["key"])

    def _admitted(self, request: Request) -> IntakeKey | Response:
        address = request.client.host if request.client else ""
        if self._refusals.turn_away(address):
            return refusal(429, again_s=AGAIN_S, closing=True)
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        who = self._desk.bearer(key.strip()) if scheme.lower() == "bearer" else None
        if who is None:
            self._refusals.refused(address)
            return refusal(401, closing=True)
        self._refusals.proved(address)
        return who if self._pace.allows(who.name) else refusal(429, again_s=1, closing=True)

    def _take(self, who: IntakeKey, mark: str, data: object) -> Response:
        values = cells_of(data, self._desk.schema)
        try:
            taken = self._desk.take(who, mark, values)
        except StoreError as error:
            log.error("intake: a requirement of %s was not stored: %s", who.name, error)
            return refusal(503, again_s=_STORE_AGAIN_S)
        if taken.how == "else":
            return refusal(409)
        return self._standing(mark, taken.standing, 202 if taken.how == "new" else 200)

    def _told(self, who: IntakeKey, mark: str) -> Response:
        try:
            standing = self._desk.standing(who, mark)
        except StoreError:
            return refusal(503, again_s=_STORE_AGAIN_S)
        return self._standing(mark, standing, 200) if standing else refusal(404)

    def _standing(self, mark: str, standing: Standing, code: int) -> Response:
        body: dict[str, Any] = {"key": mark, "state": standing.state, "url": f"{PATH}/{quote(mark, safe='')}"}
        if standing.state == "written":
            status = {"key": standing.status, "label": self._desk.label(standing.status)}
            body |= {"number": standing.number or None, "status": status if standing.status else None}
        return JSONResponse(body, code)


_NO_MARK = Problem(
    field="Idempotency-Key",
    zh="必填：1 至 200 个可见的 ASCII 字符，同一条需求重发时不变",
    en="is required: 1 to 200 visible ASCII characters, the same when the same requirement is sent again",
)
_NOT_JSON = Problem(field="", zh="不是有效的 JSON", en="is not JSON")
_NOT_FORM = Problem(field="", zh="不是有效的表单", en="is no form")


def refusal(code: int, *, again_s: float = 0, closing: bool = False) -> Response:
    """An answer that says in two languages why not; ``closing`` when a body may be left unread."""
    zh, en = _REFUSALS[code]
    headers = {"Retry-After": f"{again_s:.0f}"} if again_s else {}
    headers |= {"Connection": "close"} if closing else {}
    headers |= {"WWW-Authenticate": "Bearer"} if code == 401 else {}
    return JSONResponse({"error": {"zh": zh, "en": en}}, code, headers)


def _unfit(problems: Any) -> Response:
    zh, en = _REFUSALS[422]
    fields = [{"field": one.field, "zh": one.zh, "en": one.en} for one in problems]
    return JSONResponse({"error": {"zh": zh, "en": en, "fields": fields}}, 422)


def _read(body: bytes, content_type: str) -> object | None:
    """What the body says; None for a kind that is not spoken here. Raises Unfit when it is broken."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json":
        try:
            return parsed(body) or {}
        except NotJson:
            raise Unfit([_NOT_JSON]) from None
    return form_of(body) if kind == "application/x-www-form-urlencoded" else None


def form_of(body: bytes) -> dict[str, str]:
    """The fields of a form post; raises Unfit when it is none, or names a field twice."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:  # also what is not UTF-8
        raise Unfit([_NOT_FORM]) from None
    if len(dict(pairs)) < len(pairs):
        raise Unfit([_NOT_FORM])
    return {key: value.replace("\r\n", "\n") for key, value in pairs}  # how browsers send a line's end
