"""Over leaves, resignations, hand-overs and restarts: everybody meant is told once, by whoever is there."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from feishu_plugin.policy import Leave
from feishu_plugin.ports import Accepted, Effect, Settlement
from feishu_plugin.records import Person, Requirement, Value
from feishu_plugin.reminders.audience import Circle
from feishu_plugin.reminders.due import due
from feishu_plugin.reminders.notice import Notice
from feishu_plugin.reminders.quiet import digest_moment
from feishu_plugin.reminders.remind import plan_reminders
from tests.fakes import MemoryWork
from tests.reminders.samples import APP, PEOPLE, POLICY, accepted, at, requirement

TEAM = ["ou_dev", "ou_dev2", "ou_lead", "ou_boss"]
ROUTE = replace(POLICY.routes[0], backup=("ou_dev2",))
TOLD = re.compile(r"(\w+):(rec\d):([\w-]+):(.+\+00:00):(ou_\w+?)(?::by:(ou_\w+))?$")
"""Event, record, stage, due value, who is meant, and who stands in."""
BEGIN = at("09-01 00:00")
END = at("09-16 09:30")


@dataclass
class Team:
    """A base whose people come and go; ``at`` moves by hand."""

    leaves: tuple[Leave, ...] = ()
    leavers: dict[str, datetime] = field(default_factory=dict)
    """Who leaves for good, and when."""
    at: datetime = BEGIN
    work: MemoryWork = field(default_factory=MemoryWork)
    planned: list[tuple[datetime, Effect]] = field(default_factory=list)
    meant: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Whom each stage of each reminder was ever for, as the records and the routes name them."""

    def people(self, open_id: str) -> Person:
        person = PEOPLE.get(open_id, Person(open_id=open_id))
        gone = self.at >= self.leavers.get(open_id, END + timedelta(days=1))
        return replace(person, active=person.active and not gone)

    @property
    def circle(self) -> Circle:
        policy = replace(POLICY, routes=(ROUTE,), leaves=self.leaves)
        return Circle(policy=policy, people=self.people, administrators=("ou_cs",))

    def put(self, record_id: str, **values: Value) -> None:
        key, state = accepted(requirement(record_id, **values))
        self.work.settle(APP, Settlement(accepted={("requirement", key): state}))

    def tick(self) -> None:
        """Plans and stores; a tick that died before storing is the same as none."""
        circle = self.circle
        effects = plan_reminders(
            self.work, circle.policy, self.people, self.at, APP, administrators=circle.administrators
        )
        self.work.settle(APP, Settlement(effects=effects))
        self.planned += [(self.at, effect) for effect in effects]
        for notice in self.due_notices():
            named = circle.named(notice.audience, self.records()[notice.record_id])
            self.meant[notice.about] |= set(named)

    def due_notices(self) -> Iterator[Notice]:
        states: list[tuple[str, Accepted]] = list(self.work.all_accepted(APP, "requirement"))
        for reminder in due(states, self.circle.policy, self.circle, self.at):
            yield from reminder.notices()

    def records(self) -> dict[str, Requirement]:
        states = self.work.all_accepted(APP, "requirement")
        return {key: Requirement(record_id=key, values=state.record.values) for key, state in states}


Story = list[tuple[datetime, tuple[str, dict[str, Value]] | None]]

moments = st.integers(0, 15 * 24 * 6).map(lambda n: BEGIN + timedelta(minutes=10 * n))
leaves = st.lists(
    st.builds(
        lambda person, first, days: Leave(
            people=(person,), first=first.date(), last=first.date() + timedelta(days=days)
        ),
        st.sampled_from(TEAM),
        moments,
        st.integers(0, 6),
    ),
    min_size=1,
    max_size=5,
)
leavers = st.dictionaries(st.sampled_from(TEAM[:3]), moments, max_size=1)
edits = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["in_progress", "testing", "waiting_customer"]),
        "type": st.just("complaint"),
        "priority": st.sampled_from(["high", "low"]),
        "owner": st.sampled_from([("ou_dev",), ("ou_dev", "ou_dev2"), ("ou_dev", "ou_lead"), ("ou_boss",)]),
        "resolve_due": moments,
        "progress_at": st.just(END),
    }
)
steps = st.lists(
    st.tuples(moments, st.one_of(st.none(), st.tuples(st.sampled_from(["rec1", "rec2"]), edits))), max_size=12
)


def played(away: list[Leave], gone: dict[str, datetime], story: Story) -> Team:
    """Edits and ticks in the order of their time, ticks on every working hour, one last morning."""
    team = Team(leaves=tuple(away), leavers=gone)
    hours: Story = [(BEGIN + timedelta(days=day, hours=hour), None) for day in range(15) for hour in (10, 15)]
    for moment, edit in sorted([*story, *hours], key=lambda step: step[0]):
        team.at = moment
        if edit is None:
            team.tick()
        else:
            team.put(edit[0], **edit[1])
    team.at = END
    team.tick()
    return team


def told(effect: Effect) -> list[tuple[str, ...]]:
    """The parts of every identity that a card covers; not those of the morning card itself."""
    return [found.groups("") for one in effect.covers if (found := TOLD.match(one))]


@settings(max_examples=60, deadline=None)
@given(leaves, leavers, steps)
def test_each_person_meant_is_told_exactly_once(
    away: list[Leave], gone: dict[str, datetime], story: Story
) -> None:
    team = played(away, gone, story)

    cards = Counter(
        about
        for _, effect in team.planned
        for about in {":".join(parts[:4]) for parts in told(effect) if not parts[5]}
    )
    assert {about: n for about, n in cards.items() if n > len(team.meant[about])} == {}
    assert [key for key, times in Counter(e.identity for _, e in team.planned).items() if times > 1] == []
    day = POLICY.worktime.local_day(team.at)
    for notice in team.due_notices():
        if notice.kind == "instant" or notice.since <= digest_moment(POLICY, day, notice.open_id):
            assert not notice.is_news(team.work.outbox.told)


@settings(max_examples=60, deadline=None)
@given(leaves, leavers, steps)
def test_a_card_goes_to_somebody_who_is_there(
    away: list[Leave], gone: dict[str, datetime], story: Story
) -> None:
    team = played(away, gone, story)

    for now, effect in team.planned:
        team.at = now
        assert not team.circle.absence(effect.target, now), "the administrator is always there"


@settings(max_examples=60, deadline=None)
@given(leaves, leavers, steps)
def test_who_heard_of_a_breach_for_another_is_not_told_a_later_stage(
    away: list[Leave], gone: dict[str, datetime], story: Story
) -> None:
    stood_in: set[tuple[str, ...]] = set()
    for _, effect in played(away, gone, story).planned:
        breaches = [parts for parts in told(effect) if parts[0] == "overdue"]
        later = [parts for parts in breaches if parts[2] in ("manager", "head")]
        assert not {(record_id, due, effect.target) for _, record_id, _, due, *_ in later} & stood_in
        stood_in |= {(record_id, due, reader) for _, record_id, _, due, _, reader in breaches if reader}


def test_a_manager_who_stands_in_for_an_owner_who_knew_is_told_as_manager() -> None:
    holidays = Leave(people=("ou_dev", "ou_dev2"), first=at("09-02 00:00").date(), last=END.date())
    team = Team(leaves=(holidays,))
    team.put("rec1", type="complaint", priority="low", resolve_due=at("09-01 11:00"), progress_at=END)

    for moment in ("09-01 11:10", "09-02 11:10"):
        team.at = at(moment)
        team.tick()

    breaches = [parts for _, effect in team.planned for parts in told(effect) if parts[0] == "overdue"]
    assert [(stage, meant) for _, _, stage, _, meant, _ in breaches] == [
        ("breach", "ou_dev"),
        ("manager", "ou_boss"),
    ]


def test_who_stood_in_for_one_owner_is_not_told_as_manager_once_another_owns_it() -> None:
    holidays = Leave(people=("ou_dev", "ou_dev2"), first=BEGIN.date(), last=END.date())
    team = Team(leaves=(holidays,))
    late = at("09-01 11:00")
    team.put("rec1", type="complaint", priority="low", resolve_due=late, progress_at=END)
    team.at = at("09-02 11:10")
    team.tick()
    team.put("rec1", type="complaint", priority="low", resolve_due=late, progress_at=END, owner=("ou_lead",))

    team.at = at("09-02 11:20")
    team.tick()

    breaches = [
        (effect.target, parts[2]) for _, effect in team.planned for parts in told(effect) if not parts[5]
    ]
    assert [one for one in breaches if one[1] in ("breach", "manager")] == [
        ("ou_boss", "breach"),
        ("ou_lead", "breach"),
    ]


@settings(max_examples=60, deadline=None)
@given(leaves, leavers, steps)
def test_nobody_meant_by_a_breach_stays_without_word(
    away: list[Leave], gone: dict[str, datetime], story: Story
) -> None:
    """Also a manager who stands in for an owner who heard of it before the leave."""
    team = played(away, gone, story)

    heard = {
        (record_id, due, who)
        for _, effect in team.planned
        for event, record_id, _, due, meant, _ in told(effect)
        for who in (meant, effect.target)
        if event == "overdue"
    }
    steps_up = {"owner": 0.0, "manager": POLICY.parameters.manager_after_days}
    for record_id, record in team.records().items():
        due_at = record.resolve_due
        for audience, days in steps_up.items():
            if due_at and record.status != "waiting_customer" and is_over(due_at, days):
                there = [
                    one for one in team.circle.named(audience, record) if not team.circle.absence(one, END)
                ]
                assert {(record_id, due_at.astimezone(UTC).isoformat(), one) for one in there} <= heard


def is_over(due_at: datetime, workdays: float) -> bool:
    return POLICY.worktime.add_days(due_at, workdays) <= END if workdays else due_at <= END
