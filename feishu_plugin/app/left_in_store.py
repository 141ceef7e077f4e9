"""What a working process leaves in the store for ``status``, another process, which asks nobody else."""

from collections.abc import Mapping
from datetime import datetime

from feishu_plugin.ports import Json, Memory

RESTING = "resting"
"""What rests in a base, and the policy in force, as they were read last."""
CONNECTION = "connection"
"""Whether events find us, and since when it is so."""
SET_APART = "set_apart"
"""How many records were set apart."""
TROUBLES = "troubles"
"""Periodic jobs that failed when they were last tried."""


class LeftInStore:
    """Of one base; only what changed is written."""

    def __init__(self, store: Memory, app_token: str) -> None:
        self._store, self._app_token = store, app_token
        self._kept: dict[str, Json] = {}

    def keep(self, now: datetime, *, troubles: Mapping[str, str], up: bool, set_apart: int) -> None:
        """As it is at this business time."""
        self._keep(TROUBLES, dict(troubles), {})
        self._keep(CONNECTION, {"up": up}, {"since": now})
        self._keep(SET_APART, {"records": set_apart}, {})

    def _keep(self, name: str, fact: Json, more: Json) -> None:
        if self._kept.get(name) != fact:
            self._store.keep(self._app_token, name, {**fact, **more})
            self._kept[name] = fact
