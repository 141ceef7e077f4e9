"""What is exported is what is packaged, and every cell that does not fit is named."""

from pathlib import Path
from typing import Any

import pytest

from feishu_plugin.errors import PolicyError
from feishu_plugin.packaged import packaged_path
from feishu_plugin.policy_rows import compile_policy
from feishu_plugin.sync.policy_source import live_rows, load_policy
from feishu_plugin.sync.rulebook.layout import read_file, to_text, typed, values_of
from tests.builders import SCHEMA, local
from tests.fakes import MemoryStore, MemoryTables
from tests.sync.rulebook.books import provisioned


def text_of(tables: MemoryTables) -> str:
    return to_text(values_of(live_rows(tables)), SCHEMA)


def test_a_provisioned_base_exports_the_packaged_file_letter_by_letter() -> None:
    assert text_of(provisioned()) == packaged_path().read_text(encoding="utf-8")


def test_an_exported_file_says_the_same_policy(tmp_path: Path) -> None:
    tables = provisioned()
    tables.put("calendar", {"day": local("2026-10-08"), "kind": "holiday", "note": "公司日"})
    tables.put("routing", {"name": "大客户", "order": 5, "owners": ("ou_li",), "department": "product"})
    path = tmp_path / "rules.json"
    path.write_text(text_of(tables), encoding="utf-8")

    found = typed(read_file(path), SCHEMA, tables.binding)

    assert found.problems == ()
    assert found.rows == values_of(live_rows(tables))
    assert load_policy(tables, MemoryStore(), SCHEMA).policy.version
    assert '"day": "2026-10-08"' in path.read_text(encoding="utf-8")


def test_what_the_plugin_writes_and_blank_rows_are_not_exported() -> None:
    tables = provisioned()
    tables.put("workflow", {"check_result": "请填写「原状态」"})
    tables.put("routing", {"load": "李雷 3"})

    assert text_of(tables) == packaged_path().read_text(encoding="utf-8")


def test_options_may_be_named_as_people_read_them() -> None:
    tables = MemoryTables(SCHEMA)
    row = {"name": "搁置", "from_status": "待处理", "to_status": "shelved", "roles": ["管理者"]}

    found = typed({"workflow": [row]}, SCHEMA, tables.binding)

    assert found.rows["workflow"] == [
        {"name": "搁置", "from_status": "pending", "to_status": "shelved", "roles": ("manager",)}
    ]


@pytest.mark.parametrize(
    ("table", "cell", "said"),
    [
        ("workflow", {"from_status": "没有的状态"}, "「原状态」没有选项「没有的状态」"),
        ("workflow", {"after_days": "5"}, "「停留工作日」要写成数字"),
        ("workflow", {"automatic": "yes"}, "「自动流转」要写成 true 或 false"),
        ("workflow", {"roles": "manager"}, "「谁可以」要写成列表"),
        ("workflow", {"check_result": "好"}, "没有名为「check_result」的列"),
        ("routing", {"owners": ["李明"]}, "「负责人」里的「李明」不是 open_id"),
        ("calendar", {"day": "10月1日"}, "「日期」要写成 2026-10-01 这样的日期"),
        ("parameter", {"value": 0.4}, "「值」要写成文字"),
    ],
)
def test_a_cell_that_does_not_fit_is_named(table: str, cell: dict[str, Any], said: str) -> None:
    tables = MemoryTables(SCHEMA)

    [problem] = typed({table: [{}, cell]}, SCHEMA, tables.binding).problems

    assert problem.startswith(f"{table}[2]")
    assert said in problem


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ("[]", "must be an object"),
        ('{"rules": []}', "rules is no policy table"),
        ('{"sla": [1]}', "sla must be a list of rows"),
    ],
)
def test_a_file_that_is_none_is_refused(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "rules.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(PolicyError, match=said):
        read_file(path)


def test_the_packaged_rows_compile_as_exported() -> None:
    assert compile_policy(live_rows(provisioned()), SCHEMA).policy
