"""The wheel holds everything, and what is installed from it works without the clone."""

import re
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from feishu_plugin import __version__
from feishu_plugin.store.upgrade import MIGRATIONS

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "feishu_plugin"
BESIDE = {"feishu_plugin/field_schema.json", "feishu_plugin/policy.json"}
"""What lies beside the package in a clone, and inside it once installed."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as ``make wheel`` does."""
    folder = tmp_path_factory.mktemp("dist")
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    subprocess.run([str(word) for word in words], cwd=ROOT, check=True, capture_output=True)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a fresh environment: the wheel, and the dependencies of this one."""
    folder = tmp_path_factory.mktemp("fresh") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", "--no-index", wheel]
    subprocess.run([str(word) for word in pip], check=True)
    (own,) = folder.glob("lib/python*/site-packages")
    others = [path for path in sys.path if path.endswith("site-packages")]
    (own / "dependencies.pth").write_text("\n".join(others) + "\n", encoding="utf-8")
    return folder / "bin"


def names(wheel: Path) -> set[str]:
    with ZipFile(wheel) as packed:
        return set(packed.namelist())


def test_the_wheel_holds_the_package_its_data_and_every_migration(wheel: Path) -> None:
    sources = {path.relative_to(ROOT).as_posix() for path in PACKAGE.rglob("*.py")}
    data = {
        path.relative_to(ROOT).as_posix()
        for path in PACKAGE.rglob("*")
        if path.suffix in (".json", ".ttf", ".otf", ".html", ".js", ".css") and path.is_file()
    }

    assert {path.relative_to(ROOT).as_posix() for path in MIGRATIONS.rglob("*.py")} <= sources
    assert sources | data | BESIDE <= names(wheel)


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    others = {name for name in names(wheel) if not name.startswith(("feishu_plugin/", "feishu_plugin-"))}

    assert others == set()
    assert not {name for name in names(wheel) if "sqlite3" in name or "__pycache__" in name}


def test_what_is_installed_is_the_wheel_not_the_clone(installed: Path, tmp_path: Path) -> None:
    where = "import feishu_plugin; print(feishu_plugin.__file__)"
    asked = subprocess.run(
        [installed / "python", "-c", where], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    version = subprocess.run(
        [installed / "feishu-plugin", "version"], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert Path(asked.stdout.strip()).is_relative_to(installed.parent)
    assert __version__ in version.stdout


def test_the_demo_plays_to_its_end_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [installed / "feishu-plugin", "demo"],
        env={"PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "再运行一次 apply：0 处变更" in done.stdout
    assert "15 条状态已恢复，15 条备注原样保留" in done.stdout
    assert "二十分钟后再看：0 张重复" in done.stdout
    assert "再算一次，改动 0 行" in done.stdout
    assert [line for line in shown_in("README.md") if not re.search(as_pattern(line), done.stdout)] == []


def shown_in(page: str) -> list[str]:
    """What the page shows of the demo, without its glosses."""
    text = (ROOT / page).read_text(encoding="utf-8")
    [block] = [one for one in re.findall(r"^```\n(.*?)^```$", text, re.M | re.S) if "再算一次" in one]
    return [line.strip() for line in block.splitlines() if not line.strip().startswith("#")]


def as_pattern(line: str) -> str:
    """``…`` stands for what was left out."""
    return re.escape(line).replace("…", ".*")
