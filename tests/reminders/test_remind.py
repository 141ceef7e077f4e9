"""A stream of ticks tells everything that is due, once, and nobody at night."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from feishu_plugin import schema
from feishu_plugin.ports import Accepted, Effect, Settlement
from feishu_plugin.records import Value
from feishu_plugin.reminders.deliver import deliver
from feishu_plugin.reminders.due import due
from feishu_plugin.reminders.quiet import digest_moment, is_quiet
from feishu_plugin.reminders.remind import plan_reminders
from tests.fakes import MemoryTables, MemoryWork, RecordingMessages
from tests.reminders.samples import APP, CIRCLE, POLICY, accepted, at, people, requirement, seen

BEGIN = at("09-01 00:00")
TIMES = ("submitted_at", "resolve_due", "planned_finish", "started_at", "progress_at")
STATUSES = ["pending", "in_progress", "testing", "waiting_customer", "shelved", "done", "closed", "void"]


@dataclass
class Days:
    """Ticks over one base; everything planned is stored at once, as the worker does."""

    work: MemoryWork = field(default_factory=MemoryWork)
    planned: list[tuple[datetime, Effect]] = field(default_factory=list)

    def put(self, record_id: str, **values: Value) -> None:
        key, state = accepted(requirement(record_id, **values))
        self.work.settle(APP, Settlement(accepted={("requirement", key): state}))

    def tick(self, now: datetime) -> list[Effect]:
        effects = plan_reminders(self.work, POLICY, people, now, APP)
        self.work.settle(APP, Settlement(effects=effects))
        self.planned += [(now, effect) for effect in effects]
        return effects

    def events(self, now: str) -> list[str]:
        return sorted(effect.body["event"] for effect in self.tick(at(now)))


def test_a_breach_is_told_once_for_each_stage() -> None:
    days = Days()
    days.put(
        "rec1", type="complaint", priority="low", resolve_due=at("09-02 10:00"), progress_at=at("09-02 10:00")
    )

    assert days.events("09-02 09:59") == ["due_soon"]
    assert days.events("09-02 10:00") == ["overdue"]
    assert days.events("09-02 10:01") == []
    assert [e.target for e in days.tick(at("09-03 10:00"))] == ["ou_boss"]
    assert [e.target for e in days.tick(at("09-07 10:00"))] == ["ou_lead", "ou_dev"]  # and a progress note
    assert days.events("09-07 10:05") == []


def test_a_moved_due_date_reminds_again() -> None:
    days = Days()
    days.put("rec1", planned_finish=at("09-03 00:00"))
    assert days.events("09-02 09:10") == ["due_soon"]
    days.put("rec1", planned_finish=at("09-08 00:00"))

    assert days.events("09-03 09:10") == []
    assert days.events("09-07 09:10") == ["due_soon"]
    days.put("rec1", planned_finish=at("09-08 00:00"), note="other")
    assert days.events("09-08 09:10") == []


def test_what_runs_out_at_night_is_told_in_the_morning_unless_it_is_of_high_priority() -> None:
    days = Days()
    for priority in ("low", "high"):
        days.put(priority, type="complaint", priority=priority, resolve_due=at("09-04 22:00"))

    told = {
        now: [e.body["requirements"] for e in days.tick(at(now))] for now in ("09-04 22:00", "09-05 12:00")
    }

    assert told == {"09-04 22:00": [["high"]], "09-05 12:00": []}
    assert [e.body["requirements"] for e in days.tick(at("09-07 08:40"))][:1] == [["low"]]


def test_nothing_is_told_at_midnight_and_everything_in_the_morning() -> None:
    """An hour without an owner from Friday 23:00 is over on Monday 10:00, not at midnight."""
    days = Days()
    days.put("rec1", owner=None, status="pending", urgency="low", submitted_at=at("09-04 23:00"))

    for moment in ("09-05 00:00", "09-06 00:00", "09-07 00:00", "09-07 09:59"):
        assert days.events(moment) == []
    assert days.events("09-07 10:00") == ["unassigned"]


def test_what_was_finished_overnight_is_not_told_in_the_morning() -> None:
    days = Days()
    days.put("rec1", type="complaint", priority="low", resolve_due=at("09-01 22:00"))
    days.tick(at("09-01 23:00"))
    days.put("rec1", type="complaint", priority="low", resolve_due=at("09-01 22:00"), status="done")

    assert days.tick(at("09-02 09:30")) == []


def test_a_morning_of_many_breaches_is_one_card() -> None:
    days = Days()
    for n in range(12):
        days.put(f"rec{n}", type="complaint", priority="low", resolve_due=at("09-01 22:00"))

    (card,) = [effect for effect in days.tick(at("09-02 08:40")) if effect.body["event"] == "overdue"]

    assert "已超期：12 条需求" in seen(card.body["card"])
    assert len(card.covers) == 12


def test_a_base_of_two_languages_and_links() -> None:
    days = Days()
    days.put("rec1", planned_finish=at("09-03 00:00"))

    (card,) = plan_reminders(
        days.work, POLICY, people, at("09-02 09:10"), APP, lambda record_id: f"https://a.cn/{record_id}"
    )

    assert "(https://a.cn/rec1)" in seen(card.body["card"])
    assert "Your reminders" in seen(card.body["card"], "en_us")


def test_a_switched_off_packaged_notice_stays_off() -> None:
    days = Days()
    days.put("rec1", planned_finish=at("09-03 00:00"))
    off = replace(POLICY, templates=tuple(t for t in POLICY.templates if t.event != "due_soon"))

    assert plan_reminders(days.work, off, people, at("09-02 09:10"), APP, packaged=POLICY) == []


moments = st.integers(0, 14 * 24 * 12).map(lambda n: BEGIN + timedelta(minutes=5 * n))
values = st.fixed_dictionaries(
    {
        "status": st.sampled_from(STATUSES),
        "type": st.sampled_from(["complaint", "feature"]),
        "priority": st.sampled_from(["high", "medium", "low"]),
        "owner": st.sampled_from([None, ("ou_dev",), ("ou_dev", "ou_dev2"), ("ou_gone",), ("ou_boss",)]),
    },
    optional=dict.fromkeys(
        ("submitted_at", "resolve_due", "planned_finish", "started_at", "progress_at"), moments
    ),
)
edits = st.lists(st.tuples(moments, st.sampled_from([f"rec{n}" for n in range(8)]), values), max_size=25)


def played(story: list[tuple[datetime, str, dict[str, Value]]], ticks: list[datetime]) -> Days:
    """The edits and ticks in the order of their time."""
    days = Days()
    steps: list[tuple[datetime, str, dict[str, Value]]] = [*story, *((now, "", {}) for now in ticks)]
    for now, record_id, edit in sorted(steps, key=lambda step: step[0]):
        if record_id:
            days.put(record_id, **edit)
        else:
            days.tick(now)
    return days


def told(days: Days) -> Iterator[str]:
    for _, effect in days.planned:
        yield from effect.covers


@settings(max_examples=60, deadline=None)
@given(edits, st.lists(moments, max_size=30))
def test_no_notice_is_told_twice(
    story: list[tuple[datetime, str, dict[str, Value]]], ticks: list[datetime]
) -> None:
    days = played(story, ticks)

    assert [identity for identity, times in Counter(told(days)).items() if times > 1] == []
    assert [key for key, times in Counter(e.identity for _, e in days.planned).items() if times > 1] == []


@settings(max_examples=60, deadline=None)
@given(edits, st.lists(moments, max_size=30))
def test_nobody_is_told_in_quiet_time_but_of_high_breaches(
    story: list[tuple[datetime, str, dict[str, Value]]], ticks: list[datetime]
) -> None:
    days = played(story, ticks)

    for now, effect in days.planned:
        if is_quiet(POLICY, effect.not_before):
            assert effect.body["event"] == "overdue"
            assert all(
                priority_then(story, record_id, now) == "high" for record_id in effect.body["requirements"]
            )


def priority_then(
    story: list[tuple[datetime, str, dict[str, Value]]], record_id: str, now: datetime
) -> Value:
    """What the last edit before a moment said, ties as they were played."""
    past = sorted((s for s in story if s[1] == record_id and s[0] <= now), key=lambda step: step[0])
    return past[-1][2]["priority"]


@settings(max_examples=60, deadline=None)
@given(edits, st.lists(moments, max_size=10))
def test_nothing_that_is_due_is_dropped(
    story: list[tuple[datetime, str, dict[str, Value]]], ticks: list[datetime]
) -> None:
    days = played(story, ticks)
    morning = at("09-16 09:15")
    days.tick(morning)

    day = POLICY.worktime.local_day(morning)
    states: list[tuple[str, Accepted]] = list(days.work.all_accepted(APP, "requirement"))
    known = set(told(days))
    for reminder in due(states, POLICY, CIRCLE, morning):
        for notice in reminder.notices():
            if notice.kind == "instant" or notice.since <= digest_moment(POLICY, day, notice.open_id):
                assert notice.identity in known


@settings(max_examples=20, deadline=None)
@given(edits, st.lists(moments, max_size=15))
def test_every_planned_card_arrives_once(
    story: list[tuple[datetime, str, dict[str, Value]]], ticks: list[datetime]
) -> None:
    days = played(story, ticks)
    messages, tables = RecordingMessages(), MemoryTables(schema.load())
    outbox = days.work.outbox

    for _ in range(2):
        deliver(outbox, outbox.put, tables, messages, people, at("09-20 12:00"), APP)

    assert Counter(open_id for open_id, _ in messages.sent) == Counter(e.target for _, e in days.planned)
    assert len(tables.rows("notice")) == len(days.planned)
