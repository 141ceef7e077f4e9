"""``status``: how bases stand, from the store alone: at once, beside a running service or without any.

Nothing here asks Feishu. What only the service knows (its connection, what rests) it leaves in the
store; while no process works on a base, that is what was true when the last one did.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from feishu_plugin import schema as schemas
from feishu_plugin.app.budget import Budget, budget
from feishu_plugin.app.clocks import SystemClock, clock_for
from feishu_plugin.app.left_in_store import CONNECTION, RESTING, SET_APART, TROUBLES
from feishu_plugin.app.meter import CallMeter
from feishu_plugin.errors import SettingsError
from feishu_plugin.language import Phrase
from feishu_plugin.policy import Policy
from feishu_plugin.ports import Clock, Json
from feishu_plugin.schema import Schema
from feishu_plugin.settings import Settings
from feishu_plugin.store.store import Store
from feishu_plugin.sync import recovered
from feishu_plugin.sync.policy_source import last_good
from feishu_plugin.sync.postbox.polling import COUNTS, STATE

_MOST_FAILURES = 5
_DAYS = 7
"""Days of changes that only sweeps found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watchtower:
    """What can be seen without a call to Feishu."""

    settings: Settings
    schema: Schema
    store: Store
    clock: Clock

    def budget(self, now: datetime) -> Budget:
        """How the calls of this month stand against what the settings allow."""
        used = CallMeter(self.store, self.clock).this_month()
        return budget(used, now, self.settings.calls_per_month)


@contextlib.contextmanager
def watchtower(settings: Settings) -> Iterator[Watchtower]:
    """Opens the store, and closes it again."""
    store = Store(settings.database)
    try:
        yield Watchtower(
            settings=settings,
            schema=schemas.load(settings.schema_file),
            store=store,
            clock=_clock(settings),
        )
    finally:
        store.close()


def _clock(settings: Settings) -> Clock:
    """A sandbox that is gone has no time to tell."""
    try:
        return clock_for(settings)
    except SettingsError:
        return SystemClock()


def facts(tower: Watchtower, app_token: str) -> dict[str, Any]:
    """Who works on the base, what waits and since when, what failed, what rests, and the calls to Feishu."""
    store, now = tower.store, tower.clock.now()
    resting = store.recall(app_token, RESTING) or {}
    policy = last_good(store, app_token, tower.schema)
    return {
        "base_token": app_token,
        "policy": resting.get("policy") or policy.version,
        **_work(store, app_token, now),
        **store.counts(app_token),
        "effects_failed_today": store.given_up_since(app_token, now - timedelta(days=1)),
        "records_set_apart": (store.recall(app_token, SET_APART) or {}).get("records", 0),
        **store.mails(app_token),
        **_letters(tower, app_token),
        **_swept(store, app_token),
        **_calls(tower.budget(now)),
        "paused": [Phrase(zh, en) for zh, en in resting.get("rests", ())],
        "troubles": store.recall(app_token, TROUBLES) or {},
        "failures": [
            f"{one.kind} {one.identity}: {one.cause}" for one in store.failures(app_token, _MOST_FAILURES)
        ],
    }


def policy_of(tower: Watchtower, app_token: str) -> Policy:
    """The rules that were read last: whoever shows a time needs their time zone."""
    return last_good(tower.store, app_token, tower.schema)


def _work(store: Store, app_token: str, now: datetime) -> dict[str, Any]:
    """A lease runs by the clock of the database, what waits by the business clock."""
    lease = store.lease_of(app_token)
    oldest, next_try = store.oldest_open(app_token), store.next_try(app_token)
    return {
        "worked_on_by": {"process": lease[0], "for_s": round(lease[1], 1)} if lease else None,
        "connection": _connection(store.recall(app_token, CONNECTION)),
        "last_event": _iso(store.last_event(app_token)),
        "oldest_pending_s": round((now - oldest).total_seconds()) if oldest else 0,
        "next_try": _iso(next_try),
    }


def _connection(fact: Json | None) -> dict[str, Any] | None:
    return {"up": fact["up"], "since": _iso(fact["since"])} if fact else None


def _swept(store: Store, app_token: str) -> dict[str, Any]:
    last = store.recall(app_token, "sweep") or {}
    at = last.get("at")
    days = sorted((store.recall(app_token, recovered.FACT) or {}).items())
    return {
        "last_sweep": {**last["found"], "at": _iso(at)} if at else None,
        "recovered": dict(days[-_DAYS:]),
    }


def _letters(tower: Watchtower, app_token: str) -> dict[str, Any]:
    """How the mailbox stands, where there is one."""
    if app_token not in tower.settings.mailboxes:
        return {}
    counts = tower.store.recall(app_token, COUNTS) or {}
    trouble = (tower.store.recall(app_token, STATE) or {}).get("error", "")
    return {"letters": dict(counts), **({"mailbox_trouble": trouble} if trouble else {})}


def _calls(found: Budget) -> dict[str, Any]:
    allowed = {"calls_allowed": found.most} if found.most else {}
    return {"calls_this_month": found.used, "calls_forecast": found.forecast, **allowed}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
