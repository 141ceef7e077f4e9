"""Whatever is sent, the sandbox answers like Feishu: in its envelope, soon, never with a defect."""

import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.fuzzing import Request, requests_to
from tests.contract.good_calls import GOOD
from tests.contract.premises import Premises
from tests.contract.test_every_endpoint import BYTES
from tests.sandbox.conftest import Json, Sandbox

EXAMPLES = int(os.environ.get("SANDBOX_FUZZ_EXAMPLES", "60"))
"""Set it higher to look for new trouble: then the requests differ from run to run."""
BY_ORDER = {("PUT", "/_sandbox/faults"), ("POST", "/_sandbox/reset"), ("PUT", "/_sandbox/switches")}
"""Control calls that may order misfortunes or slowness; their own tests walk them."""
FEISHU = [key for key in GOOD if not key[1].startswith("/_sandbox/")]
CONTROL = [key for key in GOOD if key[1].startswith("/_sandbox/") and key not in BY_ORDER]
FILES = tuple(pattern.split(":")[0] for pattern in BYTES)

fuzz = settings(
    max_examples=EXAMPLES,
    derandomize="SANDBOX_FUZZ_EXAMPLES" not in os.environ,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def verdict(premises: Premises, request: Request) -> str | None:
    """None, or what no client should ever get; a connection that hangs raises after a minute."""
    arguments: Json = premises.filled(request.arguments)
    headers = dict(arguments.pop("headers", {}))
    token: str | None = None
    if request.who == "app":
        token = premises.sandbox.app_token()
    elif request.who == "person":
        token = premises.sandbox.ready["users"][1]["user_access_token"]
    elif request.who:
        headers["Authorization"] = request.who
    path = premises.filled(request.path)
    answer = premises.sandbox.raw(request.method, path, token=token, headers=headers, **arguments)
    told = f"{request} -> {answer.status_code} {answer.text[:300]}"
    if answer.status_code >= 500 or "Traceback" in answer.text:
        return told
    if answer.status_code < 300 and request.path.startswith(FILES):
        return None
    if answer.headers.get("Content-Type") != "application/json; charset=utf-8" or not answer.headers.get(
        "X-Tt-Logid"
    ):
        return told
    body = answer.json()
    fine = isinstance(body, dict) and (
        request.path.startswith("/_sandbox/") or isinstance(body.get("code"), int)
    )
    return None if fine else told


@fuzz
@given(requests=st.lists(requests_to(FEISHU), min_size=5, max_size=12))
def test_the_api_never_breaks(box: Sandbox, requests: list[Request]) -> None:
    box.control("PUT", "/switches", json={"rate_limits": False})
    premises = Premises(box)

    assert [wrong for request in requests if (wrong := verdict(premises, request))] == []


@fuzz
@given(requests=st.lists(requests_to(CONTROL), min_size=5, max_size=12))
def test_the_control_calls_never_break(box: Sandbox, requests: list[Request]) -> None:
    box.reset()
    box.control("PUT", "/switches", json={"rate_limits": False})
    premises = Premises(box)

    assert [wrong for request in requests if (wrong := verdict(premises, request))] == []
