"""The published entries of 知识库, found by what people write in a requirement. Pure.

Alike is what ``similarity`` calls alike: a hint for whoever answers, never an answer by itself.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from feishu_plugin.records import Record, Requirement
from feishu_plugin.rules.similarity import fingerprint, score

_CANDIDATES = 30
"""Entries whose question is really compared: those that share most of the fingerprint."""
_LONGEST_QUESTION, _LONGEST_ANSWER = 60, 300


class Faq:
    """Entries by record id; one without a question or an answer helps nobody and is left out."""

    def __init__(self, rows: Iterable[Record] = ()) -> None:
        self.rows: dict[str, Record] = {}
        self._by_band: dict[int, set[str]] = defaultdict(set)
        for row in rows:
            self.put(row)

    def put(self, row: Record) -> None:
        """Adds an entry, or renews it."""
        self.drop(row.record_id)
        if question_of(row) and _text(row, "answer"):
            self.rows[row.record_id] = row
            for band in bands_of(row):
                self._by_band[band].add(row.record_id)

    def drop(self, record_id: str) -> None:
        """Takes an entry out, if it is there."""
        row = self.rows.pop(record_id, None)
        for band in bands_of(row) if row else ():
            self._by_band[band].discard(record_id)

    def find(self, record: Requirement, bands: Sequence[int], least: float) -> Record | None:
        """The entry most alike to a text (with its fingerprint), from a likeness of ``least`` (0-1) on."""
        shared = Counter(one for band in bands for one in self._by_band.get(band, ()))
        nearest = sorted(shared, key=lambda one: (-shared[one], one))[:_CANDIDATES]
        rated = [(likeness(record, self.rows[one]), one) for one in nearest]
        good = [(-found, one) for found, one in rated if found >= least]
        return self.rows[min(good)[1]] if good else None


def bands_of(entry: Record) -> tuple[int, ...]:
    """By what an entry is found: its question may stand in the title or in the description."""
    question = question_of(entry)
    return fingerprint(question, question)


def likeness(record: Requirement, entry: Record) -> float:
    """0-1: how alike a requirement and the question of an entry are."""
    question = question_of(entry)
    return score((record.title, record.description), (question, question))


def question_of(entry: Record) -> str:
    """What the entry answers; empty without one."""
    return _text(entry, "question")


def in_words(entry: Record) -> str:
    """The question and the answer in a few lines of a card; not escaped, templates do that."""
    question, answer = _short(question_of(entry), _LONGEST_QUESTION), _text(entry, "answer")
    return f"知识库 FAQ「{question}」：{_short(answer, _LONGEST_ANSWER)}"


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def _text(row: Record, key: str) -> str:
    value = row.get(key)
    return value.strip() if isinstance(value, str) else ""
