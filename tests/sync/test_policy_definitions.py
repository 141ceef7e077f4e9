"""A custom report that cannot be written says so in its row; every other rule and report goes on."""

from collections.abc import Sequence

from feishu_plugin.binding import LiveField, LiveTable, mark
from feishu_plugin.policy import Definition
from feishu_plugin.records import Value, Values
from feishu_plugin.reports.custom import key_of, sound
from feishu_plugin.sync.policy_source import Loaded, load_policy
from tests.builders import SCHEMA
from tests.fakes import MemoryStore, MemoryTables

GOOD: Values = {"name": "各渠道新增", "dimension": "需求来源", "measure": "新增"}
KEY = key_of(Definition(name="各渠道新增", dimension="", measure=""))


class BaseWith(MemoryTables):
    """A base that lists one more table."""

    def __init__(self, *fields: LiveField, key: str = "") -> None:
        super().__init__(SCHEMA)
        self._more = LiveTable(table_id="tblMore", name="各渠道新增", fields=fields, key=key)

    @property
    def live(self) -> Sequence[LiveTable]:
        return (self._more,)


def loaded(tables: MemoryTables, *rows: Values) -> tuple[Loaded, list[Value]]:
    """The policy, and what every row says of itself."""
    for row in rows:
        tables.put("report_definition", row)
    found = load_policy(tables, MemoryStore(), SCHEMA)
    return found, [row.get("check_result") for row in tables.rows("report_definition")]


def test_bad_rows_say_what_is_wrong_and_leave_the_policy_in_force() -> None:
    found, said = loaded(MemoryTables(SCHEMA), {**GOOD, "name": "坏的", "measure": "新曾"}, GOOD, GOOD)

    assert said == [
        "没有名为「新曾」的指标，是不是「新增」？",
        None,
        "「各渠道新增」已有一行，请换一个「报表名称」",
    ]
    assert found.problems == ()
    assert [one.name for one in sound(found.policy.definitions)] == ["各渠道新增"]


def test_a_table_that_people_made_keeps_its_name() -> None:
    _, said = loaded(BaseWith(), GOOD)

    assert said == ["已有一张名为「各渠道新增」的数据表，请换一个「报表名称」，或给那张表改名"]


def test_the_table_of_the_report_itself_is_known_by_its_mark_and_by_its_id() -> None:
    column = LiveField(field_id="fld1", name="数值", type=2, description=f"新增 / New {mark(KEY, 'amount')}")

    assert loaded(BaseWith(column), GOOD)[1] == [None]
    assert loaded(BaseWith(key=KEY), GOOD)[1] == [None]
