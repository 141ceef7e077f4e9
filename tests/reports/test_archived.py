"""A month told before and after its requirements were archived: the same figures, and no restatement."""

from dataclasses import replace

from feishu_plugin.archived import Content, checksum
from feishu_plugin.records import Record, Values
from feishu_plugin.reports import publish
from feishu_plugin.reports.gather import gather
from feishu_plugin.reports.periods import period
from feishu_plugin.reports.publish import Told
from feishu_plugin.reports.replay.past import read_past
from tests.builders import SCHEMA, local, policy
from tests.fakes import MemoryTables
from tests.reports.sample import base

MONTH, NOW = "2026-09", local("2026-10-01 09:00")


def archived(tables: MemoryTables, *, delete: bool = True, altered: bool = False) -> set[str]:
    """Every finished requirement moves; Feishu takes the deleted ones out of every link."""
    gone = {r.record_id: r for r in tables.rows("requirement") if r.get("status") in ("done", "closed")}
    for number, row in enumerate(gone.values()):
        moved = row if row.get("number") else replace(row, values={**row.values, "number": f"A-{number}"})
        tables.put("archive", _copy(moved, altered=altered))
        _number(tables, row.record_id, str(moved.get("number")), cut=delete)
        if delete:
            tables.delete("requirement", row.record_id)
        else:
            MemoryTables.update(tables, "requirement", {row.record_id: {"number": moved.get("number")}})
    return set(gone)


def _copy(row: Record, *, altered: bool) -> Values:
    text = Content(record=row).text
    columns = SCHEMA.table("archive").by_key
    shown = {k: v for k, v in row.values.items() if k in columns and columns[k].type != "text"}
    told = {k: v for k, v in row.values.items() if k in columns and isinstance(v, str)}
    kept = {"origin": row.record_id, "content": text, "checksum": "" if altered else checksum(text)}
    return {**shown, **told, **kept}


def _number(tables: MemoryTables, record_id: str, number: str, *, cut: bool) -> None:
    mine = [row for row in tables.rows("transition") if row.get("requirement") == (record_id,)]
    link = {"requirement": None} if cut else {}
    MemoryTables.update(tables, "transition", {row.record_id: {"number": number, **link} for row in mine})


def figures(tables: MemoryTables) -> dict[str, tuple[float | None, list[str]]]:
    [result] = publish.run_all(tables, policy(), (MONTH,), NOW, write=False)
    return {figure.key: (figure.value, sorted(figure.record_ids)) for figure in result.figures}


def test_a_month_is_the_same_before_and_after() -> None:
    before, tables = figures(base()), base()

    moved = archived(tables)

    assert moved
    assert figures(tables) == before


def test_what_stands_in_both_tables_counts_once() -> None:
    before, tables = figures(base()), base()

    archived(tables, delete=False)

    assert figures(tables) == before


def test_an_altered_copy_still_counts_by_its_columns() -> None:
    before, tables = figures(base()), base()

    archived(tables, altered=True)

    assert figures(tables) == before


def test_a_closed_month_is_not_restated_and_links_nothing_that_is_gone() -> None:
    tables = base()
    [told] = publish.run_all(tables, policy(), (MONTH,), NOW)
    assert told.snapshot
    moved = archived(tables)

    [again] = publish.run_all(tables, policy(), (MONTH,), NOW, told=Told(frozen={MONTH: told.snapshot}))

    assert again.restated == ()
    written = [
        one for change in again.changed_rows for one in change.after.values() if isinstance(one, tuple)
    ]
    assert not moved & {one for cell in written for one in cell}
    shown = [row.get(key) for row in tables.rows("kpi") for key in ("records", "failing")]
    assert not moved & {one for cell in shown if isinstance(cell, tuple) for one in cell}


def test_who_is_archived_is_known_to_the_facts() -> None:
    tables = base()
    moved = archived(tables)

    facts, _ = gather(tables, policy(), period(MONTH, policy().worktime), NOW)

    assert facts.archived == moved


def test_a_replay_still_sees_their_moves() -> None:
    tables, span = base(), period(MONTH, policy().worktime)
    before = read_past(tables, policy(), span, NOW)
    archived(tables)

    after = read_past(tables, policy(), span, NOW)

    assert {m.record_id: m.requirement for m in after.moves} == {
        m.record_id: m.requirement for m in before.moves
    }
    assert {key: h.changes for key, h in after.histories.items()} == {
        key: h.changes for key, h in before.histories.items()
    }
