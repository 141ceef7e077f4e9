"""The worked examples of docs/examples.md counted twice more: by pandas from the files, and by SQL.

All three must agree exactly where they mean the same; where the log means something else by a
word, the difference is counted and explained.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import worked
from benchmarks.real_rows import FOLDER, MESSAGES, ZONE
from feishu_plugin.policy import Policy
from feishu_plugin.reports.compute import Computed
from feishu_plugin.reports.periods import months_of
from tests.reports.counted import counted
from tests.reports.histories import Life, Move

pytestmark = pytest.mark.skipif(
    bool(worked.missing(FOLDER)),
    reason="the real data is not beside the repository: not all of it has a licence to travel",
)
LOG_KEYS = (*worked.LOG_MONTHS, *worked.LOG_YEARS)
LABELS = {"high": "高", "medium": "中", "low": "低"}
LIMITS = {"high": 2, "medium": 4, "low": 7}
DONE = ("done", "closed")
Figures = dict[tuple[str, str, str], float]
"""(period, priority as people read it or empty for all, measure); without what is empty or 0."""


@cache
def log() -> list[worked.Case]:
    return worked.incidents(FOLDER)


@cache
def letters() -> list[worked.Case]:
    return worked.messages(FOLDER)


def told(computed: Sequence[Computed], keys: Sequence[str]) -> Figures:
    """Chosen figures of the plugin."""
    found: Figures = {}
    for one in computed:
        parts = [("", one.figures), *((str(r.values["priority"]), r.figures) for r in one.rows["timeliness"])]
        found |= {
            (one.key, p, f.key): f.value for p, some in parts for f in some if f.key in keys and f.value
        }
    return found


def in_sql(
    cases: Sequence[worked.Case], rules: Policy, periods: Sequence[str], keys: Sequence[str]
) -> Figures:
    """The same from ``kpi.sql``."""
    lives = [
        Life(
            case.record_id,
            dict(case.values),
            [Move(*move, "pass", None, f"{case.record_id}/{n}") for n, move in enumerate(case.moves)],
        )
        for case in cases
    ]
    spans = {key: (_first(months_of(key)[0]), _next(months_of(key)[-1])) for key in periods}
    rows = counted(lives, rules, spans, worked.after(cases)).execute(
        "SELECT period, dimension, part, measure, value FROM figure WHERE dimension IN ('all', 'priority')"
    )
    return {
        (key, _part(dimension, part), measure): value
        for key, dimension, part, measure, value in rows.fetchall()
        if measure in keys and value and measure not in _NOT_SHOWN[dimension]
    }


_NOT_SHOWN = {"all": ("hit_rate",), "priority": ("reopened",)}
"""What KPI月报 and 优先级响应时效 have no column for."""


def _part(dimension: str, part: str) -> str:
    return "" if dimension == "all" else LABELS.get(part, "未填")


def _first(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _next(month: str) -> date:
    year, number = map(int, month.split("-"))
    return date(year + number // 12, number % 12 + 1, 1)


def hours(at: "pd.Series[pd.Timestamp]") -> np.typing.NDArray[np.float64]:
    """Working hours on plain weekdays (9-12, 13-18) before each instant, from a day long ago."""
    day = at.to_numpy().astype("datetime64[D]")
    clock = (at.to_numpy() - day) / np.timedelta64(1, "h")
    today = np.clip(clock - 9, 0, 3) + np.clip(clock - 13, 0, 5)
    whole: np.typing.NDArray[np.float64] = np.busday_count("2010-01-01", day) * 8.0
    return whole + np.where(np.is_busday(day), today, 0)


def steps(folder: Path) -> pd.DataFrame:
    """The log as pandas sees it: one line per change of status."""
    rows = pd.read_csv(folder / worked.INCIDENTS, dtype=str)
    rows["at"] = pd.to_datetime(rows.sys_updated_at, dayfirst=True)
    rows["opened"] = pd.to_datetime(rows.opened_at, dayfirst=True).groupby(rows.number).transform("first")
    rows["opened"] = np.minimum(rows.opened, rows["at"].groupby(rows.number).transform("first"))
    rows["priority"] = rows.priority.groupby(rows.number).transform("last").str[0].map(worked.PRIORITIES)
    state = rows.incident_state.replace("Awaiting .*", "waiting", regex=True)
    rows["after"] = state.replace(worked.STATUSES)
    rows = rows[rows.after != "-100"].sort_values(["number", "at"], kind="stable")
    rows["before"] = rows.groupby("number").after.shift().fillna("pending")
    found = rows[rows.before != rows.after].copy()
    found["since"] = found.groupby("number")["at"].shift().fillna(found.opened)
    return found


def in_pandas(folder: Path) -> Figures:
    """Resolution, limits and reopenings by month, by year, and by priority."""
    log = steps(folder)
    finished = _finished(log)
    reopened = log[log.before.isin(DONE) & ~log.after.isin(DONE)]
    found: Figures = {}
    for key in LOG_KEYS:
        last = finished[finished["at"].dt.strftime("%Y-%m").str.startswith(key)].groupby("number").last()
        found[key, "", "reopened"] = reopened["at"].dt.strftime("%Y-%m").str.startswith(key).sum()
        for part, some in [("", last), *((LABELS[p], s) for p, s in last.groupby("priority"))]:
            found |= {(key, part, measure): value for measure, value in _measured(some).items()}
    # KPI月报 has no 达标率 of all priorities together.
    return {key: value for key, value in found.items() if value and (key[1] or key[2] != "hit_rate")}


def _finished(log: pd.DataFrame) -> pd.DataFrame:
    """Every finish with its workdays since the submission, less pauses."""
    lasted = np.where(log.before == "waiting", hours(log["at"]) - hours(log.since), 0)
    paused = pd.Series(lasted, index=log.index).groupby(log.number).cumsum()
    days = (hours(log["at"]) - hours(log.opened) - paused) / 8
    return log.assign(days=days)[log.after.isin(DONE) & ~log.before.isin(DONE)]


def _measured(some: pd.DataFrame) -> Mapping[str, float]:
    return {
        "resolved": len(some),
        "resolution_days": some.days.mean(),
        "resolution_median": some.days.median(),
        "hit_rate": (some.days <= some.priority.map(LIMITS)).mean(),
    }


def test_resolution_limits_and_reopenings_of_the_log_are_those_of_pandas_and_of_sql() -> None:
    keys = ("resolved", "resolution_days", "resolution_median", "hit_rate", "reopened")
    rules = worked.rules(worked.LOG_ZONE)
    plugin = told(worked.computed(log(), rules, LOG_KEYS, worked.after(log())), keys)

    assert plugin == pytest.approx(in_pandas(FOLDER), abs=1e-9)
    assert plugin == pytest.approx(in_sql(log(), rules, LOG_KEYS, keys), abs=1e-9)
    assert len(plugin) > 60


def test_the_log_counts_its_reopenings_as_the_moves_that_leave_resolved_or_closed() -> None:
    rows = pd.read_csv(FOLDER / worked.INCIDENTS)
    log = steps(FOLDER)

    told_by_the_log = rows.groupby("number").reopen_count.max()
    moves = (log.before.isin(DONE) & ~log.after.isin(DONE)).groupby(log.number).sum()
    assert told_by_the_log.sum() == moves.sum()


def test_the_logs_own_made_sla_is_a_stricter_contract() -> None:
    """Judged over the whole of the log, by the last finish of every incident."""
    made = pd.read_csv(FOLDER / worked.INCIDENTS, dtype=str).groupby("number").made_sla.last() == "true"
    last = _finished(steps(FOLDER)).groupby("number").last()
    inside = last.days <= last.priority.map(LIMITS)

    assert len(made) == len(inside) == 2_000
    assert (made == inside).sum() == 1_565
    assert (made & ~inside).sum() == 2


def test_the_response_rates_of_the_messages_are_those_of_pandas_and_of_sql() -> None:
    keys = ("created", "response_rate", "response_mean", "response_median", "response_p90")
    rules = worked.rules(ZONE)
    plugin = told(worked.computed(letters(), rules, worked.MESSAGE_YEARS, worked.after(letters())), keys)

    rows = pd.read_csv(FOLDER / MESSAGES, encoding="utf-8-sig")
    asked, replied = (pd.to_datetime(rows[key], format="mixed") for key in ("asked_at", "replied_at"))
    took = (replied - asked).dt.total_seconds() / 3600
    for year, some in took.groupby(asked.dt.year.astype(str)):
        counted_here = [
            (some <= 24).mean(),
            some.mean(),
            some.median(),
            some.sort_values().iloc[-(len(some) // 10) - 1],
        ]
        found = [plugin.get((year, "" if key == "response_rate" else "未填", key), 0) for key in keys[1:]]
        assert year not in worked.MESSAGE_YEARS or found == pytest.approx(counted_here, abs=1e-9)
    sql = in_sql(letters(), rules, worked.MESSAGE_YEARS, keys)
    assert plugin == pytest.approx({key: value for key, value in sql.items() if key in plugin}, abs=1e-9)


def test_the_page_shows_these_figures() -> None:
    page = (Path(__file__).parents[2] / "docs" / "examples.md").read_text(encoding="utf-8")

    assert page.endswith(worked.section(worked.tables(FOLDER)))
