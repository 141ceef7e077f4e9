"""Says whether what is checked out can be released, and how; it tags and sends nothing.

Ends 0 with the next commands when everything is ready, 1 with every reason (NOT READY) when not.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from zipfile import ZipFile

_HEAD = re.compile(r"^## \[(?P<version>[^\]]+)\](?: - (?P<day>\S+))?\n(?P<text>.*?)(?=^## |\Z)", re.M | re.S)
_NUMBER = re.compile(r"\d+\.\d+\.\d+")
PAGE = "feishu_plugin/sandbox/built/index.html"
NEEDED = ("feishu_plugin/field_schema.json", "feishu_plugin/policy.json", PAGE)


def main() -> int:
    """Reads the command line; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=Path(__file__).parents[1])
    root: Path = parser.parse_args().root
    version = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    reasons = [*of_the_words(root, version), *of_the_tree(root, version), *of_the_wheel(root)]
    if reasons:
        return told("\n".join(("NOT READY", *(f"- {reason}" for reason in reasons))), 1)
    return told(
        f"READY to release {version}. After `make test` passed:\n"
        f'  git tag -a v{version} -m "Release {version}"\n'
        f"  git push origin v{version}\n"
        "  make wheel    # dist/: the file to publish or to copy to the server",
        0,
    )


def of_the_words(root: Path, version: str) -> Iterator[str]:
    """What the changelog and the package say of the version."""
    heads = [found.groupdict("") for found in _HEAD.finditer((root / "CHANGELOG.md").read_text("utf-8"))]
    waiting = next((head for head in heads if head["version"] == "Unreleased"), None)
    released = next((head for head in heads if head["version"] != "Unreleased"), None)
    if not _NUMBER.fullmatch(version):
        yield f"pyproject.toml: version {version} is not major.minor.patch"
    if waiting and waiting["text"].strip():
        yield "CHANGELOG.md: lines are Unreleased; move them below ## [the next version] - YYYY-MM-DD"
    if released is None or released["version"] != version:
        newest = released["version"] if released else "nothing"
        yield f"CHANGELOG.md: the newest entry is {newest}, pyproject.toml says {version}"
    elif not _is_day(released["day"]):
        yield f"CHANGELOG.md: [{version}] needs its day, as - 2026-01-31"
    if f'__version__ = "{version}"' not in (root / "feishu_plugin" / "__init__.py").read_text("utf-8"):
        yield f"feishu_plugin/__init__.py: __version__ is not {version}"


def of_the_tree(root: Path, version: str) -> Iterator[str]:
    """What git says."""
    changed = _git(root, "status", "--porcelain")
    if changed:
        yield f"the working tree has changes that are not committed: {len(changed.splitlines())} files"
    if _git(root, "tag", "--list", f"v{version}"):
        yield f"the tag v{version} is there already: raise the version in pyproject.toml and __init__.py"


def of_the_wheel(root: Path) -> Iterator[str]:
    """Whether it builds, and holds what an installation needs."""
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
        done = subprocess.run(words, cwd=root, capture_output=True, text=True, check=False)
        found = list(Path(folder).glob("*.whl"))
        if done.returncode or not found:
            yield f"the wheel cannot be built: {(done.stderr.strip().splitlines() or ['no reason'])[-1]}"
            return
        with ZipFile(found[0]) as packed:
            names = set(packed.namelist())
    for name in NEEDED:
        if name not in names:
            yield f"the wheel lacks {name}" + (": run `make page` (Node 20)" if name == PAGE else "")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def told(text: str, code: int) -> int:
    """Says it and passes the code on."""
    sys.stdout.write(f"{text}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
