"""Pushing, acknowledging and pushing again, with receivers that behave as they are told."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feishu_plugin.sandbox.clock import Clock
from feishu_plugin.sandbox.credentials import Credentials, Keys
from feishu_plugin.sandbox.delivery import Answer, Delivery
from feishu_plugin.sandbox.envelope import Caller
from feishu_plugin.sandbox.events import Event
from feishu_plugin.sandbox.faults import Fault, Faults
from feishu_plugin.sandbox.people import People
from feishu_plugin.sandbox.stats import Stats
from feishu_plugin.sandbox.switches import Switches

KEYS = Keys.invent(seed=1)
ACTIONS: list[dict[str, Any]] = [{"record_id": "rec1", "action": "record_added", "after_value": []}]


class Phone:
    """A receiver that answers as ordered, ``ok`` by default, and remembers what came."""

    def __init__(self) -> None:
        self.received: list[Event] = []
        self.answers: list[Answer] = []
        self.closed = False

    async def push(self, event: Event) -> Answer:
        self.received.append(event)
        return self.answers.pop(0) if self.answers else Answer(kind="ok")

    async def close(self) -> None:
        self.closed = True


class Office:
    """A delivery at work: clock frozen, one subscription, one phone."""

    def __init__(self) -> None:
        self.clock, self.switches, self.faults, self.stats = Clock(), Switches(), Faults(), Stats()
        self.clock.set(datetime(2026, 8, 3, 9, 0, tzinfo=UTC), frozen=True)
        self.people = People(KEYS.app_id)
        credentials = Credentials(KEYS, self.people, self.clock, self.switches)
        self.delivery = Delivery(
            clock=self.clock,
            switches=self.switches,
            credentials=credentials,
            people=self.people,
            faults=self.faults,
            stats=self.stats,
        )
        self.bot = Caller(kind="app", open_id=self.people.bot_open_id)
        self.phone = Phone()
        self.delivery.connections.append(self.phone)
        self.delivery.subscribe("base1", self.bot)

    def change(self, revision: int = 1, file_token: str = "base1") -> None:
        self.delivery.record_changed(file_token, "tbl1", revision, self.bot, ACTIONS)

    def order(self, kind: str, **details: Any) -> None:
        self.faults.set([Fault(kind=kind, **details)], seed=0)

    def jump(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))
        self.delivery.wake()

    @property
    def events(self) -> dict[str, int]:
        counted: dict[str, int] = self.stats.as_json(waiting=self.delivery.waiting, long_connections=1)[
            "events"
        ]
        return counted


async def until(condition: Callable[[], bool]) -> None:
    """Lets the delivery work until the condition holds; 10 s without it is a failure."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.002)


def at_work(scene: Callable[[Office], Awaitable[None]]) -> None:
    """Plays a scene while the delivery runs."""

    async def play() -> None:
        office = Office()
        running = asyncio.create_task(office.delivery.run())
        try:
            await scene(office)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    asyncio.run(play())


def test_an_acknowledged_event_is_done() -> None:
    async def scene(office: Office) -> None:
        office.change()
        await until(lambda: office.events["acknowledged"] == 1)
        office.jump(8 * 3600)
        assert office.events == {"sent": 1, "acknowledged": 1, "repushed": 0, "waiting": 0}

    at_work(scene)


def test_a_file_without_subscription_sends_nothing() -> None:
    office = Office()
    office.change(file_token="another")
    office.delivery.record_changed("base1", "tbl1", 1, office.bot, [])
    assert office.delivery.waiting == 0


def test_a_refused_event_comes_again_after_15_s_5_min_1_h_6_h_and_never_more() -> None:
    async def scene(office: Office) -> None:
        office.phone.answers = [Answer(kind="failed")] * 5
        office.change()
        for number, seconds in enumerate((15, 300, 3600, 21600), start=1):
            await until(lambda: len(office.phone.received) == number and len(office.delivery._queue) == 1)  # noqa: B023
            office.jump(seconds - 1)
            office.jump(1)
        await until(lambda: len(office.phone.received) == 5 and office.delivery.waiting == 0)
        assert len({event.event_id for event in office.phone.received}) == 1
        assert office.events == {"sent": 1, "acknowledged": 0, "repushed": 4, "waiting": 0}

    at_work(scene)


def test_an_event_is_not_pushed_before_its_time() -> None:
    async def scene(office: Office) -> None:
        office.phone.answers = [Answer(kind="failed")]
        office.change(1)
        await until(lambda: len(office.delivery._queue) == 1)
        office.jump(14)
        office.change(2)
        await until(lambda: office.events["acknowledged"] == 1)
        assert [b'"revision":1' in event.payload for event in office.phone.received] == [True, False]

    at_work(scene)


def test_an_event_waits_for_somebody_to_connect() -> None:
    async def scene(office: Office) -> None:
        office.delivery.connections.clear()
        office.change()
        await until(lambda: len(office.delivery._queue) == 1)
        office.delivery.connections.append(office.phone)
        office.jump(15)
        await until(lambda: office.events["acknowledged"] == 1)
        assert office.events["sent"] == 1

    at_work(scene)


def test_every_event_goes_to_one_connection_only() -> None:
    async def scene(office: Office) -> None:
        other = Phone()
        office.delivery.connections.append(other)
        for revision in range(40):
            office.change(revision)
        await until(lambda: office.events["acknowledged"] == 40)
        assert len(office.phone.received) + len(other.received) == 40
        assert office.phone.received
        assert other.received

    at_work(scene)


def test_a_duplicate_carries_the_same_event_id() -> None:
    async def scene(office: Office) -> None:
        office.order("duplicate-event")
        office.change()
        await until(lambda: office.events["acknowledged"] == 1)
        first, second = office.phone.received
        assert first == second

    at_work(scene)


def test_a_reordered_event_is_overtaken_by_the_next() -> None:
    async def scene(office: Office) -> None:
        office.order("reorder", count=1)
        office.change(1)
        office.change(2)
        await until(lambda: office.events["acknowledged"] == 2)
        assert [b'"revision":1' in event.payload for event in office.phone.received] == [False, True]

    at_work(scene)


def test_a_lost_event_never_comes() -> None:
    async def scene(office: Office) -> None:
        office.order("lose-event", count=1)
        office.change(1)
        office.change(2)
        await until(lambda: office.delivery.waiting == 0)
        assert [b'"revision":2' in event.payload for event in office.phone.received] == [True]

    at_work(scene)


def test_a_closed_connection_brings_the_event_back_later() -> None:
    async def scene(office: Office) -> None:
        office.order("close-ws", count=1)
        office.change()
        await until(lambda: office.phone.closed and len(office.delivery._queue) == 1)
        assert office.phone.received == []
        office.jump(15)
        await until(lambda: office.events["acknowledged"] == 1)

    at_work(scene)


@pytest.mark.parametrize(
    ("answer", "kind"), [(Answer(kind="ok", data=b"{}"), "ok"), (Answer(kind="failed"), "failed")]
)
def test_a_click_is_asked_once(answer: Answer, kind: str) -> None:
    async def scene(office: Office) -> None:
        office.phone.answers = [answer]
        assert (await office.delivery.card_action({"host": "im_message"})).kind == kind
        assert (len(office.phone.received), office.delivery.waiting) == (1, 0)

    at_work(scene)


def test_a_click_without_connection_is_unreachable() -> None:
    async def scene(office: Office) -> None:
        office.delivery.connections.clear()
        assert (await office.delivery.card_action({})).kind == "unreachable"

    at_work(scene)


def test_subscriptions_survive_an_export() -> None:
    office = Office()
    person = Caller(kind="user", open_id=office.people.everybody()[0].open_id)
    office.delivery.subscribe("base2", person)
    exported = office.delivery.export()
    office.delivery.reset()
    assert not office.delivery.is_subscribed("base1", office.bot)
    office.delivery.restore(exported)
    assert office.delivery.is_subscribed("base1", office.bot)
    assert office.delivery.is_subscribed("base2", person)
    assert office.delivery.unsubscribe("base2", person)
    assert not office.delivery.unsubscribe("base2", person)
