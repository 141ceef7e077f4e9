"""``export`` and ``restore`` as an administrator meets them."""

import subprocess
import sys
from pathlib import Path

import pytest

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


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    return done.stderr


def test_a_base_is_exported_and_restored_into_a_new_one(unwatched: Stage, tmp_path: Path) -> None:
    unwatched.create("周子墨", "requirement", [{"需求标题": "一条"}])
    file = tmp_path / "base.zip"

    exported = unwatched.command("export", str(file))
    restored = unwatched.command("restore", str(file), "--base-name", "还原")

    assert exported["tables"]["requirement"] == 1
    assert restored["failed"] == []
    assert restored["tables"] == exported["tables"]
    assert restored["base_token"] != unwatched.base["base_token"]
    environment = {**unwatched.environment, "FEISHU_BASE_TOKEN": restored["base_token"]}
    # Also the rules are there, once, and nothing is left to be applied.
    planned = run("plan", cwd=tmp_path, **environment)
    assert (planned.returncode, planned.stderr) == (0, "")
    seeded = run("apply", "--json", cwd=tmp_path, **environment)
    assert '"seeded": {}' in seeded.stdout


def test_a_base_with_rows_and_a_file_that_exists_are_refused_in_one_line(
    unwatched: Stage, tmp_path: Path
) -> None:
    file = tmp_path / "base.zip"
    unwatched.command("export", str(file))

    again = run("export", str(file), cwd=tmp_path, **unwatched.environment)
    filled = run("restore", str(file), cwd=tmp_path, **unwatched.environment)

    assert "exists already" in one_line(again)
    assert "is not empty" in one_line(filled)
    assert [path.name for path in tmp_path.iterdir()] == ["base.zip"]


@pytest.mark.parametrize(("content", "said"), [(None, "cannot be read"), (b"no zip", "not an archive")])
def test_what_is_no_archive_is_refused_in_one_line(
    content: bytes | None, said: str, unwatched: Stage, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / "a.zip").write_bytes(content)

    done = run("restore", "a.zip", "--base-name", "新", cwd=tmp_path, **unwatched.environment)

    assert said in one_line(done)
