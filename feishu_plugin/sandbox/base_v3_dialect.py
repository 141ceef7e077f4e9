"""The error dialect of base v3: its own codes, and the reason in ``data.error`` instead of ``error``.

Known codes are those that users of the official command line client report: 800010701
invalid_request, 800010102 validation_error, 800004006 for a token that is no base, 800004135 for
too many calls. 800010404 not_found is this sandbox's choice; no source names the real one.
"""

from feishu_plugin.sandbox.envelope import Json, Refusal

TOO_MANY = 800004135
INVALID, NOT_FOUND, VALIDATION, BAD_BASE = 800010701, 800010404, 800010102, 800004006
MISSING = frozenset({*range(1254040, 1254051)})
DUPLICATES = frozenset({1254013, 1254014, 1254020, 1254033, 1254039})
KEPT = range(91400, 91500)
"""Codes that both generations share: no right on the base."""


def invalid_request(message: str, path: str = "", hint: str = "") -> Refusal:
    """800010701; ``path`` names the part of the request, ``hint`` tells what would be right."""
    extra = {key: text for key, text in (("path", path), ("hint", hint)) if text}
    return Refusal(INVALID, "invalid_request", detail=message, extra=extra, status=400)


def not_found(what: str, name: str) -> Refusal:
    """A table, field, view, dashboard or block that is not there, neither by id nor by name."""
    return Refusal(NOT_FOUND, "not_found", detail=f"{what} {name!r} not found", status=404)


def in_v3(refusal: Refusal) -> Refusal:
    """The same refusal with the code, name and HTTP status that base v3 has for it."""
    code, msg, status = _named(refusal.code, refusal)
    detail = refusal.detail or refusal.msg
    return Refusal(code, msg, detail=detail, status=status, extra=refusal.extra, headers=refusal.headers)


def _named(code: int, refusal: Refusal) -> tuple[int, str, int | None]:
    if code in (91402, 1254003):
        return BAD_BASE, "param baseToken is invalid", 400
    if code in MISSING:
        return NOT_FOUND, "not_found", 404
    if code in DUPLICATES:
        return VALIDATION, "validation_error", 400
    if code == 1254290:
        return TOO_MANY, "too_many_requests", 429
    if code == 99992402 or 1254000 <= code < 1254290:
        return INVALID, "invalid_request", 400
    return code, refusal.msg, refusal.status


def error_body(refusal: Refusal, log_id: str) -> Json:
    """``{"code", "msg", "data": {"error": {"message", "hint"?, "path"?, "log_id"}}}``."""
    error: Json = {"message": refusal.detail, "log_id": log_id, **refusal.extra}
    return {"code": refusal.code, "msg": refusal.msg, "data": {"error": error}}
