"""Cuts lists into pages; one shape for lists by last id, one for searches by position."""

import base64
from collections.abc import Callable, Sequence
from typing import TypeVar

from feishu_plugin.sandbox.envelope import Call, Json, Refusal
from feishu_plugin.sandbox.parsing import page_size

Item = TypeVar("Item")


def page_by_id(
    call: Call,
    items: Sequence[Item],
    id_of: Callable[[Item], str],
    show: Callable[[Item], Json],
    *,
    most: int = 100,
) -> Json:
    """``{items, has_more, page_token, total}``; the token is the last shown id, also on the last page."""
    size, token = page_size(call.query, most=most), call.query.get("page_token") or ""
    start = 0
    if token:
        ids = [id_of(item) for item in items]
        if token not in ids:
            raise Refusal(1254030, "InvalidPageToken", detail="page_token does not belong to this list")
        start = ids.index(token) + 1
    shown = items[start : start + size]
    return {
        "items": [show(item) for item in shown],
        "has_more": start + size < len(items),
        "page_token": id_of(shown[-1]) if shown else token,
        "total": len(items),
    }


def position_of(token: str | None) -> int:
    """Where a record page starts; the token is base64 of ``pageToken:N``. 1254030 for another text."""
    if not token:
        return 0
    try:
        name, _, number = base64.b64decode(token, validate=True).decode().partition(":")
        if name == "pageToken":
            return max(0, int(number))
    except ValueError:
        pass
    raise Refusal(1254030, "InvalidPageToken", detail="page_token is not one this API gave out")


def token_at(position: int) -> str:
    """The token of the page that starts there."""
    return base64.b64encode(f"pageToken:{position}".encode()).decode()
