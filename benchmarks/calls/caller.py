"""One side that reads a record again and again from one thread.

``python -m benchmarks.calls.caller SIDE URL``: a number on stdin is answered by so many calls and
one JSON line ``{"calls", "seconds", "cpu_s"}``; ``cpu_s`` is of this process, all threads.
"""

import json
import sys
import time
from collections.abc import Callable

import requests

from benchmarks.comparison import PEER, PLUGIN

SESSION = "kept session"
_IDS = {"app_token": "app1", "table_id": "tbl1", "record_id": "rec1"}
_PATH = "/open-apis/bitable/v1/apps/:app_token/tables/:table_id/records/:record_id"
Call = Callable[[], object]


def main() -> None:
    """Serves until stdin ends."""
    call = {PLUGIN: _plugin, PEER: _peer, SESSION: _session}[sys.argv[1]](sys.argv[2])
    call()  # token, connection and imports
    for line in sys.stdin:
        print(json.dumps(_measure(call, int(line))), flush=True)


def _measure(call: Call, calls: int) -> dict[str, float]:
    began, used = time.perf_counter(), time.process_time()
    for _ in range(calls):
        call()
    return {
        "calls": calls,
        "seconds": time.perf_counter() - began,
        "cpu_s": time.process_time() - used,
    }


def _plugin(url: str) -> Call:
    from feishu_plugin.gateway.http import Feishu
    from feishu_plugin.gateway.pacing import Pace

    feishu = Feishu(url, "cli_measured", "secret", pace=Pace(limited=False))
    return lambda: feishu.call("GET", _PATH, ids=_IDS)["record"]["fields"]


def _peer(url: str) -> Call:
    import lark_oapi as lark
    from lark_oapi.api.bitable.v1 import GetAppTableRecordRequest

    client = lark.Client.builder().app_id("cli_measured").app_secret("secret").domain(url).build()

    def call() -> object:
        place = GetAppTableRecordRequest.builder().app_token("app1").table_id("tbl1").record_id("rec1")
        return client.bitable.v1.app_table_record.get(place.build()).data.record.fields

    return call


def _session(url: str) -> Call:
    """The floor: what requests itself costs when the connection is kept."""
    session = requests.Session()
    session.trust_env = False
    path = "/open-apis/bitable/v1/apps/app1/tables/tbl1/records/rec1"
    headers = {"Authorization": "Bearer t-measured"}
    return lambda: session.get(url + path, headers=headers, timeout=30).json()["data"]["record"]["fields"]


if __name__ == "__main__":
    main()
