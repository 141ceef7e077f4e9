"""The history of 2,000 real incidents of another system, replayed through the judge.

The sample (UCI "Incident management process enriched event log", CC BY 4.0) was written by nobody
here: its states, its jumps and its priorities are as people left them.
"""

import csv
import gzip
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from types import MappingProxyType

import pytest

from benchmarks.real_rows import FOLDER
from feishu_plugin.policy import Move, Policy
from feishu_plugin.policy_rows import compile_policy, packaged_policy
from feishu_plugin.records import Record, Requirement, Step, Value
from feishu_plugin.rules.actions import WriteLedger
from feishu_plugin.rules.decide import Decision, Question, decide
from feishu_plugin.rules.priority import rate
from tests.builders import SCHEMA, policy, with_parameters
from tests.rules.questions import FILLED, accepted

SAMPLE = FOLDER / "servicenow_sample_2000.csv.gz"
pytestmark = pytest.mark.skipif(
    not SAMPLE.exists(), reason="the sample of real incidents is not beside the repository"
)

STATUS = {
    "New": "pending", "Active": "in_progress", "Resolved": "done", "Closed": "closed",
    "Awaiting User Info": "waiting_customer", "Awaiting Vendor": "waiting_customer",
    "Awaiting Problem": "waiting_customer", "Awaiting Evidence": "waiting_customer",
}  # fmt: skip
"""The state of an incident to the status of the default workflow that means it."""

CHAIN = {
    ("pending", "in_progress"), ("in_progress", "done"), ("in_progress", "waiting_customer"),
    ("waiting_customer", "in_progress"), ("done", "closed"), ("done", "in_progress"),
    ("closed", "pending"),
}  # fmt: skip
"""By hand from the process documents: what the default workflow allows among these statuses to an
inquiry with every field filled, whose customer said 未解决 when it was reopened, else 已解决."""
REOPENS = {"done": "in_progress", "closed": "pending"}
"""Where that 未解决 leads by itself when the person's own step is put back."""

SCOPE = {"1 - High": "all", "2 - Medium": "multiple", "3 - Low": "single"}
URGENCY = {"1 - High": "high", "2 - Medium": "medium", "3 - Low": "low"}
LEVEL = {"1 - Critical": 5, "2 - High": 4, "3 - Moderate": 3, "4 - Low": 2}
MATRIX = (
    "全业务线×高=5、全业务线×中=4、多客户×高=4、多客户×中=3、多客户×低=2、"
    "单客户×高=3、单客户×中=2、单客户×低=2"
)
"""Impact × urgency of that system as a team types it into 参数设置; high × low never occurs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One update of an incident."""

    state: str
    at: datetime
    impact: str
    urgency: str
    priority: str


@cache
def incidents() -> Mapping[str, Sequence[Row]]:
    """Number to its updates, in order."""
    found: dict[str, list[Row]] = {}
    with gzip.open(SAMPLE, "rt", encoding="utf-8") as file:
        for cells in csv.DictReader(file):
            row = Row(
                state=cells["incident_state"],
                at=datetime.strptime(cells["sys_updated_at"], "%d/%m/%Y %H:%M").replace(tzinfo=UTC),
                impact=cells["impact"],
                urgency=cells["urgency"],
                priority=cells["priority"],
            )
            found.setdefault(cells["number"], []).append(row)
    return found


def replayed(
    rules: Policy, number: str, states: Sequence[str], times: Sequence[datetime], *, stands: bool = False
) -> list[Decision]:
    """What the judge says to each update of one incident.

    With ``stands`` each is judged from where the incident really stood, else from where it was put back to.
    """
    said: list[Decision] = []
    shown, known = rules.parameters.initial_status, None
    for place, (state, at) in enumerate(zip(states, times, strict=True)):
        reopens = shown in ("done", "closed") and state not in ("done", "closed")
        values: dict[str, Value] = {
            **FILLED, "number": number, "status": state, "confirmation": "unsolved" if reopens else "solved",
        }  # fmt: skip
        step = Step(before=shown, after=state, operator="ou_li", at=at, revision=place, event_id=f"{place}")
        found = decide(
            Question(
                policy=rules,
                record=Requirement(record_id=number, values=values),
                accepted=known,
                steps=[step] if known and state != shown else [],
                now=at,
            )
        )
        said.append(found)
        shown = state if stands else found.status
        known = accepted(found.record.with_values({"status": shown}), found.status_since)
    return said


def ledger(said: Sequence[Decision]) -> list[WriteLedger]:
    return [action for one in said for action in one.actions if isinstance(action, WriteLedger)]


def put_back(said: Sequence[Decision]) -> list[tuple[str, str]]:
    rows = (row for row in ledger(said) if row.verdict == "put_back")
    return [(row.from_status, row.to_status) for row in rows]


def own_workflow() -> Policy:
    """Its own states as statuses that the team added, and a row for each of its own edges."""
    states = [["New", *(row.state for row in rows)] for rows in incidents().values()]
    edges = sorted({pair for one in states for pair in pairwise(one) if pair[0] != pair[1]})
    rules = with_parameters(policy(), initial_status="New", finished_statuses=("Resolved", "Closed"))
    return replace(rules, moves=tuple(Move(from_status=a, to_status=b) for a, b in edges))


def test_a_workflow_of_its_own_edges_accepts_every_step() -> None:
    rules, judged, changes = own_workflow(), 0, 0
    for number, rows in incidents().items():
        states = [row.state for row in rows]

        said = replayed(rules, number, states, [row.at for row in rows])

        assert [found.status for found in said] == states
        assert put_back(said) == []
        judged += len(ledger(said))
        changes += sum(a != b for a, b in pairwise(["New", *states]))
    assert judged == changes
    assert (len(incidents()), sum(map(len, incidents().values())), judged) == (2000, 11422, 5828)


def broken(
    states: Sequence[str],
    edges: Container[tuple[str, str]],
    start: str,
    *,
    stands: bool = False,
    reopens: Mapping[str, str] = MappingProxyType({}),
) -> list[tuple[str, str]]:
    """The steps that break these edges, by plain walking."""
    here, found = start, []
    for state in states:
        legal = state == here or (here, state) in edges
        found += [] if legal else [(here, state)]
        back = here if state in reopens else reopens.get(here, here)
        here = state if legal or stands else back
    return found


@pytest.mark.parametrize(
    "lacking", [("Resolved", "Active"), ("Awaiting Vendor", "Resolved"), ("New", "Awaiting Problem")]
)
def test_a_workflow_that_lacks_one_of_its_edges_reports_it(lacking: tuple[str, str]) -> None:
    whole = own_workflow()
    moves = [m for m in whole.moves if (m.from_status, m.to_status) != lacking]
    edges = {(m.from_status, m.to_status) for m in moves}
    for number, rows in incidents().items():
        states = [row.state for row in rows]
        if lacking in pairwise(["New", *states]):
            said = replayed(replace(whole, moves=tuple(moves)), number, states, [row.at for row in rows])

            assert lacking in put_back(said)
            assert put_back(said) == broken(states, edges, "New")


@pytest.mark.parametrize(("stands", "steps"), [(True, 1241), (False, 2578)])
def test_the_default_chain_reports_exactly_the_steps_that_break_it(stands: bool, steps: int) -> None:
    rules, reported = policy(), Counter[tuple[str, str]]()
    for number, rows in incidents().items():
        statuses = [STATUS[row.state] for row in rows]

        found = put_back(replayed(rules, number, statuses, [row.at for row in rows], stands=stands))

        assert found == broken(statuses, CHAIN, "pending", stands=stands, reopens=REOPENS), number
        reported.update(found)
    assert reported.total() == steps


def matrix_policy() -> Policy:
    """The packaged policy and one row of 参数设置, as a team edits it."""
    row = Record(record_id="rec1", values={"key": "priority_matrix", "value": MATRIX})
    found = compile_policy({"parameter": [row]}, SCHEMA).policy
    assert found is not None
    return found


def levels(rules: Policy) -> Counter[bool]:
    """How often the level is that of the sample, over every update of every incident."""
    same = Counter[bool]()
    for rows in incidents().values():
        for row in rows:
            values: dict[str, Value] = {
                "scope": SCOPE[row.impact], "urgency": URGENCY[row.urgency], "submitted_at": rows[0].at,
            }  # fmt: skip
            level = rate(rules, Requirement(record_id="rec1", values=values), row.at).level
            same[level == LEVEL[row.priority]] += 1
    return same


def test_its_matrix_as_a_parameter_reproduces_every_priority() -> None:
    assert levels(matrix_policy()) == {True: 11422}


def test_the_score_alone_does_not() -> None:
    assert levels(packaged_policy(SCHEMA))[False] > 0
