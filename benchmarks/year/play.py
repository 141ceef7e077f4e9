"""Plays the year: the clock goes on, people work, misfortunes strike, and the service lives and dies."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from itertools import takewhile
from shutil import rmtree

from benchmarks.figures import Json
from benchmarks.year import calendar
from benchmarks.year.cards import Message, read
from benchmarks.year.company import MANAGEMENT, Absence, Company, found
from benchmarks.year.history import COLUMNS, History
from benchmarks.year.service import Service
from benchmarks.year.work import Deed, Work
from feishu_plugin.demo.stage import Stage, raise_curtain
from feishu_plugin.settings import Settings

_HOUR = timedelta(hours=1)
_PAGE = 100
_IN_ADVANCE = timedelta(days=3)
"""A leave is in 作息日历 before it begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large a year is played."""

    requirements: int = 5000
    people: int = 60
    days: int = 365
    begin: date = date(2026, 1, 5)
    seed: int = 1
    tick_minutes: int = 10
    deaths_per_call: float = 0.0005
    misfortune: float = 0.01
    """How likely a call to the sandbox goes wrong."""
    restarts: Callable[[datetime], bool] = field(default=lambda now: True)
    """At which full hours the service is started anew; without it nobody looks in quiet time."""

    @property
    def figures(self) -> Json:
        """What it takes to play the same once more."""
        return {
            "requirements": self.requirements,
            "people": self.people,
            "days": self.days,
            "begin": self.begin.isoformat(),
            "seed": self.seed,
            "tick minutes": self.tick_minutes,
        }


@dataclass(slots=True, kw_only=True)
class Played:
    """What is left when the curtain falls."""

    company: Company
    history: History
    ticks: list[datetime]
    messages: list[Message]
    deeds: int
    service: Mapping[str, int]
    answers: Mapping[str, int]
    """Calls by the code they were answered with; 0 is well."""
    noted: Mapping[str, int]
    """Rows of 通知记录 by 送达情况."""
    tick_s: list[float]
    start_s: list[float]


def play(
    size: Size, say: Callable[[str], None] = lambda line: None, enough: Callable[[], bool] = lambda: False
) -> Played:
    """Plays it all, or whole days until it is ``enough``, and reads what people got."""
    company = found(size.people, size.begin, size.days, random.Random(f"{size.seed} company"))
    with _stage(company) as stage:
        player = _Player(stage, company, size, say)
        player.open()
        for day in takewhile(lambda day: not enough(), range(size.days)):
            for hour in range(24):
                player.hour(calendar.at(size.begin, clock_time()) + (day * 24 + hour) * _HOUR)
        return player.close()


@contextmanager
def _stage(company: Company) -> Iterator[Stage]:
    """A stage whose files are gone afterwards; they stay when something went wrong."""
    stage = raise_curtain(users=company.users)
    try:
        yield stage
    finally:
        stage.close()
    rmtree(stage.folder)


class _Clock:
    """The sandbox's clock, which stands still until it is moved here; sandbox and service agree."""

    def __init__(self, stage: Stage, begin: datetime) -> None:
        self._stage = stage
        self.go_to(begin)

    def now(self) -> datetime:
        """The instant in UTC."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Goes on by so much."""
        self.go_to(self._now + timedelta(seconds=seconds))

    def go_to(self, now: datetime) -> None:
        """Moves both."""
        self._now = now.astimezone(UTC)
        _sandbox(self._stage, "PUT", "clock", {"now": self._now.isoformat(), "frozen": True})


class _Player:
    def __init__(self, stage: Stage, company: Company, size: Size, say: Callable[[str], None]) -> None:
        self._stage, self._company, self._size, self._say = stage, company, size, say
        self._ids = {name: str(person["open_id"]) for name, person in stage.people.items()}
        self._clock = _Clock(stage, calendar.at(size.begin, clock_time()))
        self._names = {open_id: name for name, open_id in self._ids.items()}
        self._boss = company.lead(MANAGEMENT)
        self._work = Work(company, size.begin, size.days, random.Random(f"{size.seed} work"))
        self._history, self._ticks, self._deeds = History(), list[datetime](), 0
        self._absences = sorted(company.absences, key=lambda one: one.first)
        self._service: Service | None = None
        self._tick_s, self._start_s = list[float](), list[float]()

    def open(self) -> None:
        """The base is made, rules and leaves are filled in, and the people begin."""
        self._stage.provision("模拟的一年")
        rows = {f["规则名称"][0]["text"]: row for row, f in self._stage.rows("routing").items()}
        changes: dict[str, Json] = {
            rows[route.name]: {
                "负责人": self._people(*route.owners),
                "后备负责人": self._people(route.backup),
                "管理者": self._people(route.manager),
            }
            for route in self._company.routes()
        }
        self._stage.edit(self._boss, "routing", changes)
        self._work.expect(self._size.requirements)
        environment = {
            **self._stage.environment,
            "FEISHU_PLUGIN_ADMINISTRATORS": self._ids[self._boss],
        }
        settings = Settings(_env_file=None, **environment)  # type: ignore[arg-type]
        dice = random.Random(f"{self._size.seed} service")
        self._service = Service(settings, self._clock, dice, self._size.deaths_per_call)

    def hour(self, now: datetime) -> None:
        """One hour of the company and of the service."""
        assert self._service is not None
        self._until(now)
        if now.hour == 0:
            with self._calm():
                self._midnight(now)
        if not self._ticks or self._size.restarts(now):
            self._timed(self._start_s, self._service.restart)
        elif calendar.is_quiet(now):
            return
        for minute in range(0, 60, self._size.tick_minutes):
            tick = now + timedelta(minutes=minute)
            if minute and calendar.is_quiet(tick):
                continue
            self._until(tick)
            self._timed(self._tick_s, self._service.tick)
            self._ticks.append(tick)
            with self._calm():
                self._history.look(tick, self._newest())

    def close(self) -> Played:
        """Everything read once more from the sandbox."""
        assert self._service is not None
        self._faults([])
        self._clock.go_to(self._clock.now() + _HOUR)  # the longest that a card waits for its next try
        self._service.empty()
        self._service.stop()
        answers: Counter[str] = Counter()
        for route, codes in self._stage.stats()["requests"].items():
            answers.update(codes if "/open-apis/" in route else {})
        return Played(
            company=self._company,
            history=self._history,
            ticks=self._ticks,
            messages=[read(raw, self._names[raw["to"]]) for raw in self._stage.messages()],
            deeds=self._deeds,
            service=dict(self._service.counts),
            answers=answers,
            noted=Counter(str(row["送达情况"]) for row in self._stage.rows("notice").values()),
            tick_s=self._tick_s,
            start_s=self._start_s,
        )

    def _timed(self, seconds: list[float], act: Callable[[], None]) -> None:
        began = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - began)

    def _until(self, tick: datetime) -> None:
        """People act, each at their own moment; then it is time for the tick."""
        deeds = list(self._work.until(tick, self._history.latest))
        if deeds:
            with self._calm():
                self._all(deeds)
        self._clock.go_to(tick)

    def _all(self, deeds: Sequence[tuple[datetime, Deed]]) -> None:
        for when, deed in deeds:
            # A tick takes some seconds; who acts in them acts after it, or the look would miss it.
            self._clock.go_to(max(when, self._clock.now()))
            self._do(deed, when)

    def _do(self, deed: Deed, when: datetime) -> None:
        self._deeds += 1
        if deed.rows:
            for row in self._stage.create(deed.who, deed.table, [self._cells(row) for row in deed.rows]):
                self._work.take_up(row, when)
        else:
            self._stage.edit(deed.who, deed.table, {r: self._cells(c) for r, c in deed.changes.items()})

    def _midnight(self, now: datetime) -> None:
        """Leaves are written down, people leave for good, and the day is announced."""
        while self._absences and self._absences[0].first <= now.date() + _IN_ADVANCE:
            self._stage.create(self._boss, "calendar", [self._leave(self._absences.pop(0))])
        for name, day in self._company.leavers.items():
            if day == now.date():
                self._change(name, is_resigned=True)
        for one in self._company.hidden:
            if now.date() in (one.first, one.last + timedelta(days=1)):
                self._change(one.who, available=not self._company.is_hidden(one.who, now.date()))
        self._say(f"{now:%Y-%m-%d} {len(self._history.all())} rows, {self._deeds} deeds")

    def _change(self, name: str, **flags: bool) -> None:
        _sandbox(self._stage, "PUT", f"people/{self._ids[name]}", flags)

    def _leave(self, absence: Absence) -> Json:
        return {
            "日期": _day(absence.first),
            "到哪天": _day(absence.last),
            "安排": "请假",
            "请假人": self._people(absence.who),
        }

    def _cells(self, cells: Json) -> Json:
        """People by name become people as the API wants them."""
        return {
            key: self._people(*(one["name"] for one in cell)) if key == "负责人" else cell
            for key, cell in cells.items()
        }

    def _people(self, *names: str) -> list[Json]:
        return [{"id": self._ids[name]} for name in names]

    def _newest(self) -> Iterator[list[Json]]:
        """Rows by last change, newest first, a page at a time."""
        base, table = self._stage.base["base_token"], self._stage.base["tables"]["requirement"]
        body = {
            "automatic_fields": True,
            "field_names": COLUMNS,
            "sort": [{"field_name": "最后修改时间", "desc": True}],
        }
        token, page = str(self._stage.people[self._boss]["user_access_token"]), ""
        while True:
            path = f"/open-apis/bitable/v1/apps/{base}/tables/{table}/records/search"
            query = f"?page_size={_PAGE}&page_token={page}"
            data = self._stage.call("POST", path + query, token, body)
            yield data["items"]
            if not data["has_more"]:
                return
            page = data["page_token"]

    @contextmanager
    def _calm(self) -> Iterator[None]:
        """Misfortunes strike the service, never the people whose deeds are counted."""
        self._faults([])
        yield
        self._faults(_rules(self._size.misfortune) if self._size.misfortune else [])

    def _faults(self, rules: list[Json]) -> None:
        seed = len(self._ticks) + 7919 * self._size.seed
        _sandbox(self._stage, "PUT", "faults", {"seed": seed, "rules": rules})


def _sandbox(stage: Stage, method: str, path: str, body: Json) -> None:
    stage.session.request(method, f"{stage.url}/_sandbox/{path}", json=body, timeout=60).raise_for_status()


def _day(day: date) -> int:
    return int(calendar.at(day, clock_time()).timestamp() * 1000)


def _rules(chance: float) -> list[Json]:
    """What goes wrong on the way to Feishu, before and after it did what was asked."""
    everywhere = "*/open-apis/*"
    return [
        {"kind": "rate-limit", "route": everywhere, "probability": chance},
        {"kind": "status", "status": 502, "code": 2200, "route": everywhere, "probability": chance},
        {"kind": "html", "status": 504, "route": everywhere, "probability": chance / 2},
        {"kind": "drop-before-commit", "route": everywhere, "probability": chance / 2},
        {"kind": "drop-after-commit", "route": everywhere, "probability": chance / 2},
        {"kind": "timeout-after-commit", "delay_ms": 5, "route": everywhere, "probability": chance / 4},
        {"kind": "half-close", "route": everywhere, "probability": chance / 4},
        {"kind": "drop-after-commit", "route": "*/im/v1/messages", "probability": chance * 4},
        {"kind": "code", "code": 230020, "route": "*/im/v1/messages", "probability": chance * 2},
        {"kind": "expired-token", "route": everywhere, "probability": chance / 4},
    ]
