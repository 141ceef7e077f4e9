"""The commands as an administrator meets them: exit codes, one clear line, nothing half done."""

import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

from feishu_plugin.demo.stage import Stage


def run(*words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "feishu_plugin.cli", *words],
        env=environment,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", ["plan", "apply", "serve", "sync", "remind", "report", "status"])
def test_missing_settings_are_all_named_in_one_line(command: str, tmp_path: Path) -> None:
    done = run(command, cwd=tmp_path)

    assert done.returncode == 1
    assert "FEISHU_APP_ID" in done.stderr
    assert "FEISHU_APP_SECRET" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [(), ("--restore",), ("x", "--restored"), ("--restore", "--restored")])
def test_a_backup_without_its_file_says_how_it_is_used(words: tuple[str, ...], tmp_path: Path) -> None:
    done = run("backup", *words, cwd=tmp_path)

    assert done.returncode == 2
    assert "--restored" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "zh"),
    [
        (("plan", "--ofline"), "没有选项 --ofline，是不是 "),
        (("report", "--format", "pdf"), "--format 的值不对："),
        (("unarchive",), "缺少 NUMBER"),
    ],
)
def test_a_command_written_wrong_is_one_line_in_the_language_that_is_spoken(
    words: tuple[str, ...], zh: str, tmp_path: Path
) -> None:
    done = run(*words, cwd=tmp_path, FEISHU_PLUGIN_LANGUAGE="zh")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"feishu-plugin: {zh}")
    assert done.stderr.endswith(f"用法见 `feishu-plugin {words[0]} --help`\n")


def test_a_sandbox_whose_people_are_no_json_says_what_to_look_at(tmp_path: Path) -> None:
    (tmp_path / "people.json").write_text("林晓岚", encoding="utf-8")

    done = run("sandbox", "--port", "0", "--users", "people.json", cwd=tmp_path)

    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "--users" in done.stderr


def test_an_offline_plan_needs_no_settings(tmp_path: Path) -> None:
    done = run("plan", "--offline", cwd=tmp_path)

    assert done.returncode == 2
    assert "需求台账" in done.stdout


def test_a_wrong_secret_is_one_clear_line_without_the_secret(unwatched: Stage, tmp_path: Path) -> None:
    environment = {**unwatched.environment, "FEISHU_APP_SECRET": "wrong-and-private"}

    done = run("plan", cwd=tmp_path, **environment)

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "wrong-and-private" not in done.stderr


def test_plan_says_no_difference_after_apply_and_apply_changes_nothing_again(unwatched: Stage) -> None:
    plan = unwatched.command("plan")
    assert (plan["changes"], plan["refused"], plan["kept"]) == ([], [], [])
    # Advanced permissions are off, and no call filters by the reader: told, and no difference.
    assert {line["kind"] for line in plan["skipped"]} == {"skip_role", "skip_view"}
    assert unwatched.command("apply")["changes"] == []
    assert unwatched.command("apply")["seeded"] == {}


def test_report_twice_is_once_and_a_month_to_come_is_refused(unwatched: Stage, tmp_path: Path) -> None:
    unwatched.create("周子墨", "requirement", [{"需求标题": "一条"}])
    unwatched.command("sync")

    first = unwatched.command("report", "--month", "2026-08")
    [kpis] = unwatched.rows("kpi").values()
    again = unwatched.command("report", "--month", "2026-08")
    future = run("report", "--month", "2027-01", cwd=tmp_path, **unwatched.environment)

    assert first["changed_rows"]
    assert first["no_charts"] == again["no_charts"] == ""
    assert again["changed_rows"] == []
    charts = [f"2026-08 {key}.png" for key in ("flow", "channels", "statuses")]
    assert [file["name"] for file in kpis["图表"]] == charts
    assert list(unwatched.rows("kpi").values()) == [kpis]
    assert future.returncode == 1
    assert "has not begun" in future.stderr


def test_a_report_becomes_a_file_and_a_dry_run_changes_nothing_in_the_base(
    unwatched: Stage, tmp_path: Path
) -> None:
    unwatched.create("周子墨", "requirement", [{"需求标题": "一条"}])
    month = ("--month", "2026-08", "--dry-run")

    words = run("report", *month, "--format", "md", cwd=tmp_path, **unwatched.environment)
    book = unwatched.command("report", *month, "--format", "xlsx", "--output", str(tmp_path))
    alone = run("report", *month, "--output", "x.md", cwd=tmp_path, **unwatched.environment)

    assert words.stdout.startswith("# 月报 2026-08 · Monthly report"), words.stderr
    assert book["files"] == [str(tmp_path / "report-2026-08.xlsx")]
    assert load_workbook(book["files"][0])["KPI月报"]["A2"].value == "2026-08"
    assert (alone.returncode, [one.name for one in tmp_path.iterdir()]) == (2, ["report-2026-08.xlsx"])
    assert unwatched.command("report", "--month", "2026-08")["changed_rows"]  # nothing was there yet


def test_the_card_of_the_report_opens_the_dashboard_of_the_base(unwatched: Stage) -> None:
    unwatched.create("周子墨", "requirement", [{"需求标题": "一条", "需求来源": "电话"}])
    unwatched.command("sync")
    zhou = unwatched.people["周子墨"]
    token = str(zhou["user_access_token"])
    unwatched.environment = {**unwatched.environment, "FEISHU_PLUGIN_ADMINISTRATORS": zhou["open_id"]}
    base = unwatched.base["base_token"]
    boards = unwatched.call("GET", f"/open-apis/base/v3/bases/{base}/dashboards", token)

    unwatched.command("report", "--month", "2026-08")

    [card] = {str(m["content"]) for m in unwatched.messages() if "需求管理月报 2026-08" in str(m["content"])}
    assert f"/base/{base}?table={boards['items'][0]['dashboard_id']}" in card
    assert "新增与解决 New and resolved" in card


PRINTED_BY_A_COMMAND = r"""
import sys
from feishu_plugin.cli import main
sys.argv = ["feishu-plugin", "version"]
try:
    main()
except SystemExit:
    print("half an emoji: \ud83d")
"""


def test_a_name_with_half_an_emoji_is_printed_with_its_escape(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PRINTED_BY_A_COMMAND],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("half an emoji: \\ud83d\n")
