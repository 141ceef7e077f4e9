"""Files that people hand to the command line: schemas, mappings and archives, broken and malicious."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks.fuzz.envelopes import text_of
from benchmarks.fuzz.junk import BYTES, broken, choice, rotten
from benchmarks.fuzz.kinds import Case
from feishu_plugin import schema as schemas
from feishu_plugin.app import adopt
from feishu_plugin.commands.printing import as_text
from feishu_plugin.errors import PluginError
from feishu_plugin.sync.adopt import mapping as mappings
from feishu_plugin.sync.archive import bundle
from feishu_plugin.sync.archive.journal import Journal
from feishu_plugin.sync.archive.rows import Row, fingerprint, line, writable
from feishu_plugin.sync.structure.live import Live
from feishu_plugin.sync.structure.plan import Plan

_SCHEMAS = Path(__file__).parents[2] / "tests" / "sync" / "structure"
_STRUCTURE = json.loads((_SCHEMAS / "rich_schema.json").read_text(encoding="utf-8"))
_MAPPING = {
    "base": "bascnA",
    "table": {"table_id": "tbl1", "name": "需求", "to": "requirement", "label": "keep"},
    "columns": [
        {"field_id": "fld1", "name": "标题", "type": "text", "to": "title", "score": 1.0, "options": {}},
        {
            "field_id": "fld2",
            "name": "状态",
            "to": "status",
            "label": "ours",
            "options": {"开始": "pending", "别的": None},
        },
    ],
}
_MANIFEST = {
    "format": 1,
    "time_zone": "Asia/Shanghai",
    "tables": {"task": {"rows": 3}, "team": {"rows": 0}, "note": {"rows": 0}},
    "sha256": {},
}
"""Sound files, to be broken."""


@contextmanager
def schema_file() -> Iterator[Case]:
    """Files for ``--schema``: read, compared with an empty base and shown."""

    def read(path: Path) -> str:
        schema = schemas.load(path)
        plan = Plan.of(schema, Live())
        as_text(plan.data)
        return str(plan)

    yield from _read(read, lambda dice: text_of(dice, _STRUCTURE))


@contextmanager
def mapping_file() -> Iterator[Case]:
    """Files for ``adopt --confirm``."""
    whole = schemas.load()

    def read(path: Path) -> str:
        mapping = adopt.read(path)
        return str(mappings.check(mapping, whole, ()))

    yield from _read(read, lambda dice: text_of(dice, _MAPPING))


@contextmanager
def archive() -> Iterator[Case]:
    """Files for ``restore``, with the journal beside them; nothing of them may reach the disk."""
    yield from _read(_walk, _archive)


def _read(read: Callable[[Path], str], made: Callable[[Random], bytes]) -> Iterator[Case]:
    with TemporaryDirectory(dir=_memory()) as folder:
        path = Path(folder) / "given.file"

        def case(dice: Random) -> str:
            path.write_bytes(made(dice))
            try:
                read(path)
            except PluginError as refusal:
                told = str(refusal)
                assert told, "refused without a word"
                assert len(told) < 100_000, f"a refusal of {len(told)} characters"
                return "refused"
            finally:
                left = [one.name for one in Path(folder).iterdir() if one != path]
                assert not left, f"{left} was left behind"
            return "read"

        yield case


def _memory() -> str | None:
    """A folder in memory, where the machine has one."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def _walk(path: Path) -> str:
    """Everything that a restore reads before it asks Feishu for anything."""
    with bundle.opened(path) as found:
        Journal.beside(path, found.identity)
        count = sum(found.counts.values())
        for table in found.schema.tables:
            for row in found.rows(table.key):
                fingerprint(writable(table, row.values))
        for token, facts in found.files.items():
            str(facts["name"]), int(facts["size"])
            with found.open_file(token) as content:
                while content.read(1 << 16):
                    pass
        return str(count)


def _archive(dice: Random) -> bytes:
    """A sound archive with a member broken (the sums agree), or with its bytes rotten."""
    kind = dice.randrange(8)
    if kind == 0:
        return choice(dice, BYTES)
    members = _members()
    sound = kind == 1
    if not sound:
        _spoil(dice, members)
    if dice.randrange(6):
        _sum_up(dice, members)
    raw = _zipped(dice, members)
    return rotten(dice, raw) if dice.randrange(5) == 0 else raw


def _members() -> dict[str, bytes]:
    rows = [
        Row(record_id=f"rec{n}", values={"title": "题", "hours": 2.0, "tags": ("hot",)}) for n in range(3)
    ]
    return {
        bundle.SCHEMA: json.dumps(_STRUCTURE).encode(),
        bundle.records("task"): b"".join(map(line, rows)),
        bundle.records("team"): b"",
        bundle.records("note"): b"",
        bundle.FILES: json.dumps({"box1": {"name": "a.png", "mime": "image/png", "size": 3}}).encode(),
        bundle.content("box1"): b"abc",
        bundle.MANIFEST: json.dumps(_MANIFEST).encode(),
    }  # fmt: skip


def _spoil(dice: Random, members: dict[str, bytes]) -> None:
    name = choice(dice, tuple(members))
    how = dice.randrange(5)
    if how == 0:
        del members[name]
    elif how == 1:
        members[name] = choice(dice, BYTES)
    elif how == 2:
        members[
            choice(dice, ("../../evil", "/tmp/evil", "files/../../x", "records/none.jsonl", "x\x00y"))
        ] = b"x"
    else:
        members[name] = _broken_member(dice, members[name])


def _broken_member(dice: Random, raw: bytes) -> bytes:
    lines = raw.splitlines() or [b"{}"]
    try:
        whole = [json.loads(one) for one in lines]
    except ValueError:
        return rotten(dice, raw)
    place = dice.randrange(len(whole))
    whole[place] = broken(dice, whole[place])
    return b"\n".join(json.dumps(one).encode() for one in whole) + b"\n"


def _sum_up(dice: Random, members: dict[str, bytes]) -> None:
    """The sums of what is there now, so that the reader gets past them."""
    try:
        manifest = json.loads(members.get(bundle.MANIFEST, b"{}"))
    except (ValueError, RecursionError):
        return
    if isinstance(manifest, dict) and isinstance(manifest.get("sha256"), dict):
        others = {
            name: hashlib.sha256(raw).hexdigest() for name, raw in members.items() if name != bundle.MANIFEST
        }
        members[bundle.MANIFEST] = json.dumps({**manifest, "sha256": others}).encode()


def _zipped(dice: Random, members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    how = choice(
        dice,
        (zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2),
    )
    with zipfile.ZipFile(out, "w", compression=how) as archive:
        for name, raw in members.items():
            archive.writestr(name, raw)
    return out.getvalue()
