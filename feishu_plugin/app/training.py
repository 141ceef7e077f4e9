"""Learns what tells types apart from rows whose type people gave; the only place of scikit-learn.

A linear machine on the pieces of a text (``rules/learned``), the title counted once more. How sure
it may be is found on rows that were held back, and rows that are nearly the same are held back
together: otherwise it would be asked what it has just been told.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from math import log
from typing import Any

from feishu_plugin.rules.learned import OTHER, Learned, Weights, parts_of, pieces, shares_of
from feishu_plugin.rules.similarity import fingerprint, score
from feishu_plugin.rules.suggestion import Suggest

MOST_PIECES = (20_000, 5_000)
"""Of whole texts and of titles, the most common ones: some 5 MB in memory."""
ALIKE = 0.5
"""From this likeness on (0-1), rows are held back together."""
_FOLDS = 5
_LEAST_ROWS_OF_A_PIECE = 2
_SOFTNESS = 0.5
"""Less means simpler: it trusts single pieces less."""
_SHARPNESS = tuple(0.25 * 1.1**n for n in range(50))

Matrix = Any
"""Rows of texts, columns of pieces; a sparse matrix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A text (its first line is the title) and the type it is of."""

    text: str
    option: str
    weight: float = 1.0
    """1: a person chose the type; less: a person left it standing. Only the former are counted."""
    is_new: bool = True
    """What is in use did not learn from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What was learned, and what it said of each lesson while that one was held back."""

    learned: Learned
    said: Sequence[str]


def is_installed() -> bool:
    """True where the extra ``learn`` is; looks without loading it."""
    return find_spec("sklearn") is not None


def better(lessons: Sequence[Lesson], minimum: int, now: datetime, before: Suggest) -> Learned | None:
    """What was learned, when it is right more often than what was in use ``before``; else None.

    Compared on people's rows that neither of them had learned from.
    """
    trial = learn(lessons, minimum, now)
    if trial is None:
        return None
    ours = theirs = 0
    for lesson, said in zip(lessons, trial.said, strict=True):
        if lesson.weight == 1 and lesson.is_new:
            found = before(lesson.text)
            ours += said == lesson.option
            theirs += found is not None and found.option == lesson.option
    return trial.learned if ours > theirs else None


def learn(lessons: Sequence[Lesson], minimum: int, now: datetime) -> Trial | None:
    """None without two types of at least ``minimum`` lessons; rarer types teach what is neither."""
    labels, left_out = _labels(lessons, minimum)
    if len({label for label in labels if label != OTHER} - {*left_out}) < 2:
        return None
    taught = [n for n, label in enumerate(labels) if label not in left_out]
    found = _Class(lessons=[lessons[n] for n in taught], labels=[labels[n] for n in taught])
    said = dict(zip(taught, found.said(), strict=True))
    return Trial(learned=found.machine(now), said=[said.get(n, OTHER) for n in range(len(lessons))])


def _labels(lessons: Sequence[Lesson], minimum: int) -> tuple[list[str], set[str]]:
    """Rare types together are one, unless even together they are rare: those are left out."""
    counts: dict[str, int] = {}
    for lesson in lessons:
        counts[lesson.option] = counts.get(lesson.option, 0) + 1
    least = max(minimum, _FOLDS)
    rare = {option for option, count in counts.items() if count < least}
    labels = [OTHER if lesson.option in rare else lesson.option for lesson in lessons]
    return labels, ({OTHER} if labels.count(OTHER) < least else set())


class _Class:
    """Lessons in numbers; scikit-learn is loaded when one is made."""

    def __init__(self, *, lessons: Sequence[Lesson], labels: Sequence[str]) -> None:
        import numpy
        from scipy.sparse import hstack
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._lessons, self._options = lessons, sorted(set(labels))
        self._labels = numpy.array([self._options.index(label) for label in labels])
        self._weights = numpy.array([lesson.weight for lesson in lessons])
        self._readers = [
            TfidfVectorizer(
                analyzer=pieces,
                sublinear_tf=True,
                min_df=_LEAST_ROWS_OF_A_PIECE,
                max_features=most,
            )
            for most in MOST_PIECES
        ]
        parts = zip(*(parts_of(lesson.text) for lesson in lessons), strict=True)
        blocks = [_read(reader, part) for reader, part in zip(self._readers, parts, strict=True)]
        self._matrix = hstack(blocks).tocsr()
        self._scores = self._held_back()

    def said(self) -> list[str]:
        """The option of each lesson by a machine that did not learn from it."""
        return [self._options[n] for n in self._scores.argmax(axis=1)]

    def machine(self, now: datetime) -> Learned:
        """Learned from all of them."""
        values, bias = _fit(self._matrix, self._labels, self._weights)
        first = len(self._readers[0].vocabulary_)
        whole, title = values[:first], values[first:]
        strong = self._weights == 1
        right = self._scores.argmax(axis=1) == self._labels
        return Learned(
            options=tuple(self._options),
            whole=_weights(self._readers[0], whole),
            title=_weights(self._readers[1], title),
            bias=tuple(map(float, bias)),
            sharpness=_sharpness(self._scores[strong].tolist(), self._labels[strong].tolist()),
            at=now,
            accuracy=round(float(right[strong].mean()), 4) if strong.any() else 0.0,
            rows={option: int((self._labels == n).sum()) for n, option in enumerate(self._options)},
        )

    def _held_back(self) -> Matrix:
        """Scores of each lesson by a machine that saw neither it nor what is nearly the same."""
        import numpy
        from sklearn.model_selection import StratifiedGroupKFold

        groups = near_duplicates([lesson.text for lesson in self._lessons])
        scores = numpy.zeros((len(self._lessons), len(self._options)))
        folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=1)
        for others, held in folds.split(self._matrix, self._labels, groups):
            if len(set(self._labels[others])) == len(self._options):
                values, bias = _fit(self._matrix[others], self._labels[others], self._weights[others])
                scores[held] = self._matrix[held] @ values + bias
        return scores


def _read(reader: Any, part: Sequence[str]) -> Matrix:
    """A part in which no piece comes twice (all rows alike, or empty) has no columns."""
    from scipy.sparse import csr_matrix

    try:
        return reader.fit_transform(part)
    except ValueError:
        reader.vocabulary_ = {}
        return csr_matrix((len(part), 0))


def _fit(matrix: Matrix, labels: Any, weights: Any) -> tuple[Any, Any]:
    """Values (pieces × options) and bias (options)."""
    import numpy
    from sklearn.svm import LinearSVC

    machine = LinearSVC(C=_SOFTNESS, class_weight="balanced", random_state=1, max_iter=3000)
    machine.fit(matrix, labels, sample_weight=weights)
    values, bias = machine.coef_.T, machine.intercept_
    if values.shape[1] == 1:  # of two options it scores the second only
        return numpy.hstack([-values / 2, values / 2]), numpy.array([-bias[0] / 2, bias[0] / 2])
    return values, bias


def _weights(reader: Any, values: Any) -> Weights:
    places = {str(piece): int(n) for piece, n in reader.vocabulary_.items()}
    rarity = [float(one) for one in reader.idf_] if places else []
    return Weights(places=places, rarity=rarity, values=[float(one) for one in values.ravel()])


def _sharpness(scores: Sequence[Sequence[float]], labels: Sequence[int]) -> float:
    """The one under which what happened was most probable."""
    return max(_SHARPNESS, key=lambda sharp: _likelihood(scores, labels, sharp), default=1.0)


def _likelihood(scores: Sequence[Sequence[float]], labels: Sequence[int], sharpness: float) -> float:
    return sum(
        log(max(shares_of(row, sharpness)[label], 1e-12)) for row, label in zip(scores, labels, strict=True)
    )


def near_duplicates(texts: Sequence[str]) -> list[int]:
    """A group number for each text; texts that are alike, or alike to one that is, share it."""
    group = list(range(len(texts)))
    split = [(title, body) for title, _, body in (text.partition("\n") for text in texts)]
    for one, other in _candidates(split):
        a, b = _root(group, one), _root(group, other)
        if a != b and score(split[one], split[other]) >= ALIKE:
            group[max(a, b)] = min(a, b)
    return [_root(group, n) for n in range(len(texts))]


def _candidates(texts: Sequence[tuple[str, str]]) -> Iterator[tuple[int, int]]:
    """Each text with the first one of every band of its fingerprint."""
    first: dict[int, int] = {}
    for n, text in enumerate(texts):
        for band in fingerprint(*text):
            if first.setdefault(band, n) != n:
                yield first[band], n


def _root(group: list[int], n: int) -> int:
    while group[n] != n:
        n = group[n]
    return n
