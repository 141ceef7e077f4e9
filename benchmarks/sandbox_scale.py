"""How the sandbox carries many records: memory per record and times of calls, as a table or JSON.

``python -m benchmarks.sandbox_scale [--records N] [--data] [--json]``. It starts a sandbox of its
own, fills one table over HTTP and asks it; with ``--data`` the sandbox keeps a SQLite file.
Times are whole round trips in milliseconds; memory is resident, told by the operating system.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any

import requests
from rich.console import Console
from rich.table import Table

from benchmarks.figures import resident_mb

BATCH = 1000
ROUNDS = 20
STATES = ("待处理", "处理中", "测试验证", "已完成", "已关闭")
FIELDS = [
    {"field_name": "标题", "type": 1},
    {"field_name": "状态", "type": 3, "property": {"options": [{"name": name} for name in STATES]}},
    {"field_name": "得分", "type": 2},
    {"field_name": "提交时间", "type": 5},
    {"field_name": "编号", "type": 1},
    {"field_name": "已付", "type": 7},
]
DAY_MS = 86_400_000
START_MS = 1_767_225_600_000


class Client:
    """Calls of the app over one kept-alive connection."""

    def __init__(self, ready: Mapping[str, Any]) -> None:
        self._url, self._session = ready["base_url"], requests.Session()
        self._session.trust_env = False
        keys = {key: ready[key] for key in ("app_id", "app_secret")}
        token = self.call("POST", "/open-apis/auth/v3/tenant_access_token/internal", keys)
        self._session.headers["Authorization"] = f"Bearer {token['tenant_access_token']}"

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The whole answer; anything but code 0 ends the benchmark."""
        answer = self._session.request(method, self._url + path, json=body, timeout=300).json()
        if answer.get("code", 0):
            raise SystemExit(f"{method} {path}: {answer}")
        return answer


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description="memory and times of a sandbox with many records")
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--data", action="store_true", help="keep the state in a SQLite file")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, started(Path(folder), options.data) as (ready, pid):
        figures = measure(Client(ready), pid, options.records)
    if options.json:
        print(json.dumps(figures, ensure_ascii=False, indent=2))
    else:
        _print_table(figures)


@contextmanager
def started(folder: Path, data: bool) -> Iterator[tuple[Any, int]]:
    """A sandbox process: its ready line and its process id."""
    command = [sys.executable, "-m", "feishu_plugin.sandbox", "--port", "0", "--print-json"]
    command += ["--data", str(folder / "sandbox.sqlite3")] if data else []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline()), process.pid
        finally:
            process.terminate()


def measure(client: Client, pid: int, records: int) -> dict[str, float]:
    """Every figure by its name."""
    client.call("PUT", "/_sandbox/switches", {"rate_limits": False})
    app = client.call("POST", "/open-apis/bitable/v1/apps", {"name": "scale"})["data"]["app"]["app_token"]
    base = f"/open-apis/bitable/v1/apps/{app}/tables"
    body = {"table": {"name": "需求", "default_view_name": "全部", "fields": FIELDS}}
    table = f"{base}/{client.call('POST', base, body)['data']['table_id']}"
    before = resident_mb(pid)
    began = perf_counter()
    ids = [
        id
        for first in range(0, records, BATCH)
        for id in _fill(client, table, first, min(BATCH, records - first))
    ]
    loaded_s, used_mb = perf_counter() - began, resident_mb(pid) - before
    figures = {"records": float(records), "bytes per record": round(used_mb * 1024 * 1024 / records, 1)}
    figures["create 1000 records"] = round(loaded_s * 1000 / max(1, records / BATCH), 2)
    return figures | _times(client, table, ids)


def _fill(client: Client, table: str, first: int, count: int) -> list[str]:
    rows = [{"fields": _row(number)} for number in range(first, first + count)]
    answer = client.call("POST", f"{table}/records/batch_create", {"records": rows})
    return [record["record_id"] for record in answer["data"]["records"]]


def _row(number: int) -> dict[str, Any]:
    return {
        "标题": f"需求 {number} 导出速度太慢",
        "状态": STATES[number % len(STATES)],
        "得分": number % 101,
        "提交时间": START_MS + number * 60_000,
        "编号": f"REQ-{number:07d}",
        "已付": number % 2 == 0,
    }


def _times(client: Client, table: str, ids: list[str]) -> dict[str, float]:
    search = f"{table}/records/search"
    middle = len(ids) // 2
    sort = {"sort": [{"field_name": "得分", "desc": True}]}
    late = _where("提交时间", "isGreater", "ExactDate", str(START_MS + 30 * DAY_MS))

    values = count(1000)

    def touch(number: int) -> None:
        """A value that the cell never had: an unchanged cell would be no write at all."""
        client.call("PUT", f"{table}/records/{ids[number]}", {"fields": {"得分": next(values)}})

    def searched(body: dict[str, Any]) -> Callable[[int], None]:
        def run(number: int) -> None:
            touch(number)  # so that no search finds the answer of the one before
            began.append(perf_counter())
            client.call("POST", f"{search}?page_size=100", body)

        return run

    return {
        "get by id": _median(lambda n: client.call("GET", f"{table}/records/{ids[middle + n]}")),
        "update one": _median(touch),
        "create one": _median(lambda n: client.call("POST", f"{table}/records", {"fields": _row(n)})),
        "search page, no filter": _median(searched({})),
        "search page, text is": _median(searched(_where("编号", "is", f"REQ-{middle:07d}"))),
        "search page, option is": _median(searched(_where("状态", "is", "处理中"))),
        "search page, option contains two": _median(searched(_where("状态", "contains", "处理中", "已完成"))),
        "search page, date after": _median(searched(late)),
        "search page, text contains": _median(searched(_where("标题", "contains", str(middle)))),
        "search page, sorted by number": _median(searched(sort)),
    }


began: list[float] = []
"""When the measured part of a round began, where that is not its start."""


def _where(field: str, operator: str, *values: str) -> dict[str, Any]:
    condition = {"field_name": field, "operator": operator, "value": list(values)}
    return {"filter": {"conjunction": "and", "conditions": [condition]}}


def _median(run: Callable[[int], Any]) -> float:
    took = []
    for number in range(ROUNDS):
        began.clear()
        start = perf_counter()
        run(number)
        took.append(perf_counter() - (began[0] if began else start))
    return round(statistics.median(took) * 1000, 2)


def _print_table(figures: Mapping[str, float]) -> None:
    table = Table("what", "figure", title="sandbox at scale (times: median round trip in ms)")
    for name, value in figures.items():
        table.add_row(name, f"{value:,.2f}".rstrip("0").rstrip("."))
    Console().print(table)


if __name__ == "__main__":
    main()
