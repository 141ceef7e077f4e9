"""A backup taken while people work, a loss a day later, a restore: nothing is undone, nobody hears twice."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.year.cards import read
from feishu_plugin.demo.narrator import ZONE
from feishu_plugin.demo.stage import Process, Stage

LIN, ZHOU = "林晓岚", "周子墨"
TABLES = ("requirement", "transition", "notice")


def database(stage: Stage) -> Path:
    return stage.folder / "plugin.sqlite3"


def watching(stage: Stage) -> Process:
    assert stage.service is not None
    return stage.service


def run(stage: Stage, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "feishu_plugin.cli", *words],
        env=dict(stage.environment),
        cwd=stage.folder,
        capture_output=True,
        text=True,
        check=False,
    )


def plans(stage: Stage) -> dict[str, Any]:
    day = stage.now().astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "需求类型": "定制化",
        "紧急程度": "中",
        "负责人": [{"id": stage.people[LIN]["open_id"]}],
        "责任部门": "客服",
        "计划完成时间": int((day + timedelta(days=2)).timestamp() * 1000),
    }


def create(stage: Stage, count: int) -> list[str]:
    rows = [{"需求标题": f"{chr(0x7532 + n)}事", **plans(stage)} for n in range(count)]
    return stage.create(ZHOU, "requirement", rows)


def move(stage: Stage, rid: str, *statuses: str) -> None:
    for status in statuses:
        stage.edit(LIN, "requirement", {rid: {"当前状态": status, "需求进展": f"到{status}"}})
        stage.until_quiet()


def morning(stage: Stage) -> None:
    """The next day at 09:11: every morning card of it is out."""
    at = (stage.now().astimezone(ZONE) + timedelta(days=1)).replace(hour=9, minute=11)
    stage.go_to(at)


def tables(stage: Stage) -> dict[str, Any]:
    return {table: stage.rows(table) for table in TABLES}


def told(stage: Stage) -> list[tuple[str, str, str, str]]:
    """(title of the card, who, event, record) of every line of every card."""
    names = {one["open_id"]: name for name, one in stage.people.items()}
    cards = [read(raw, names[raw["to"]]) for raw in stage.messages()]
    return [(card.title, one.to, one.event, one.record_id) for card in cards for one in card.items]


@pytest.fixture
def lost(unwatched: Stage, tmp_path: Path) -> tuple[Stage, Path, list[str]]:
    """A day of work after a backup, then the machine is gone."""
    stage, file = unwatched, tmp_path / "state.sqlite3"
    stage.serve()
    ids = create(stage, 3)
    stage.until_quiet()
    move(stage, ids[0], "处理中")
    assert stage.command("backup", str(file))["bytes"] > 0
    move(stage, ids[0], "待客户配合")
    move(stage, ids[1], "处理中", "待客户配合")
    ids += create(stage, 1)
    stage.until_quiet()
    morning(stage)
    move(stage, ids[3], "已关闭")
    watching(stage).kill()
    return stage, file, ids


def test_after_a_restore_the_base_is_as_it_was_and_nobody_hears_twice(
    lost: tuple[Stage, Path, list[str]],
) -> None:
    stage, file, _ = lost
    before, heard = tables(stage), told(stage)
    mornings = [line for line in heard if line[0].startswith("今日提醒")]
    assert mornings

    restored = run(stage, "backup", "--restore", "--force", str(file))
    assert restored.returncode == 0, restored.stderr
    stage.serve()
    stage.go_to(stage.now() + timedelta(hours=2))

    assert tables(stage) == before
    assert told(stage) == heard
    morning(stage)
    later = told(stage)[len(heard) :]
    assert not {line[1:] for line in later} & {line[1:] for line in mornings}


def test_what_people_did_while_nobody_watched_is_judged_from_where_the_ledger_ends(
    lost: tuple[Stage, Path, list[str]],
) -> None:
    stage, file, ids = lost
    stage.edit(ZHOU, "requirement", {ids[0]: {"当前状态": "已关闭"}, ids[1]: {"当前状态": "处理中"}})

    assert run(stage, "backup", "--restore", "--force", str(file)).returncode == 0
    stage.serve()
    stage.until_quiet()
    new, next_number = create(stage, 1), tables(stage)["requirement"]
    stage.until_quiet()

    rows = stage.rows("requirement")
    assert rows[ids[0]]["当前状态"] == "待客户配合"
    assert rows[ids[1]]["当前状态"] == "处理中"
    numbers = [row["需求编号"][0]["text"] for row in rows.values()]
    assert len(set(numbers)) == len(numbers) == len(next_number) == 5
    assert rows[new[0]]["当前状态"] == "待处理"


def test_a_database_in_use_is_not_replaced_and_a_file_is_not_overwritten(
    unwatched: Stage, tmp_path: Path
) -> None:
    stage, file = unwatched, tmp_path / "state.sqlite3"
    stage.serve()
    assert run(stage, "backup", str(file)).returncode == 0

    used = run(stage, "backup", "--restore", str(file))
    there = run(stage, "backup", str(file))

    assert (used.returncode, there.returncode) == (1, 1)
    assert "the database is in use" in used.stderr
    assert "stop serve first" in used.stderr
    assert "is there already" in there.stderr
    watching(stage).stop()
    assert run(stage, "backup", "--restore", str(file)).returncode == 0
    assert stage.command("backup", "--restored")["bases"] == [stage.base["base_token"]]
    [kept] = stage.folder.glob("plugin.sqlite3.before-restore-*")
    with closing(sqlite3.connect(kept)) as opened:
        assert opened.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert database(stage).exists()
    assert not list(stage.folder.glob("*.restoring*"))
