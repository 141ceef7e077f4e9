"""An invented company: who works where, who leads, who is on leave when, and who leaves for good."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from benchmarks.figures import Json

SUPPORT, PRODUCT, ENGINEERING, MANAGEMENT = "客服", "产品", "研发", "管理部"
_SPELLED = {SUPPORT: "support", PRODUCT: "product", ENGINEERING: "engineering", MANAGEMENT: "management"}
_SHARES = {SUPPORT: 0.38, PRODUCT: 0.24}
_LEAVES_A_YEAR = 3
_LONGEST_LEAVE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """One person of the company."""

    name: str
    english: str
    department: str
    leads: bool = False

    @property
    def as_user(self) -> Json:
        """As the sandbox's users file has people."""
        return {
            "name": self.name,
            "en_name": self.english,
            "department": self.department,
            "leads": self.leads,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A row of 分派规则 as this company fills it."""

    name: str
    department: str
    owners: Sequence[str]
    backup: str
    manager: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Days off of one person, both ends included."""

    who: str
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Everybody, by name; no name occurs twice."""

    colleagues: Sequence[Colleague]
    absences: Sequence[Absence] = ()
    leavers: Mapping[str, date] = field(default_factory=dict)
    """Who resigns, and on which morning."""
    hidden: Sequence[Absence] = ()
    """When the bot cannot reach somebody who is at work: outside the app's availability."""

    @property
    def users(self) -> list[Json]:
        """The sandbox's users file."""
        return [one.as_user for one in self.colleagues]

    def of(self, department: str) -> list[str]:
        """The people of a department, its lead first."""
        return [one.name for one in self.colleagues if one.department == department]

    def lead(self, department: str) -> str:
        """Who leads a department."""
        return self.of(department)[0]

    def routes(self) -> Iterator[Route]:
        """How requirements are given out: nobody owns those of no rule, so that someone must be named."""
        rows = (
            ("咨询、投诉与建议", SUPPORT),
            ("问题反馈", ENGINEERING),
            ("新功能、优化与定制", PRODUCT),
            ("其余需求", SUPPORT),
        )
        bosses = self.of(MANAGEMENT)
        for number, (name, department) in enumerate(rows):
            members = self.of(department)
            yield Route(
                name=name,
                department=department,
                owners=() if name == "其余需求" else (members[1:-1] or members[1:]),
                backup=members[-1] if len(members) > 2 else members[0],
                manager=bosses[number % len(bosses)],
            )

    def is_away(self, who: str, day: date) -> bool:
        """True on a day of leave."""
        return any(one.who == who and one.first <= day <= one.last for one in self.absences)

    def is_hidden(self, who: str, day: date) -> bool:
        """True on a day on which no card reaches them."""
        return any(one.who == who and one.first <= day <= one.last for one in self.hidden)

    def has_left(self, who: str, day: date) -> bool:
        """True from the day of the resignation on."""
        return who in self.leavers and day >= self.leavers[who]


def found(people: int, begin: date, days: int, dice: random.Random) -> Company:
    """A company of so many people with the absences and resignations of so many days."""
    colleagues = [one for name, size in _sizes(people).items() for one in _department(name, size)]
    return Company(
        colleagues=colleagues,
        absences=list(_absences(colleagues, begin, days, dice)),
        leavers=_leavers(colleagues, begin, days, dice),
        hidden=list(_hidden(colleagues, begin, days, dice)),
    )


def _sizes(people: int) -> dict[str, int]:
    bosses = max(2, people // 15)
    sizes = {name: max(2, round((people - bosses) * share)) for name, share in _SHARES.items()}
    return {**sizes, ENGINEERING: people - bosses - sum(sizes.values()), MANAGEMENT: bosses}


def _department(name: str, size: int) -> Iterator[Colleague]:
    for number in range(1, size + 1):
        yield Colleague(
            name=f"{name}{number:02d}",
            english=f"{_SPELLED[name]}-{number:02d}",
            department=name,
            leads=number == 1,
        )


def _absences(
    colleagues: Sequence[Colleague], begin: date, days: int, dice: random.Random
) -> Iterator[Absence]:
    """Everybody is away now and then, also leads and managers."""
    for one in colleagues:
        for _ in range(dice.randint(0, 1 + round(_LEAVES_A_YEAR * days / 365))):
            first = begin + timedelta(days=dice.randrange(1, max(2, days)))
            yield Absence(
                who=one.name, first=first, last=first + timedelta(days=dice.randrange(_LONGEST_LEAVE))
            )


def _hidden(
    colleagues: Sequence[Colleague], begin: date, days: int, dice: random.Random
) -> Iterator[Absence]:
    """Some are forgotten in the app's availability for a while, until the administrator adds them."""
    able = [one.name for one in colleagues if one.department != MANAGEMENT]
    for name in dice.sample(able, max(1, round(len(able) * days / 365 / 4))):
        first = begin + timedelta(days=dice.randrange(days))
        yield Absence(who=name, first=first, last=first + timedelta(days=dice.randrange(1, 6)))


def _leavers(
    colleagues: Sequence[Colleague], begin: date, days: int, dice: random.Random
) -> Mapping[str, date]:
    """One in fifteen resigns in a year; nobody who leads, so that somebody stands above them."""
    able = [one.name for one in colleagues if not one.leads and one.department != MANAGEMENT]
    gone = dice.sample(able, max(1, round(len(able) * days / 365 / 15)))
    return {
        name: begin + timedelta(days=dice.randrange(days // 3, max(days // 3 + 1, days - 2))) for name in gone
    }
