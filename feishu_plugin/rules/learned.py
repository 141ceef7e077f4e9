"""What was learned from a team's rows: weights of short pieces of text, by option. Pure.

It is plain data, so that a row of the database can be wrong but never run: lists of pieces, and
numbers. Learning needs a library (``app/training``); applying what was learned needs none.
"""

import re
import sys
from array import array
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import exp, log, sqrt
from typing import Any, Self

from feishu_plugin.rules.suggestion import Suggestion, plain

VERSION = 1
"""Of the form in which it is stored; another one is not read."""
OTHER = ""
"""The option of types with too few rows to learn: it is never suggested."""
_GRAMS = (1, 2, 3)
"""Lengths of the pieces: in Chinese mostly a character, a word, a word and a bit."""
_TITLE = 60
"""Characters of a title that are looked at."""
_SPACE = re.compile(r"[\s\x00-\x1f\x7f]+")


def parts_of(text: str) -> tuple[str, str]:
    """The whole text and its title (first line), without differences of case, width and space."""
    known = plain(text).encode("utf-8", "ignore").decode("utf-8")
    title, _, _ = known.partition("\n")
    return _SPACE.sub(" ", known).strip(), _SPACE.sub(" ", title).strip()[:_TITLE]


def pieces(part: str) -> Iterator[str]:
    """Every run of one to three characters, as often as it is there."""
    for length in _GRAMS:
        yield from (part[n : n + length] for n in range(len(part) - length + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Of the pieces of one part of a text."""

    places: Mapping[str, int]
    """Piece to its row."""
    rarity: Sequence[float]
    """By row: how much more a rare piece says than a common one."""
    values: Sequence[float]
    """Row by row, one number per option."""

    def add_to(self, scores: list[float], part: str) -> bool:
        """Adds what the part says for each option; False when it has no known piece."""
        found = Counter(piece for piece in pieces(part) if piece in self.places)
        strengths = {p: (1 + log(n)) * self.rarity[self.places[p]] for p, n in found.items()}
        length = sqrt(sum(strength**2 for strength in strengths.values()))
        width = len(scores)
        for piece, strength in strengths.items():
            row = self.places[piece] * width
            for n in range(width):
                scores[n] += strength / length * self.values[row + n]
        return bool(found)

    def to_json(self) -> dict[str, Any]:
        """Pieces by row, and the numbers as 32-bit floats in base64."""
        return {
            "pieces": sorted(self.places, key=lambda piece: self.places[piece]),
            "rarity": _packed(self.rarity),
            "values": _packed(self.values),
        }

    @classmethod
    def from_json(cls, data: Any, width: int) -> Self:
        """ValueError, KeyError or TypeError for what ``to_json`` never wrote."""
        listed = data["pieces"]
        places = {str(piece): n for n, piece in enumerate(listed)}
        rarity, values = _unpacked(data["rarity"]), _unpacked(data["values"])
        if not (len(places) == len(rarity) == len(listed) and len(values) == len(rarity) * width):
            raise ValueError("weights and pieces do not fit")
        return cls(places=places, rarity=rarity, values=values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A text to the option it is most probably of; call it like any other ``Suggest``."""

    options: tuple[str, ...]
    whole: Weights
    title: Weights
    bias: tuple[float, ...]
    sharpness: float
    """How surely a lead in the scores means being right; found on rows that were not learned from."""
    at: datetime
    """When it was learned."""
    accuracy: float
    """Share of the people's own rows it got right while each was held back (0-1)."""
    rows: Mapping[str, int] = field(default_factory=dict)
    """Rows of each option that it was learned from."""

    def __call__(self, text: str) -> Suggestion | None:
        """None when it knows nothing of the text, or it is most probably of a rare type."""
        shares = self.shares(text)
        best = max(shares, key=lambda option: shares[option], default=OTHER)
        return None if best == OTHER else Suggestion(best, round(shares[best], 2))

    def shares(self, text: str) -> dict[str, float]:
        """How probable each option is (they add up to 1); empty when nothing of the text is known."""
        scores = list(self.bias)
        whole, title = parts_of(text)
        known = [self.whole.add_to(scores, whole), self.title.add_to(scores, title)]
        if not any(known):
            return {}
        return dict(zip(self.options, shares_of(scores, self.sharpness), strict=True))

    def to_json(self) -> dict[str, Any]:
        """Plain data for the database."""
        return {
            "version": VERSION,
            "options": list(self.options),
            "whole": self.whole.to_json(),
            "title": self.title.to_json(),
            "bias": list(self.bias),
            "sharpness": self.sharpness,
            "at": self.at.isoformat(),
            "accuracy": self.accuracy,
            "rows": dict(self.rows),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> Self | None:
        """What was stored; None when there is none, or it is of another version or damaged."""
        try:
            return cls._read(data) if data and data["version"] == VERSION else None
        except (KeyError, TypeError, ValueError, AttributeError):
            return None

    @classmethod
    def _read(cls, data: Mapping[str, Any]) -> Self:
        options, bias = tuple(map(str, data["options"])), tuple(map(float, data["bias"]))
        if len(bias) != len(options):
            raise ValueError("as many options as scores")
        return cls(
            options=options,
            whole=Weights.from_json(data["whole"], len(options)),
            title=Weights.from_json(data["title"], len(options)),
            bias=bias,
            sharpness=float(data["sharpness"]),
            at=datetime.fromisoformat(data["at"]),
            accuracy=float(data["accuracy"]),
            rows={str(option): int(count) for option, count in data["rows"].items()},
        )


def shares_of(scores: Sequence[float], sharpness: float) -> list[float]:
    """Scores as probabilities."""
    most = max(scores)
    grown = [exp(sharpness * (score - most)) for score in scores]
    total = sum(grown)
    return [one / total for one in grown]


def _packed(numbers: Sequence[float]) -> str:
    return b64encode(_little(array("f", numbers)).tobytes()).decode("ascii")


def _unpacked(text: str) -> "array[float]":
    numbers = array("f")
    numbers.frombytes(b64decode(text, validate=True))
    return _little(numbers)


def _little(numbers: "array[float]") -> "array[float]":
    """The same numbers in the order of bytes in which they are stored, on any machine."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
