"""A stream of ticks tells everything that is due, once, and nobody at night."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from feishu_plugin import schema
from feishu_plugin.policy import Policy
from feishu_plugin.ports import Accepted, Effect, Settlement
from feishu_plugin.records import Value
from feishu_plugin.reminders.cards import effects_of_tells
from feishu_plugin.reminders.deliver import deliver
from feishu_plugin.reminders.due import due
from feishu_plugin.reminders.quiet import digest_moment, is_quiet
from feishu_plugin.reminders.remind import plan_reminders, sent_today
from feishu_plugin.rules.actions import Offer, Tell
from tests.fakes import MemoryTables, MemoryWork, RecordingMessages
from tests.reminders.samples import APP, CIRCLE, POLICY, accepted, at, people, requirement, seen, without

BEGIN = at("09-01 00:00")
TIMES = ("submitted_at", "resolve_due", "planned_finish", "started_at", "progress_at")
STATUSES = ["pending", "in_progress", "testing", "waiting_customer", "shelved", "done", "closed", "void"]


@dataclass
class Days:
    """Ticks over one base; everything planned is stored at once, as the worker does."""

    work: MemoryWork = field(default_factory=MemoryWork)
    policy: Policy = field(default_factory=lambda: without(POLICY, "weekly"))
    planned: list[tuple[datetime, Effect]] = field(default_factory=list)
    """Cards."""
    kept: list[Effect] = field(default_factory=list)
    """Lines."""
    since: dict[str, datetime] = field(default_factory=dict)
    """Identity of a notice to when it came up."""

    def put(self, record_id: str, **values: Value) -> None:
        key, state = accepted(requirement(record_id, **values))
        self.work.settle(APP, Settlement(accepted={("requirement", key): state}))

    def tick(self, now: datetime) -> list[Effect]:
        states = self.work.all_accepted(APP, "requirement")
        told = (notice for reminder in due(states, self.policy, CIRCLE, now) for notice in reminder.notices())
        self.since |= {notice.identity: notice.since for notice in told}
        return self.store(now, plan_reminders(self.work, self.policy, people, now, APP))

    def tell(self, now: datetime, *tells: Tell, record_id: str = "rec1") -> list[Effect]:
        """What rules want told of a record; the cards of it."""
        sent = sent_today(self.work, self.policy, APP, now)
        asked = [(requirement(record_id), tell) for tell in tells]
        effects = effects_of_tells(self.policy, asked, people, now, base=APP, sent=sent)
        self.since |= {identity: now for effect in effects for identity in effect.covers}
        return self.store(now, effects)

    def store(self, now: datetime, effects: list[Effect]) -> list[Effect]:
        self.work.settle(APP, Settlement(effects=effects))
        cards = [effect for effect in effects if effect.kind == "card"]
        self.planned += [(now, card) for card in cards]
        self.kept += [effect for effect in effects if effect.kind == "line"]
        return cards

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
    assert days.tick(at("09-07 08:40")) == []
    (morning,) = (e for e in days.tick(at("09-07 09:10")) if e.target == "ou_dev")
    assert "**已超期（1）**\n- **20260901-研发-low**" in seen(morning.body["card"])
    assert days.tick(at("09-07 09:40")) == []


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

    (card,) = [effect for effect in days.tick(at("09-02 09:10")) if effect.target == "ou_dev"]

    assert "已超期（12）" in seen(card.body["card"])
    assert days.tick(at("09-02 09:11")) == []


def test_what_ran_out_last_night_and_is_known_only_now_is_told_at_once() -> None:
    days = Days()
    days.put("rec1", planned_finish=at("09-03 00:00"))
    assert days.events("09-02 09:10") == ["due_soon"]

    days.put("rec1", type="complaint", priority="low", resolve_due=at("09-01 22:00"))

    assert days.events("09-02 15:00") == ["overdue"]


def test_after_four_days_without_service_everybody_gets_one_card_and_the_breaches() -> None:
    """Friday to Wednesday were missed: stages of every kind, in working time and out of it."""
    days = Days()
    for n in range(9):
        due_at = at(f"09-0{4 + n % 4} {10 + n}:00")
        days.put(
            f"rec{n}",
            type="complaint",
            priority="high" if n < 2 else "low",
            resolve_due=due_at,
            owner=("ou_dev",),
        )
    assert days.events("09-03 17:00") == ["due_soon"]

    cards = days.tick(at("09-10 09:30"))

    breaches = [c for c in cards if c.body["event"] == "overdue" and not c.identity.startswith("digest:")]
    mornings = [c for c in cards if c.identity.startswith("digest:")]
    assert Counter(c.target for c in mornings) == {"ou_dev": 1, "ou_boss": 1, "ou_lead": 1}
    assert {rid for c in breaches for rid in c.body["requirements"]} <= {"rec0", "rec1"}
    assert len(cards) == len(breaches) + len(mornings)
    assert days.tick(at("09-10 09:31")) == []


def test_what_rules_tell_at_night_stands_in_the_morning_card_beside_what_is_due() -> None:
    days = Days()
    days.put("rec1", planned_finish=at("09-03 00:00"))
    assigned, risk = (Tell(event=event, identity="i", to=("ou_dev",)) for event in ("assigned", "risk"))

    assert days.tell(at("09-01 21:00"), assigned, risk) == []
    assert days.tick(at("09-02 08:59")) == []
    (card,) = days.tick(at("09-02 09:10"))

    shown = seen(card.body["card"])
    assert [h for h in shown.splitlines() if h.startswith("**")][:3] == [
        "**明天到期（1）**",
        "**已分派（1）**",
        "**风险或改期（1）**",
    ]
    assert days.work.outbox.lines(at("09-30 12:00")) == []


def test_a_release_asked_for_at_night_keeps_its_buttons() -> None:
    days = Days()
    asked = Tell(event="release_asked", identity="r", to=("ou_boss",), offer=Offer(kind="release"))

    (card,) = days.tell(at("09-01 21:00"), asked)

    assert at("09-02 08:30") < card.not_before < at("09-02 08:40")
    assert "放行" in seen(card.body["card"])


def test_the_cards_over_the_cap_become_lines_of_the_next_morning() -> None:
    days = Days()
    days.policy = with_cap(3)
    told = [Tell(event="assigned", identity=f"o{n}", to=("ou_dev",)) for n in range(5)]
    for n, tell in enumerate(told):
        days.tell(at(f"09-02 1{n}:00"), tell)
    urgent = Tell(event="put_back", identity="p", to=("ou_dev",), offer=Offer(kind="move"))

    assert [now.hour for now, _ in days.planned] == [10, 11, 12]
    assert len(days.tell(at("09-02 16:00"), urgent)) == 1
    (card,) = (c for c in days.tick(at("09-03 09:10")) if c.target == "ou_dev")
    assert "已分派（2）" in seen(card.body["card"])
    assert len(days.tell(at("09-03 10:00"), replace(told[0], identity="next day"))) == 1


def test_the_cap_holds_for_what_is_due_as_well_but_for_breaches_of_high_priority() -> None:
    days = Days()
    days.policy = with_cap(0)
    for priority in ("low", "high"):
        days.put(priority, type="complaint", priority=priority, resolve_due=at("09-02 15:00"))
    days.tick(at("09-02 09:10"))

    assert [c.body["requirements"] for c in days.tick(at("09-02 15:00"))] == [["high"]]
    assert days.tick(at("09-02 15:01")) == []
    (card,) = (c for c in days.tick(at("09-03 09:10")) if c.target == "ou_dev")
    assert "已超期（1）" in seen(card.body["card"])
    assert "low" in seen(card.body["card"])


def with_cap(most: float) -> Policy:
    policy = without(POLICY, "weekly")
    return replace(policy, parameters=replace(policy.parameters, most_cards=most))


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
OFFERS = {"similar": Offer(kind="merge", originals={"rec7": "原来的"}), "put_back": Offer(kind="move")}
told_events = st.sampled_from(["assigned", "risk", "finished", "due_changed", "similar", "put_back"])
tells = st.lists(st.tuples(moments, told_events, st.sampled_from(["ou_dev", "ou_sub"])), max_size=12)
ticking = st.lists(moments, max_size=30)
caps = st.sampled_from([0, 1, 20])
Edit = tuple[datetime, str, dict[str, Value]]
Told = tuple[datetime, str, str]


def played(story: list[Edit], told: list[Told], ticks: list[datetime], cap: float = 20) -> Days:
    """Edits, what rules tell, and ticks, in the order of their time; nothing but the store lives on."""
    days = Days(policy=replace(POLICY, parameters=replace(POLICY.parameters, most_cards=cap)))
    steps: list[tuple[datetime, int, Any]] = [(now, 0, (rid, edit)) for now, rid, edit in story]
    steps += [(now, 1, (n, event, to)) for n, (now, event, to) in enumerate(told)]
    steps += [(now, 2, None) for now in ticks]
    for now, kind, what in sorted(steps, key=lambda step: step[:2]):
        if kind == 0:
            days.put(what[0], **what[1])
        elif kind == 1:
            number, event, to = what
            days.tell(now, Tell(event=event, identity=f"t{number}", to=(to,), offer=OFFERS.get(event)))
        else:
            days.tick(now)
    return days


def told_by(days: Days) -> Iterator[str]:
    for _, effect in days.planned:
        yield from effect.covers


def doubled(identities: Iterable[str]) -> list[str]:
    return [identity for identity, times in Counter(identities).items() if times > 1]


@settings(max_examples=60, deadline=None)
@given(edits, tells, ticking, caps)
def test_no_notice_is_told_twice(
    story: list[Edit], told: list[Told], ticks: list[datetime], cap: float
) -> None:
    days = played(story, told, ticks, cap)

    assert doubled(told_by(days)) == []
    assert doubled(e.identity for _, e in days.planned) == []
    assert doubled(line.identity for line in days.kept) == []


@settings(max_examples=60, deadline=None)
@given(edits, tells, ticking, caps)
def test_nobody_is_told_in_quiet_time_but_of_high_breaches_and_their_own_edits(
    story: list[Edit], told: list[Told], ticks: list[datetime], cap: float
) -> None:
    days = played(story, told, ticks, cap)

    for now, effect in days.planned:
        if is_quiet(POLICY, effect.not_before) and effect.body["event"] != "put_back":
            assert effect.body["event"] == "overdue"
            assert all(
                priority_then(story, record_id, now) == "high" for record_id in effect.body["requirements"]
            )


@settings(max_examples=60, deadline=None)
@given(edits, tells, ticking, caps)
def test_before_the_morning_card_of_a_person_nothing_of_the_night_goes_out_by_itself(
    story: list[Edit], told: list[Told], ticks: list[datetime], cap: float
) -> None:
    days = played(story, told, ticks, cap)

    for now, effect in days.planned:
        day = POLICY.worktime.local_day(now)
        opens = POLICY.worktime.at(day, POLICY.parameters.quiet_until)
        if opens <= now < digest_moment(POLICY, day, effect.target):
            assert not effect.identity.startswith("digest:")
            for identity in effect.covers:
                is_high = priority_then(story, identity.split(":")[1], now) == "high"
                assert days.since[identity] >= opens or (effect.body["event"] == "overdue" and is_high)


def priority_then(story: list[Edit], record_id: str, now: datetime) -> Value:
    """What the last edit before a moment said, ties as they were played."""
    past = sorted((s for s in story if s[1] == record_id and s[0] <= now), key=lambda step: step[0])
    return past[-1][2]["priority"] if past else ""


@settings(max_examples=60, deadline=None)
@given(edits, tells, st.lists(moments, max_size=10), caps)
def test_nothing_that_is_due_or_told_is_dropped(
    story: list[Edit], told: list[Told], ticks: list[datetime], cap: float
) -> None:
    days = played(story, told, ticks, cap)
    morning = at("09-16 09:15")
    days.tick(morning)

    day = POLICY.worktime.local_day(morning)
    states: list[tuple[str, Accepted]] = list(days.work.all_accepted(APP, "requirement"))
    known = {*told_by(days), *(line.identity for line in days.kept)}
    for reminder in due(states, POLICY, CIRCLE, morning):
        for notice in reminder.notices():
            if notice.kind == "instant" or notice.since <= digest_moment(POLICY, day, notice.open_id):
                assert not notice.is_news(known)
    days.tick(at("09-17 09:15"))
    assert days.work.outbox.lines(at("09-30 12:00")) == []
    shown = "\n".join(told_by(days))
    assert all(line.identity in shown for line in days.kept)
    assert all(f":t{number}:" in shown for number in range(len(told)))


@settings(max_examples=20, deadline=None)
@given(edits, tells, st.lists(moments, max_size=15))
def test_every_planned_card_arrives_once(story: list[Edit], told: list[Told], ticks: list[datetime]) -> None:
    days = played(story, told, ticks)
    messages, tables = RecordingMessages(), MemoryTables(schema.load())
    outbox = days.work.outbox

    for _ in range(2):
        deliver(outbox, outbox.put, tables, messages, people, at("09-20 12:00"), APP)

    assert Counter(open_id for open_id, _ in messages.sent) == Counter(e.target for _, e in days.planned)
    assert len(tables.rows("notice")) == len(days.planned)
