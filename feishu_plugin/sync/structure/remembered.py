"""Keeps the ids of a base with the key paths they stand for, as one fact of the store."""

from feishu_plugin.identity import Known
from feishu_plugin.ports import Memory

FACT = "identities"


class Remembered:
    """``ports.Identities`` over the store; what was learnt before wins over what is found by name."""

    def __init__(self, memory: Memory, app_token: str) -> None:
        self._memory, self._app_token = memory, app_token

    def known(self) -> Known:
        """Id to key path of everything seen so far, also of what is gone."""
        return self._memory.recall(self._app_token, FACT) or {}

    def learn(self, found: Known) -> None:
        """Adds what is new."""
        known = self.known()
        if new := {id: path for id, path in found.items() if known.get(id) != path}:
            self._memory.keep(self._app_token, FACT, {**known, **new})


class Recalled(Remembered):
    """The same for whoever looks at a base in other words than ours: nothing of that is learnt."""

    def learn(self, found: Known) -> None:
        """Nothing: generated keys mean something only until they are made again."""
