"""Request bodies from strangers: never more than was agreed, never for longer."""

import asyncio
from typing import Literal

from starlette.requests import ClientDisconnect, Request

BODY_S = 10.0
"""How long a body may take: Feishu itself gives up after three seconds."""


async def bounded_body(
    request: Request, most_bytes: int, seconds: float = BODY_S
) -> bytes | Literal["too slow", "too large"]:
    """The raw body, or why it was not read to its end."""
    try:
        async with asyncio.timeout(seconds):
            body = await _body(request, most_bytes)
    except (TimeoutError, ClientDisconnect):
        return "too slow"
    return "too large" if body is None else body


async def _body(request: Request, most_bytes: int) -> bytes | None:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most_bytes:
            return None
        parts.append(part)
    return b"".join(parts)
