"""The official Node SDK takes the sandbox's REST API for the real one; the scenarios judge in JavaScript."""

import pytest

from tests.contract.node_program import play, scenarios
from tests.sandbox.conftest import Sandbox

BITABLE = (
    "bases",
    "tables",
    "fields",
    "records",
    "reading",
    "views",
    "forms",
    "refusals",
    "as_a_person",
)
PEOPLE = (
    "token",
    "messages",
    "images",
    "attachments",
    "contacts",
    "subscriptions",
    "collaborators",
    "wiki",
    "bot",
)


@pytest.mark.parametrize("scenario", BITABLE)
def test_bitable(sandbox: Sandbox, node: str, scenario: str) -> None:
    play(node, "bitable.js", sandbox.ready, scenario)


@pytest.mark.parametrize("scenario", PEOPLE)
def test_people_and_messages(sandbox: Sandbox, node: str, scenario: str) -> None:
    play(node, "people.js", sandbox.ready, scenario)


def test_no_scenario_is_left_out(node: str) -> None:
    assert scenarios(node, "bitable.js") == list(BITABLE)
    assert scenarios(node, "people.js") == list(PEOPLE)


def test_what_the_sdk_sent_is_in_the_outbox(sandbox: Sandbox, node: str) -> None:
    play(node, "people.js", sandbox.ready, "messages")

    card, text = sandbox.control("GET", "/messages")["messages"]
    assert (card["uuid"], card["updated"], text["deleted"]) == ("node-1", True, True)
    assert card["content"]["body"]["elements"][0]["content"] == "月报"
