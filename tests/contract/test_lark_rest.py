"""The official Python SDK takes the sandbox's REST API for the real one, called both of its ways."""

import pytest

from tests.contract.lark_program import Verdicts, verdicts
from tests.sandbox.conftest import Sandbox

WAYS = ("sync", "async")
BITABLE = (
    "bases",
    "tables",
    "fields",
    "records",
    "reading",
    "views",
    "forms",
    "roles",
    "as_a_person",
    "refusals",
)
PEOPLE = (
    "token",
    "messages",
    "the_same_uuid",
    "refused_cards",
    "images",
    "attachments",
    "contacts",
    "application",
    "subscriptions",
    "collaborators",
    "wiki",
)


@pytest.fixture(scope="module")
def told(box: Sandbox) -> Verdicts:
    """All verdicts, from two processes."""
    box.control("PUT", "/switches", json={"rate_limits": False})
    return verdicts("bitable", box.ready) | verdicts("people", box.ready)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("scenario", [*BITABLE, *PEOPLE])
def test_the_sdk_is_content(told: Verdicts, way: str, scenario: str) -> None:
    assert told[way, scenario] is None, told[way, scenario]


def test_no_scenario_is_left_out(told: Verdicts) -> None:
    assert set(told) == {(way, name) for way in WAYS for name in (*BITABLE, *PEOPLE)}
