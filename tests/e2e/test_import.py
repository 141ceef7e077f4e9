"""Files of requirements into a base, whole stories: adopted as they stand, each once through a power cut."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from feishu_plugin.demo.narrator import ZONE
from feishu_plugin.demo.stage import Stage
from tests.looking import looks
from tests.postgres import PostgresServer

HEAD = ("ID", "Title", "Status", "Priority", "Assignee", "Created", "处理中时间", "Notes", "Floor")
STATUSES = {"New": "待处理", "In Progress": "处理中", "Resolved": "已完成", "Closed": "已关闭"}
MANY = 1300
CLERK = "周子墨"


def row(number: int, status: str = "") -> tuple[str, ...]:
    words = status or list(STATUSES)[number % len(STATUSES)]
    return (
        f"T-{number}",
        f"需求 {number}",
        words,
        ("High", "Low")[number % 2],
        (CLERK, "路人甲")[number % 2],
        f"2026/3/{number % 28 + 1}",
        f"2026/4/{number % 28 + 1}" if words != "New" else "",
        f"note, {number}",
        f"{number % 9}F",
    )


def written(file: Path, rows: Sequence[Sequence[str]]) -> Path:
    with file.open("w", encoding="gb18030", newline="") as lines:
        csv.writer(lines).writerows([HEAD, *rows])
    return file


def started(stage: Stage, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "feishu_plugin.cli", "import", *words, "--json"],
        env=dict(stage.environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=stage.folder,
    )


def imported(stage: Stage, *words: str) -> tuple[int, dict[str, object]]:
    """Exit code and what it told."""
    process = started(stage, *words)
    out, err = process.communicate(timeout=600)
    assert out, err
    told: dict[str, object] = json.loads(out)
    return process.returncode, told


def counts(told: dict[str, object]) -> list[object]:
    return [told[key] for key in ("created", "updated", "unchanged", "left_out")]


def text(cell: object) -> str:
    return "".join(part["text"] for part in cell) if isinstance(cell, list) else str(cell or "")


def known_by(stage: Stage, *people: str) -> None:
    """Somebody is known by name once they stand in the base."""
    owners = {"负责人": [{"id": stage.people[one]["open_id"]} for one in people]}
    stage.edit("沈国栋", "routing", dict.fromkeys(stage.rows("routing"), owners))


def shown(stage: Stage) -> dict[str, tuple[str, ...]]:
    """Source key to what people see of the cells that the file filled."""
    found: dict[str, tuple[str, ...]] = {}
    for cells in stage.rows("requirement").values():
        key = text(cells.get("录入渠道键"))
        assert key not in found, "no row is there twice"
        owner = [one["name"] for one in cells.get("负责人") or ()]
        names = ("需求标题", "当前状态", "紧急程度", "提交时间", "备注")
        found[key] = (*(text(cells.get(name)) for name in names), *owner)
        assert text(cells.get("需求编号")), "every row has its number"
        assert cells.get("优先级") or cells["当前状态"] == "已关闭", "and its priority while it is open"
    return found


def expected(number: int) -> tuple[str, ...]:
    """The same, from the file."""
    _, title, status, priority, assignee, created, _, notes, floor = row(number)
    day = datetime.strptime(created, "%Y/%m/%d").replace(tzinfo=ZONE)
    at = str(int(day.timestamp() * 1000))
    lines = [notes, *([] if assignee == CLERK else [f"Assignee：{assignee}"]), f"Floor：{floor}"]
    owner = (assignee,) if assignee == CLERK else ()
    return (title, STATUSES[status], {"High": "高", "Low": "低"}[priority], at, "\n".join(lines), *owner)


@pytest.fixture(params=["sqlite", "postgresql"])
def on_either(request: pytest.FixtureRequest, unwatched: Stage) -> Stage:
    """A base whose state is kept in the one database or the other."""
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        unwatched.environment = {**unwatched.environment, "FEISHU_PLUGIN_DATABASE": server.fresh()}
    return unwatched


def test_a_file_is_imported_once_through_a_power_cut(on_either: Stage) -> None:
    stage = on_either
    known_by(stage, CLERK)
    stage.serve()
    file = written(stage.folder / "tickets.csv", [row(n) for n in range(MANY)])
    process = started(stage, file.name)
    for _ in looks():
        if len(stage.rows("requirement")) >= 500:
            break
    process.kill()
    process.communicate(timeout=60)
    before = len(stage.rows("requirement"))

    code, told = imported(stage, file.name)
    stage.until_quiet()

    assert 500 <= before < MANY, "the cut must come in the middle"
    assert (code, told["left_out"]) == (0, 0)
    assert sum(int(str(one)) for one in counts(told)) == MANY
    assert shown(stage) == {f"tickets:T-{n}": expected(n) for n in range(MANY)}
    ledger = list(stage.rows("transition").values())
    assert {one["判定"] for one in ledger} == {"通过"}, "nothing was put back"
    moves = [one for one in ledger if one["来源"] == "导入" and one["原状态"] != one["新状态"]]
    assert len(moves) == sum(row(n)[2] != "New" for n in range(MANY))
    assert counts(imported(stage, file.name)[1]) == [0, 0, MANY, 0]


def test_the_next_version_of_a_file_brings_what_is_new_and_keeps_what_people_wrote(unwatched: Stage) -> None:
    stage = unwatched
    known_by(stage, CLERK)
    file = written(stage.folder / "tickets.csv", [row(n) for n in range(4)])
    code, told = imported(stage, file.name, "--dry-run")
    assert (code, counts(told), stage.rows("requirement")) == (0, [4, 0, 0, 0], {})
    assert counts(imported(stage, file.name)[1]) == [4, 0, 0, 0]
    ids = {text(cells["录入渠道键"]): rid for rid, cells in stage.rows("requirement").items()}
    stage.edit(CLERK, "requirement", {ids["tickets:T-1"]: {"需求标题": "人改的标题"}})

    rows = [list(row(n)) for n in range(5)]
    rows[0][1], rows[1][1] = "改了标题", "=文件改的标题"
    written(file, [*rows, row(2)])
    code, told = imported(stage, file.name)

    assert (code, counts(told)) == (1, [1, 1, 3, 1])
    titles = {text(c["录入渠道键"]): text(c["需求标题"]) for c in stage.rows("requirement").values()}
    assert titles["tickets:T-0"] == "改了标题"
    assert titles["tickets:T-1"] == "人改的标题"
    report = (stage.folder / "tickets.csv.errors.csv").read_text(encoding="utf-8-sig")
    assert "未导入 left out" in report
    assert "'=文件改的标题" in report, "no cell of the report is a formula"
    assert "需求标题" in report


def test_customers_that_nobody_knew_are_in_the_register_when_the_command_ends(unwatched: Stage) -> None:
    stage = unwatched
    file = stage.folder / "sales.csv"
    names = ["北斗学校", "南山医院", "北斗学校"]
    rows = [(f"S-{n}", f"需求 {n}", name, "待处理") for n, name in enumerate(names)]
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([("ID", "Title", "Customer name", "Status"), *rows])

    for _ in range(2):
        imported(stage, file.name)

    customers = {rid: text(cells["客户名称"]) for rid, cells in stage.rows("customer").items()}
    assert sorted(customers.values()) == ["北斗学校", "南山医院"]
    linked = [cells["客户"]["link_record_ids"] for cells in stage.rows("requirement").values()]
    assert [[customers[one] for one in ids] for ids in linked] == [[name] for name in names]
    told = {text(cells.get("客户情况")) for cells in stage.rows("requirement").values()}
    assert told == {"第 1 条 · 未完成 1", "第 2 条 · 未完成 2"}


def test_what_cannot_be_imported_is_one_clear_line(unwatched: Stage) -> None:
    (unwatched.folder / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0" + os.urandom(99))
    for words, said in (
        (["none.csv"], "cannot be read"),
        (["old.xls"], "save it as .xlsx"),
        (["old.xls", "--mapping", "none.json"], "--dry-run writes one"),
    ):
        process = started(unwatched, *words)
        _, err = process.communicate(timeout=120)

        assert process.returncode == 1
        assert said in err
        assert len(err.strip().splitlines()) == 1
