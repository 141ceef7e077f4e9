"""``client_token``: the same token with the same body runs once and gives the first answer again.

Kept for one hour of sandbox time per base and endpoint (Feishu publishes no figure).
"""

import hashlib
import json
import re
from collections.abc import Callable
from itertools import islice

from feishu_plugin.sandbox.bases import Base
from feishu_plugin.sandbox.envelope import Call, Json, Refusal
from feishu_plugin.sandbox.world import World

UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)
KEPT_MS = 3_600_000


def once(world: World, base: Base, call: Call, run: Callable[[], Json]) -> Json:
    """Runs ``run`` unless this call's client_token has been seen.

    Raises Refusal 1254037 (not a version 4 UUID) or 1255006 (the token came with another body).
    """
    token = call.query.get("client_token")
    if not token:
        return run()
    if not UUID4.fullmatch(token):
        raise Refusal(1254037, "InvalidClientToken", detail="client_token must be a version 4 UUID")
    key, body, now = (
        (call.method, call.path, token),
        hashlib.sha256(json.dumps(call.body, sort_keys=True).encode()).hexdigest(),
        world.clock.now_ms(),
    )
    seen = base.answered.get(key)
    if seen is not None and now - seen[2] < KEPT_MS:
        if seen[0] != body:
            raise Refusal(1255006, "ClientTokenConflict", detail="generate a new client_token")
        return seen[1]
    answer = run()
    base.answered[key] = (body, answer, now)
    base.unsaved_answers[key] = False
    _forget(base, now)
    return answer


def _forget(base: Base, now: int) -> None:
    """Drops what has aged out; insertion order is age, so this stops at the first young one."""
    for key, (_, _, at) in tuple(islice(base.answered.items(), 2)):
        if now - at >= KEPT_MS:
            del base.answered[key]
            base.unsaved_answers[key] = True
