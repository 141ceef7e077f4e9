"""``make release``: says ready with the next commands, or every reason why not; it changes nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

RELEASE = Path(__file__).parents[1] / ".ci" / "release.py"
PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "feishu-plugin"
version = "1.2.0"
[tool.hatch.build.targets.wheel]
packages = ["feishu_plugin"]
"""
CHANGELOG = "# Changelog\n\n## [Unreleased]\n\n## [1.2.0] - 2026-09-01\n\n### Added\n\n- Much.\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small project of the same shape, all of it committed."""
    files = {
        "pyproject.toml": PROJECT,
        "CHANGELOG.md": CHANGELOG,
        "feishu_plugin/__init__.py": '__version__ = "1.2.0"\n',
        "feishu_plugin/field_schema.json": "{}",
        "feishu_plugin/policy.json": "{}",
        "feishu_plugin/sandbox/built/index.html": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    git(tmp_path, "init", "-q")
    commit(tmp_path)
    return tmp_path


def git(root: Path, *words: str) -> None:
    who = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com"]
    subprocess.run(["git", *who, *words], cwd=root, check=True, capture_output=True)


def commit(root: Path) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "Do something")


def asked(root: Path) -> tuple[int, list[str]]:
    done = subprocess.run(
        [sys.executable, RELEASE, "--root", root], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout.splitlines()


def test_a_project_that_is_ready_is_told_how_to_go_on(root: Path) -> None:
    code, said = asked(root)

    assert (code, said[0]) == (0, "READY to release 1.2.0. After `make test` passed:")
    assert any("git tag -a v1.2.0" in line for line in said)


def test_every_reason_is_named_at_once(root: Path) -> None:
    git(root, "tag", "v1.2.0")
    (root / "CHANGELOG.md").write_text(CHANGELOG.replace("1.2.0] -", "1.1.0] -"), encoding="utf-8")
    (root / "feishu_plugin/__init__.py").write_text('__version__ = "1.1.0"\n', encoding="utf-8")
    (root / "feishu_plugin/sandbox/built/index.html").unlink()

    code, said = asked(root)

    assert (code, said) == (
        1,
        [
            "NOT READY",
            "- CHANGELOG.md: the newest entry is 1.1.0, pyproject.toml says 1.2.0",
            "- feishu_plugin/__init__.py: __version__ is not 1.2.0",
            "- the working tree has changes that are not committed: 3 files",
            "- the tag v1.2.0 is there already: raise the version in pyproject.toml and __init__.py",
            "- the wheel lacks feishu_plugin/sandbox/built/index.html: run `make page` (Node 20)",
        ],
    )


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("## [Unreleased]\n", "## [Unreleased]\n\n- More.\n", "lines are Unreleased"),
        (" - 2026-09-01", "", "[1.2.0] needs its day"),
        (CHANGELOG, "# Changelog\n", "the newest entry is nothing"),
    ],
)
def test_a_changelog_that_is_not_closed_is_named(root: Path, old: str, new: str, reason: str) -> None:
    (root / "CHANGELOG.md").write_text(CHANGELOG.replace(old, new), encoding="utf-8")
    commit(root)

    code, said = asked(root)

    assert (code, len(said)) == (1, 2)
    assert reason in said[1]


def test_a_wheel_that_cannot_be_built_is_named(root: Path) -> None:
    text = PROJECT.replace('packages = ["feishu_plugin"]', 'packages = ["gone"]')
    (root / "pyproject.toml").write_text(text, encoding="utf-8")
    commit(root)

    code, said = asked(root)

    assert code == 1
    assert any("the wheel cannot be built" in line or "the wheel lacks" in line for line in said)
