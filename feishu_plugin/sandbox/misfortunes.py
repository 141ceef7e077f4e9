"""How a request fault is performed: what is answered instead, what is cut, what is lost on the way.

faults.py picks which request goes wrong; the server calls in here. Commits happen or do not
happen exactly as the kind says.
"""

import random
from dataclasses import dataclass, replace
from typing import Literal

from feishu_plugin.sandbox.envelope import Call, Raw, Refusal, Route
from feishu_plugin.sandbox.faults import Fault
from feishu_plugin.sandbox.world import World

ENDPOINT = "/callback/ws/endpoint"
SAFE_FIELDS = 20
"""Columns that never get lost on table create (reports begin at about 21)."""
SILENCE_S = 60.0
LIMIT, RESET = "x-ogw-ratelimit-limit", "x-ogw-ratelimit-reset"


@dataclass(eq=False, kw_only=True)
class Broken(Exception):
    """The answer never arrives whole.

    ``drop`` cuts the connection, ``silence`` says nothing until the caller gives up, ``half``
    sends one half of the answer and closes its own side.
    """

    how: Literal["drop", "silence", "half"]
    seconds: float = SILENCE_S


def before(world: World, fault: Fault, route: Route, call: Call) -> Call | Raw:
    """What happens in place of the call (raised or returned), or the call as it then goes on."""
    match fault.kind:
        case "drop-before-commit":
            raise Broken(how="drop")
        case "timeout-before-commit":
            raise Broken(how="silence", seconds=_seconds(fault))
        case "html":
            return _page(fault)
        case "status" | "code":
            return _refused(fault, route)
        case "rate-limit":
            headers = {LIMIT: "50", RESET: "1", **dict(fault.headers)}
            raise Refusal(99991400, "request trigger frequency limit", status=fault.status, headers=headers)
        case "expired-token":
            raise world.credentials.revoke(call.headers.get("authorization"))
        case "lose-fields":
            return _poorer(fault, call)
    return call


def after(fault: Fault) -> None:
    """What becomes of the answer once the call has done its work."""
    match fault.kind:
        case "drop-after-commit":
            raise Broken(how="drop")
        case "timeout-after-commit":
            raise Broken(how="silence", seconds=_seconds(fault))
        case "half-close":
            raise Broken(how="half")


def _seconds(fault: Fault) -> float:
    return fault.delay_ms / 1000 or SILENCE_S


def _page(fault: Fault) -> Raw:
    page = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
    return Raw(body=page, status=fault.status, content_type="text/html", headers=dict(fault.headers))


def _refused(fault: Fault, route: Route) -> Raw:
    code, msg = fault.code or 2200, fault.msg or "Internal Error"
    if route.pattern == ENDPOINT:
        # every SDK destructures ``data``: without an object Node retries for ever
        return Raw(body={"code": code, "msg": msg, "data": {}}, status=fault.status)
    raise Refusal(code, msg, status=fault.status, headers=dict(fault.headers))


def _poorer(fault: Fault, call: Call) -> Call:
    """A table with many columns loses some of those after the first twenty, the same ones every time."""
    table = call.body.get("table") if isinstance(call.body, dict) else None
    fields = table.get("fields") if isinstance(table, dict) else None
    if not isinstance(table, dict) or not isinstance(fields, list) or len(fields) <= SAFE_FIELDS:
        return call
    places = range(SAFE_FIELDS, len(fields))
    lost = set(random.Random(fault.seed or 0).sample(places, max(1, len(places) // 4)))
    kept = [field for place, field in enumerate(fields) if place not in lost]
    return replace(call, body={**call.body, "table": {**table, "fields": kept}})
