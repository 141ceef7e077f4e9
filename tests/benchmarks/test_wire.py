"""The wire speaks TLS, costs its round trips, and whoever has its environment trusts it."""

import json
import subprocess
import sys

import pytest
import requests

from benchmarks.stages import staged
from benchmarks.wire import wire

_TRIP_MS = 40
_CALLS = """
import json, ssl, sys, time, requests
url, body = sys.argv[1] + "/callback/ws/endpoint", json.loads(sys.argv[2])
took = []
with requests.Session() as session:
    session.trust_env = False
    for _ in range(2):
        began = time.perf_counter()
        session.post(url, json=body).raise_for_status()
        took.append((time.perf_counter() - began) * 1000)
print(json.dumps({
    "took_ms": took,
    "url": requests.post(url, json=body).json()["data"]["URL"],
    "by_system": len(ssl.create_default_context().get_ca_certs()),
}))
"""


def test_two_programs_talk_over_it_at_its_pace() -> None:
    with staged() as stage, wire(stage.url, _TRIP_MS) as near:
        ready = stage.sandbox.ready
        body = json.dumps({"AppID": ready["app_id"], "AppSecret": ready["app_secret"]})
        done = subprocess.run(
            [sys.executable, "-c", _CALLS, near.url, body],
            env=dict(near.environment),
            capture_output=True,
            text=True,
            check=True,
        )
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(near.url, timeout=60)

    told = json.loads(done.stdout)
    opened, kept = told["took_ms"]
    assert told["url"].startswith(near.url.replace("https", "wss")), "events come over the wire, too"
    # A machine can only be late: these are floors.
    assert opened >= 3 * _TRIP_MS
    assert kept >= _TRIP_MS
    assert told["by_system"] > 100, "the usual certificates are read, too"
