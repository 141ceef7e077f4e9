"""Upgrade and rollback as docs/administrator.md says: by a copy made before, with the older program."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.script import Script, ScriptDirectory

from feishu_plugin.store import Store
from feishu_plugin.store.tables import HEAD
from tests.store.released import RELEASES, as_sqlite
from tests.store.test_released import config

ROOT = Path(__file__).parents[2]
FIRST = min(RELEASES.glob("*.sql"))


@pytest.fixture(scope="module")
def newest() -> Script:
    """The migration that an older program lacks."""
    found = ScriptDirectory.from_config(config()).get_revision(HEAD)
    assert found
    return found


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory, newest: Script) -> Path:
    """Where this program lies as it was before its newest migration, as far as the database goes."""
    folder = tmp_path_factory.mktemp("older")
    ignored = shutil.ignore_patterns("__pycache__", "built")
    shutil.copytree(ROOT / "feishu_plugin", folder / "feishu_plugin", ignore=ignored)
    for name in ("field_schema.json", "policy.json"):
        shutil.copy(ROOT / name, folder)
    (folder / "feishu_plugin" / Path(newest.path).relative_to(ROOT / "feishu_plugin")).unlink()
    tables = folder / "feishu_plugin" / "store" / "tables.py"
    text = tables.read_text(encoding="utf-8")
    tables.write_text(text.replace(f'HEAD = "{HEAD}"', f'HEAD = "{newest.down_revision}"'), encoding="utf-8")
    return folder


def command(program: Path, database: Path, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """A command of the program that lies there."""
    environment = {
        "PATH": os.environ["PATH"],
        "FEISHU_APP_ID": "cli_x",
        "FEISHU_APP_SECRET": "unused",
        "FEISHU_PLUGIN_DATABASE": str(database),
    }
    words = (sys.executable, "-m", "feishu_plugin.cli", *words)
    done = subprocess.run(words, cwd=program, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    return done


def schema(database: Path) -> str:
    with closing(sqlite3.connect(database)) as opened:
        return str(opened.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def counts(database: Path) -> dict[str, int]:
    """Rows by table, of those tables that the first schema had."""
    with closing(sqlite3.connect(database)) as opened:
        return {
            name: opened.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
            for name in ("inbox", "accepted", "outbox", "notices", "numbers", "claims", "calls")
        }


def test_a_database_is_upgraded_rolled_back_and_upgraded_again(
    tmp_path: Path, older: Path, newest: Script
) -> None:
    database, copy = tmp_path / "state.sqlite3", tmp_path / "before.sqlite3"
    as_sqlite(FIRST, database)
    had = counts(database)

    command(ROOT, database, "backup", str(copy))
    Store(f"sqlite:///{database}").close()
    assert (schema(copy), schema(database), counts(database)) == (FIRST.stem, HEAD, had)

    refused = command(older, database, "backup", "--restored", code=1)
    assert f"has schema {HEAD}" in refused.stderr
    assert schema(database) == HEAD

    command(older, database, "backup", "--restore", str(copy))
    assert (schema(database), counts(database)) == (newest.down_revision, had)
    [kept] = tmp_path.glob("state.sqlite3.before-restore-*")
    assert schema(kept) == HEAD

    Store(f"sqlite:///{database}").close()
    assert (schema(database), counts(database)) == (HEAD, had)
