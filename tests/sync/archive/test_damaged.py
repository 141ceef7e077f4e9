"""An archive that is not whole, or a journal that is not its own, is refused before Feishu hears of it."""

import copy
import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feishu_plugin.app.archive import restore_base
from feishu_plugin.errors import ArchiveError
from feishu_plugin.gateway.http import Feishu
from feishu_plugin.gateway.pacing import Pace
from feishu_plugin.ports import Json
from feishu_plugin.schema import Schema
from feishu_plugin.settings import Settings
from feishu_plugin.sync.archive import bundle
from feishu_plugin.sync.archive.journal import Journal
from feishu_plugin.sync.archive.rows import Row, line

SCHEMA = Schema.model_validate(
    {
        "base": {"zh": "库", "en": "Base"},
        "tables": [
            {
                "key": "one",
                "zh": "表",
                "en": "One",
                "fields": [{"key": "name", "zh": "名", "en": "Name", "type": "text"}],
            }
        ],
    }
)
BASE = {"token": "base", "url": "", "created": True, "leftover": []}
SETTINGS = Settings(_env_file=None, FEISHU_APP_ID="cli_a", FEISHU_APP_SECRET="s")


class Deaf(Feishu):
    """Nothing may be asked of it."""

    def call(self, method: str, path: str, **options: Any) -> Json:
        raise AssertionError(f"{method} {path} was called")


def restore(file: Path) -> None:
    client = Deaf("https://open.feishu.test", "cli_a", "s", pace=Pace(limited=False))
    restore_base(client, SETTINGS, None, "新", file, lambda done, total, what: None)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.zip"
    with bundle.writing(path) as out:
        out.schema(SCHEMA)
        with out.member(bundle.records("one")) as member:
            member.write(line(Row(record_id="rec1", values={"name": "甲"})))
        out.text(bundle.FILES, "{}")
        out.finish({"tables": {"one": {"rows": 1}}})
    return path


def rewritten(
    file: Path, change: Callable[[dict[str, bytes]], None], compression: int = zipfile.ZIP_STORED
) -> None:
    with zipfile.ZipFile(file) as found:
        members = {name: found.read(name) for name in found.namelist()}
    change(members)
    with zipfile.ZipFile(file, "w", compression) as out:
        for name, content in members.items():
            out.writestr(name, content)


def test_a_whole_archive_is_read(file: Path) -> None:
    with bundle.opened(file) as found:
        assert [row.values for row in found.rows("one")] == [{"name": "甲"}]
        assert found.schema == SCHEMA


@pytest.mark.parametrize("name", ["schema.json", "records/one.jsonl", "files.json"])
def test_a_changed_member_is_named(file: Path, name: str) -> None:
    rewritten(file, lambda members: members.update({name: members[name] + b" "}))

    with pytest.raises(ArchiveError, match=f"{name} is damaged"):
        restore(file)


@pytest.mark.parametrize("name", ["manifest.json", "records/one.jsonl"])
def test_a_missing_member_is_named(file: Path, name: str) -> None:
    def without(members: dict[str, bytes]) -> None:
        del members[name]

    rewritten(file, without)

    with pytest.raises(ArchiveError, match=f"{name} is not in it"):
        restore(file)


def test_every_byte_that_rots_is_found_or_means_nothing(file: Path) -> None:
    whole = file.read_bytes()
    found = 0
    for place in range(len(whole)):
        raw = bytearray(whole)
        raw[place] ^= 0xFF
        file.write_bytes(raw)
        try:
            with bundle.opened(file) as archive:
                assert [row.values for row in archive.rows("one")] == [{"name": "甲"}]
                assert archive.schema == SCHEMA
        except ArchiveError:
            found += 1

    assert found > len(whole) / 2


def test_half_an_archive_is_none(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-200])

    with pytest.raises(ArchiveError, match="not an archive"):
        restore(file)


def test_a_missing_file_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="pass an existing file"):
        restore(tmp_path / "none.zip")


def test_a_later_format_is_refused(file: Path) -> None:
    def later(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"])
        members["manifest.json"] = json.dumps({**manifest, "format": 2}).encode()

    rewritten(file, later)

    with pytest.raises(ArchiveError, match="its format is 2, this version reads 1"):
        restore(file)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="cannot be written"), bundle.writing(tmp_path / "no" / "a.zip"):
        raise AssertionError("nothing may be written")


def test_a_line_that_a_kill_cut_off_counts_as_not_written(file: Path) -> None:
    journal = Journal.beside(file, "same")
    journal.started(BASE)
    journal.created("one", {"rec1": "rec9"})
    with journal.path.open("a", encoding="ascii") as out:
        out.write('\n{"table": "one", "made": {"rec2": ')
    journal.created("one", {"rec3": "rec8"})

    again = Journal.beside(file, "same")

    assert again.base == BASE
    assert again.made == {"one": {"rec1": "rec9", "rec3": "rec8"}}
    assert not again.is_resumed


def test_a_journal_of_another_archive_is_refused(file: Path) -> None:
    Journal.beside(file, "another").started({"token": "base", "url": "", "created": True, "leftover": []})

    with pytest.raises(ArchiveError, match="another archive of this name"):
        restore(file)


def test_a_restore_under_way_goes_on_only_in_its_own_base(file: Path) -> None:
    with bundle.opened(file) as found:
        journal = Journal.beside(file, found.identity)
        journal.started({"token": "mine", "url": "", "created": False, "leftover": []})
    client = Deaf("https://open.feishu.test", "cli_a", "s", pace=Pace(limited=False))

    with pytest.raises(ArchiveError, match="goes on with base mine"):
        restore_base(client, SETTINGS, "other", None, file, lambda done, total, what: None)


def told_anew(members: dict[str, bytes], **changes: object) -> None:
    """Another manifest, with the sums of what is there, so that only its content is wrong."""
    manifest = json.loads(members.pop("manifest.json"))
    sums = {name: hashlib.sha256(raw).hexdigest() for name, raw in members.items()}
    members["manifest.json"] = json.dumps({**manifest, "sha256": sums, **changes}).encode()


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("records/one.jsonl", b'{"record_id": "rec1", "fields": {"name": [1]}}\n', "one.jsonl:1: name"),
        ("records/one.jsonl", b"", "one.jsonl is damaged"),
        ("records/one.jsonl", line(Row(record_id="rec1")) * 2, "one.jsonl is damaged"),
        ("files.json", b'{"box": {"name": "a", "size": -1}}', "box.size"),
        ("files.json", b'{"box": {"size": 1}}', "box has no name"),
        ("files.json", b'{"box": {"name": "a", "size": 1}}', "files/box"),
        ("schema.json", b'{"base": {}, "tables": []}', "schema.json: "),
        ("schema.json", b"[" * 5000, "schema.json is damaged"),
    ],
)
def test_content_that_makes_no_sense_is_refused_although_its_sum_is_right(
    file: Path, name: str, content: bytes, why: str
) -> None:
    def odd(members: dict[str, bytes]) -> None:
        members[name] = content
        told_anew(members)

    rewritten(file, odd)

    with pytest.raises(ArchiveError, match=why):
        restore(file)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"tables": 7}, "tables must be an object"),
        ({"tables": {"one": {"rows": "1"}}}, "one.rows must be a number"),
        ({"sha256": {"schema.json": 7}}, "sha256 must hold texts"),
        ({"sha256": {}}, "does not vouch for files.json, records/one.jsonl, schema.json"),
    ],
)
def test_a_manifest_that_makes_no_sense_is_refused(file: Path, changes: dict[str, object], why: str) -> None:
    rewritten(file, lambda members: told_anew(members, **changes))

    with pytest.raises(ArchiveError, match=why):
        restore(file)


def test_members_that_lie_on_top_of_each_other_are_not_unpacked(file: Path) -> None:
    """A few kilobytes that claim to hold gigabytes: one packed member, named a hundred times."""
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as out:
        out.writestr("files/box", b" " * (8 << 20))
        packed = out.getinfo("files/box")
        for number in range(100):
            again = copy.copy(packed)
            again.filename = f"files/box{number}"
            out.filelist.append(again)

    with pytest.raises(ArchiveError, match="claims to hold 847,"):
        restore(file)


def test_a_row_without_an_end_is_not_held_whole(file: Path) -> None:
    def endless(members: dict[str, bytes]) -> None:
        members["records/one.jsonl"] = b" " * (40 << 20)
        told_anew(members)

    rewritten(file, endless, zipfile.ZIP_DEFLATED)

    with pytest.raises(ArchiveError, match=r"one\.jsonl:1: "):
        restore(file)


def test_a_packing_that_export_never_uses_is_refused(file: Path) -> None:
    rewritten(file, lambda members: None, zipfile.ZIP_LZMA)

    with pytest.raises(ArchiveError, match="packed in a way"):
        restore(file)


@pytest.mark.parametrize(
    "fact", ['{"base": 7}', '{"made": {}, "table": 3}', '{"else": 1}', '{"linked": {"a": "b"}}']
)
def test_a_journal_that_no_restore_wrote_is_refused(file: Path, fact: str) -> None:
    file.with_name("a.zip.restore").write_text(f"\n{fact}\n", encoding="ascii")

    with pytest.raises(ArchiveError, match="no restore wrote this"):
        Journal.beside(file, "same")
