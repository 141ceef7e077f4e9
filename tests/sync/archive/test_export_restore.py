"""A whole base into a file and back, through the gateway against the sandbox."""

import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from feishu_plugin.app.archive import export_base, export_lost, restore_base
from feishu_plugin.errors import ArchiveError, FeishuError, FeishuRefused
from feishu_plugin.gateway.http import Feishu
from feishu_plugin.gateway.structure import BaseStructure, create_base
from feishu_plugin.ports import Json
from feishu_plugin.schema import load
from tests.sync.archive.base_of_a_team import Team, founded, seen, settle_in
from tests.sync.archive.conftest import World

SCHEMA = load()


def quiet(done: int, total: int, what: str) -> None:
    assert done <= total


@pytest.fixture(scope="module")
def team(world: World) -> Iterator[Team]:
    client = world.client()
    found = founded(client, world.people, SCHEMA)
    settle_in(found)
    yield found
    client.close()


@pytest.fixture(scope="module")
def archive(world: World, team: Team, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("archive") / "base.zip"
    done = export_base(team.feishu, world.settings, team.app_token, file, quiet)
    assert done.files == len(team.files)
    assert done.left_out == {}
    return file


@pytest.fixture(scope="module")
def restored(world: World, team: Team, archive: Path) -> Team:
    steps: list[tuple[int, int]] = []
    done = restore_base(
        team.feishu,
        world.settings,
        None,
        "还原",
        archive,
        lambda now, total, what: steps.append((now, total)),
    )
    assert done.failed == ()
    assert steps[-1][0] == steps[-1][1]
    return Team(feishu=team.feishu, people=team.people, app_token=done.base_token)


def test_people_see_the_same_tables_columns_and_cells(team: Team, restored: Team) -> None:
    before, after = seen(team), seen(restored)

    assert list(after) == list(before)
    for name in before:
        assert after[name]["columns"] == before[name]["columns"], name
        assert after[name]["rows"] == before[name]["rows"], name


def test_columns_of_people_carry_no_mark_and_ours_do(restored: Team) -> None:
    fields = restored.fields(restored.tables()["需求台账"])
    told = {field["field_name"]: field.get("description") or "" for field in fields}

    assert told["我们的列"] == ""
    assert told["进展"].endswith("#requirement.status")


def test_an_export_of_the_restored_base_says_the_same(
    world: World, team: Team, restored: Team, archive: Path, tmp_path: Path
) -> None:
    second = tmp_path / "second.zip"
    export_base(team.feishu, world.settings, restored.app_token, second, quiet)

    first, again = told(archive), told(second)
    assert first.pop("schema.json") == again.pop("schema.json")
    assert first == again


def test_the_archive_is_readable(archive: Path) -> None:
    with zipfile.ZipFile(archive) as found:
        manifest = json.loads(found.read("manifest.json"))
        names = set(found.namelist())
        schema = json.loads(found.read("schema.json"))
        own = next(table for table in schema["tables"] if table["zh"] == "数据表")
        rows = [json.loads(line) for line in found.read(f"records/{own['key']}.jsonl").splitlines()]
    keys = {field["zh"]: field["key"] for field in own["fields"]}

    assert manifest["tables"]["requirement"] == {"name": "需求台账", "rows": 4, "columns": 81}
    assert set(manifest["sha256"]) == names - {"manifest.json"}
    assert own["fields"][0]["marked"] is False
    formula = next(
        field["property"]["formula_expression"] for field in own["fields"] if field["zh"] == "双倍"
    )
    assert formula == f"bitable::$table[{own['key']}].$field[{own['key']}.{keys['金额']}]*2"
    cells = rows[0]["fields"]
    assert (cells[keys["完成"]], cells[keys["金额"]], cells[keys["双倍"]]) == (True, 12.5, 25)
    assert cells[keys["日期"]] == "9999-12-30T16:00:00+00:00"
    assert cells[keys["链接"]] == {"text": "看", "link": "https://example.com"}
    assert cells[keys["地点"]] == "1.5,2.5"


def test_views_and_forms_of_people_are_described(archive: Path) -> None:
    with zipfile.ZipFile(archive) as found:
        schema = json.loads(found.read("schema.json"))
    own = next(table for table in schema["tables"] if table["zh"] == "数据表")
    keys = {field["zh"]: field for field in own["fields"]}
    views = {view["zh"]: view for view in own["views"]}

    kind = keys["分类"]
    assert views["大额"]["conjunction"] == "or"
    assert views["大额"]["filter"] == [
        {"field": kind["key"], "operator": "is", "value": [kind["options"][1]["key"]]},
        {"field": keys["金额"]["key"], "operator": "isGreater", "value": ["10"]},
    ]
    assert views["大额"]["hidden"] == [keys["电话"]["key"]]
    assert [asked["title"]["zh"] for asked in views["报名"]["questions"]] == ["名称", "选哪个？"]
    assert views["报名"]["intro"] == {"zh": "请填写 / please", "en": "请填写 / please"}


def test_a_filled_base_is_not_touched(world: World, team: Team, archive: Path) -> None:
    before = seen(team)

    with pytest.raises(ArchiveError, match="is not empty"):
        restore_base(team.feishu, world.settings, team.app_token, None, archive, quiet)

    assert seen(team) == before


def test_an_empty_base_that_is_set_is_filled(world: World, team: Team, archive: Path) -> None:
    app_token, _ = create_base(team.feishu, "空的", "Asia/Shanghai")
    done = restore_base(team.feishu, world.settings, app_token, None, archive, quiet)

    assert (done.base_token, done.created, done.failed) == (app_token, False, ())
    assert done.rows["requirement"] == 4


def test_an_existing_file_is_not_overwritten(world: World, team: Team, tmp_path: Path) -> None:
    file = tmp_path / "there.zip"
    file.write_text("precious")

    with pytest.raises(ArchiveError, match="exists already"):
        export_base(team.feishu, world.settings, team.app_token, file, quiet)

    assert file.read_text() == "precious"


class Refusing(Feishu):
    """Feishu refuses to show the rows of the second table."""

    searches = 0

    def call(self, method: str, path: str, **options: Any) -> Json:
        self.searches += path.endswith("/search")
        if self.searches == 2:
            raise FeishuRefused(code=1254302, msg="permission denied", endpoint=path)
        return super().call(method, path, **options)


def test_an_export_that_fails_leaves_no_file(world: World, team: Team, tmp_path: Path) -> None:
    with pytest.raises(FeishuError):
        export_base(world.client(Refusing), world.settings, team.app_token, tmp_path / "a.zip", quiet)

    assert list(tmp_path.iterdir()) == []


class WithoutOneFile(Feishu):
    """One attachment is gone."""

    token = ""

    def call(self, method: str, path: str, **options: Any) -> Json:
        if path.endswith("/download") and options["ids"]["file_token"] == self.token:
            raise FeishuRefused(code=1061003, msg="not found.", endpoint=path)
        return super().call(method, path, **options)


def test_a_file_that_is_gone_is_told_and_the_rest_is_kept(world: World, team: Team, tmp_path: Path) -> None:
    client = world.client(WithoutOneFile)
    assert isinstance(client, WithoutOneFile)
    client.token = team.files[0]
    done = export_base(client, world.settings, team.app_token, tmp_path / "a.zip", quiet)
    assert list(done.left_out) == [f"files/{team.files[0]}"]
    assert "1061003" in done.text

    again = restore_base(team.feishu, world.settings, None, "缺一个", tmp_path / "a.zip", quiet)

    assert (again.failed, again.files) == ((), len(team.files) - 1)


def test_what_would_be_lost_is_exported_with_the_primary_column(
    world: World, team: Team, tmp_path: Path
) -> None:
    live = BaseStructure(team.feishu, team.app_token).live()
    table = next(one for one in live if one.name == "需求台账")
    wanted = {table.table_id: [f.field_id for f in table.fields if f.name in ("我们的列", "附件")]}
    file, now = tmp_path / "lost.zip", datetime(2026, 9, 1, tzinfo=UTC)
    done = export_lost(team.feishu, SCHEMA, team.app_token, live, wanted, file, now)

    with zipfile.ZipFile(file) as found:
        rows = [json.loads(line) for line in found.read("records/requirement.jsonl").splitlines()]
        fields = json.loads(found.read("schema.json"))["tables"][0]["fields"]
    assert [field["zh"] for field in fields] == ["需求编号", "附件", "我们的列"]
    assert list(rows[-1]["fields"].values()) == ["只有一行"]
    assert done.files == 4
    with pytest.raises(ArchiveError, match="single columns only"):
        restore_base(team.feishu, world.settings, None, "部分", file, quiet)


def told(file: Path) -> dict[str, Any]:
    """The members of an archive, with names and places for ids; without what Feishu fills."""
    with zipfile.ZipFile(file) as found:
        schema = json.loads(found.read("schema.json"))
        files = json.loads(found.read("files.json"))
        rows = {
            table["zh"]: [
                json.loads(line) for line in found.read(f"records/{table['key']}.jsonl").splitlines()
            ]
            for table in schema["tables"]
        }
    names = {one["key"]: one["zh"] for one in _keyed(schema) if one["key"].startswith("x_")}
    for table in rows:
        names |= {row["record_id"]: f"{table}#{n}" for n, row in enumerate(rows[table])}
    names |= {token: facts["name"] for token, facts in files.items()}
    members = {"schema.json": {**schema, "base": ""}, "files.json": sorted(map(str, files.values()))} | rows
    # Creation times and who made a row are of Feishu's own.
    _drop_filled(schema, rows)
    text = json.dumps(members, ensure_ascii=False)
    renamed = re.sub(r"\b(x_[a-z0-9_]+|rec\w+|\w{27})\b", lambda found: names.get(found[0], found[0]), text)
    again: dict[str, Any] = json.loads(renamed)
    return again


def _keyed(value: Any) -> Iterator[Json]:
    if isinstance(value, dict):
        if "key" in value and "zh" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _keyed(part)


def _drop_filled(schema: Json, rows: dict[str, list[Json]]) -> None:
    for table in schema["tables"]:
        filled = {f["key"] for f in table["fields"] if f["type"].split("_")[0] in ("created", "modified")}
        for row in rows[table["zh"]]:
            row["fields"] = {key: value for key, value in row["fields"].items() if key not in filled}
