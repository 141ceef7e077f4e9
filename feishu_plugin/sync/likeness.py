"""Finds the look-alikes of a requirement: in the store's index, and among the rows of the same round."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime

from feishu_plugin.records import Requirement
from feishu_plugin.rules.likeness import LookAlike, look_alikes
from feishu_plugin.sync.desk import Desk

_CANDIDATES = 30
"""Records whose texts are really compared: those that share most of the fingerprint."""


_OF_A_BAND = 100
"""The newest rows of one band; rows that thousands resemble need not all be counted."""


class Likeness:
    """The look-alikes of one round; rows of one paste may be each other's."""

    def __init__(self, desk: Desk, now: datetime) -> None:
        self._desk, self._now = desk, now
        self._rows: dict[str, Requirement] = {}
        self._by_band: dict[int, list[str]] = defaultdict(list)
        self._known: dict[str, Requirement | None] = {}
        """What the store holds; rows of one paste resemble the same few."""

    def add(self, record: Requirement, fingerprint: Sequence[int]) -> None:
        """From now on others of this round are compared with it, too."""
        self._rows[record.record_id] = record
        for band in fingerprint:
            self._by_band[band].append(record.record_id)

    def find(self, record: Requirement, fingerprint: Sequence[int]) -> list[LookAlike]:
        """The requirements that are alike, the most alike first."""
        if not fingerprint:
            return []
        shared = Counter(one for band in fingerprint for one in self._by_band[band][-_OF_A_BAND:])
        fresh = [self._rows[one] for one, _ in shared.most_common(_CANDIDATES)]
        return look_alikes(self._desk.policy, record, [*fresh, *self._stored(fingerprint)], self._now)

    def _stored(self, fingerprint: Sequence[int]) -> list[Requirement]:
        desk = self._desk
        ids = desk.store.look_alikes(desk.app_token, fingerprint, _CANDIDATES)
        self._read([one for one in ids if one not in self._known])
        return [known for one in ids if one not in self._rows and (known := self._known[one])]

    def _read(self, ids: Sequence[str]) -> None:
        if ids:
            desk = self._desk
            found = desk.store.accepted(desk.app_token, "requirement", ids)
            rows = {one: Requirement.of(state.record) for one, state in found.items()}
            self._known |= dict.fromkeys(ids) | rows
