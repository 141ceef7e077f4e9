"""The same measures of the same rows in plain pandas: two parquet files, whole columns at a time."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.figures import Json
from benchmarks.month.way import main

_SINCE, _TILL = pd.Timestamp("2026-08-31 16:00Z"), pd.Timestamp("2026-09-30 16:00Z")
_NOW = pd.Timestamp("2026-10-01 01:00Z")
_FINISHED, _CLOSED_TO_WORK = ["done", "closed"], ["done", "closed", "void", "shelved"]
_PAUSED = ["waiting_customer", "shelved"]
_EXITS = {"done": "finished", "closed": "closed", "void": "voided", "shelved": "shelved"}
_TARGETS = {"high": 2, "medium": 4, "low": 7}
_DIMENSIONS = ["all", "type", "department", "owner", "customer_level", "industry", "source", "priority"]
_SUMS = ["created", "resolved", "opening", "closing", "reopened", "resumed", "reopened_again", "put_back"]
_SUMS += _EXITS.values()
_HOUR, _DAY = pd.Timedelta(hours=1), 8 * 3.6e9

Given = tuple[str, pd.Series, pd.Series]
"""A measure, the ids of requirements, and what each gives to it."""


@dataclass(frozen=True)
class Month:
    """The rows of the files, and what most measures need of them."""

    register: pd.DataFrame
    ledger: pd.DataFrame
    working: pd.DataFrame

    @cached_property
    def moves(self) -> pd.DataFrame:
        """Those that stood, with the moment of the move before, and the requirement's row."""
        moves = self.ledger[self.ledger.verdict.isin(["pass", "observe"])].copy()
        moves["last"] = moves.groupby("id").moment.shift()
        moves["opens"] = ~moves.after.isin(_CLOSED_TO_WORK)
        moves["was_open"] = ~moves.before.isin(_CLOSED_TO_WORK)
        moves["here"] = (moves.moment >= _SINCE) & (moves.moment < _TILL)
        moves["was_finished"] = moves.before.isin(_FINISHED)
        moves["finishes"] = moves.after.isin(_FINISHED) & ~moves.was_finished
        return moves

    @cached_property
    def created(self) -> pd.DataFrame:
        """Submitted in the month, with the first answer and the status they have now."""
        born = self.register.submitted_at
        new = self.register[(born >= _SINCE) & (born < _TILL)].copy()
        known = self.moves.groupby("id").agg(first=("moment", "first"), status_now=("after", "last"))
        new = new.join(known, on="id")
        new["answered"] = new.first_response_at.fillna(new.started_at).fillna(new["first"])
        return new

    @cached_property
    def resolved(self) -> pd.DataFrame:
        """Finished in the month, by the last such move, with the workdays it took."""
        moves = self.moves
        last = moves[moves.here & moves.finishes].groupby("id").tail(1)
        done = last.merge(self.register.drop(columns="score"), on="id")
        until = moves[moves.before.isin(_PAUSED)].merge(last[["id", "n"]], on="id", suffixes=("", "_end"))
        pauses = until[(until.n <= until.n_end) & until["last"].notna()]
        length = pd.Series(self.clock(pauses.moment) - self.clock(pauses["last"]), index=pauses.id)
        paused = done.id.map(length.groupby(level=0).sum()).fillna(0).to_numpy()
        spent = self.clock(done.moment) - self.clock(done.submitted_at) - paused
        done["days"] = np.maximum(spent, 0) / _DAY
        return done

    @cached_property
    def asked(self) -> pd.DataFrame:
        """Closed or reopened in the month, with the last score and whether they ever answered."""
        moves = self.moves
        closes = (moves.after == "closed") & (moves.before != "closed")
        asked = moves[moves.here & (closes | (moves.was_finished & moves.opens))]
        asked = asked.merge(self.register[["id", "score", "confirmation"]], on="id", suffixes=("", "_now"))
        asked["score"] = asked.score.fillna(asked.score_now)
        said = asked.confirmation.isin(["solved", "unsolved"])
        asked["answered"] = asked.opens | asked.score_now.notna() | said
        ever = asked.groupby("id").answered.any()
        return asked.groupby("id").tail(1).assign(answered=lambda last: last.id.map(ever))

    def clock(self, moments: pd.Series) -> np.ndarray:
        """Working time up to each moment, in microseconds."""
        since, till, worked = (
            self.working[c].astype("int64").to_numpy() for c in ("since", "till", "worked")
        )
        at = moments.astype("int64").to_numpy()
        span = np.searchsorted(since, at, side="right") - 1
        found: np.ndarray = worked[span] + np.minimum(at, till[span]) - since[span]
        return found


def measure(folder: str) -> Json:
    """Figures by ``dimension/part/measure``; zeros are left out."""
    names = ("requirement", "ledger", "working")
    month = Month(*(pd.read_parquet(Path(folder, f"{name}.parquet")) for name in names))
    ways = (_response, _resolution, _recurrence, _satisfaction, _flows, _standing)
    given = pd.concat(
        pd.DataFrame({"id": ids.to_numpy(), "measure": name, "x": x.to_numpy(dtype=float)})
        for way in ways
        for name, ids, x in way(month)
    )
    found = {"all/all/customers": float(month.created.customer_name.nunique())}
    rows = given.merge(month.register.assign(all="all")[["id", *_DIMENSIONS]], on="id")
    for dimension in _DIMENSIONS:
        found |= {f"{dimension}/{part}": value for part, value in _figures(rows, dimension).items()}
    return {"figures": {name: float(value) for name, value in found.items() if value}}


def _figures(rows: pd.DataFrame, dimension: str) -> dict[str, float]:
    grouped = rows.groupby([dimension, "measure"]).x
    found: dict[str, float] = {}
    for (part, name), x in grouped:
        found[f"{part}/{name}"] = _value(name, x)
    parts = rows[dimension].unique()
    both = [part for part in parts if f"{part}/created" in found and f"{part}/resolved" in found]
    rates = {f"{p}/resolution_rate": found[f"{p}/resolved"] / found[f"{p}/created"] for p in both}
    return found | rates


def _value(name: str, x: pd.Series) -> float:
    if name in _SUMS:
        return float(x.sum())
    if name.endswith("_p90"):
        return float(np.sort(x)[(len(x) * 9 + 9) // 10 - 1])
    return float(x.median() if name.endswith("_median") else x.mean())


def _response(month: Month) -> Iterator[Given]:
    new = month.created
    yield "created", new.id, new.id.notna()
    yield "cohort_rate", new.id, new.status_now.isin(_FINISHED)
    answered = new[new.answered.notna()]
    hours = ((answered.answered - answered.submitted_at) / _HOUR).clip(lower=0)
    for name in ("response_mean", "response_median", "response_p90"):
        yield name, answered.id, hours
    known = new[new.answered.notna() | (new.submitted_at + 24 * _HOUR <= _NOW)]
    yield "response_rate", known.id, known.answered <= known.submitted_at + 24 * _HOUR


def _resolution(month: Month) -> Iterator[Given]:
    done = month.resolved
    yield "resolved", done.id, done.id.notna()
    for name in ("resolution_days", "resolution_median", "resolution_p90"):
        yield name, done.id, done.days
    for priority, some in done.groupby("priority"):
        yield f"resolution_{priority}", some.id, some.days
    yield "hit_rate", done.id, done.days <= done.priority.map(_TARGETS)
    yield "on_time_rate", done.id, done.moment <= done.resolve_due


def _recurrence(month: Month) -> Iterator[Given]:
    moves, register = month.moves, month.register
    finishes = moves[moves.here & moves.finishes][["id", "moment", "n"]]
    reopened = moves[moves.was_finished & moves.opens][["id", "moment", "n"]]
    twice = register[(register.status == "void") & (register.void_reason == "duplicate")]
    asked = pd.DataFrame({"id": twice.duplicate_of, "moment": twice.submitted_at, "n": 10**6})
    both = finishes.merge(pd.concat([reopened, asked]), on="id", suffixes=("", "_again"))
    late = both.moment_again - both.moment
    again = both[(both.n_again > both.n) & (late >= 0 * _HOUR) & (late <= 30 * 24 * _HOUR)].id
    yield "recurrence_rate", month.resolved.id, month.resolved.id.isin(again)


def _satisfaction(month: Month) -> Iterator[Given]:
    asked = month.asked
    scored = asked[asked.score.notna()]
    yield "satisfaction", scored.id, scored.score
    yield "satisfied_share", scored.id, scored.score >= 4
    yield "survey_response", asked.id, asked.answered


def _flows(month: Month) -> Iterator[Given]:
    moves = month.moves
    crossing = moves[moves.here & (moves.opens != moves.was_open)]
    back = np.where(crossing.was_finished, "reopened", "resumed")
    kinds = pd.Series(np.where(crossing.opens, back, crossing.after.map(_EXITS)), index=crossing.index)
    for kind, some in crossing.groupby(kinds):
        yield str(kind), some.id, some.id.notna()
    reopenings = moves[moves.was_finished & moves.opens]
    again = reopenings[(reopenings.groupby("id").cumcount() > 0) & reopenings.here].drop_duplicates("id")
    yield "reopened_again", again.id, again.id.notna()
    ledger = month.ledger
    back_put = ledger[(ledger.verdict == "put_back") & (ledger.moment >= _SINCE) & (ledger.moment < _TILL)]
    yield "put_back", back_put.id, back_put.id.notna()


def _standing(month: Month) -> Iterator[Given]:
    for name, at in (("opening", _SINCE), ("closing", _TILL)):
        there = month.register[month.register.submitted_at < at]
        passed = month.moves[month.moves.moment < at].groupby("id").after.last()
        status = there.id.map(passed).fillna("pending")
        some = there[~status.isin(_CLOSED_TO_WORK)]
        yield name, some.id, some.id.notna()


if __name__ == "__main__":
    main({"measuring": partial(measure, sys.argv[2])})
