"""What it takes to move thousands of closed requirements into the archive, and whether a cell gets lost.

``python -m benchmarks.archiving [--rows N] [--back N] [--json]``. A team's register is filled through the
official API (two columns of their own, files, people, links, a ledger), adopted, and a month passes.
Before, every cell is read as Feishu shows it; afterwards each is looked for in 历史需求数据表: in the
column of its name, and in 完整内容, which is read here as plain JSON, without the plugin's own code. Some
come back in the end and are compared with what they were. Ends with 1 when a cell differs.
"""

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.figures import Json, Row, difference, options, show
from benchmarks.stages import MANAGER, OWNER, PERSON, counted, staged
from feishu_plugin import schema as schemas
from feishu_plugin.archived import LONGEST
from feishu_plugin.demo.stage import Stage
from feishu_plugin.schema import Field

_ONCE = 500
_MONTH = timedelta(days=32)
_SYSTEM = frozenset({"最后修改人", "最后修改时间", "创建时间"})
_RENAMED = {"当前状态": "归档时状态"}
_CUSTOMERS = 20
_CHILD = """
import json, resource, time
from feishu_plugin import settings
from feishu_plugin.app.compose import desk_for, office
from feishu_plugin.sync.history.leaving import archive
loaded = settings.load()
with office(loaded) as found:
    desk = desk_for(found, loaded.base_tokens[0])
    began, done = time.perf_counter(), archive(desk).data
    took = time.perf_counter() - began
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({**done, "seconds": took, "cpu": used.ru_utime, "peak_mb": used.ru_maxrss / 1024}))
"""


def main() -> None:
    """Measures and prints."""
    chosen = options("the archive", rows=10_000, back=50).parse_args()
    with staged() as stage:
        found = measure(stage, chosen.rows, chosen.back)
    show(found, tables(found), as_json=chosen.json)
    if found["differing"] or found["back_differing"] or found["left"]:
        raise SystemExit(1)


def tables(found: Json) -> dict[str, Sequence[Row]]:
    """The figures as people read them."""
    shown = ("rows", "archived", "left", "cells", "in_columns", "differing", "seconds", "cpu", "peak_mb")
    calls = [{"endpoint": name, "calls": count} for name, count in found["by_endpoint"].items()]
    back = {key: found[key] for key in ("back", "back_cells", "back_differing", "back_seconds", "back_calls")}
    parts: dict[str, Sequence[Row]] = {
        "into the archive": [{key: found[key] for key in shown} | {"calls": found["calls"]}],
        "calls by endpoint": calls,
        "back into the register": [back],
    }
    wrong = [{"cell": one} for one in found["examples"]]
    return {**parts, **({"cells that differ": wrong} if wrong else {})}


def measure(stage: Stage, rows: int, back: int) -> Json:
    """Fills, archives, compares, brings some back."""
    _fill(stage, rows)
    before = _register(stage)
    start = counted(stage)
    done = _in_a_process(stage)
    calls = difference(counted(stage), start)
    found = _compared(before, stage.rows("archive"))
    return {
        "rows": rows,
        **done,
        "left": len(stage.rows("requirement")),
        **found,
        "calls": sum(calls.values()),
        "by_endpoint": {name.replace("/open-apis/", ""): count for name, count in calls.items()},
        **_brought_back(stage, before, sorted(before)[:back]),
    }


def _fill(stage: Stage, rows: int) -> None:
    stage.provision("归档测量")
    _column(stage, "需求台账", {"field_name": "预算编号", "type": 1})
    _column(stage, "需求台账", {"field_name": "版本", "type": 3})
    _column(stage, "历史需求数据表", {"field_name": "预算编号", "type": 1})
    _parameter(stage, "archive_batch", str(rows))
    customers = stage.create(PERSON, "customer", [{"客户名称": f"第 {n} 家公司"} for n in range(_CUSTOMERS)])
    file = _uploaded(stage)
    for begin in range(0, rows, _ONCE):
        numbers = range(begin, min(begin + _ONCE, rows))
        ids = stage.create(PERSON, "requirement", [_row(stage, n, customers, file) for n in numbers])
        moves = [_move(stage, rid, n) for rid, n in zip(ids, numbers, strict=True)]
        _as_app(stage, "transition", moves)
    stage.command("sync")
    at = datetime.now(UTC) + _MONTH
    stage.session.put(f"{stage.url}/_sandbox/clock", json={"now": at.isoformat()}, timeout=60)


def _row(stage: Stage, n: int, customers: Sequence[str], file: str) -> Json:
    day = 1_780_000_000_000 + n * 60_000
    return {
        "需求编号": f"20260601-客服-{n:05d}",
        "需求标题": f"第 {n} 条：导出报表时日期错位",
        "当前状态": "已关闭" if n % 10 else "已作废",
        "需求类型": "问题反馈",
        "需求来源": "电话",
        "客户": [customers[n % len(customers)]],
        "客户联系人": "王经理",
        "联系方式": "138-0000-0000",
        "需求描述": f"客户在月末导出时看到日期错位。\n打开报表 https://example.com/{n}\n“引号”与 \\ 反斜杠",
        "客户原话": "每次都要手工改，真的很烦 😀",
        "附件": [{"file_token": file}] if n % 3 == 0 else [],
        "紧急程度": "中",
        "责任部门": "客服",
        "负责人": [{"id": stage.people[OWNER]["open_id"]}],
        "协作人": [{"id": stage.people[one]["open_id"]} for one in (PERSON, MANAGER)],
        "提交时间": day,
        "实际完成时间": day + 3_600_000,
        "处理结果": "已修复并回访",
        "满意度评分": 1 + n % 5,
        "客户确认": "已解决",
        "预算编号": f"B-{n}",
        "版本": f"第 {n % 4 + 1} 季度",
    }


def _move(stage: Stage, record_id: str, n: int) -> Json:
    return {
        "流转": f"第 {n} 条",
        "需求": [record_id],
        "原状态": "处理中",
        "新状态": "已完成",
        "时间": 1_780_000_000_000 + n * 60_000,
        "判定": "通过",
    }


def _in_a_process(stage: Stage) -> Json:
    done = subprocess.run(
        [sys.executable, "-c", _CHILD],
        env=dict(stage.environment),
        capture_output=True,
        text=True,
        check=True,
    )
    found: Json = json.loads(done.stdout.splitlines()[-1])
    return {key: round(value, 1) if isinstance(value, float) else value for key, value in found.items()}


def _register(stage: Stage) -> dict[str, Json]:
    """Number to cells, by column name, as plain values."""
    rows = stage.rows("requirement").values()
    return {_plain(row["需求编号"]): _cells(row) for row in rows}


def _cells(row: Mapping[str, Any]) -> Json:
    shown = {name: _plain(cell) for name, cell in row.items()}
    return {name: cell for name, cell in shown.items() if cell not in (None, [], "")}


def _plain(cell: Any) -> Any:
    """A text as one string; files, people and links by their ids."""
    if isinstance(cell, dict):
        return cell.get("link_record_ids", cell)
    if isinstance(cell, list) and cell and isinstance(cell[0], dict):
        if "file_token" in cell[0]:
            return [one["file_token"] for one in cell]
        return "".join(one["text"] for one in cell) if "text" in cell[0] else [one["id"] for one in cell]
    return cell


def _compared(before: Mapping[str, Json], archive: Mapping[str, Json]) -> Json:
    fields = schemas.load().table("requirement").by_key
    copies = {_plain(row["需求编号"]): _cells(row) for row in archive.values()}
    cells = in_columns = 0
    wrong: list[str] = []
    for number, was in before.items():
        copy = copies.get(number, {})
        whole = _whole(fields, str(copy.get("完整内容", "{}"))[: LONGEST + 1])
        for name, cell in was.items():
            cells += 1
            shown = copy.get(_RENAMED.get(name, name))
            in_columns += shown == cell
            is_kept = whole.get(name) == cell
            is_text_of_links = isinstance(shown, str) and isinstance(cell, list)
            if not is_kept or (shown not in (None, cell) and not is_text_of_links):
                wrong.append(f"{number} {name}: {cell!r} and {shown!r}, {whole.get(name)!r}")
    return {"cells": cells, "in_columns": in_columns, "differing": len(wrong), "examples": wrong[:10]}


def _whole(fields: Mapping[str, Field], text: str) -> Json:
    """完整内容 by column name, as the cells show it."""
    body = json.loads(text) or {"fields": {}, "own": {}}
    found = {name: _shown(value, {}) for name, (_, _, value) in body["own"].items()}
    for key, value in body["fields"].items():
        found[fields[key].zh] = _shown(value, {option.key: option.zh for option in fields[key].options})
    return found


def _shown(value: Any, options: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return int(datetime.fromisoformat(value["at"]).timestamp() * 1000)
    if isinstance(value, list):
        return [options.get(one, one) for one in value]
    return options.get(value, value) if isinstance(value, str) else value


def _brought_back(stage: Stage, before: Mapping[str, Json], numbers: Sequence[str]) -> Json:
    start, began = counted(stage), time.perf_counter()
    if numbers:
        stage.command("unarchive", *numbers)
    took, calls = time.perf_counter() - began, difference(counted(stage), start)
    after = _register(stage)
    cells = {(number, name): cell for number in numbers for name, cell in before[number].items()}
    here = {key: cell for key, cell in cells.items() if key[1] not in _SYSTEM}
    return {
        "back": len(after),
        "back_cells": len(here),
        "back_differing": sum(after.get(n, {}).get(name) != cell for (n, name), cell in here.items()),
        "back_seconds": round(took, 1),
        "back_calls": sum(calls.values()),
    }


def _column(stage: Stage, table: str, body: Json) -> None:
    tables = f"/open-apis/bitable/v1/apps/{stage.base['base_token']}/tables"
    listed = stage.call("GET", f"{tables}?page_size=100", _app_token(stage))["items"]
    id = next(one["table_id"] for one in listed if one["name"] == table)
    stage.call("POST", f"{tables}/{id}/fields", _app_token(stage), body)


def _parameter(stage: Stage, key: str, value: str) -> None:
    rows = stage.rows("parameter")
    row = next(id for id, cells in rows.items() if key in {_plain(cell) for cell in cells.values()})
    stage.edit(MANAGER, "parameter", {row: {"值": value}})


def _as_app(stage: Stage, table: str, rows: Sequence[Json]) -> None:
    """People have no right to write the ledger."""
    base = f"/open-apis/bitable/v1/apps/{stage.base['base_token']}/tables/{stage.base['tables'][table]}"
    body = {"records": [{"fields": row} for row in rows]}
    stage.call("POST", f"{base}/records/batch_create", _app_token(stage), body)


def _app_token(stage: Stage) -> str:
    body = {"app_id": stage.sandbox.ready["app_id"], "app_secret": stage.sandbox.ready["app_secret"]}
    path = f"{stage.url}/open-apis/auth/v3/tenant_access_token/internal"
    return str(stage.session.post(path, json=body, timeout=60).json()["tenant_access_token"])


def _uploaded(stage: Stage) -> str:
    content = b"what the customer saw"
    answer = stage.session.post(
        f"{stage.url}/open-apis/drive/v1/medias/upload_all",
        data={
            "file_name": "截图.txt",
            "parent_type": "bitable_file",
            "parent_node": stage.base["base_token"],
            "size": str(len(content)),
        },
        files={"file": ("截图.txt", content)},
        headers={"Authorization": f"Bearer {_app_token(stage)}"},
        timeout=60,
    )
    return str(answer.json()["data"]["file_token"])


if __name__ == "__main__":
    main()
