"""The systemd unit starts a command that exists, with settings that exist, and is locked up well."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from feishu_plugin.settings import Settings
from tests.test_readme import COMMANDS

ROOT = Path(__file__).parents[1]
UNIT = ROOT / "deploy" / "feishu-plugin.service"
TEXT = UNIT.read_text(encoding="utf-8")
MOST_EXPOSED = 1.5
"""Of 10; systemd calls everything below 2 a service that is well protected."""


@pytest.fixture
def checked(tmp_path: Path) -> Path:
    """The unit with a program that is there, for systemd looks for it."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    found = tmp_path / UNIT.name
    found.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", TEXT, flags=re.MULTILINE), "utf-8")
    return found


def asked(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(("systemd-analyze", *words), capture_output=True, text=True, check=False)


def test_the_unit_names_settings_secrets_and_a_command_that_exist() -> None:
    known = {str(field.alias) for field in Settings.model_fields.values()}

    assert set(re.findall(r"FEISHU_[A-Z_]+", TEXT)) <= known
    assert re.findall(r"^ExecStart=\S+/feishu-plugin -v (\w+)$", TEXT, re.MULTILINE) == ["serve"]
    assert set(COMMANDS) >= {"serve"}


def test_systemd_finds_nothing_wrong(checked: Path) -> None:
    done = asked("verify", str(checked))

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_service_is_locked_up_well(checked: Path) -> None:
    done = asked("security", "--offline=true", "--no-pager", str(checked))

    level = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert level, done.stdout + done.stderr
    assert float(level[1]) <= MOST_EXPOSED
