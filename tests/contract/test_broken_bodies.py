"""Every part of every good body, replaced by every kind of junk: a refusal, never a defect."""

from typing import Any

import pytest

from tests.contract.fuzzing import Request, places, replaced
from tests.contract.good_calls import GOOD
from tests.contract.premises import Premises
from tests.contract.test_fuzz import BY_ORDER, verdict
from tests.sandbox.conftest import Sandbox

JUNK: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    10**18,
    10**400,
    1e308,
    "",
    " ",
    "x",
    "名" * 120,
    "recNobody00000",
    '["ExactDate","x"]',
    '["ExactDate","99999999999999999999"]',
    [],
    {},
    [None],
    [[]],
    [{}],
    ["x"],
    {"id": []},
    {"a": {"b": 1}},
)
WITH_BODIES = [key for key, good in GOOD.items() if good.body is not None and key not in BY_ORDER]


@pytest.mark.parametrize(("method", "pattern"), WITH_BODIES, ids=lambda part: part)
def test_no_junk_breaks_the_endpoint(sandbox: Sandbox, method: str, pattern: str) -> None:
    premises, good = Premises(sandbox), GOOD[method, pattern]
    requests = [
        Request(
            method=method,
            path=good.address(pattern),
            arguments={"params": good.query, "json": replaced(good.body, place, junk)},
            who="app",
        )
        for place in places(good.body)
        for junk in JUNK
    ]

    assert [wrong for request in requests if (wrong := verdict(premises, request))] == []


QUERIES = [(key, name) for key, good in GOOD.items() for name in good.query]
ODD = (
    "",
    "0",
    "-1",
    "501",
    "9" * 400,
    "x",
    "²",
    "[]",
    "{}",
    "null",
    "%00",
    "名" * 300,
    '["x',
    "TRUE",
    "union_id",
)


@pytest.mark.parametrize(("key", "name"), [item for item in QUERIES if item[1] not in ("after", "timeout_s")])
def test_no_odd_parameter_breaks_the_endpoint(sandbox: Sandbox, key: tuple[str, str], name: str) -> None:
    premises, good = Premises(sandbox), GOOD[key]
    requests = [
        Request(
            method=key[0],
            path=good.address(key[1]),
            arguments={**good.arguments(), "params": {**good.query, name: odd}},
            who="app",
        )
        for odd in ODD
    ]

    assert [wrong for request in requests if (wrong := verdict(premises, request))] == []
