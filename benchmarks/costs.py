"""What a year of one busy team costs: calls to Feishu, growth of the database, CPU; a cost sheet.

``python -m benchmarks.costs [--requirements N] [--days N] [--step_minutes N] [--json]``. ``serve`` runs
through simulated days, ``step_minutes`` at a time: workdays on which people add requirements and take
them from step to step, one edit at a time (the dearest way: a paste costs a fraction); a day off; and the
first of a month with its report. From what one edit, one day and one month cost follows the year: what
grows with the register (reports, full reads) is that of the small one, and nothing deletes what is old.
"""

import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from benchmarks.figures import Json, Row, difference, options, show
from benchmarks.stages import PERSON, RECORDS, counted, cpu_s, name_the_owner, staged
from feishu_plugin.demo.narrator import ZONE
from feishu_plugin.demo.stage import Stage

YEAR = {"requirements": 20_000, "edits": 150_000}
"""The busy team."""
_MONDAY, _DAY_OFF, _FIRST = date(2026, 8, 17), date(2026, 8, 29), date(2026, 9, 1)
MOST_DAYS = 5
_ARRIVE, _PAUSE = timedelta(hours=9), timedelta(minutes=30)
_LYING_EVERY, _LYING_AFTER = 4, 3
"""Every so many requirements one is left lying after so many edits: somebody must be reminded."""
_COSTS = ("calls", "database_kb", "cpu_s")


def main() -> None:
    """Measures and prints."""
    numbers = {"requirements": 40, "days": 2, "step_minutes": 10}
    chosen = options("what a year of one busy team costs", **numbers).parse_args()
    found = measure(chosen.requirements, min(chosen.days, MOST_DAYS), chosen.step_minutes)
    show(found, tables(found), as_json=chosen.json)


def measure(requirements: int, days: int, step_minutes: int, rest_s: float = 10.0) -> Json:
    """The cost of each kind of day, at rest, and what follows from them for a month and a year."""
    step = timedelta(minutes=step_minutes)
    with staged() as stage:
        clock = {"now": _midnight(_MONDAY).isoformat()}
        stage.session.put(f"{stage.url}/_sandbox/clock", json=clock, timeout=60).raise_for_status()
        stage.provision("成本测量")
        name_the_owner(stage)
        stage.serve()
        stage.until_quiet()
        workdays = [
            _day(stage, _MONDAY + timedelta(days=n), step, requirements=requirements) for n in range(days)
        ]
        # What was due in between happens unmeasured.
        stage.go_to(_midnight(_DAY_OFF))
        day_off = _day(stage, _DAY_OFF, step)
        stage.go_to(_midnight(_FIRST))
        first = _day(stage, _FIRST, step)
        rest = _at_rest(stage, rest_s)
    return {
        "workdays": workdays,
        "day off": day_off,
        "first of a month": first,
        "cpu_s_an_hour_at_rest": rest,
        **_year(workdays, day_off, first, rest),
    }


def tables(found: Json) -> dict[str, Sequence[Row]]:
    """The figures as people read them."""
    days = [(f"workday {n}", one) for n, one in enumerate(found["workdays"], start=1)]
    days += [(name, found[name]) for name in ("day off", "first of a month")]
    endpoints = sorted({endpoint for _, one in days for endpoint in one["by_endpoint"]})
    return {
        "simulated days": [
            {"day": name, **{key: one[key] for key in ("requirements", "edits", *_COSTS)}}
            for name, one in days
        ],
        "calls by endpoint": [
            {"endpoint": endpoint, **{name: one["by_endpoint"].get(endpoint, 0) for name, one in days}}
            for endpoint in endpoints
        ],
        "what costs": [{"what": name, **one} for name, one in found["each"].items()],
        f"a year of {YEAR['requirements']} requirements and {YEAR['edits']} edits": [found["year"]],
    }


def _year(workdays: Sequence[Json], day_off: Json, first: Json, rest: float) -> Json:
    done = sum(one["requirements"] + one["edits"] for one in workdays)
    edit = {
        what: sum(one[what] - day_off[what] for one in workdays) / done if done else 0.0 for what in _COSTS
    }
    month = {what: max(0.0, first[what] - day_off[what]) for what in _COSTS}
    times = ((edit, sum(YEAR.values())), (day_off, 365), (month, 12))
    year = {what: sum(one[what] * number for one, number in times) for what in _COSTS}
    each = {"an edit or a new row": edit, "a day, whatever happens": day_off, "a month's end": month}
    return {
        "each": {name: {what: round(one[what], 2) for what in _COSTS} for name, one in each.items()},
        "year": {
            "calls a month": round(year["calls"] / 12),
            "database MB": round(year["database_kb"] / 1024, 1),
            "CPU minutes of work": round(year["cpu_s"] / 60, 1),
            "CPU minutes at rest": round(rest * 24 * 365 / 60, 1),
        },
    }


def _day(stage: Stage, day: date, step: timedelta, *, requirements: int = 0) -> Json:
    """One day from midnight to midnight; people, if any, are at work from nine on."""
    midnight, size, used = _midnight(day), _database_kb(stage), cpu_s(stage)
    plans = sorted(_plans(requirements, midnight))
    edits = len(plans) - requirements
    calls = Counter(counted(stage))
    calls.update({f"{RECORDS}/batch_create": requirements, f"{RECORDS}/batch_update": edits})  # people's own
    rows: dict[int, str] = {}
    now = midnight
    while now < midnight + timedelta(days=1):
        now += step
        stage.go_to(now)
        while plans and plans[0][0] <= now:
            _, number, stage_of_life = plans.pop(0)
            _do(stage, rows, number, stage_of_life, midnight)
            stage.until_quiet()
    by_endpoint = difference(counted(stage), calls)
    _must_be_closed(stage, {number: one for number, one in rows.items() if not _is_lying(number)})
    return {
        "requirements": requirements,
        "edits": edits,
        "calls": sum(by_endpoint.values()),
        "database_kb": _database_kb(stage) - size,
        "cpu_s": round(cpu_s(stage) - used, 2),
        "by_endpoint": {name.replace("/open-apis/", ""): count for name, count in by_endpoint.items()},
    }


def _plans(requirements: int, midnight: datetime) -> Iterator[tuple[datetime, int, int]]:
    """When, which requirement, and which edit of its life (0: it comes in)."""
    for number in range(requirements):
        arrival = midnight + _ARRIVE + number * timedelta(hours=4) / requirements
        last = _LYING_AFTER if _is_lying(number) else len(_life(midnight))
        yield from ((arrival + edit * _PAUSE, number, edit) for edit in range(last + 1))


def _is_lying(number: int) -> bool:
    return number % _LYING_EVERY == 0


def _life(midnight: datetime) -> Sequence[Json]:
    """The edits of one requirement, oldest first; one is forbidden."""
    plan = int((midnight + timedelta(days=1)).timestamp() * 1000)
    return (
        {"当前状态": "处理中", "计划完成时间": plan},
        {"需求进展": "已联系客户，确认了现象"},
        {"需求进展": "原因已找到，正在处理"},
        {"当前状态": "已关闭"},
        {"处理方案": "更正导出设置", "处理结果": "已更正并回访"},
        {"当前状态": "已完成"},
        {"客户确认": "已解决", "满意度评分": 5, "当前状态": "已关闭"},
    )


def _do(stage: Stage, rows: dict[int, str], number: int, edit: int, midnight: datetime) -> None:
    if edit:
        stage.edit(PERSON, "requirement", {rows[number]: _life(midnight)[edit - 1]})
        return
    title = f"{midnight:%m-%d} 第 {number} 条：导出报表时日期错位"
    new = {"需求标题": title, "需求类型": "服务咨询", "紧急程度": "中"}
    [rows[number]] = stage.create(PERSON, "requirement", [new])


def _must_be_closed(stage: Stage, rows: Mapping[int, str]) -> None:
    found = stage.rows("requirement")
    if left := [number for number, one in rows.items() if found[one]["当前状态"] != "已关闭"]:
        raise SystemExit(f"{len(left)} of {len(rows)} requirements did not get through their day")


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)


def _at_rest(stage: Stage, rest_s: float) -> float:
    """CPU seconds an hour while nothing happens, not even to the clock."""
    began, used = time.monotonic(), cpu_s(stage)
    time.sleep(rest_s)
    return round((cpu_s(stage) - used) * 3600 / (time.monotonic() - began), 1)


def _database_kb(stage: Stage) -> int:
    file = stage.environment["FEISHU_PLUGIN_DATABASE"].removeprefix("sqlite:///")
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        [pages], [size] = (
            connection.execute(f"PRAGMA {what}").fetchone() for what in ("page_count", "page_size")
        )
    finally:
        connection.close()
    return int(pages * size / 1024)


if __name__ == "__main__":
    main()
