"""A whole base into a file and back, through the gateway against the sandbox."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from feishu_plugin.app.archive import export_base, restore_base
from feishu_plugin.gateway.http import Feishu
from feishu_plugin.ports import Json
from feishu_plugin.schema import load
from tests.sync.archive.base_of_a_team import Team, founded, seen, settle_in
from tests.sync.archive.conftest import World

SCHEMA = load()


def quiet(done: int, total: int, what: str) -> None:
    assert done <= total


@pytest.fixture(scope="module")
def team(world: World) -> Team:
    client = world.client()
    found = founded(client, world.people, SCHEMA)
    settle_in(found)
    return found


@pytest.fixture(scope="module")
def archive(world: World, team: Team, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("archive") / "base.zip"
    export_base(team.feishu, world.settings, team.app_token, file, quiet)
    return file


@pytest.fixture(scope="module")
def restored(world: World, team: Team, archive: Path) -> Team:
    done = restore_base(team.feishu, world.settings, None, "还原", archive, quiet)
    assert done.failed == ()
    return Team(feishu=team.feishu, people=team.people, app_token=done.base_token)


def test_people_see_the_same_tables_columns_and_cells(team: Team, restored: Team) -> None:
    before, after = seen(team), seen(restored)
    assert list(after) == list(before)
    for name in before:
        assert after[name]["columns"] == before[name]["columns"], name
        assert after[name]["rows"] == before[name]["rows"], name
