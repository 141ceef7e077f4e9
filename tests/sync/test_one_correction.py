"""One human edit of a whole base: one verdict, the table's; at most one correcting write; no-ops unjudged.

Generated histories of edits by people with and without roles: statuses, several cells at once,
cells cleared, cells that only the plugin fills, weeks that pass. The oracle is the documents'
table (tests/rules/workflow_table.py) and sees the row as the person left it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feishu_plugin.policy import Mode
from feishu_plugin.records import Person, Record, Value
from tests import builders
from tests.rules.questions import FILLED
from tests.rules.workflow_table import EDGES, FIELDS, REOPENS, STATUSES, Situation, verdict, with_edge
from tests.sync.base import Base

pytestmark = pytest.mark.unmeasured

WEEK = timedelta(days=7)
"""Five workdays on plain weekdays, wherever in the week it begins."""

PEOPLE = {
    "ou_person": (), "ou_product": ("product",), "ou_manager": ("manager",),
}  # fmt: skip
HAND_FILLED = sorted({*FIELDS} - {"priority"})
OPTIONS: Mapping[str, tuple[Value, ...]] = {
    "type": ("inquiry", "feature", None),
    "void_reason": ("duplicate", "invalid", None),
    "confirmation": ("solved", "unsolved", "no_reply", None),
}
CELLS = st.one_of(
    *(st.tuples(st.just(key), st.sampled_from([FILLED[key], FILLED[key], None])) for key in HAND_FILLED),
    *(st.tuples(st.just(key), st.sampled_from(values)) for key, values in OPTIONS.items()),
    st.tuples(st.just("score"), st.sampled_from([2.0, 1.0, 5.0])),
    st.tuples(st.just("reopen_count"), st.sampled_from([0.0, 7.0])),
    st.tuples(st.just("title"), st.sampled_from(["怎样导出", "导出"])),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What one person does at once, after some weeks have passed."""

    who: str
    status: str | int | None
    """None: the status is left alone; a number takes one of the table's edges."""
    cells: list[tuple[str, Value]]
    weeks: int


EDITS = st.builds(
    Edit,
    who=st.sampled_from(sorted(PEOPLE)),
    status=st.one_of(st.none(), st.sampled_from(STATUSES), st.integers(0, 9)),
    cells=st.lists(CELLS, max_size=4),
    weeks=st.sampled_from([0, 0, 0, 1]),
)
SETTINGS = st.tuples(
    st.sampled_from(EDGES),
    st.sampled_from([(), ("product",), ("product", "manager")]),
    st.sampled_from(["enforce", "observe", "off"]),
)
"""One edge as a team sets it: who may, and how strictly."""


class Story:
    """A base with one row, and what a person with the table in hand expects of it."""

    def __init__(
        self, edge: tuple[str, str] = EDGES[0], named: tuple[str, ...] = (), mode: Mode = "enforce"
    ) -> None:
        self.edge, self.named, self.mode = edge, named, mode
        people = [Person(open_id=who, roles=roles) for who, roles in PEOPLE.items()]
        rules = with_edge(edge, roles=named, mode=mode)
        self.base = Base(builders.with_parameters(rules, breaker_corrections=10_000.0), *people)
        self.rid = self.base.add(status="pending", **{k: v for k, v in FILLED.items() if k != "priority"})
        self.base.settle()
        self.status, self.since = "pending", self.base.clock.now()
        self.seen = len(self.base.ledger())

    def play(self, edit: Edit) -> "Told":
        """The edit, what came of it, and what the table says to it."""
        self.base.clock.advance(WEEK.total_seconds() * edit.weeks)
        return self.write(edit.who, self._target(edit.status), dict(edit.cells))

    def write(self, who: str, status: str, cells: Mapping[str, Value]) -> "Told":
        """Writes cells as a person does."""
        before, known = self.base.tables.writes, self.base.record(self.rid)
        self.base.edit(self.rid, who, **{**cells, "status": status})
        now, row = self.base.clock.now(), self.base.record(self.rid)
        expected = self._expected(who, status, row, known)
        self.base.settle()
        new = self.base.ledger()[self.seen :]
        self.seen += len(new)
        rows = [row for row in new if row["from_status"] != row["to_status"]]
        if any(row["verdict"] != "put_back" for row in rows):
            self.since, self.status = now, str(rows[-1]["to_status"])
        verdicts = [(str(row["to_status"]), str(row["verdict"])) for row in rows]
        return Told(verdicts=verdicts, expected=expected, writes=self.base.tables.writes - before - 1)

    def _target(self, wanted: str | int | None) -> str:
        if wanted is None:
            return self.status
        onward = [after for before, after in EDGES if before == self.status] or [self.status]
        return wanted if isinstance(wanted, str) else onward[wanted % len(onward)]

    def _expected(self, who: str, status: str, row: Record, known: Record) -> list[tuple[str, str]]:
        told = [(status, self._verdict(status, row, PEOPLE[who]))] if status != self.status else []
        stands = not told or told[0][1] == "put_back"
        left_in = self.status if stands else status
        if self._answered(row, known) and self._reopens(left_in):
            return [*told, (REOPENS[left_in], "pass")]
        return told + ([("closed", "pass")] if stands and self._closes(row) else [])

    def _answered(self, row: Record, known: Record) -> bool:
        """This edit says 未解决, or brings a score of at most 2."""
        score = row.get("score")
        low = isinstance(score, float) and score <= 2 and score != known.get("score")
        return low or (row.get("confirmation") == "unsolved" != known.get("confirmation"))

    def _reopens(self, status: str) -> bool:
        """The plugin reopens what was finished, unless the team keeps that move to itself."""
        taken = self.edge == (status, REOPENS.get(status)) and (self.named or self.mode == "off")
        return status in REOPENS and not taken

    def _closes(self, row: Record) -> bool:
        """The plugin closes what nobody answered, unless the team keeps that move to itself."""
        taken = self.edge == ("done", "closed") and (self.named or self.mode == "off")
        silent = self.status == "done" and self._situation("closed", row, ()).answer in (None, "no_reply")
        return silent and not taken and self._days() >= 5

    def _verdict(self, status: str, row: Record, roles: tuple[str, ...]) -> str:
        own = (self.status, status) == self.edge
        situation = self._situation(status, row, roles)
        return verdict(situation, self.named, self.mode) if own else verdict(situation)

    def _situation(self, status: str, row: Record, roles: tuple[str, ...]) -> Situation:
        def option(key: str) -> str | None:
            value = row.get(key)
            return value if isinstance(value, str) else None

        return Situation(
            before=self.status,
            after=status,
            filled=frozenset(key for key in FIELDS if not row.is_empty(key)),
            kind=option("type"),
            reason=option("void_reason"),
            answer=option("confirmation"),
            low=row.get("score") in (1.0, 2.0),
            days=self._days(),
            roles=roles,
        )

    def _days(self) -> float:
        return 5.0 * ((self.base.clock.now() - self.since) // WEEK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """(to, verdict) of the ledger rows of one edit, those of the table, and how often the row was written."""

    verdicts: list[tuple[str, str]]
    expected: list[tuple[str, str]]
    writes: int


@given(st.lists(EDITS, min_size=1, max_size=12), SETTINGS)
@settings(max_examples=200, deadline=None)
def test_one_edit_one_verdict_at_most_one_write(
    history: list[Edit], team: tuple[tuple[str, str], tuple[str, ...], Mode]
) -> None:
    story = Story(*team)
    for edit in history:
        told = story.play(edit)

        assert told.verdicts == told.expected
        put_back = "put_back" in dict(told.verdicts).values()
        assert put_back <= told.writes <= max(1, len(told.verdicts)), "the close of a put-back row is its own"
        assert story.base.record(story.rid).get("status") == story.status


@given(st.lists(EDITS, min_size=1, max_size=8))
@settings(max_examples=50, deadline=None)
def test_writing_what_is_there_already_is_never_judged_nor_answered(history: list[Edit]) -> None:
    """After every edit all its cells are written once more as they stand: no row, no write, no card."""
    story = Story()
    for edit in history:
        story.play(edit)
        shown, cards = story.base.record(story.rid).values, story.base.cards()

        again = story.write("ou_person", story.status, {key: shown.get(key) for key, _ in edit.cells})

        assert (again.verdicts, again.writes) == ([], 0)
        assert story.base.cards() == cards
