"""A database of every released schema comes to the newest with all that was in it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from feishu_plugin.records import Unheard
from feishu_plugin.store import Store
from feishu_plugin.store.upgrade import MIGRATIONS
from tests.store.released import RELEASES, as_sqlite, copy_rows
from tests.store.samples import BASE, NOON, hint

DUMPS = sorted(RELEASES.glob("*.sql"))
LATER = NOON + timedelta(days=1)


def config() -> Config:
    found = Config()
    found.set_main_option("script_location", str(MIGRATIONS))
    return found


@pytest.fixture(params=DUMPS, ids=lambda dump: dump.stem)
def dump(request: pytest.FixtureRequest) -> Path:
    """What a store of one schema left behind."""
    found: Path = request.param
    return found


@pytest.fixture
def upgraded(dump: Path, url: str, tmp_path: Path) -> Iterator[Store]:
    """The same in a database of each kind, opened by the code of today."""
    file = tmp_path / "old.sqlite3"
    as_sqlite(dump, file)
    if url.startswith("sqlite"):
        url = f"sqlite:///{file}"
    else:
        fill_postgresql(url, dump.stem, file)
    store = Store(url)
    yield store
    store.close()


def fill_postgresql(url: str, revision: str, file: Path) -> None:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        old = config()
        old.attributes["connection"] = connection
        command.upgrade(old, revision)
        copy_rows(file, connection)
    engine.dispose()


def test_every_schema_has_left_a_dump() -> None:
    revisions = {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}

    assert {dump.stem for dump in DUMPS} == revisions, "run `python -m tests.store.released`"


def test_what_waits_to_be_judged_still_waits(upgraded: Store, dump: Path) -> None:
    found = upgraded.pending(BASE, 10)

    presses = [one.press for one in found if one.press]
    assert [one.event_id for one in found if not one.press] == ["ev1", "ev2"]
    assert [one.step.after for one in found if one.step] == ["in_progress"]
    assert {one.fields for one in found} == {("status",)}
    assert {one.received_at for one in found} == {NOON}
    assert [one.form for one in presses] == [{"plan": "2026-03-09 +0800"}] * (dump.stem > "0001")
    assert upgraded.put([hint("rec3", "ev3")]) == 0


def test_what_was_accepted_is_accepted(upgraded: Store) -> None:
    found = upgraded.accepted(BASE, "requirement", ["rec1", "rec2"])

    one = found["rec1"]
    assert one.record.values == {
        "status": "pending",
        "title": "导出",
        "plan": NOON,
        "owner": ("ou_li", "ou_han"),
    }
    assert (one.status_since, one.corrections, one.policy_version) == (NOON, (NOON,), "p1")
    assert one.unheard == (Unheard("pending", "done"),)
    assert found["rec2"].record.get("status") == "done"
    assert upgraded.loads(BASE, "requirement", ()) == {"ou_li": 1, "ou_han": 1}


def test_what_waits_to_be_sent_is_sent_once(upgraded: Store) -> None:
    waiting = {one.effect.identity: one for one in upgraded.due(BASE, LATER, 10)}

    assert set(waiting) == {"waiting", "ledger:1"}
    assert (waiting["waiting"].tries, waiting["ledger:1"].batch) == (1, "batch1:1")
    assert waiting["waiting"].effect.body == {"card": {"header": "标题"}, "at": NOON}
    assert upgraded.told(BASE, ["n1", "n2", "n3", "n4"]) == {"n1", "n2", "n3"}
    assert upgraded.counts(BASE)["effects_failed"] == upgraded.counts(BASE)["set_aside"] == 1


def test_numbers_facts_claims_and_calls_go_on(upgraded: Store) -> None:
    assert [upgraded.draw(BASE, "serial:20260302-客服", one) for one in ("rec1", "rec3", "rec2")] == [1, 3, 2]
    assert upgraded.recall(BASE, "sweep") == {"modified_at": NOON}
    assert not upgraded.claim(BASE, "sweep", "2953000")
    assert upgraded.lease(BASE, "me", 60)
    assert upgraded.calls("2026-03") == {"POST /x": 7}


def test_what_came_with_a_schema_is_kept_from_then_on(upgraded: Store, dump: Path) -> None:
    edits = upgraded.edits(BASE, NOON, LATER)
    alike = upgraded.look_alikes(BASE, tuple(range(1, 65)), 5)

    assert [(one.field, one.after) for one in edits] == [("remark", "备注")] * (dump.stem >= "0004")
    assert list(alike) == ["rec1"] * (dump.stem >= "0003")


def test_new_rows_follow_the_old_ones(upgraded: Store) -> None:
    last = max(one.row for one in upgraded.pending(BASE, 10))

    upgraded.put([hint("rec9", "ev9")])

    assert max(one.row for one in upgraded.pending(BASE, 10)) > last
