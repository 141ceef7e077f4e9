"""Tokens: who gets one, how long it lives in sandbox time, and what a header is worth."""

from datetime import UTC, datetime, timedelta

import pytest

from feishu_plugin.sandbox.clock import Clock
from feishu_plugin.sandbox.credentials import Credentials, Keys
from feishu_plugin.sandbox.envelope import Refusal
from feishu_plugin.sandbox.people import DEFAULT_USERS, People
from feishu_plugin.sandbox.switches import Switches

START = datetime(2026, 8, 3, 9, 0, tzinfo=UTC)
KEYS = Keys.invent(seed=1)


class Desk:
    """Credentials with a clock that stands still."""

    def __init__(self, keys: Keys = KEYS) -> None:
        self.clock = Clock()
        self.clock.set(START, frozen=True)
        self.people = People(keys.app_id, [*DEFAULT_USERS[:6], {**DEFAULT_USERS[6], "token_expires_s": 0}])
        self.credentials = Credentials(keys, self.people, self.clock, Switches())

    def token(self) -> tuple[str, int]:
        return self.credentials.tenant_token(KEYS.app_id, KEYS.app_secret)


def code_of(desk: Desk, header: str | None) -> int:
    with pytest.raises(Refusal) as refused:
        desk.credentials.caller(header)
    return refused.value.code


def test_the_same_token_comes_back_while_half_an_hour_is_left() -> None:
    desk = Desk()
    first, expire = desk.token()
    assert expire == 7200
    desk.clock.advance(timedelta(minutes=90))
    assert desk.token() == (first, 1800)


def test_below_half_an_hour_a_new_token_comes_and_both_work() -> None:
    desk = Desk()
    first, _ = desk.token()
    desk.clock.advance(timedelta(minutes=90, seconds=1))
    second, expire = desk.token()
    assert (second != first, expire) == (True, 7200)
    assert {desk.credentials.caller(f"Bearer {token}").kind for token in (first, second)} == {"app"}


def test_a_token_ends_after_two_hours() -> None:
    desk = Desk()
    token, _ = desk.token()
    desk.clock.advance(timedelta(hours=2))
    assert code_of(desk, f"Bearer {token}") == 99991663


def test_a_token_outlives_a_restart_of_the_same_app_only() -> None:
    token, _ = Desk().token()
    assert Desk().credentials.caller(f"Bearer {token}").kind == "app"
    assert code_of(Desk(Keys.invent(seed=2)), f"Bearer {token}") == 99991663


def test_after_time_went_back_nobody_gets_a_token_of_more_than_two_hours() -> None:
    desk = Desk()
    desk.token()
    desk.clock.advance(timedelta(hours=-5))
    assert desk.token()[1] == 7200


@pytest.mark.parametrize(
    ("app_id", "app_secret", "code"),
    [
        (KEYS.app_id, "wrong", 10015),
        ("cli_0000000000000000", KEYS.app_secret, 99991543),
        (None, None, 10003),
        (KEYS.app_id, 5, 10003),
    ],
)
def test_a_wrong_pair_gets_no_token(app_id: object, app_secret: object, code: int) -> None:
    with pytest.raises(Refusal) as refused:
        Desk().credentials.tenant_token(app_id, app_secret)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, 99991661),
        ("Bearer ", 99991661),
        ("Bearer t-g1nonsense", 99991663),
        ("Bearer u-nonsense", 99991668),
        ("Bearer a-app-token", 99991671),
    ],
)
def test_a_header_without_a_good_token_is_refused(header: str | None, code: int) -> None:
    assert code_of(Desk(), header) == code


def test_a_person_calls_with_their_own_token() -> None:
    desk = Desk()
    person = desk.people.everybody()[0]
    caller = desk.credentials.caller(f"Bearer {person.user_access_token}")
    assert (caller.kind, caller.open_id) == ("user", person.open_id)


def test_a_user_token_past_its_end_is_refused_as_expired() -> None:
    desk = Desk()
    assert code_of(desk, f"Bearer {desk.people.everybody()[6].user_access_token}") == 99991677


def test_a_resigned_person_calls_no_more() -> None:
    desk = Desk()
    person = desk.people.everybody()[0]
    desk.people.change(person.open_id, is_resigned=True)
    assert code_of(desk, f"Bearer {person.user_access_token}") == 99991668
