"""What the bot says, told by the people who got it."""

import pytest

from feishu_plugin.errors import FeishuError
from feishu_plugin.gateway.http import Feishu
from feishu_plugin.gateway.messages import BotMessages, uuid_of
from tests.gateway.conftest import Sandbox, Waits
from tests.gateway.samples import Json


def card(text: str) -> Json:
    return {
        "schema": "2.0",
        "config": {"update_multi": True},
        "body": {"elements": [{"tag": "markdown", "content": text}]},
    }


def received(sandbox: Sandbox, open_id: str) -> list[Json]:
    found: list[Json] = sandbox.control("GET", f"/messages?to={open_id}")["messages"]
    return found


@pytest.fixture
def person(sandbox: Sandbox) -> str:
    return str(sandbox.user("周子墨")["open_id"])


def test_a_card_arrives_as_it_was_sent(feishu: Feishu, sandbox: Sandbox, person: str) -> None:
    message_id = BotMessages(feishu).send(person, card("甲"), "due:rec1:1")

    [message] = received(sandbox, person)
    assert (message["message_id"], message["msg_type"]) == (message_id, "interactive")
    assert message["content"] == card("甲")


def test_an_identity_is_spoken_for_once(feishu: Feishu, sandbox: Sandbox, person: str) -> None:
    messages = BotMessages(feishu)
    sent = [messages.send(person, card("甲"), identity) for identity in ("a", "a", "b")]

    assert sent[0] == sent[1] != sent[2]
    assert len(received(sandbox, person)) == 2


@pytest.mark.parametrize("kind", ["drop-after-commit", "drop-before-commit", "html"])
def test_a_lost_answer_sends_nothing_twice(feishu: Feishu, sandbox: Sandbox, person: str, kind: str) -> None:
    sandbox.control("PUT", "/faults", [{"kind": kind, "route": "POST */messages", "count": 2}])
    BotMessages(feishu).send(person, card("甲"), "a")

    assert len(received(sandbox, person)) == 1


def test_a_card_can_be_replaced(feishu: Feishu, sandbox: Sandbox, person: str) -> None:
    messages = BotMessages(feishu)
    messages.update(messages.send(person, card("甲"), "a"), card("乙"))

    assert [message["content"] for message in received(sandbox, person)] == [card("乙")]


def test_somebody_unknown_is_an_error(feishu: Feishu) -> None:
    with pytest.raises(FeishuError) as refused:
        BotMessages(feishu).send("ou_" + "0" * 32, card("甲"), "a")

    assert refused.value.endpoint == "POST /open-apis/im/v1/messages"


def test_a_fifth_card_to_one_person_waits(feishu: Feishu, person: str, waits: Waits) -> None:
    messages = BotMessages(feishu)
    for number in range(4):
        messages.send(person, card("甲"), str(number))
    assert waits.slept == []

    messages.send(person, card("甲"), "4")
    assert len(waits.slept) == 1


def test_a_uuid_fits_feishu_and_is_always_the_same() -> None:
    assert uuid_of("甲" * 500) == uuid_of("甲" * 500) != uuid_of("甲")
    assert len(uuid_of("甲")) == 50
