"""What a store of each schema left behind, and how the file of a new schema is made.

``releases/NNNN.sql`` is the dump of a SQLite database that the code of that schema wrote itself;
it is never made again. For a new migration, run once: ``python -m tests.store.released``.
"""

import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, timedelta
from pathlib import Path

from sqlalchemy import Connection, DateTime, MetaData, create_engine, func, select, text

from feishu_plugin.ports import Accepted, Edit, Effect, Hint, Settlement, Step
from feishu_plugin.records import Press, Record, Unheard, Value
from feishu_plugin.store import Store
from feishu_plugin.store.tables import HEAD
from tests.store.samples import BASE, NOON

RELEASES = Path(__file__).parent / "releases"


def as_sqlite(dump: Path, file: Path) -> None:
    """The database of a dump."""
    with closing(sqlite3.connect(file)) as opened:
        opened.executescript(dump.read_text("utf-8"))


def copy_rows(file: Path, target: Connection) -> None:
    """The rows of a SQLite database of the same schema, with everything PostgreSQL counts by itself."""
    source = create_engine(f"sqlite:///{file}")
    there, here = MetaData(), MetaData()
    here.reflect(target)
    there.reflect(source)
    with source.connect() as read:
        for name, table in there.tables.items():
            moments = [column.name for column in table.c if isinstance(column.type, DateTime)]
            target.execute(here.tables[name].delete())  # the revision is noted there already
            for row in read.execute(select(table)).mappings():
                utc = {key: row[key].replace(tzinfo=UTC) for key in moments if row[key]}
                target.execute(here.tables[name].insert().values({**row, **utc}))
            if "row" in table.c:
                last = target.scalar(select(func.max(here.tables[name].c.row)))
                target.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'row'), {last or 1})"))
    source.dispose()


def fill(store: Store) -> None:
    """One of everything that the store keeps."""
    step = Step(before="pending", after="in_progress", operator="ou_zhou", at=NOON, event_id="ev1")
    press = Press(
        do="retry",
        operator="ou_zhou",
        at=NOON,
        event_id="ev4",
        message_id="om_1",
        asked={"from": "pending"},
        form={"plan": "2026-03-09 +0800"},
    )
    store.put([_hint("rec1", "ev1", step=step), _hint("rec2", "ev2"), _hint("rec3", "ev3")])
    store.put([_hint("rec1", "ev4", press=press)])
    store.put_aside("{not json", "不是 JSON", NOON)
    closed = [hint.row for hint in store.pending(BASE, 10) if hint.record_id == "rec3"]
    store.settle(BASE, _settlement(closed))
    rows = {one.effect.identity: one.row for one in store.due(BASE, NOON, 10)}
    store.done([rows["sent"]], NOON, "om_9")
    store.failed([rows["given up"]], None, "230013")
    store.failed([rows["waiting"]], NOON + timedelta(minutes=1), "timeout")
    store.pin([rows["ledger:1"]], "batch1:1")
    for record_id in ("rec1", "rec2"):
        store.draw(BASE, "serial:20260302-客服", record_id)
    store.keep(BASE, "sweep", {"modified_at": NOON})
    store.claim(BASE, "sweep", "2953000")
    store.lease(BASE, "gone", 0)
    store.count_calls("2026-03", "POST /x", 7)


def _hint(record_id: str, event_id: str, *, step: Step | None = None, press: Press | None = None) -> Hint:
    return Hint(
        app_token=BASE,
        table_id="tbl1",
        record_id=record_id,
        kind="pressed" if press else "edited",
        event_id=event_id,
        received_at=NOON,
        operator="ou_zhou",
        fields=("status",),
        step=step,
        press=press,
    )


def _settlement(closed: list[int]) -> Settlement:
    edit = Edit(
        record_id="rec1",
        field="remark",
        before=None,
        after="备注",
        operator="ou_zhou",
        at=NOON,
        event_id="ev1",
    )
    return Settlement(
        closed=closed,
        accepted={
            ("requirement", "rec1"): _state("rec1", "pending", owner=("ou_li", "ou_han")),
            ("requirement", "rec2"): _state("rec2", "done", owner=None),
        },
        effects=[
            _effect("waiting", "n1"),
            _effect("sent", "n2"),
            _effect("given up", "n3"),
            _effect("ledger:1", kind="ledger", target="transition"),
        ],
        edits=[edit],
        prints={"rec1": tuple(range(1, 65))},
    )


def _state(record_id: str, status: str, **values: Value) -> Accepted:
    shown = {"status": status, "title": "导出", "plan": NOON, **values}
    return Accepted(
        record=Record(record_id=record_id, values=shown),
        status_since=NOON,
        corrections=(NOON,),
        policy_version="p1",
        unheard=(Unheard("pending", "done"),),
    )


def _effect(identity: str, *covers: str, kind: str = "card", target: str = "ou_li") -> Effect:
    return Effect(
        kind=kind,  # type: ignore[arg-type]
        identity=identity,
        target=target,
        body={"card": {"header": "标题"}, "at": NOON},
        not_before=NOON,
        covers=covers,
    )


def write() -> None:
    """Keeps what a store of the newest schema leaves behind; a file that is there stays as it is."""
    dump = RELEASES / f"{HEAD}.sql"
    if dump.exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "state.sqlite3"
        store = Store(f"sqlite:///{file}")
        fill(store)
        store.close()
        with closing(sqlite3.connect(file)) as opened:
            dump.write_text("\n".join(opened.iterdump()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
