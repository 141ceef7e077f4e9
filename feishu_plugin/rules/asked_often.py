"""Which questions come again and again, and which entry of 知识库 answers them already. Pure.

Of 100,000 requirements only fingerprints are held; texts are asked for where a fingerprint says
that they may be alike. The order in which requirements come decides nothing: the earliest of
those that are alike speaks for them.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

_CANDIDATES = 300
"""Different texts that are really compared with one: those that share most of the fingerprint."""
_PARTS = 8
"""The index is made in parts: bands that only one text has, which are most, go at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One requirement, as far as it must be held in memory."""

    record_id: str
    at: float
    """When it came, in seconds."""
    times: int
    """Itself and its confirmed duplicates."""
    bands: Sequence[int]
    """Fingerprint of its text (see ``similarity``)."""
    entry: str = ""
    """record_id of the entry of 知识库 that it is linked to; empty without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of 知识库, published or not."""

    record_id: str
    bands: Sequence[int]
    """Fingerprint of its question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Requirements that ask the same and that no entry answers yet."""

    members: tuple[str, ...]
    """record_ids; the earliest first, which speaks for all."""
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Often:
    """What was found."""

    groups: tuple[Group, ...]
    """The most often asked first."""
    answered: Mapping[str, int]
    """record_id of every entry to how often it was asked."""


Alike = Callable[[str, Sequence[str]], Collection[str]]
"""Which of some requirements ask the same as one requirement or entry, all by record_id."""


def asked_often(asked: Iterable[Asked], entries: Sequence[Entry], least: float, alike: Alike) -> Often:
    """The questions that came at least so often; an entry answers what is linked to it or like it."""
    return _Search(asked, entries, least, alike).run()


@dataclass(slots=True)
class _Text:
    """Requirements of one fingerprint (and entry): they are compared once."""

    bands: Sequence[int]
    owner: str
    members: list[str] = field(default_factory=list)
    times: int = 0


class _Search:
    """``owner`` of a text is the entry that answers it, or the first text of its group."""

    def __init__(self, asked: Iterable[Asked], entries: Sequence[Entry], least: float, alike: Alike) -> None:
        self._entries = sorted(entries, key=lambda entry: entry.record_id)
        self._known = {entry.record_id for entry in entries}
        self._texts = list(_texts(asked, self._known))
        wanted = {band for entry in entries for band in entry.bands}
        self._by_band = _index(self._texts, wanted)
        self._least, self._alike = least, alike

    def run(self) -> Often:
        for entry in self._entries:
            for text in self._like(entry.record_id, [t for t in self._near(entry.bands) if not t.owner]):
                text.owner = entry.record_id
        groups = [group for text in self._texts if (group := self._group(text))]
        answered = Counter(dict.fromkeys(sorted(self._known), 0))
        for text in self._texts:
            if text.owner in self._known:
                answered[text.owner] += text.times
        return Often(groups=tuple(sorted(groups, key=lambda g: (-g.times, g.members))), answered=answered)

    def _group(self, first: _Text) -> Group | None:
        """The group that a text begins; what resembles an answered one belongs to that entry."""
        if first.owner:
            return None
        near = [text for text in self._near(first.bands) if text is not first]
        is_hopeful = self._is_often([first, *(text for text in near if not text.owner)])
        if not is_hopeful and not any(text.owner in self._known for text in near):
            return None
        found = self._like(first.members[0], near)
        free = [first, *(text for text in found if not text.owner)]
        entries = Counter(text.owner for text in found if text.owner in self._known)
        entry = min(entries, key=lambda one: (-entries[one], one), default="")
        if not entry and not self._is_often(free):
            return None
        for text in free:
            text.owner = entry or first.members[0]
        members = tuple(one for text in free for one in text.members)
        return None if entry else Group(members=members, times=sum(text.times for text in free))

    def _is_often(self, texts: Iterable[_Text]) -> bool:
        return sum(text.times for text in texts) >= self._least

    def _near(self, bands: Sequence[int]) -> list[_Text]:
        shared = Counter(n for band in bands for n in self._by_band.get(band, ()))
        nearest = sorted(shared, key=lambda n: (-shared[n], n))[:_CANDIDATES]
        return [self._texts[n] for n in sorted(nearest)]

    def _like(self, record_id: str, near: Sequence[_Text]) -> list[_Text]:
        found = self._alike(record_id, [text.members[0] for text in near]) if near else ()
        return [text for text in near if text.members[0] in found]


def _texts(asked: Iterable[Asked], known: Collection[str]) -> Iterator[_Text]:
    """The earliest first. A text too short for a fingerprint is like no other, whatever it says."""
    found: dict[tuple[bytes | str, str], _Text] = {}
    for one in sorted(asked, key=lambda one: (one.at, one.record_id)):
        owner = one.entry if one.entry in known else ""
        print_ = array("I", one.bands).tobytes() or one.record_id
        text = found.setdefault((print_, owner), _Text(one.bands, owner))
        text.members.append(one.record_id)
        text.times += one.times
    return iter(found.values())


def _index(texts: Sequence[_Text], wanted: Collection[int]) -> Mapping[int, Sequence[int]]:
    """Band to the places of the texts that have it, for bands by which anything can be found."""
    kept: dict[int, list[int]] = {}
    for part in range(_PARTS):
        first: dict[int, int] = {}
        for place, text in enumerate(texts):
            for band in text.bands:
                if band % _PARTS != part:
                    continue
                if band in kept:
                    kept[band].append(place)
                elif band in first or band in wanted:
                    kept[band] = [*([first[band]] if band in first else []), place]
                else:
                    first[band] = place
    return kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """What people asked, and what comes of it where three are often."""

    says: str
    questions: tuple[str, ...]
    """Titles, the earliest first; one that begins with a number is linked to the entry of that place."""
    entries: tuple[str, ...] = ()
    """Questions that 知识库 answers."""
    groups: tuple[int, ...] = ()
    """How often what is worth a draft was asked."""
    answered: tuple[int, ...] = ()
    """How often each entry was asked."""


_EXPORT = ("怎么导出销售报表", "怎样导出销售报表", "请问怎么导出销售报表？")

EXAMPLES = (
    Example(says="Three that ask the same are worth an answer.", questions=_EXPORT, groups=(3,)),
    Example(says="Two are not.", questions=_EXPORT[:2]),
    Example(
        says="Three that ask for different things are not, either.", questions=("怎么登录系统", *_EXPORT[1:])
    ),
    Example(
        says="What an entry answers is counted there, published or not.",
        questions=_EXPORT,
        entries=("怎么导出销售报表",),
        answered=(3,),
    ),
    Example(
        says="What people linked to an entry counts, however it is worded.",
        questions=("0 表格下不来", "0 想要一份数据"),
        entries=("怎么导出销售报表",),
        answered=(2,),
    ),
    Example(
        says="What is like a linked one needs no other entry, although its question is worded differently.",
        questions=("0 怎么导出销售报表", *_EXPORT),
        entries=("下载数据的办法",),
        answered=(4,),
    ),
    Example(
        says="A series is not one question.",
        questions=("工单 17 处理不了", "工单 18 处理不了", "工单 19 处理不了"),
    ),
)
