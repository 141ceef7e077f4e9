"""The seal of a button: any other value than the one it was made for is not ours."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from feishu_plugin.gateway.seals import SEAL, Seal, SealedMessages
from feishu_plugin.ports import Json

OURS = Seal("the app secret")
VALUES = st.dictionaries(
    st.text(max_size=8).filter(lambda key: key != SEAL), st.text(max_size=20), min_size=1, max_size=6
)


def button(value: dict[str, str]) -> Json:
    return {"tag": "button", "behaviors": [{"type": "callback", "value": value}]}


def sealed(value: dict[str, str], seal: Seal = OURS) -> dict[str, str]:
    found: dict[str, str] = seal.put_on(button(value))["behaviors"][0]["value"]
    return found


@given(VALUES)
def test_a_sealed_button_is_known_and_says_the_same(value: dict[str, str]) -> None:
    assert OURS.holds(sealed(value))
    assert {key: text for key, text in sealed(value).items() if key != SEAL} == value
    assert sealed(sealed(value)) == sealed(value), "a card that is sent again"


@given(VALUES, VALUES)
def test_no_other_value_has_the_same_seal(value: dict[str, str], other: dict[str, str]) -> None:
    assert OURS.holds({**other, SEAL: sealed(value)[SEAL]}) == (value == other)


@given(VALUES, st.text(max_size=40))
def test_a_seal_cannot_be_guessed_or_taken_from_another_app(value: dict[str, str], guess: str) -> None:
    assert not OURS.holds(value)
    assert not OURS.holds({**value, SEAL: guess})
    assert not OURS.holds(sealed(value, Seal("another secret")))


def test_every_button_of_a_card_is_sealed_and_nothing_else_is_changed() -> None:
    link = {"tag": "button", "behaviors": [{"type": "open_url", "default_url": "https://x.cn"}]}
    card = {
        "body": {"elements": [{"tag": "form", "elements": [button({"do": "a"})]}, link, button({"do": "b"})]}
    }
    sent: list[tuple[Any, ...]] = []

    class Bot:
        def send(self, open_id: str, card: Json, identity: str) -> str:
            sent.append((open_id, card, identity))
            return "om_1"

        def update(self, message_id: str, card: Json) -> None:
            sent.append((message_id, card))

    messages = SealedMessages(Bot(), OURS)

    assert messages.send("ou_1", card, "i") == "om_1"
    messages.update("om_1", card)

    (_, first, identity), (_, second) = sent
    form, same, last = first["body"]["elements"]
    assert (identity, same, second) == ("i", link, first)
    assert OURS.holds(form["elements"][0]["behaviors"][0]["value"])
    assert OURS.holds(last["behaviors"][0]["value"])
    assert card["body"]["elements"][2] == button({"do": "b"}), "the card itself stays as it was"


def test_a_seal_does_not_show_its_key() -> None:
    assert repr(OURS) == "Seal(***)"
    assert "secret" not in repr(SealedMessages.__dict__)
