"""Which customer of the register is meant by a name and contact details that somebody typed. Pure.

The same are: one e-mail address, one phone number, or one name without spaces, signs, width, case
and the legal form (星河科技 and 星河科技有限公司). Alike is a name that shares most of its neighbouring
characters, or is a part of the other; that is for people to decide.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from feishu_plugin.records import Record, Requirement
from feishu_plugin.rules.addresses import address_in
from feishu_plugin.rules.similarity import pairs

_FORMS = re.compile(
    r"(股份有限公司|有限责任公司|有限公司|集团公司|集团|公司"
    r"|\b(?:co ?ltd|corporation|company|gmbh|inc|llc|ltd|corp|co))$"
)
_SIGNS = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d+")
_PHONE = re.compile(r"\+?\d[\d ()-]{5,}\d")
_COUNTRY = re.compile(r"^(0086|86)(?=1\d{10}$)")
_SHORTEST_PHONE = 7
_ALIKE = 0.5
_SHORTEST_PART = 2
"""Characters of a name that may stand for a longer one."""
_MOST = 3
"""Look-alikes that are named."""
_CANDIDATES = 30


def core(name: str) -> str:
    """What is compared of a name; empty when nothing of it says anything."""
    plain = _SIGNS.sub(" ", unicodedata.normalize("NFKC", name).casefold()).strip()
    while (shorter := _FORMS.sub("", plain).strip()) != plain and shorter:
        plain = shorter
    return plain.replace(" ", "")


def phone_in(text: str) -> str:
    """The digits of the first phone number in a text, without the country code of China; or empty."""
    for found in _PHONE.findall(unicodedata.normalize("NFKC", text)):
        digits = _COUNTRY.sub("", re.sub(r"\D", "", found))
        if len(digits) >= _SHORTEST_PHONE:
            return digits
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What the register knows of a requirement's customer."""

    linked: Record | None = None
    """The first customer that the requirement is linked to."""
    same: Record | None = None
    """The one customer that is surely meant, where none is linked."""
    like: tuple[Record, ...] = ()
    """Those that may be meant, the likeliest first."""
    adds: bool = False
    """True for a row that an import brought: who is new is added, though the row is adopted."""


class Register:
    """The rows of 客户档案, found by record id and by what people write of a customer."""

    def __init__(self, rows: Iterable[Record] = ()) -> None:
        self.rows: dict[str, Record] = {}
        self._by_mark: dict[str, set[str]] = defaultdict(set)
        self._by_pair: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            self.put(row)

    def put(self, row: Record) -> None:
        """Adds a row, or renews it."""
        self.drop(row.record_id)
        self.rows[row.record_id] = row
        for mark in _marks_of(row):
            self._by_mark[mark].add(row.record_id)
        for pair in pairs(core(_text(row, "name"))):
            self._by_pair[pair].add(row.record_id)

    def drop(self, record_id: str) -> None:
        """Takes a row out, if it is there."""
        row = self.rows.pop(record_id, None)
        if row is None:
            return
        for mark in _marks_of(row):
            self._by_mark[mark].discard(record_id)
        for pair in pairs(core(_text(row, "name"))):
            self._by_pair[pair].discard(record_id)

    def match(self, requirement: Requirement) -> Match:
        """The customer of a requirement, as far as it can be known."""
        linked = requirement.get("customer")
        if isinstance(linked, tuple) and linked:
            return Match(linked=self.rows.get(str(linked[0])))
        name = core(requirement.customer_name)
        found = [self._by_mark.get(mark, set()) for mark in marks(name, _text(requirement, "contact_way"))]
        known = [ids for ids in found if ids]
        if not known:
            return Match(like=tuple(self._alike(name)))
        # Name and address that speak of two customers are for people to decide, as is one name of two.
        both = set.intersection(*known)
        if len(both) == 1:
            return Match(same=self.rows[both.pop()])
        return Match(like=self._named(sorted(both or set.union(*known))))

    def _alike(self, name: str) -> Sequence[Record]:
        shared = Counter(one for pair in pairs(name) for one in self._by_pair.get(pair, ()))
        rated = [(_likeness(name, one), one.record_id) for one in self._named(shared, _CANDIDATES)]
        return [self.rows[one] for likeness, one in sorted(rated, reverse=True) if likeness >= _ALIKE][:_MOST]

    def _named(self, ids: Iterable[str], most: int = _MOST) -> tuple[Record, ...]:
        chosen = (one for one, _ in ids.most_common(most)) if isinstance(ids, Counter) else list(ids)[:most]
        return tuple(self.rows[one] for one in chosen)


def marks(name: str, way: str) -> Iterator[str]:
    """What a customer is surely known by: the ``core`` of a name, an e-mail address, a phone number."""
    if name:
        yield f"name:{name}"
    if address := address_in(way):
        yield f"mail:{address.casefold()}"
    elif phone := phone_in(way):
        yield f"phone:{phone}"


def _marks_of(row: Record) -> Iterator[str]:
    yield from marks(core(_text(row, "name")), _text(row, "email"))
    yield from marks("", _text(row, "phone"))


def _likeness(name: str, row: Record) -> float:
    other = core(_text(row, "name"))
    short, long = sorted((name, other), key=len)
    if _DIGITS.sub("", name) == _DIGITS.sub("", other):
        return 0.0  # a series: branch 1 and branch 2
    if len(short) >= _SHORTEST_PART and short in long:
        return 1.0
    a, b = pairs(name), pairs(other)
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def _text(row: Record, key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) else ""
