"""How alike two names are that different teams gave to the same thing; pure, 0 to 1.

Chinese names are short and end in what they are (需求 **状态**), so single characters say
little: pairs of characters and whole words count. It must never find 未完成 like 已完成.
"""

import re
import unicodedata
from collections.abc import Iterable

from rapidfuzz import fuzz

SURE = 1.0
SYNONYM = 0.95
ALIKE_MOST = 0.85
"""No likeness of letters is as good as the same word."""
VAGUE = 0.7

_BRACKETS = re.compile(r"[(\[【〔].*?[)\]】〕]")
_NOISE = re.compile(r"[\W_]+")
_SAME = (("日期", "时间"), ("人员", "人"), ("级别", "等级"), ("名字", "名称"), ("帐", "账"))
_NOT = frozenset("未不无非没待")


def normal(name: str) -> str:
    """One spelling for all: width, case, brackets, punctuation and pairs of words that mean the same."""
    text = unicodedata.normalize("NFKC", name).lower()
    text = _NOISE.sub("", _BRACKETS.sub("", text)) or _NOISE.sub("", text)
    for one, other in _SAME:
        text = text.replace(one, other)
    return text


def named(name: str, labels: Iterable[str], synonyms: Iterable[str] = ()) -> float:
    """How well a name stands for something with these labels and synonyms."""
    found, own = normal(name), [normal(label) for label in labels]
    others = [normal(word) for word in synonyms]
    if not found:
        return 0.0
    if found in own:
        return SURE
    if found in others:
        return SYNONYM
    return max((alike(found, word) for word in (*own, *others)), default=0.0)


def alike(one: str, other: str) -> float:
    """Likeness of a normal name to another normal one that is not the same; at most ``ALIKE_MOST``."""
    if min(len(one), len(other)) < 2 or _denies(one) != _denies(other):
        return 0.0
    whole, part = fuzz.ratio(one, other) / 100, fuzz.partial_ratio(one, other) / 100
    # A name that is only the end of another one (说明 of 进展说明) could be the end of many.
    vague = VAGUE if one in other else 1.0
    return ALIKE_MOST * vague * max(whole, (part + _pairs_shared(one, other)) / 2)


def _pairs_shared(one: str, other: str) -> float:
    """Dice's coefficient of the pairs of neighbouring characters."""
    mine, theirs = _pairs(one), _pairs(other)
    return 2 * len(mine & theirs) / (len(mine) + len(theirs))


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


def _denies(text: str) -> bool:
    return not _NOT.isdisjoint(text)
