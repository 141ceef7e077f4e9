"""A restore that is killed goes on when it is run again: nothing doubled, nothing left out."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from feishu_plugin.app.archive import export_base, restore_base
from feishu_plugin.gateway.http import Feishu
from feishu_plugin.ports import Json
from feishu_plugin.schema import load
from tests.sync.archive.base_of_a_team import Team, founded, seen
from tests.sync.archive.conftest import World
from tests.sync.structure.fake_structure import Killed

SMALL = load(Path(__file__).with_name("small_schema.json"))


class Mortal(Feishu):
    """The process ends at the n-th changing call: before it, or after it and before its answer."""

    left = 0
    unheard = False

    def call(self, method: str, path: str, **options: Any) -> Json:
        if method == "GET" or path.endswith(("/search", "/batch_get")):
            return super().call(method, path, **options)
        self.left -= 1
        if self.left == 0 and not self.unheard:
            raise Killed
        answer = super().call(method, path, **options)
        if self.left == 0:
            raise Killed
        return answer


def silent(done: int, total: int, what: str) -> None:
    return None


@pytest.fixture(scope="module")
def team(world: World) -> Iterator[Team]:
    client = world.client()
    team = founded(client, world.people, SMALL)
    # Rows that look alike are told apart by nothing but their links.
    twin = {"标题": "一样的"}
    ids = team.tables()
    made = team.add(ids["事项"], [twin, twin, twin])
    clients = team.add(ids["客户"], [{"名称": "甲"}, {"名称": "甲"}])
    team.edit(ids["事项"], {made[0]: {"客户": clients}, made[2]: {"客户": clients[1:], "上级": [made[0]]}})
    yield team
    client.close()


@pytest.fixture(scope="module")
def archive(world: World, team: Team, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("archive") / "base.zip"
    export_base(team.feishu, world.settings, team.app_token, file, silent)
    return file


def calls_of_a_restore(world: World, archive: Path) -> int:
    counting = world.client(Mortal)
    assert isinstance(counting, Mortal)
    restore_base(counting, world.settings, None, "数一数", archive, silent)
    return -counting.left


@pytest.mark.unmeasured
@pytest.mark.parametrize("unheard", [False, True], ids=["before the call", "before the answer"])
def test_killed_at_every_call_the_next_run_completes(
    world: World, feishu: Feishu, team: Team, archive: Path, unheard: bool
) -> None:
    wanted = seen(team)
    calls = calls_of_a_restore(world, archive)
    assert calls > 15
    for number in range(1, calls + 1):
        mortal = world.client(Mortal)
        assert isinstance(mortal, Mortal)
        mortal.left, mortal.unheard = number, unheard
        with pytest.raises(Killed):
            restore_base(mortal, world.settings, None, "还原", archive, silent)
        # Whatever Feishu remembered of our client_tokens is forgotten by then.
        world.control("POST", "/clock", {"advance_s": 7200})
        done = restore_base(feishu, world.settings, None, "还原", archive, silent)
        again = Team(feishu=feishu, people=team.people, app_token=done.base_token)
        assert done.failed == (), number
        assert seen(again) == wanted, number


def test_a_complete_restore_leaves_no_journal(world: World, feishu: Feishu, archive: Path) -> None:
    restore_base(feishu, world.settings, None, "还原", archive, silent)
    assert [path.name for path in archive.parent.iterdir()] == ["base.zip"]


class Losing(Feishu):
    """Feishu loses the first cell that is written, and says that all is well."""

    def call(self, method: str, path: str, **options: Any) -> Json:
        if path.endswith("/records/batch_create"):
            fields = options["body"]["records"][0]["fields"]
            fields.pop("标题", None)
        return super().call(method, path, **options)


def test_a_cell_that_was_lost_in_silence_is_told(world: World, archive: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.zip"
    file.write_bytes(archive.read_bytes())

    done = restore_base(world.client(Losing), world.settings, None, "丢失", file, silent)

    assert len(done.failed) == 1
    assert done.failed[0].startswith("事项: 1 行与归档不一致")
    assert "NOT RESTORED 事项" in done.text


def test_a_row_that_somebody_deleted_is_told(
    world: World, feishu: Feishu, archive: Path, tmp_path: Path
) -> None:
    file = tmp_path / "copy.zip"
    file.write_bytes(archive.read_bytes())
    mortal = world.client(Mortal)
    assert isinstance(mortal, Mortal)
    mortal.left = calls_of_a_restore(world, archive)
    with pytest.raises(Killed):
        restore_base(mortal, world.settings, None, "删了", file, silent)
    token = next(
        json.loads(line)["base"]["token"]
        for line in (tmp_path / "copy.zip.restore").read_text().splitlines()
        if "base" in line
    )
    half = Team(feishu=feishu, people=[], app_token=token)
    table_id = half.tables()["客户"]
    gone = half.rows(table_id)[0]["record_id"]
    path = "/tables/:table_id/records/batch_delete"
    half.call("POST", path, {"table_id": table_id}, {"records": [gone]})

    done = restore_base(feishu, world.settings, None, "删了", file, silent)

    assert any(line.startswith("客户: 1 行没有写入") for line in done.failed)
