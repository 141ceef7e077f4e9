"""Misfortunes strike where they were ordered, as often as ordered, and the same way every time."""

import pytest

from feishu_plugin.sandbox.envelope import Call, Caller
from feishu_plugin.sandbox.faults import Fault, Faults

PATTERN = "/open-apis/bitable/v1/apps/:app_token/tables"
CALL = Call(
    method="GET",
    path="/open-apis/bitable/v1/apps/app1/tables",
    params={"app_token": "app1"},
    query={},
    query_lists={},
    headers={},
    body=None,
    form={},
    files={},
    caller=Caller(kind="nobody", open_id=""),
    log_id="",
)


def struck(rule: dict[str, object], times: int = 20, seed: int = 1) -> list[bool]:
    faults = Faults()
    faults.set([Fault.read(rule)], seed=seed)
    return [faults.pick(CALL, PATTERN) is not None for _ in range(times)]


def test_a_count_ends_the_rule() -> None:
    assert struck({"kind": "status", "status": 502, "count": 2}) == [True, True] + [False] * 18


def test_a_probability_is_repeatable_by_its_seed() -> None:
    rule: dict[str, object] = {"kind": "delay", "delay_ms": 1, "probability": 0.5}
    assert struck(rule, 50) == struck(rule, 50)
    assert struck(rule, 50) != struck(rule, 50, seed=2)
    assert struck({**rule, "seed": 7}, 50) == struck({**rule, "seed": 7}, 50, seed=2)
    assert 5 < sum(struck(rule, 50)) < 45


@pytest.mark.parametrize(
    ("route", "hit"),
    [
        ("*", True),
        (f"GET {PATTERN}", True),
        (PATTERN, True),
        ("/open-apis/bitable/*", True),
        (CALL.path, True),
        (f"POST {PATTERN}", False),
        ("/open-apis/im/*", False),
    ],
)
def test_a_rule_strikes_only_its_route(route: str, hit: bool) -> None:
    assert any(struck({"kind": "html", "route": route})) is hit


def test_event_rules_leave_requests_alone_and_request_rules_events() -> None:
    faults = Faults()
    faults.set([Fault.read({"kind": "lose-event"})], seed=0)
    assert faults.pick(CALL, PATTERN) is None
    assert faults.pick_event("drive.file.bitable_record_changed_v1") is not None
    faults.set([Fault.read({"kind": "status"})], seed=0)
    assert faults.pick_event("drive.file.bitable_record_changed_v1") is None


@pytest.mark.parametrize("rule", [{}, {"kind": "explode"}, {"kind": "status", "odds": 1}])
def test_a_rule_that_makes_no_sense_is_refused(rule: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"kind must be|unknown keys"):
        Fault.read(rule)
