"""Every move of a person in the ledger, judged again by two policies; pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from feishu_plugin.policy import Policy
from feishu_plugin.records import Person, Transition
from feishu_plugin.reports.history import STOOD
from feishu_plugin.reports.replay.past import Past
from feishu_plugin.rules.moves import Judgement, judge_move

Directory = Callable[[str], Person]
"""open_id to the person with the roles of the departments."""
Count = Mapping[str, int]
"""``recorded``, ``in_force`` and ``then``: how many moves were, and would be, put back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveCase:
    """One move of the ledger and what is said to it."""

    record_id: str
    number: str
    at: datetime
    from_status: str
    to_status: str
    operator: str
    recorded: str
    """The verdict in the ledger: ``pass``, ``observe`` or ``put_back``."""
    in_force: str
    """The verdict of the policy in force, with the fields as they are today."""
    then: str
    """The verdict of the changed policy, with the same fields."""
    causes: tuple[str, ...] = ()
    """Kinds of what stands in the way under the changed policy: ``edge``, ``type``, ``condition``,
    ``role``, ``required``, ``time``."""
    in_force_causes: tuple[str, ...] = ()
    reason: str = ""
    """Why it would be put back, in words for people."""

    @property
    def because(self) -> Literal["policy", "values"]:
        """``policy``: the change of rules makes the difference; ``values``: fields changed since."""
        return "policy" if (self.in_force in STOOD) != (self.then in STOOD) else "values"


@dataclass(frozen=True, slots=True, kw_only=True)
class MovesReplayed:
    """All moves of a period, judged again."""

    cases: tuple[MoveCase, ...]
    deleted: int = 0
    """Moves of requirements that are gone: nothing is left to judge them by."""

    @property
    def newly_refused(self) -> tuple[MoveCase, ...]:
        """Stood when they were made, and would be put back now."""
        return tuple(c for c in self.cases if c.recorded in STOOD and c.then not in STOOD)

    @property
    def newly_passed(self) -> tuple[MoveCase, ...]:
        """Were put back when they were made, and would stand now."""
        return tuple(c for c in self.cases if c.recorded not in STOOD and c.then in STOOD)

    def verdicts(self) -> Mapping[str, Count]:
        """How often each verdict was given, by ``recorded``, ``in_force`` and ``then``."""
        return {
            verdict: {by: sum(getattr(c, by) == verdict for c in self.cases) for by in _JUDGES}
            for verdict in ("pass", "observe", "put_back")
        }

    def by_person(self) -> Mapping[str, Count]:
        """Put-backs by open_id of the operator; most under the changed policy first."""
        return self._counted(lambda case: case.operator)

    def by_edge(self) -> Mapping[str, Count]:
        """Put-backs by ``from>to``."""
        return self._counted(lambda case: f"{case.from_status}>{case.to_status}")

    def by_cause(self) -> Mapping[str, Count]:
        """Put-backs by kind of obstacle; the ledger does not keep it, so ``recorded`` is absent."""
        then = Counter(cause for c in self.cases if c.then == "put_back" for cause in c.causes)
        now = Counter(cause for c in self.cases if c.in_force == "put_back" for cause in c.in_force_causes)
        return {key: {"in_force": now[key], "then": then[key]} for key in sorted({*then, *now})}

    def _counted(self, key: Callable[[MoveCase], str]) -> Mapping[str, Count]:
        found: dict[str, dict[str, int]] = {}
        for case in self.cases:
            for by in _JUDGES:
                if getattr(case, by) == "put_back":
                    count = found.setdefault(key(case), dict.fromkeys(_JUDGES, 0))
                    count[by] += 1
        return dict(sorted(found.items(), key=lambda one: (-one[1]["then"], one[0])))


_JUDGES = ("recorded", "in_force", "then")


def replay_moves(past: Past, in_force: Policy, then: Policy, people: Directory) -> MovesReplayed:
    """Judges each move by itself, from the status it really began in.

    What a put-back would have led to afterwards nobody knows, so no move is judged as the
    consequence of another. A move that a manager had released passes here too.
    """
    cases = [_case(past, row, in_force, then, people) for row in past.moves]
    known = tuple(case for case in cases if case is not None)
    return MovesReplayed(cases=known, deleted=len(cases) - len(known))


def _case(past: Past, row: Transition, in_force: Policy, then: Policy, people: Directory) -> MoveCase | None:
    record_id = next((r for r in row.requirement if r in past.records), None)
    if record_id is None or row.at is None:
        return None
    operator = next(iter(row.operator), "")
    found = MoveCase(
        record_id=record_id,
        number=row.number or past.records[record_id].number,
        at=row.at,
        from_status=row.from_status or then.parameters.initial_status,
        to_status=row.to_status,
        operator=operator,
        recorded=row.verdict,
        in_force="pass",
        then="pass",
    )
    if row.verdict == "pass" and row.get("reason"):
        return found  # only a released move passes with a reason
    person = people(operator) if operator else Person(open_id="")
    now, later = _judged(past, found, in_force, person), _judged(past, found, then, person)
    return replace(
        found,
        in_force=_verdict(now),
        then=_verdict(later),
        causes=_kinds(later),
        in_force_causes=_kinds(now),
        reason="；".join(obstacle.text for obstacle in later.obstacles),
    )


def _judged(past: Past, case: MoveCase, policy: Policy, person: Person) -> Judgement:
    roles = (*person.roles, "manager") if policy.manages(person) else person.roles
    return judge_move(
        policy,
        past.records[case.record_id],
        from_status=case.from_status,
        to_status=case.to_status,
        operator=replace(person, roles=roles),
        since=_since(past, case),
        now=case.at,
    )


def _since(past: Past, case: MoveCase) -> datetime | None:
    """When the requirement came into the status it was moved from."""
    history = past.histories.get(case.record_id)
    if history is None:
        return None
    earlier = (c.at for c in history.changes if c.to_status == case.from_status and c.at <= case.at)
    return max(earlier, default=history.born)


def _verdict(judgement: Judgement) -> str:
    if judgement.passes:
        return "pass"
    return "observe" if judgement.move and judgement.move.mode == "observe" else "put_back"


def _kinds(judgement: Judgement) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_each_kind(judgement)))


def _each_kind(judgement: Judgement) -> Iterable[str]:
    return (obstacle.kind for obstacle in judgement.obstacles)
