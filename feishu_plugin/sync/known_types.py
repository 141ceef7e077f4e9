"""What a base has learned about types, as the store keeps it; read when the first text asks."""

from datetime import datetime

from feishu_plugin.ports import Memory
from feishu_plugin.rules.learned import VERSION, Learned
from feishu_plugin.rules.suggestion import Suggest, Suggestion

_MOST_ANSWERS = 20_000
"""Remembered, because a row that stays empty is asked about every minute for a while."""
_NOTE, _WEIGHTS = "learning", "learned_types"
"""Facts: a small one that says what there is, and a large one (up to some MB) with the numbers."""


class KnownTypes:
    """Suggests by what was learned at ``at``; loads it once, when it is first asked."""

    def __init__(self, store: Memory, app_token: str, at: datetime) -> None:
        self.at = at
        self._store, self._app_token = store, app_token
        self._learned: Learned | None = None
        self._is_read = False
        self._answers: dict[int, Suggestion | None] = {}

    @property
    def learned(self) -> Learned | None:
        """None when what was kept is damaged: then nothing is suggested until it is learned anew."""
        if not self._is_read:
            self._learned = Learned.from_json(self._store.recall(self._app_token, _WEIGHTS))
            self._is_read = True
        return self._learned

    def __call__(self, text: str) -> Suggestion | None:
        """The most probable type."""
        key = hash(text)
        if key not in self._answers:
            if len(self._answers) >= _MOST_ANSWERS:
                self._answers = {}
            self._answers[key] = self.learned(text) if self.learned else None
        return self._answers[key]


def known_types(store: Memory, app_token: str) -> KnownTypes | None:
    """None when nothing was learned yet: then the words of the policy speak."""
    note = store.recall(app_token, _NOTE) or {}
    if not note.get("at") or note.get("version") != VERSION:
        return None
    return KnownTypes(store, app_token, datetime.fromisoformat(note["at"]))


def same_types(one: Suggest | None, other: KnownTypes | None) -> bool:
    """True when both were learned at the same time, or neither was."""
    return getattr(one, "at", None) == (other.at if other else None)


def month_learned(store: Memory, app_token: str) -> str:
    """The month (``yyyy-MM``) in which rows were last learned from; empty: never."""
    return str((store.recall(app_token, _NOTE) or {}).get("month", ""))


def keep_types(store: Memory, app_token: str, learned: Learned) -> None:
    """The numbers first: what the note promises is there."""
    store.keep(app_token, _WEIGHTS, learned.to_json())
    note = store.recall(app_token, _NOTE) or {}
    store.keep(app_token, _NOTE, {**note, "at": learned.at.isoformat(), "version": VERSION})


def keep_month(store: Memory, app_token: str, month: str) -> None:
    """Not again this month, whatever came of it."""
    note = store.recall(app_token, _NOTE) or {}
    store.keep(app_token, _NOTE, {**note, "month": month})
