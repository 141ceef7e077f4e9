"""Custom reports at a report run: written where they can be, told to the administrators where not."""

from dataclasses import replace

from feishu_plugin.app.month_end import publish_periods
from feishu_plugin.policy import Definition
from feishu_plugin.ports import Json
from feishu_plugin.records import Values
from feishu_plugin.reports.custom import key_of
from feishu_plugin.schema import Schema
from feishu_plugin.sync.structure.custom import Extension
from tests import builders
from tests.fakes import MemoryTables
from tests.sync.base import Base
from tests.sync.structure.fake_structure import FakeStructure

NEW = Definition(name="各渠道新增", dimension="source", measure="新增")


def base(*, refuses: bool) -> tuple[Base, list[MemoryTables]]:
    """A base with a definition and one requirement; its tables by the wider schema, as they are asked for."""
    found = Base(replace(builders.policy(), definitions=(NEW,)))
    found.desk.administrators = ("ou_admin",)
    found.clock.advance((builders.local("2026-09-01 09:00") - found.clock.now()).total_seconds())
    values: Values = {"source": "phone", "submitted_at": builders.local("2026-08-10")}
    opened: list[MemoryTables] = []

    def tables(schema: Schema) -> MemoryTables:
        missing = (key_of(NEW),) if refuses else ()
        opened.append(MemoryTables(schema, now=found.clock.now, missing=missing))
        opened[-1].put("requirement", values)
        return opened[-1]

    def no_table(call: str, body: Json) -> bool:
        return refuses and call == "create_table"

    found.desk.extension = Extension(base=FakeStructure(refuses=no_table).base, tables=tables)
    return found, opened


def told(found: Base) -> list[str]:
    waiting = [one.effect for one in found.store.outbox.waiting.values() if one.effect.kind == "card"]
    return [str(one.body["card"]) for one in waiting if one.target == "ou_admin"]


def test_a_report_is_written_into_its_table() -> None:
    found, opened = base(refuses=False)

    [result] = publish_periods(found.desk, ["2026-08"], write=True)

    assert result.definitions == (NEW,)
    assert [row.get("key") for row in opened[0].rows(key_of(NEW))] == ["2026-08 电话"]


def test_what_cannot_be_made_is_told_once_and_the_month_is_reported() -> None:
    found, opened = base(refuses=True)

    for _ in range(2):
        publish_periods(found.desk, ["2026-08"], write=True)

    [card] = told(found)
    assert "「各渠道新增」" in card
    assert [[row.get("month") for row in tables.rows("kpi")] for tables in opened] == [
        ["2026-08"],
        ["2026-08"],
    ]


def test_a_dry_run_makes_nothing_and_tells_nobody() -> None:
    found, opened = base(refuses=True)

    [result] = publish_periods(found.desk, ["2026-08"], write=False)

    assert [row.key for row in result.changed_rows if row.table == key_of(NEW)] == ["2026-08 电话"]
    assert (told(found), opened[0].writes) == ([], 0)


def test_without_a_sound_definition_nothing_more_is_read() -> None:
    found, opened = base(refuses=False)
    found.desk.policy = replace(found.desk.policy, definitions=(replace(NEW, measure="天气"),))

    [result] = publish_periods(found.desk, ["2026-08"], write=True)

    assert (result.definitions, opened) == ((), [])
    assert found.tables.rows("kpi")
