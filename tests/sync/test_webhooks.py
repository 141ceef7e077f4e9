"""Status changes told to endpoints: each passed move once, by schedule, never to one that wants none."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from feishu_plugin.foreign_json import parsed
from feishu_plugin.sync.webhook_calls import WebhookError, next_try
from feishu_plugin.sync.webhooks import Called, call_webhooks
from tests import builders
from tests.sync.base import Base


class Endpoints:
    """``Webhooks`` in memory: keeps calls and refuses what it is told to."""

    endpoints: Sequence[str] = ("e1", "e2")

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, bytes]] = []
        self.refusals: dict[str, WebhookError] = {}

    def shown(self, endpoint: str) -> str:
        return f"{endpoint}.example"

    def call(self, endpoint: str, identity: str, payload: bytes, at: datetime) -> None:
        self.calls.append((endpoint, identity, payload))
        if error := self.refusals.get(endpoint):
            raise error


class Shop:
    """A base on a Tuesday morning with two endpoints."""

    def __init__(self) -> None:
        self.base, self.out = Base(), Endpoints()
        self.base.desk.administrators = ("ou_admin",)
        self.base.desk.webhooks = self.out
        self.base.clock.advance((builders.local("2026-09-01 10:00") - self.base.clock.now()).total_seconds())

    def begin(self) -> str:
        rid = self.base.add(
            title="怎样导出", type="inquiry", status="pending", contact_way="wang@example.com"
        )
        self.base.settle()
        self.base.edit(
            rid, "ou_person", status="in_progress", owner=("ou_a",), planned_finish=self.base.clock.now()
        )
        self.base.settle()
        return rid

    def moves(self, endpoint: str = "e1") -> list[tuple[Any, Any]]:
        found = [parsed(payload)["data"] for one, _, payload in self.out.calls if one == endpoint]
        return [((data["from"] or {}).get("key"), data["to"]["key"]) for data in found]

    def pass_time(self, by: timedelta) -> Called:
        self.base.clock.advance(by.total_seconds())
        return call_webhooks(self.base.desk)

    def troubles(self) -> list[str]:
        """Cards and, at night, lines for the morning card."""
        waiting = [one.effect for one in self.base.store.outbox.waiting.values()]
        told = [str(one.body) for one in waiting if one.target == "ou_admin"]
        return [text for text in told if "e1.example" in text]


def test_a_passed_move_is_told_to_every_endpoint_once() -> None:
    shop = Shop()
    rid = shop.begin()

    call_webhooks(shop.base.desk)
    call_webhooks(shop.base.desk)

    assert shop.moves("e1") == shop.moves("e2")
    assert shop.moves("e1")[-1] == ("pending", "in_progress")
    assert len({identity for _, identity, _ in shop.out.calls}) == len(shop.out.calls)
    last = parsed(shop.out.calls[-1][2])
    assert last["type"] == "requirement.status_changed"
    assert last["timestamp"] == last["data"]["at"]
    assert last["data"]["record_id"] == rid
    assert last["data"]["to"] == {"key": "in_progress", "label": "处理中"}
    assert last["data"].keys() == {"number", "record_id", "from", "to", "at", "by_rule"}


def test_a_move_that_is_put_back_is_not_told() -> None:
    shop = Shop()
    rid = shop.begin()
    call_webhooks(shop.base.desk)
    before = shop.moves()

    shop.base.edit(rid, "ou_person", status="closed")
    shop.base.settle()
    call_webhooks(shop.base.desk)

    assert shop.moves() == before


def test_a_handover_is_no_status_change() -> None:
    shop = Shop()
    rid = shop.begin()
    call_webhooks(shop.base.desk)
    before = shop.moves()

    shop.base.edit(rid, "ou_person", owner=("ou_b",))
    shop.base.settle()
    call_webhooks(shop.base.desk)

    ledger = [
        one.effect.body for one in shop.base.store.outbox.waiting.values() if one.effect.kind == "ledger"
    ]
    assert ledger[-1]["rule"] == "负责人变更", "there is a row of the ledger to be left out"
    assert shop.moves() == before


def test_without_endpoints_nothing_waits() -> None:
    shop = Shop()
    shop.base.desk.webhooks = None
    shop.begin()

    assert shop.base.store.webhooks_due("", shop.base.clock.now(), 10) == []


def test_a_failing_endpoint_keeps_no_other_waiting_and_is_asked_once_a_round() -> None:
    shop = Shop()
    shop.out.refusals["e1"] = WebhookError("e1.example: HTTP 500")
    shop.begin()
    waiting = len(shop.base.store.webhooks_due("", shop.base.clock.now(), 100)) // 2

    found = call_webhooks(shop.base.desk)

    assert found == Called(made=waiting, later=1)
    assert len(shop.moves("e1")) == 1
    assert len(shop.moves("e2")) == waiting


def test_a_call_is_repeated_as_it_was_until_it_is_taken() -> None:
    shop = Shop()
    shop.out.refusals["e1"] = WebhookError("e1.example: HTTP 500")
    shop.begin()
    call_webhooks(shop.base.desk)
    failed = shop.out.calls[0]
    shop.out.refusals.clear()

    at_once = [one for one in shop.out.calls if one == failed]
    shop.pass_time(timedelta(seconds=6))

    assert len(at_once) == 1
    assert shop.out.calls.count(failed) == 2


def test_410_stops_the_endpoint_and_is_told_once() -> None:
    shop = Shop()
    shop.out.refusals["e1"] = WebhookError("e1.example: HTTP 410", gone=True)
    shop.begin()
    call_webhooks(shop.base.desk)
    shop.begin()
    call_webhooks(shop.base.desk)

    assert len(shop.moves("e1")) == 1, "it is never asked again"
    assert len(shop.troubles()) == 1
    assert len(shop.moves("e2")) >= 2


def test_after_the_last_try_the_endpoint_is_stopped_and_told_once() -> None:
    shop = Shop()
    shop.out.refusals["e1"] = WebhookError("e1.example: HTTP 500")
    shop.begin()
    for _ in range(200):
        shop.pass_time(timedelta(hours=1))

    first = shop.out.calls[0]
    assert shop.out.calls.count(first) == 10
    assert len(shop.troubles()) == 1
    assert [one.kind for one in shop.base.store.outbox.given_up.values()].count("webhook") >= 1
    assert shop.base.store.webhooks_due("", shop.base.clock.now() + timedelta(days=9), 10) == []


def test_an_endpoint_that_the_settings_name_no_more_gets_nothing() -> None:
    shop = Shop()
    shop.begin()
    shop.out.endpoints = ("e2",)

    found = call_webhooks(shop.base.desk)

    assert (found.given_up > 0, shop.moves("e1")) == (True, [])


def test_a_service_that_stops_leaves_the_rest() -> None:
    shop = Shop()
    shop.begin()

    assert call_webhooks(shop.base.desk, lambda: False) == Called()
    assert shop.out.calls == []


@pytest.mark.parametrize(
    ("tries", "least"),
    list(enumerate([5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400])),
)
def test_the_schedule_is_that_of_the_specification_with_some_spread(tries: int, least: int) -> None:
    now = builders.local("2026-09-01 10:00")

    waits = {(next_try(f"i{n}", tries, now) or now) - now for n in range(50)}

    assert min(waits) >= timedelta(seconds=least)
    assert max(waits) <= timedelta(seconds=least * 1.1)
    assert len(waits) > 20
    assert next_try("i", 9, now) is None
