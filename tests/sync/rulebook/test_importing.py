"""A file is imported as a whole or not at all; a second import finds nothing to do."""

import pytest

from feishu_plugin.errors import BindingError, PolicyError
from feishu_plugin.sync.policy_source import load_policy
from tests.builders import SCHEMA
from tests.fakes import MemoryStore, MemoryTables
from tests.sync.rulebook.books import imported, packaged_file, planned, provisioned, row


def names(tables: MemoryTables, table: str) -> list[object]:
    return [record.get("name") for record in tables.rows(table)]


def test_the_packaged_file_changes_nothing_in_a_provisioned_base() -> None:
    assert not planned(provisioned(), packaged_file()).differences


def test_changed_and_added_rows_are_written_in_one_call_each() -> None:
    tables, book = provisioned(), packaged_file()
    row(book, "workflow", "待处理→已搁置")["mode"] = "observe"
    row(book, "workflow", "处理中→已搁置")["mode"] = "observe"
    book["workflow"].append({"name": "测试→搁置", "from_status": "testing", "to_status": "shelved"})
    book["workflow"].append({"name": "测试→作废", "from_status": "testing", "to_status": "void"})
    before = tables.writes

    plan = imported(tables, book)

    policy = load_policy(tables, MemoryStore(), SCHEMA).policy
    assert plan.counts() == {"added": 2, "changed": 2, "removed": 0, "kept": 0}
    assert tables.writes - before == 2
    assert [m.mode for m in policy.moves if m.to_status == "shelved"] == ["observe", "observe", "enforce"]
    assert not planned(tables, book).differences


def test_a_cell_that_the_file_leaves_out_is_cleared() -> None:
    tables, book = provisioned(), packaged_file()
    del row(book, "workflow", "处理中→待客户配合")["note"]

    imported(tables, book)

    [found] = [r for r in tables.rows("workflow") if r.get("name") == "处理中→待客户配合"]
    assert found.is_empty("note")


def test_moving_a_row_in_the_file_changes_nothing() -> None:
    book = packaged_file()
    book["workflow"].reverse()

    assert not planned(provisioned(), book).differences


def test_rows_the_file_lacks_stay_unless_pruned() -> None:
    tables, book = provisioned(), packaged_file()
    tables.put("workflow", {"name": "测试→搁置", "from_status": "testing", "to_status": "shelved"})

    kept = imported(tables, book)
    still_there = names(tables, "workflow")
    imported(tables, book, prune=True)

    assert kept.counts()["kept"] == 1
    assert "测试→搁置" in still_there
    assert "测试→搁置" not in names(tables, "workflow")
    assert len(tables.rows("workflow")) == len(book["workflow"])


def test_tables_the_file_leaves_out_are_left_alone() -> None:
    tables = provisioned()

    imported(tables, {"parameter": [{"key": "vip_bonus", "value": "1"}]}, prune=True)

    assert [r.get("value") for r in tables.rows("parameter")] == ["1"]
    assert len(tables.rows("workflow")) == len(packaged_file()["workflow"])


def test_every_bad_row_is_named_and_nothing_is_written() -> None:
    tables, book = provisioned(), packaged_file()
    row(book, "workflow", "待处理→已搁置")["required"] = "没有这一列"
    row(book, "parameter", "vip_bonus")["value"] = "很多"
    row(book, "template", "已分派 中文")["body"] = "{{ nobody }}"
    before = tables.writes

    with pytest.raises(PolicyError) as refused:
        imported(tables, book)

    text = str(refused.value)
    assert "workflow[2] 待处理→已搁置: 需求台账没有「没有这一列」这一列" in text
    assert "vip_bonus: 「vip_bonus」的值「很多」看不懂" in text
    assert tables.writes == before


def test_a_broken_template_is_refused_too() -> None:
    book = packaged_file()
    row(book, "template", "已分派 中文")["body"] = "{{ nobody }}"

    with pytest.raises(PolicyError, match=r"已分派 中文: 「正文」里这个事件没有 \{\{ nobody \}\}"):
        planned(provisioned(), book)


def test_a_custom_report_that_cannot_be_written_is_refused_too() -> None:
    tables, book = provisioned(), packaged_file()
    book["report_definition"] = [{"name": "按时", "dimension": "负责", "measure": "按时", "chart": "柱"}]

    with pytest.raises(PolicyError) as refused:
        imported(tables, book)

    assert "report_definition[1] 按时: 需求台账没有「负责」这一列，是不是「负责人」？" in str(refused.value)
    assert "report_definition[1] 按时: 没有名为「按时」的指标，是不是「按时率」？" in str(refused.value)
    assert names(tables, "report_definition") == ["各负责人按时率"]


def test_a_custom_report_comes_with_the_rules() -> None:
    tables, book = provisioned(), packaged_file()
    del row(book, "report_definition", "各负责人按时率")["disabled"]

    plan = imported(tables, book)

    assert [one.name for one in plan.policy.definitions] == ["各负责人按时率"]
    assert plan.counts() == {"added": 0, "changed": 1, "removed": 0, "kept": 0}
    assert not planned(tables, book).differences


def test_a_parameter_written_twice_is_refused() -> None:
    book = packaged_file()
    book["parameter"].append({"key": "vip_bonus", "value": "1"})

    with pytest.raises(PolicyError, match="「vip_bonus」写了 2 次"):
        planned(provisioned(), book)


def test_a_bad_row_that_stays_in_the_base_is_named_as_the_bases() -> None:
    tables = provisioned()
    tables.put("workflow", {"name": "坏行", "from_status": "pending"})

    with pytest.raises(PolicyError, match="workflow 坏行（多维表格中的行"):
        planned(tables, packaged_file())
    assert planned(tables, packaged_file(), prune=True).counts()["removed"] == 1


def test_alternatives_of_one_name_are_told_apart_by_their_order() -> None:
    tables = provisioned()
    twins = [
        {"name": "作废", "from_status": "testing", "to_status": "void", "condition": condition}
        for condition in ("作废原因=重复", "作废原因≠重复")
    ]
    book = {"workflow": [*packaged_file()["workflow"], *twins]}
    imported(tables, book)
    book["workflow"][-1]["required"] = "备注"

    plan = imported(tables, book)

    assert plan.counts()["changed"] == 1
    assert not planned(tables, book).differences


def test_a_base_without_the_table_is_sent_to_apply() -> None:
    with pytest.raises(BindingError, match="run `feishu-plugin apply` first"):
        planned(MemoryTables(SCHEMA, missing=["calendar"]), packaged_file())


def test_every_difference_is_told_in_a_line() -> None:
    tables, book = provisioned(), packaged_file()
    row(book, "sla", "服务类·高")["resolve_days"] = 3
    book["calendar"] = [{"day": "2026-10-08", "kind": "holiday"}]
    tables.put("workflow", {"name": "测试→搁置", "from_status": "testing", "to_status": "shelved"})

    assert list(planned(tables, book).differences.lines(SCHEMA)) == [
        "- 流转规则 workflow: 测试→搁置",
        "~ 时限规则 sla: 服务类·高",
        "    解决（工作日） resolve_days: 2 → 3",
        "+ 作息日历 calendar: 2026-10-08",
    ]


@pytest.mark.parametrize("number", [10**400, float("inf"), float("nan"), True])
def test_a_number_that_no_cell_holds_is_refused(number: float) -> None:
    tables, book = provisioned(), packaged_file()
    row(book, "workflow", "待处理→已搁置")["after_days"] = number

    with pytest.raises(PolicyError, match="要写成数字"):
        planned(tables, book)
