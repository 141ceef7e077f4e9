"""Takes requirements from outside into the store and says what became of them; knows no HTTP."""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from feishu_plugin.archived import ARCHIVED
from feishu_plugin.ports import Clock, Settlement
from feishu_plugin.records import Values
from feishu_plugin.schema import Schema
from feishu_plugin.setting_parts import IntakeKey
from feishu_plugin.store.store import Store
from feishu_plugin.sync.intake.arrivals import (
    TARGET,
    Arrival,
    Outcome,
    State,
    effect_of,
    identity_of,
    is_same,
    state_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an arrival stands. Of the requirement only what its sender may see."""

    state: State
    number: str = ""
    """需求编号; empty until the service has looked at the row."""
    status: str = ""
    """Key of 当前状态."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of bringing one: it was ``new``, was here ``before``, or the key says something ``else``."""

    how: Literal["new", "before", "else"]
    standing: Standing


class IntakeDesk:
    """The arrivals of every base that has an API key; safe for threads.

    ``woken`` hears the base of each new arrival. StoreError: nothing was taken, ask again.
    """

    def __init__(
        self,
        store: Store,
        schema: Schema,
        clock: Clock,
        keys: Sequence[IntakeKey],
        woken: Callable[[str], None],
    ) -> None:
        self.schema = schema
        self._store, self._clock, self._keys, self._woken = store, clock, tuple(keys), woken

    def bearer(self, key: str) -> IntakeKey | None:
        """Whose key this is; takes as long for a wrong one as for a right one."""
        given = key.encode("utf-8", "surrogatepass")
        same = [hmac.compare_digest(given, one.key.get_secret_value().encode()) for one in self._keys]
        return next((one for one, fits in zip(self._keys, same, strict=True) if fits), None)

    def take(self, who: IntakeKey, mark: str, values: Values) -> Taken:
        """Stores a requirement under the sender's ``mark``, once for ever; it is durable by the end."""
        arrival = Arrival(door=who.name, key=mark, values=values, at=self._clock.now())
        known = self._outcome(who, mark)
        if known is None:
            self._store.settle(who.base, Settlement(effects=[effect_of(arrival)]))
            self._woken(who.base)
        # Asked again: of two that come at once under one mark, the store took the first.
        stored = known or self._outcome(who, mark)
        if stored is None or not is_same(arrival, stored):
            return Taken(how="else", standing=Standing(state="received"))
        return Taken(how="before" if known else "new", standing=self._standing(who, stored))

    def standing(self, who: IntakeKey, mark: str) -> Standing | None:
        """Where the arrival under this mark stands; None when this key never brought it."""
        stored = self._outcome(who, mark)
        return self._standing(who, stored) if stored else None

    def label(self, status: str) -> str:
        """What people read for a status."""
        return self.schema.label(TARGET, "status", status) if status else ""

    def _outcome(self, who: IntakeKey, mark: str) -> Outcome | None:
        return self._store.outcome_of(who.base, identity_of(who.name, mark))

    def _standing(self, who: IntakeKey, stored: Outcome) -> Standing:
        state = state_of(stored)
        tables = (ARCHIVED, TARGET) if state == "written" else ()
        known = [self._store.accepted(who.base, table, [stored.outcome]) for table in tables]
        row = next((one[stored.outcome] for one in known if one), None)
        if row is None:
            return Standing(state=state)
        number, status = row.record.get("number"), row.record.get("status")
        return Standing(state=state, number=str(number or ""), status=str(status or ""))
