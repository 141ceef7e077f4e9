"""The packaged workflow, exhaustively, against the process documents' table typed in once more by hand.

Every pair of statuses is crossed with every role, type, reason, answer of the customer and length of
stay, and with every set of the fields that its line asks for, while all other fields are once filled
and once empty: a rule that asks for more than the table shows as a false put-back, one that asks for
less as a miss.
"""

from collections.abc import Iterator
from itertools import chain, combinations, product

import pytest

from feishu_plugin.policy import Mode, Policy
from feishu_plugin.records import Person, Requirement
from feishu_plugin.rules.actions import CountDuplicate, WriteLedger
from feishu_plugin.rules.decide import Decision, Question, decide
from feishu_plugin.rules.moves import judge_move
from tests.builders import SCHEMA, local, policy
from tests.rules.questions import FILLED, accepted, step
from tests.rules.workflow_table import (
    EDGES,
    FIELDS,
    REOPENS,
    STATUSES,
    TABLE,
    Situation,
    allowing,
    verdict,
    with_edge,
)

TYPES = (
    None, "feature", "improvement", "problem", "inquiry", "complaint", "suggestion", "custom", "process",
    "other",
)  # fmt: skip
REASONS = (None, "duplicate", "invalid", "out_of_scope", "other")
ANSWERS = (None, "solved", "unsolved", "no_reply")
ROLES = ((), ("support",), ("product",), ("engineering",), ("manager",))

NOW = local("2026-09-08 10:00")
STAYED = {4.99: local("2026-09-01 10:05"), 5.0: local("2026-09-01 10:00")}
"""Workdays in the present status, and since when: Tuesday to Tuesday is five."""


def subsets(keys: frozenset[str]) -> Iterator[frozenset[str]]:
    found = chain.from_iterable(combinations(sorted(keys), size) for size in range(len(keys) + 1))
    return map(frozenset, found)


def fillings(before: str, after: str) -> Iterator[frozenset[str]]:
    """Every set of the fields the table asks for here, with all other fields and with none."""
    asked = frozenset().union(*(line.fields for line in TABLE if line.edge == (before, after)))
    others = frozenset(FIELDS) - asked
    return (some | rest for some in subsets(asked) for rest in (others, frozenset[str]()))


def scores(before: str) -> tuple[bool, ...]:
    """Whether the score is a low one; no line of the table asks for it elsewhere."""
    return (False, True) if before in REOPENS else (False,)


PAIRS = [(before, after) for before in STATUSES for after in (*STATUSES, "") if before != after]


@pytest.mark.unmeasured
def test_every_pair_role_field_set_type_reason_and_answer() -> None:
    packaged, cases, wrong = policy(), 0, list[tuple[Situation, bool]]()
    for before, after in PAIRS:
        told = product(fillings(before, after), TYPES, REASONS, ANSWERS, scores(before), STAYED)
        for filled, kind, reason, answer, low, days in told:
            situation = Situation(
                before=before,
                after=after,
                filled=filled,
                kind=kind,
                reason=reason,
                answer=answer,
                low=low,
                days=days,
            )
            row, expected = situation.record(), any(allowing(situation))
            for roles in ROLES:
                found = judge_move(
                    packaged,
                    row,
                    from_status=before,
                    to_status=after,
                    operator=Person(open_id="ou_li", roles=roles),
                    since=STAYED[days],
                    now=NOW,
                ).passes
                cases += 1
                wrong += [(situation, found)] if found != expected else []

    assert wrong == [], "(situation, whether it passed)"
    assert cases == 464_000


@pytest.mark.parametrize(
    ("field", "crossed"),
    [("status", STATUSES), ("type", TYPES[1:]), ("void_reason", REASONS[1:]), ("confirmation", ANSWERS[1:])],
)
def test_the_cases_leave_no_option_out(field: str, crossed: tuple[str, ...]) -> None:
    options = SCHEMA.table("requirement").field(field).options

    assert {option.key for option in options} == set(crossed)


def asked(situation: Situation, rules: Policy) -> Decision:
    """What the whole core says to the edit: a row that stood in ``before`` now shows ``after``."""
    shown = situation.record().with_values({"number": "20260901-客服-001", "submitted_at": NOW})
    stood = shown.with_values({"status": situation.before})
    moved = situation.before != situation.after
    return decide(
        Question(
            policy=rules,
            record=shown,
            accepted=accepted(stood, STAYED[situation.days]),
            steps=[step(situation.before, situation.after or None, at=NOW)] if moved else [],
            now=NOW,
            people={"ou_li": Person(open_id="ou_li", roles=situation.roles)},
        )
    )


FULL = Requirement(record_id="rec1", values={**FILLED, "number": "20260901-客服-001", "submitted_at": NOW})


def rows(decision: Decision) -> list[WriteLedger]:
    return [action for action in decision.actions if isinstance(action, WriteLedger)]


def situations(before: str, after: str) -> Iterator[Situation]:
    """Fewer types and reasons than above: those between which the table tells a difference."""
    kinds = ("inquiry", "feature")
    told = product(fillings(before, after), kinds, REASONS[:3], ANSWERS, scores(before), STAYED)
    for filled, kind, reason, answer, low, days in told:
        yield Situation(
            before=before,
            after=after,
            filled=filled,
            kind=kind,
            reason=reason,
            answer=answer,
            low=low,
            days=days,
        )


@pytest.mark.unmeasured
@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_the_core_puts_back_just_what_the_table_forbids_and_fills_what_it_names(
    before: str, after: str
) -> None:
    rules = policy()
    for situation in situations(before, after):
        lines = list(allowing(situation))

        found = asked(situation, rules)

        [row] = rows(found)
        assert row.verdict == ("pass" if lines else "put_back"), situation
        assert (found.status, found.corrected) == ((after, False) if lines else (before, True)), situation
        assert found.changes.get("status") == (None if lines else before), situation
        filled = set(" ".join(line.also for line in lines).split())
        own = {key for line in TABLE for key in line.also.split()} | {"confirmation", "score"}
        assert {key for key in found.changes if key in own} == filled, situation
        counted = any(isinstance(action, CountDuplicate) for action in found.actions)
        assert counted == (bool(lines) and after == "void" and situation.reason == "duplicate"), situation


@pytest.mark.parametrize("status", STATUSES)
def test_the_same_status_again_is_never_an_offence(status: str) -> None:
    """Nothing is judged, nothing corrected; only the close after five silent workdays is made."""
    rules = policy()
    for situation in situations(status, status):
        silent = status == "done" and situation.answer in (None, "no_reply") and situation.days >= 5

        found = asked(situation, rules)

        moves = [(row.to_status, row.source, row.verdict) for row in rows(found)]
        assert moves == ([("closed", "rule", "pass")] if silent else []), situation
        assert not found.corrected


@pytest.mark.parametrize("status", STATUSES)
def test_an_answer_that_comes_reopens_at_once_and_only_once(status: str) -> None:
    """Every pair of (known, new) answers and scores in every status, written without a move."""
    rules, given = policy(), list(product(ANSWERS, (None, 5.0, 3.0, 2.0, 1.0)))
    for (before, rated), (answer, score) in product(given, given):
        known = FULL.with_values({"status": status, "confirmation": before, "score": rated})
        shown = known.with_values({"confirmation": answer, "score": score})

        found = decide(Question(policy=rules, record=shown, accepted=accepted(known, NOW), now=NOW))

        unhappy = (answer == "unsolved" != before) or (score != rated and score is not None and score <= 2)
        expected = [(REOPENS[status], "rule", "pass")] if unhappy and status in REOPENS else []
        moves = [(row.to_status, row.source, row.verdict) for row in rows(found)]
        assert moves == expected, (before, rated, answer, score)
        assert found.record.reopen_count == (1.0 if expected else None)


@pytest.mark.parametrize("before", [line.edge[0] for line in TABLE if line.edge[1] == "done"])
@pytest.mark.parametrize("reopened", [None, 1.0])
def test_finished_once_more_the_customer_is_asked_anew(before: str, reopened: float | None) -> None:
    """The answer to the result before goes, one that comes with the finish stays and counts."""
    rules, given = policy(), list(product(ANSWERS, (None, 5.0, 2.0)))
    for (old, rated), (answer, score) in product(given, given):
        told = {"status": before, "confirmation": old, "score": rated, "reopen_count": reopened}
        known = FULL.with_values(told)
        shown = known.with_values({"status": "done", "confirmation": answer, "score": score})

        found = decide(
            Question(
                policy=rules, record=shown, accepted=accepted(known), steps=[step(before, "done")], now=NOW
            )
        )

        kept = [new if new != was or not reopened else None for was, new in ((old, answer), (rated, score))]
        assert [found.record.get("confirmation"), found.record.get("score")] == kept
        unhappy = (answer == "unsolved" != old) or (score == 2 != rated)
        assert found.status == ("in_progress" if unhappy else "done"), (old, rated, answer, score)


@pytest.mark.unmeasured
@pytest.mark.parametrize("mode", ["enforce", "observe", "off"])
@pytest.mark.parametrize("named", [(), ("product", "manager")], ids=["anybody", "product or manager"])
@pytest.mark.parametrize(("before", "after"), EDGES)
def test_a_team_names_who_may_and_how_strictly(
    before: str, after: str, named: tuple[str, ...], mode: Mode
) -> None:
    rules = with_edge((before, after), roles=named, mode=mode)
    found, expected = list[str](), list[str]()
    extremes = (frozenset(FIELDS), frozenset[str]())
    for filled, answer, reason, roles in product(extremes, ANSWERS, REASONS[1:3], ROLES):
        situation = Situation(
            before=before, after=after, filled=filled, answer=answer, reason=reason, roles=roles
        )
        expected.append(verdict(situation, named, mode))
        found += [row.verdict for row in rows(asked(situation, rules))]

    assert found == expected
    always = mode == "off" or (not named and (before, after) == ("shelved", "pending"))
    assert len(set(found)) == (1 if always else 2), "the cases must be able to tell"


def test_the_roles_of_one_edge_bind_no_other() -> None:
    rules = with_edge(("pending", "shelved"), roles=("manager",), mode="enforce")
    for before, after in EDGES:
        ways = (Situation(before=before, after=after, filled=frozenset(FIELDS), answer=a) for a in ANSWERS)
        passes = any(asked(way, rules).status == after for way in ways)
        assert passes == ((before, after) != ("pending", "shelved"))
