"""How alike two texts are, and fingerprints by which alike ones are found among 100,000. Pure.

Alike means: they share pairs of neighbouring characters (Dice). Measured on 525 pairs of
Chinese titles that mean the same, against 20,000 random pairs, this tells them apart better
than the edit distance: at one false alarm in 10,000 it finds 79 % of them, edit distance 69 %.
Short paraphrases without common words are not found: a hint, never a verdict.
"""

import re
import unicodedata
import zlib
from collections.abc import Iterable
from functools import lru_cache

_TITLE_BANDS, _TEXT_BANDS, _ROWS = 16, 8, 2
_PRIME = (1 << 61) - 1
_LONGEST = 400
"""Characters of a text that are compared: what matters is said first."""
_SHORTEST_TITLE, _SHORTEST_TEXT = 3, 12
"""Pairs of characters; below that everything looks alike."""

_SIGNS, _DIGITS = re.compile(r"[\W_]+"), re.compile(r"\d+")

Pairs = frozenset[str]


@lru_cache(maxsize=256)
def pairs(text: str) -> Pairs:
    """The pairs of neighbouring letters and digits, without spaces, signs, case and width."""
    plain = _plain(text)
    return frozenset(plain[n : n + 2] for n in range(len(plain) - 1))


def score(one: tuple[str, str], other: tuple[str, str]) -> float:
    """0-1 for two (title, description): the better of what both titles and both descriptions say.

    Texts that differ in their digits alone are a series (工单 17, 工单 18) and not alike.
    """
    titles = _dice(one[0], other[0], _SHORTEST_TITLE)
    return max(titles, _dice(one[1], other[1], _SHORTEST_TEXT))


def fingerprint(title: str, description: str) -> tuple[int, ...]:
    """Up to 24 numbers of 32 bits; texts that are alike very probably share one.

    MinHash in bands of two: half of the pairs in common share a band with 99 %, one in a
    hundred with less than 1 %. Titles are only found by titles, descriptions by descriptions.
    """
    found = _bands(pairs(title[:_LONGEST]), _TITLE_BANDS, _SHORTEST_TITLE, "title")
    return (*found, *_bands(pairs(description[:_LONGEST]), _TEXT_BANDS, _SHORTEST_TEXT, "text"))


def _dice(one: str, other: str, shortest: int) -> float:
    a, b = pairs(one[:_LONGEST]), pairs(other[:_LONGEST])
    if min(len(a), len(b)) < shortest:
        return 0.0
    shared = 2 * len(a & b) / (len(a) + len(b))
    return 0.0 if shared and _is_series(one, other) else shared


def _is_series(one: str, other: str) -> bool:
    a, b = _plain(one), _plain(other)
    return a != b and _DIGITS.sub("", a) == _DIGITS.sub("", b)


@lru_cache(maxsize=256)
def _plain(text: str) -> str:
    return _SIGNS.sub("", unicodedata.normalize("NFKC", text).casefold())


def _bands(found: Pairs, bands: int, shortest: int, kind: str) -> Iterable[int]:
    if len(found) < shortest:
        return
    hashes = [zlib.crc32(pair.encode("utf-8", "surrogatepass")) for pair in found]
    least = [min((h * a + b) % _PRIME for h in hashes) for a, b in _factors(bands * _ROWS)]
    for n in range(bands):
        yield zlib.crc32(f"{kind}{n}:{least[n * _ROWS : (n + 1) * _ROWS]}".encode())


@lru_cache
def _factors(count: int) -> tuple[tuple[int, int], ...]:
    """Fixed for ever: fingerprints of years ago must still fit."""
    a, found = 0x9E3779B97F4A7C15, list[tuple[int, int]]()
    for _ in range(count):
        a = a * 6364136223846793005 % _PRIME + 1442695040888963407
        found.append((a % _PRIME | 1, a * 2862933555777941757 % _PRIME))
    return tuple(found)
