"""One call: the token, the judgement by code, the repeats. Wire answers are written by hand."""

import json
import logging
import re
from collections import Counter
from typing import Any

import pytest
import requests
import responses

from feishu_plugin.errors import FeishuError, FeishuUnreachable
from feishu_plugin.gateway.http import TRIES, Feishu
from tests.gateway.conftest import Waits

URL = "https://open.feishu.test"
TOKEN_PATH = "/open-apis/auth/v3/tenant_access_token/internal"
PATH = "/open-apis/bitable/v1/apps/:app_token/tables"
THERE = f"{URL}/open-apis/bitable/v1/apps/bascnA/tables"
SECRET = "s3cr3t-of-the-app"

OK = {"code": 0, "msg": "success", "data": {"items": [1]}}
RETRIED = sorted(TRIES)
FINAL = (1254045, 1254060, 1254099, 1254013, 1254302, 91403, 99991672, 99991403, 230013)


def answers(wire: responses.RequestsMock, *bodies: Any, method: str = "GET", status: int = 200) -> None:
    for body in bodies:
        if isinstance(body, Exception):
            wire.add(method, THERE, body=body)
        else:
            wire.add(method, THERE, json=body, status=status)


@pytest.fixture
def client(wire: responses.RequestsMock, waits: Waits) -> Feishu:
    wire.add("POST", URL + TOKEN_PATH, json={"code": 0, "tenant_access_token": "t-1", "expire": 7200})
    return Feishu(URL, "cli_a", SECRET, pace=waits.pace())


def get(client: Feishu, **options: Any) -> Any:
    return client.call("GET", PATH, ids={"app_token": "bascnA"}, **options)


def post(client: Feishu, **options: Any) -> Any:
    return client.call("POST", PATH, ids={"app_token": "bascnA"}, body={"a": None}, **options)


def sent(wire: responses.RequestsMock, path: str = THERE) -> list[requests.PreparedRequest]:
    return [call.request for call in wire.calls if str(call.request.url).startswith(path)]


def test_a_call_carries_the_token_and_gives_data(client: Feishu, wire: responses.RequestsMock) -> None:
    answers(wire, OK)

    assert get(client, query={"page_size": 5, "desc": True, "page_token": None}) == {"items": [1]}
    assert sent(wire)[0].headers["Authorization"] == "Bearer t-1"
    assert sent(wire)[0].url == f"{THERE}?page_size=5&desc=true"


def test_ids_are_quoted_and_none_in_a_body_is_sent(client: Feishu, wire: responses.RequestsMock) -> None:
    wire.add("PUT", re.compile(".*"), json=OK)
    client.call("PUT", "/x/:id/y", ids={"id": "a/b?c"}, body={"fields": {"截止": None}})

    assert sent(wire, URL + "/x")[0].url == f"{URL}/x/a%2Fb%3Fc/y"
    assert json.loads(sent(wire, URL + "/x")[0].body or "") == {"fields": {"截止": None}}


def test_half_a_surrogate_pair_is_sent_as_an_escape(client: Feishu, wire: responses.RequestsMock) -> None:
    wire.add("PUT", re.compile(".*"), json=OK)
    client.call("PUT", "/x", body={"text": "表\ud83d"})

    assert json.loads(sent(wire, URL + "/x")[0].body or "") == {"text": "表\ud83d"}


def test_raw_gives_the_whole_answer_and_missing_data_is_empty(
    client: Feishu, wire: responses.RequestsMock
) -> None:
    answers(wire, {"code": 0, "bot": {"open_id": "ou_1"}}, {"code": 0, "data": None})

    assert get(client, raw=True)["bot"] == {"open_id": "ou_1"}
    assert get(client) == {}


def test_success_is_code_zero_whatever_the_status(client: Feishu, wire: responses.RequestsMock) -> None:
    answers(wire, OK, status=400)

    assert get(client) == {"items": [1]}


def test_data_not_changed_is_success(client: Feishu, wire: responses.RequestsMock) -> None:
    answers(wire, {"code": 1254606, "msg": "DataNotChange"})

    assert get(client) == {}


@pytest.mark.parametrize("code", RETRIED)
def test_a_retryable_code_is_tried_again(
    client: Feishu, wire: responses.RequestsMock, waits: Waits, code: int
) -> None:
    answers(wire, {"code": code, "msg": "busy"}, {"code": code, "msg": "busy"}, method="POST")
    answers(wire, OK, method="POST")

    assert post(client) == {"items": [1]}
    assert len(waits.slept) == 2


@pytest.mark.parametrize("code", RETRIED)
def test_a_retryable_code_is_given_up_after_its_tries(
    client: Feishu, wire: responses.RequestsMock, code: int
) -> None:
    answers(wire, {"code": code, "msg": "busy"})
    with pytest.raises(FeishuError) as refused:
        get(client)

    assert (refused.value.code, len(sent(wire))) == (code, TRIES[code])


@pytest.mark.parametrize("code", FINAL)
@pytest.mark.parametrize("status", [200, 400, 500])
def test_any_other_code_is_final(
    client: Feishu, wire: responses.RequestsMock, waits: Waits, code: int, status: int
) -> None:
    answers(wire, {"code": code, "msg": "no"}, status=status)
    with pytest.raises(FeishuError) as refused:
        get(client)

    assert refused.value.code == code
    assert not isinstance(refused.value, FeishuUnreachable)
    assert (len(sent(wire)), waits.slept) == (1, [])


LOST: dict[str, dict[str, Any]] = {
    "network": {"body": requests.ConnectionError("reset")},
    "timeout": {"body": requests.ReadTimeout()},
    "html 502": {"body": "<html>Bad Gateway</html>", "status": 502},
    "html 200": {"body": "<html>please log in</html>", "status": 200},
    "no code": {"json": {"hello": 1}, "status": 200},
    "gateway 500": {"json": {"code": 5000, "msg": "internal"}, "status": 500},
    "time-out behind the gateway": {"json": {"code": 1255040, "msg": "timeout"}, "status": 504},
}


@pytest.mark.parametrize("lost", LOST.values(), ids=LOST)
def test_a_lost_answer_is_asked_for_again(
    client: Feishu, wire: responses.RequestsMock, waits: Waits, lost: dict[str, Any]
) -> None:
    wire.add("GET", THERE, **lost)
    answers(wire, OK)

    assert get(client) == {"items": [1]}
    assert waits.slept == [1.0]


@pytest.mark.parametrize("lost", LOST.values(), ids=LOST)
def test_a_create_without_client_token_is_never_repeated(
    client: Feishu, wire: responses.RequestsMock, lost: dict[str, Any]
) -> None:
    wire.add("POST", THERE, **lost)
    with pytest.raises(FeishuUnreachable):
        post(client)

    assert len(sent(wire)) == 1


def test_a_create_with_client_token_is_repeated_with_the_same_token(
    client: Feishu, wire: responses.RequestsMock
) -> None:
    answers(wire, requests.ReadTimeout(), method="POST")
    answers(wire, OK, method="POST")
    post(client, client_token="6f1f3c0e-2a77-4b0e-9a55-0c1d2e3f4a5b")

    assert [request.url for request in sent(wire)] == [
        f"{THERE}?client_token=6f1f3c0e-2a77-4b0e-9a55-0c1d2e3f4a5b"
    ] * 2


def test_a_create_that_never_left_may_be_repeated(client: Feishu, wire: responses.RequestsMock) -> None:
    answers(wire, requests.ConnectTimeout(), method="POST")
    answers(wire, OK, method="POST")

    assert post(client) == {"items": [1]}


def test_nobody_listening_is_unreachable_not_refused(waits: Waits) -> None:
    client = Feishu("http://127.0.0.1:9", "cli_a", SECRET, pace=waits.pace())
    with pytest.raises(FeishuUnreachable, match=r"tenant_access_token.*no answer"):
        post(client)

    assert len(waits.slept) == 5


def test_a_wrong_address_is_refused_at_once(client: Feishu, wire: responses.RequestsMock) -> None:
    wire.add("GET", THERE, body="404 page not found", status=404)
    with pytest.raises(FeishuError, match="HTTP 404"):
        get(client)

    assert len(sent(wire)) == 1


@pytest.mark.parametrize(("reset", "waited"), [("7", 7.2), ("9999", 120.2), ("soon", 1.0), (None, 1.0)])
def test_a_rate_limit_waits_as_long_as_feishu_says(
    client: Feishu, wire: responses.RequestsMock, waits: Waits, reset: str | None, waited: float
) -> None:
    headers = {"x-ogw-ratelimit-reset": reset} if reset else {}
    wire.add("GET", THERE, json={"code": 99991400, "msg": "limit"}, status=429, headers=headers)
    answers(wire, OK)
    get(client)

    assert waits.slept == [waited]


def test_not_found_is_final_unless_we_just_made_it(client: Feishu, wire: responses.RequestsMock) -> None:
    answers(wire, {"code": 1254041, "msg": "TableIdNotFound"})
    with pytest.raises(FeishuError):
        get(client)
    assert len(sent(wire)) == 1

    with pytest.raises(FeishuError):
        get(client, fresh=True)
    assert len(sent(wire)) == 1 + 5


@pytest.mark.parametrize("code", [99991661, 99991663, 99991664, 99991668, 99991671, 99991677])
@pytest.mark.parametrize("status", [200, 400, 401])
def test_a_rejected_token_is_issued_again_once(
    client: Feishu, wire: responses.RequestsMock, code: int, status: int
) -> None:
    wire.add("POST", URL + TOKEN_PATH, json={"code": 0, "tenant_access_token": "t-2", "expire": 7200})
    answers(wire, {"code": code, "msg": "bad token"}, status=status)
    answers(wire, OK)

    assert get(client) == {"items": [1]}
    assert [r.headers["Authorization"] for r in sent(wire)] == ["Bearer t-1", "Bearer t-2"]


def test_a_token_that_stays_rejected_is_an_error(client: Feishu, wire: responses.RequestsMock) -> None:
    answers(wire, {"code": 99991663, "msg": "bad token"})
    with pytest.raises(FeishuError) as refused:
        get(client)

    assert (refused.value.code, len(sent(wire))) == (99991663, 2)


def test_a_token_is_kept_until_shortly_before_its_end(
    client: Feishu, wire: responses.RequestsMock, waits: Waits
) -> None:
    answers(wire, OK)
    for moment in (0.0, 6599.0, 1.0):
        waits.clock += moment
        get(client)

    assert len(sent(wire, URL + TOKEN_PATH)) == 2


def test_wrong_credentials_are_named_without_the_secret(
    wire: responses.RequestsMock, waits: Waits, caplog: pytest.LogCaptureFixture
) -> None:
    wire.add("POST", URL + TOKEN_PATH, json={"code": 10014, "msg": "app secret invalid"})
    client = Feishu(URL, "cli_a", SECRET, pace=waits.pace())
    with (
        caplog.at_level(logging.DEBUG),
        pytest.raises(FeishuError, match="10014 app secret invalid") as refused,
    ):
        get(client)

    assert refused.value.endpoint == f"POST {TOKEN_PATH}"
    assert SECRET not in f"{client!r} {vars(client)!r} {refused.value!r} {caplog.text}"


def test_an_error_tells_code_endpoint_log_id_and_detail(client: Feishu, wire: responses.RequestsMock) -> None:
    body = {
        "code": 99992402,
        "msg": "field validation failed",
        "error": {
            "log_id": "20260101AB",
            "field_violations": [{"field": "page_size", "description": "too big"}],
        },
    }
    answers(wire, body, status=400)
    with pytest.raises(FeishuError) as refused:
        get(client)

    assert str(refused.value) == (
        f"Feishu refused GET {PATH}: 99992402 field validation failed; page_size: too big (log_id 20260101AB)"
    )


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        ({"message": "the value of 'X' must be a string"}, "no; the value of 'X' must be a string"),
        ({"permission_violations": [{"subject": "bitable:app"}]}, "no; lacks bitable:app"),
        ({"permission_violations": [{"scope": "im:message"}]}, "no; lacks im:message"),
        ("a text", ""),
        ({}, ""),
    ],
)
def test_the_detail_says_what_feishu_added(
    client: Feishu, wire: responses.RequestsMock, error: Any, detail: str
) -> None:
    answers(wire, {"code": 1254060, "msg": "no", "error": error})
    with pytest.raises(FeishuError) as refused:
        get(client)

    assert refused.value.detail == detail


def test_every_answer_is_told_with_its_pattern_code_and_seconds(
    wire: responses.RequestsMock, waits: Waits
) -> None:
    told: list[tuple[str, int, float]] = []

    def watch(endpoint: str, code: int, seconds: float) -> None:
        told.append((endpoint, code, seconds))

    wire.add("POST", URL + TOKEN_PATH, json={"code": 0, "tenant_access_token": "t-1", "expire": 7200})
    answers(wire, {"code": 1254290, "msg": "busy"}, requests.ReadTimeout("late"), OK)
    get(Feishu(URL, "cli_a", SECRET, watch=watch, pace=waits.pace()))

    # The waiting between tries is no part of an answer: the clock of this pace moves by waits only.
    assert told == [
        (f"POST {TOKEN_PATH}", 0, 0.0),
        (f"GET {PATH}", 1254290, 0.0),
        (f"GET {PATH}", -1, 0.0),
        (f"GET {PATH}", 0, 0.0),
    ]


def test_every_request_is_metered_by_its_pattern(wire: responses.RequestsMock, waits: Waits) -> None:
    counted: Counter[str] = Counter()

    def meter(endpoint: str) -> None:
        counted[endpoint] += 1

    wire.add("POST", URL + TOKEN_PATH, json={"code": 0, "tenant_access_token": "t-1", "expire": 7200})
    answers(wire, {"code": 1254290, "msg": "busy"}, OK)
    get(Feishu(URL, "cli_a", SECRET, meter=meter, pace=waits.pace()))

    assert counted == {f"POST {TOKEN_PATH}": 1, f"GET {PATH}": 2}


def test_whoever_watches_the_calls_is_told_around_each_that_is_answered(
    wire: responses.RequestsMock, waits: Waits
) -> None:
    wire.add("POST", URL + TOKEN_PATH, json={"code": 0, "tenant_access_token": "t-1", "expire": 7200})
    answers(wire, requests.ConnectionError(), OK)
    told: list[str] = []
    client = Feishu(URL, "cli_a", SECRET, pace=waits.pace(), crossing=told.append)

    get(client)

    there = [f"{when} GET {PATH}" for when in ("before", "before", "after")]
    assert told == [f"before POST {TOKEN_PATH}", f"after POST {TOKEN_PATH}", *there]
