"""New things that reads do not find yet, because they ask a replica that lags behind; nothing is lost."""

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from feishu_plugin.sandbox.envelope import Refusal

UNSEEN: dict[str, tuple[int, str]] = {
    "app_token": (1254040, "BaseTokenNotFound"),
    "table_id": (1254041, "TableIdNotFound"),
    "view_id": (1254042, "ViewIdNotFound"),
    "record_id": (1254043, "RecordIdNotFound"),
    "field_id": (1254044, "FieldIdNotFound"),
}
"""What a call is told about an id in its path that its replica does not know yet."""
LISTS = {"table_ids": "table_id", "field_id_list": "field_id"}
KEYS = frozenset({*UNSEEN, "default_table_id", "default_view_id"})


class ReplicaLag:
    """Ids that are invisible, each until a moment of real time."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def hide(self, ids: Iterable[str], for_ms: float) -> None:
        """Makes these ids invisible for a while."""
        ends = time.monotonic() + for_ms / 1000
        self._until.update(dict.fromkeys(ids, ends))

    def hides(self, id: str) -> bool:
        """True while reads do not find this id."""
        ends = self._until.get(id)
        if ends is None:
            return False
        if time.monotonic() < ends:
            return True
        del self._until[id]
        return False

    @property
    def active(self) -> bool:
        """False when nothing is hidden, so that reads need not look."""
        return bool(self._until)

    def check(self, params: Mapping[str, str]) -> None:
        """Refuses a call whose path names something invisible."""
        for name, id in params.items():
            if name in UNSEEN and self.hides(id):
                code, msg = UNSEEN[name]
                raise Refusal(code, msg, detail="the replica does not know it yet")

    def clear(self) -> None:
        """Everything is visible."""
        self._until.clear()


def made_ids(answer: Any) -> Iterator[str]:
    """Every id that the answer of a create names."""
    if isinstance(answer, list):
        for item in answer:
            yield from made_ids(item)
    elif isinstance(answer, dict):
        for key, value in answer.items():
            if key in LISTS and isinstance(value, list):
                yield from (id for id in value if isinstance(id, str))
            elif key in KEYS and isinstance(value, str):
                yield value
            elif key != "fields":
                yield from made_ids(value)
