"""The HTTP intake described in OpenAPI 3.1, from what the code checks; answers no request itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from feishu_plugin.app.intake_submission import CHOICES, Submission, options_of
from feishu_plugin.schema import Schema

PATH = "/intake/v1/requirements"

_ANSWERS: Mapping[int, str] = {
    200: "已收到过，返回现状 Was brought before; where it stands",
    202: "已保存，将写入需求台账 Stored, will be written",
    401: "密钥缺失或无效 No key, or a wrong one",
    404: "没有这个编号 Nothing under this key",
    408: "请求太慢 Too slow",
    409: "同一编号，内容不同 Same key, other content",
    413: "请求过大 Too large",
    415: "内容类型不支持 Content type not spoken",
    422: "内容有误，逐字段说明 Refused, field by field",
    429: "请求过多 Too many requests; see Retry-After",
    503: "暂时无法保存 Cannot be stored now; see Retry-After",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Operation:
    method: str
    path: str
    name: str
    summary: str
    answers: Sequence[int]


_OPERATIONS = (
    _Operation(
        method="post",
        path=PATH,
        name="submit",
        summary="提交一条需求 Bring a requirement",
        answers=(200, 202, 401, 408, 409, 413, 415, 422, 429, 503),
    ),
    _Operation(
        method="get",
        path=f"{PATH}/{{key}}",
        name="look",
        summary="查询提交的现状 Where a requirement stands",
        answers=(200, 401, 404, 429, 503),
    ),
)


def described(schema: Schema) -> dict[str, Any]:
    """The whole document, with the options of this base's schema."""
    paths: dict[str, dict[str, Any]] = {}
    for one in _OPERATIONS:
        paths.setdefault(one.path, {})[one.method] = _operation(one)
    key = {"type": "http", "scheme": "bearer"}
    return {
        "openapi": "3.1.0",
        "info": {"title": "需求接入 Requirement intake", "version": "1"},
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"key": key},
            "schemas": {"Submission": _submission(schema), "Standing": _STANDING, "Refusal": _REFUSAL},
        },
    }


def _operation(one: _Operation) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "parameters": [_MARK_HEADER if one.method == "post" else _MARK_IN_PATH],
        "responses": {str(code): _answer(code) for code in one.answers},
    }
    if one.method == "post":
        content = {"schema": _ref("Submission")}
        kinds = ("application/json", "application/x-www-form-urlencoded")
        found["requestBody"] = {"required": True, "content": dict.fromkeys(kinds, content)}
    return found


def _answer(code: int) -> dict[str, Any]:
    schema = _ref("Standing" if code < 300 else "Refusal")
    return {"description": _ANSWERS[code], "content": {"application/json": {"schema": schema}}}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _submission(schema: Schema) -> dict[str, Any]:
    found = Submission.model_json_schema()
    for field in CHOICES:
        # Examples and no enum: the names of the options in either language are taken as well.
        found["properties"][field]["examples"] = options_of(schema, field)
    return found


_MARK: Mapping[str, Any] = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"}
_MARK_HEADER = {"name": "Idempotency-Key", "in": "header", "required": True, "schema": _MARK}
_MARK_IN_PATH = {"name": "key", "in": "path", "required": True, "schema": _MARK}
_TEXT = {"type": "string"}
_WORDS = {"zh": _TEXT, "en": _TEXT}
_STATUS = {
    "type": ["object", "null"],
    "properties": {"key": _TEXT, "label": _TEXT},
    "required": ["key", "label"],
}
_STANDING = {
    "type": "object",
    "required": ["key", "state", "url"],
    "properties": {
        "key": _TEXT,
        "state": {"type": "string", "enum": ["received", "written", "refused"]},
        "url": _TEXT,
        "number": {"type": ["string", "null"], "description": "需求编号 Number"},
        "status": _STATUS,
    },
}
_FIELD = {"type": "object", "properties": {"field": _TEXT, **_WORDS}, "required": ["field", "zh", "en"]}
_ERROR = {
    "type": "object",
    "properties": {**_WORDS, "fields": {"type": "array", "items": _FIELD}},
    "required": ["zh", "en"],
}
_REFUSAL = {"type": "object", "properties": {"error": _ERROR}, "required": ["error"]}
