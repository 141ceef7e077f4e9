"""Effects are performed once: through refusals, crashes and networks that swallow answers."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from feishu_plugin.errors import FeishuUnreachable
from feishu_plugin.ports import Effect, Json
from feishu_plugin.reminders.deliver import (
    REFUSED_CARD,
    UNREACHABLE_PERSON,
    Delivered,
    deliver,
)
from feishu_plugin.reminders.digest import digests
from feishu_plugin.store.values_json import dumps, loads
from tests.fakes import MemoryOutbox, RecordingMessages
from tests.reminders.samples import APP, POLICY, notice, people
from tests.reminders.world import NOW, World, card, ledger


class Crash(Exception):
    """The process is gone."""


def test_a_card_is_sent_and_noted_in_the_base() -> None:
    world = World()
    world.outbox.put([card()])

    assert world.deliver() == Delivered(cards=1, rows=1)
    assert len(world.messages.to("ou_dev")) == 1
    assert world.notices() == [
        {
            "name": "已分派 N-1",
            "requirement": ("rec1",),
            "event": "assigned",
            "to": ("ou_dev",),
            "at": NOW,
            "state": "sent",
            "identity": "assigned:rec1:o:ou_dev",
        }
    ]
    assert not world.outbox.waiting


def test_a_morning_card_is_noted_as_one() -> None:
    world = World()
    world.outbox.put(digests(POLICY, [notice("a"), notice("b", record_id="rec2")], NOW))

    world.deliver()

    (row,) = world.notices()
    assert (row["name"], row["event"], row.get("requirement")) == (
        "晨报 2026-09-02（2 条）",
        "due_soon",
        None,
    )


def test_a_card_waits_for_its_time() -> None:
    world = World(now=NOW - timedelta(seconds=1))
    world.outbox.put([card()])

    assert world.deliver() == Delivered()
    assert world.messages.sent == []


def test_delivering_again_does_nothing() -> None:
    world = World()
    world.outbox.put([card(), ledger(1)])
    world.deliver()
    world.outbox.put([card(), ledger(1)])

    assert world.deliver() == Delivered()
    assert (len(world.messages.sent), len(world.tables.rows("transition"))) == (1, 1)


@pytest.mark.parametrize("code", sorted(UNREACHABLE_PERSON))
def test_who_cannot_be_reached_is_spoken_for_once_and_the_administrator_hears_it(code: int) -> None:
    world = World(messages=RecordingMessages({"ou_dev": code}))
    world.outbox.put([card()])

    assert world.deliver() == Delivered(cards=2, rows=3, given_up=1)
    assert [open_id for open_id, _ in world.messages.sent] == ["ou_boss", "ou_cs"]
    failed, instead, trouble = world.notices()
    assert (failed["state"], failed.get("to")) == ("failed", None)
    assert f"李雷: Feishu refused memory: {code}" in str(failed["cause"])
    assert (instead["state"], instead["to"], instead["cause"]) == ("sent", ("ou_boss",), "代 李雷 接收")
    assert trouble["event"] == "trouble"
    assert world.deliver() == Delivered()


@pytest.mark.parametrize("code", sorted(REFUSED_CARD))
def test_a_refused_card_is_given_up_with_its_cause(code: int) -> None:
    world = World(messages=RecordingMessages({"ou_dev": code}))
    world.outbox.put([card()])

    assert world.deliver() == Delivered(rows=1, given_up=1)
    assert str(code) in world.outbox.outcomes[1]


@pytest.mark.parametrize("code", [230020, 99991400, 99991672, 230006, 99991403])
def test_other_refusals_are_tried_again_ever_more_slowly(code: int) -> None:
    world = World(messages=RecordingMessages({"ou_dev": code}))
    world.outbox.put([card()])

    waits = []
    for _ in range(8):
        assert world.deliver() == Delivered(later=1)
        before = world.now
        while not world.outbox.due(APP, world.now, 9):
            world.now += timedelta(minutes=1)
        waits.append((world.now - before) // timedelta(minutes=1))
    world.messages.refusals.clear()

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    assert world.deliver() == Delivered(cards=1, rows=1)


def test_a_card_that_is_refused_for_days_is_given_up() -> None:
    world = World(messages=RecordingMessages({"ou_dev": 99991672}))
    world.outbox.put([card()])

    for _ in range(100):
        world.deliver()
        world.now += timedelta(hours=1)

    assert [row["state"] for row in world.notices()] == ["failed"]
    assert world.messages.tries["ou_dev"] == 73


class Swallowing(RecordingMessages):
    """Sends the first card, but its answer is lost."""

    def send(self, open_id: str, card: Json, identity: str) -> str:
        message_id = super().send(open_id, card, identity)
        if self.tries[open_id] == 1:
            raise FeishuUnreachable(code=-1, msg="no answer", endpoint="send")
        return message_id


def test_a_lost_answer_does_not_send_twice() -> None:
    world = World(messages=Swallowing())
    world.outbox.put([card()])
    assert world.deliver() == Delivered(later=1)
    world.now += timedelta(minutes=2)

    assert world.deliver() == Delivered(cards=1, rows=1)
    assert len(world.messages.sent) == 1


class CrashingOutbox(MemoryOutbox):
    """Dies before it can note that something is done."""

    def __init__(self) -> None:
        super().__init__()
        self.crashes = 2

    def done(self, rows: Sequence[int], at: datetime, outcome: str = "") -> None:
        if self.crashes:
            self.crashes -= 1
            raise Crash
        super().done(rows, at, outcome)


def test_a_crash_before_it_is_noted_does_nothing_twice() -> None:
    world = World(outbox=CrashingOutbox())
    world.outbox.put([ledger(1), ledger(2), card()])
    for _ in range(2):
        with pytest.raises(Crash):
            world.deliver()
        world.outbox.put([ledger(3)])  # what comes later must not change the pinned batch
        world.now += timedelta(minutes=1)

    world.deliver()

    assert [row.get("name") for row in world.tables.rows("transition")] == ["行1", "行2", "行3"]
    assert len(world.messages.sent) == 1
    assert len(world.notices()) == 1
    assert not world.outbox.waiting


def test_two_bases_may_have_the_same_identity() -> None:
    world, other = World(), World()
    other.messages = world.messages
    for base, token in ((world, "bascnA"), (other, "bascnB")):
        base.outbox.put([card()])
        deliver(base.outbox, base.outbox.put, base.tables, base.messages, people, NOW, token)

    assert len(world.messages.sent) == 2


def test_a_bare_card_of_somebody_else_is_sent_as_it_is() -> None:
    world = World()
    bare = {"schema": "2.0", "body": {"elements": []}}
    world.outbox.put(
        [Effect(kind="card", identity="report-2026-08", target="ou_boss", body=bare, not_before=NOW)]
    )

    world.deliver()

    assert world.messages.to("ou_boss") == [bare]
    assert world.notices()[0]["name"] == "report-2026-08"


def test_what_is_put_into_the_outbox_survives_being_stored() -> None:
    world = World()
    world.outbox.put([card(), *digests(POLICY, [notice()], NOW)])
    bodies = [pending.effect.body for pending in world.outbox.waiting.values()]

    assert loads(dumps(bodies)) == bodies


def test_a_service_that_stops_leaves_the_rest_of_a_long_outbox_for_later() -> None:
    world = World()
    world.outbox.put([card(f"assigned:rec{n}:o:ou_dev") for n in range(5)])
    answers = iter([True, True])

    done = deliver(
        *(world.outbox, world.outbox.put, world.tables, world.messages, people, NOW, APP),
        go_on=lambda: next(answers, False),
    )

    assert done.cards == 2
    assert len([p for p in world.outbox.waiting.values() if p.effect.kind == "card"]) == 3
