"""What came in by a door (HTTP, mail, chat) on its way to becoming a requirement; reads and writes nothing.

An arrival is stored as an effect before it is acknowledged. The identity rule of the outbox drops
what comes a second time, so a sender may repeat until it hears an answer.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from feishu_plugin.ports import Effect
from feishu_plugin.records import Record, Values

KIND = "arrival"
TARGET = "requirement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One requirement as somebody outside told it."""

    door: str
    """Who brought it: the name of an API key, of a mailbox …"""
    key: str
    """The sender's own mark; with ``door`` the same for the same requirement for ever."""
    values: Values
    """Cells of 需求台账 by stable key, options as keys."""
    at: datetime

    @property
    def import_key(self) -> str:
        """What stands in 录入渠道键."""
        return f"{self.door}:{self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a stored effect."""

    ended: Literal["", "done", "given_up"]
    """Empty while it waits."""
    outcome: str
    """Message id or record id; the cause of the last failure."""
    covers: tuple[str, ...] = ()


State = Literal["received", "written", "refused"]
_STATES: dict[str, State] = {"": "received", "done": "written", "given_up": "refused"}


def effect_of(arrival: Arrival) -> Effect:
    """The row to be written, once for each ``import_key``; its content stays recognisable afterwards."""
    return Effect(
        kind="arrival",
        identity=identity_of(arrival.door, arrival.key),
        target=TARGET,
        body={**arrival.values, "import_key": arrival.import_key},
        not_before=arrival.at,
        # What an effect says is dropped once it is done, what it covers is kept.
        covers=(_print_of(arrival),),
    )


def identity_of(door: str, key: str) -> str:
    """Under which name the outbox knows this arrival."""
    return f"{KIND}:{door}:{key}"


def arrived_in(rows: Iterable[Record]) -> Mapping[str, str]:
    """Identity of the arrival that each of these requirements came from, to its record id."""
    marks = ((row.get("import_key"), row.record_id) for row in rows)
    return {f"{KIND}:{mark}": record_id for mark, record_id in marks if mark}


def is_same(arrival: Arrival, stored: Outcome) -> bool:
    """True when what is stored under this key says the same; when it came does not count.

    Of what only the base remembered after a restore, nobody knows what it said: it passes.
    """
    return stored.covers in ((), (_print_of(arrival),))


def state_of(stored: Outcome) -> State:
    """``received``: waits to be written; ``written``: it has a row; ``refused``: Feishu never takes it."""
    return _STATES[stored.ended]


def _print_of(arrival: Arrival) -> str:
    text = json.dumps(arrival.values, ensure_ascii=True, sort_keys=True, default=str)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"{identity_of(arrival.door, arrival.key)}:{digest}"
