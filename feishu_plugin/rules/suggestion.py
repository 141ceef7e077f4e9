"""What a text is probably about: by the words of the policy, or by whatever has learned from rows. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

from feishu_plugin.records import Record

_TEXTS = ("title", "description", "customer_words")
_DOUBT = 0.25
"""Of a hit: a single word is less sure than two that say the same."""
_LONGEST = 2000
"""Characters of a text that are looked at: what matters is said first."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An option and how sure it is, 0-1."""

    option: str
    confidence: float


Suggest = Callable[[str], Suggestion | None]
"""A text (its first line is the title) to the most probable option; None: it says nothing."""


def text_of(record: Record) -> str:
    """The title in the first line, then what was described; empty when there is neither."""
    title, *rest = (value if isinstance(value := record.get(key), str) else "" for key in _TEXTS)
    body = "\n".join(part for part in rest if part)
    return f"{' '.join(title.split())}\n{body}"[:_LONGEST] if title or body else ""


def by_words(words: Mapping[str, Sequence[str]], text: str) -> Suggestion | None:
    """The option most of whose words are in the text; None when none is, or two options have as many.

    A word inside a longer one that was found does not count: 不急 is not 急.
    """
    rest, hits = plain(text), dict[str, int]()
    for word, option in _longest_first(words):
        if word in rest:
            rest = rest.replace(word, "\n")
            hits[option] = hits.get(option, 0) + 1
    first, second = (*sorted(hits.values(), reverse=True), 0, 0)[:2]
    if first == second:
        return None
    option = max(hits, key=lambda one: hits[one])
    return Suggestion(option, round(first / (sum(hits.values()) + _DOUBT), 2))


def plain(text: str) -> str:
    """Without differences of case and width."""
    return normalize("NFKC", text).casefold()


def _longest_first(words: Mapping[str, Sequence[str]]) -> Sequence[tuple[str, str]]:
    return _sorted(tuple((option, tuple(found)) for option, found in words.items()))


@lru_cache(maxsize=16)
def _sorted(words: tuple[tuple[str, tuple[str, ...]], ...]) -> Sequence[tuple[str, str]]:
    pairs = [(plain(word), option) for option, found in words for word in found]
    return sorted(pairs, key=lambda pair: -len(pair[0]))
