"""A store that is broken on purpose, one way each: a checker that finds nothing then is none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from feishu_plugin.ports import Accepted, Hint, Settlement
from feishu_plugin.store.store import Store

EVERY = 50
"""Which settlement is spoilt."""


class Sabotaged(Store):
    """Counts its settlements, and spoils some."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._count = 0

    def settle(self, app_token: str, settlement: Settlement) -> None:
        """Every so often not what it was told."""
        self._count += bool(settlement.accepted)
        spoilt = settlement.accepted and self._count % EVERY == 0
        super().settle(app_token, self.spoilt(settlement) if spoilt else settlement)

    def spoilt(self, settlement: Settlement) -> Settlement:
        """As it is stored instead."""
        raise NotImplementedError


class DropsEffects(Sabotaged):
    """The edits are accepted, and nobody hears of them."""

    def spoilt(self, settlement: Settlement) -> Settlement:
        """Without what is to be written and told."""
        return replace(settlement, effects=())


class DoublesEffects(Sabotaged):
    """What is to be written comes twice, under another name the second time."""

    def spoilt(self, settlement: Settlement) -> Settlement:
        """With everything twice."""
        again = [replace(one, identity=f"{one.identity}:again") for one in settlement.effects]
        return replace(settlement, effects=[*settlement.effects, *again])


class ForgetsStates(Sabotaged):
    """The hints are closed and what was accepted is not remembered: a settlement by halves."""

    def spoilt(self, settlement: Settlement) -> Settlement:
        """With yesterday's states."""
        return replace(settlement, accepted={})


class WrongStates(Sabotaged):
    """Another status is remembered than was accepted, so that right moves look forbidden."""

    def spoilt(self, settlement: Settlement) -> Settlement:
        """With everything void."""
        void = {key: _void(state) for key, state in settlement.accepted.items()}
        return replace(settlement, accepted=void)


def _void(state: Accepted) -> Accepted:
    return replace(state, record=state.record.with_values({"status": "void"}))


class LosesHints(Store):
    """Some hints are acknowledged and never stored: of quick pairs even a sweep finds only what is left."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._count = 0

    def put(self, hints: Sequence[Hint]) -> int:
        """Every so often nothing at all."""
        self._count += 1
        told = [hint for hint in hints if hint.kind in ("edited", "added")]
        return 0 if told and self._count % EVERY == 0 else super().put(hints)


SABOTAGE: Mapping[str, Callable[[str], Store]] = {
    "": Store,
    "drop-effects": DropsEffects,
    "double-effects": DoublesEffects,
    "forget-states": ForgetsStates,
    "wrong-states": WrongStates,
    "lose-hints": LosesHints,
}
