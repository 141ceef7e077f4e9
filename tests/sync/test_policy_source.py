"""The policy in force: the base's rows, packaged ones where there are none, the last good on bad days."""

from dataclasses import replace

from feishu_plugin.binding import Binding
from feishu_plugin.packaged import POLICY_TABLES, packaged_rows
from feishu_plugin.policy import Policy
from feishu_plugin.policy_rows import packaged_policy
from feishu_plugin.records import Value, Values
from feishu_plugin.sync.policy_source import Loaded, load_policy
from tests.builders import SCHEMA
from tests.fakes import MemoryStore, MemoryTables

MOVE: Values = {"from_status": "pending", "to_status": "void"}


def loaded(tables: MemoryTables, store: MemoryStore | None = None) -> Loaded:
    return load_policy(tables, store or MemoryStore(), SCHEMA)


def filled() -> MemoryTables:
    """A base that was just provisioned: the packaged rows in its policy tables."""
    tables = MemoryTables(SCHEMA)
    for table, rows in packaged_rows().items():
        for row in rows:
            tables.put(table, {key: float(v) if type(v) is int else v for key, v in row.items()})
    return tables


def findings(tables: MemoryTables, table: str) -> list[Value]:
    return [row.get("check_result") for row in tables.rows(table)]


def rules_of(policy: Policy) -> tuple[object, ...]:
    return policy.moves, policy.limits, policy.routes, policy.templates, policy.parameters


class TablesWithAddedStatus(MemoryTables):
    """People added 待评审 to the options of 当前状态."""

    @property
    def binding(self) -> Binding:
        found = super().binding
        register = found.tables["requirement"]
        status = register.fields["status"]
        wider = replace(status, option_ids={**status.option_ids, "optNew": "待评审"})
        changed = replace(register, fields={**register.fields, "status": wider})
        return replace(found, tables={**found.tables, "requirement": changed})


def test_a_provisioned_base_obeys_what_was_packaged() -> None:
    found = loaded(filled())

    assert found.problems == ()
    assert found.policy == packaged_policy(SCHEMA)


def test_an_empty_base_obeys_what_was_packaged() -> None:
    assert loaded(MemoryTables(SCHEMA)).policy == packaged_policy(SCHEMA)


def test_blank_rows_are_not_the_wish_to_have_no_rules() -> None:
    tables = MemoryTables(SCHEMA)
    for table in POLICY_TABLES:
        tables.put(table, {})
        tables.put(table, {"check_result": "请填写「原状态」"})

    assert rules_of(loaded(tables).policy) == rules_of(packaged_policy(SCHEMA))
    assert findings(tables, "workflow") == [None, None]


def test_tables_that_the_base_lacks_leave_the_packaged_rows_in_force() -> None:
    tables = MemoryTables(SCHEMA, missing=POLICY_TABLES)

    assert loaded(tables).policy == packaged_policy(SCHEMA)


def test_what_people_change_is_obeyed() -> None:
    tables = MemoryTables(SCHEMA)
    tables.put("workflow", MOVE)

    assert [(move.from_status, move.to_status) for move in loaded(tables).policy.moves] == [
        ("pending", "void")
    ]


def test_a_bad_row_keeps_the_last_good_policy_and_is_told_in_its_row() -> None:
    tables, store = MemoryTables(SCHEMA), MemoryStore()
    row = tables.put("workflow", MOVE)
    good = loaded(tables, store).policy
    tables.put("workflow", {"from_status": "pending", "mode": "enforce"})

    found = loaded(tables, store)

    assert rules_of(found.policy) == rules_of(good)
    assert [problem.text for problem in found.problems] == ["请填写「新状态」"]
    assert findings(tables, "workflow") == [None, "请填写「新状态」"]
    assert row == tables.rows("workflow")[0].record_id


def test_a_template_that_cannot_be_used_is_named_in_its_row_and_stops_nothing() -> None:
    tables = filled()
    begun = tables.put("template", {"event": "assigned", "title": "给您"})
    misspelt = tables.put("template", {"event": "assigned", "title": "给您", "body": "{{ tittle }}"})

    found = loaded(tables)

    assert found.problems == ()
    assert tables.peek("template", begun).get("check_result") == "请填写「正文」"
    assert str(tables.peek("template", misspelt).get("check_result")).startswith(
        "「正文」里这个事件没有 {{ tittle }}，是不是 {{ title }}？"
    )


def test_a_mended_row_loses_its_finding() -> None:
    tables, store = MemoryTables(SCHEMA), MemoryStore()
    row = tables.put("workflow", {"from_status": "pending"})
    loaded(tables, store)
    tables.update("workflow", {row: {"to_status": "void"}})

    assert loaded(tables, store).problems == ()
    assert findings(tables, "workflow") == [None]


def test_findings_are_written_once() -> None:
    tables = MemoryTables(SCHEMA)
    tables.put("workflow", {"from_status": "pending"})
    loaded(tables)
    written = tables.writes

    loaded(tables)

    assert tables.writes == written


def test_a_bad_row_on_the_first_day_leaves_the_packaged_policy() -> None:
    tables = MemoryTables(SCHEMA)
    tables.put("workflow", {"from_status": "pending"})

    assert loaded(tables).policy == packaged_policy(SCHEMA)


def test_the_last_good_policy_knows_the_statuses_people_had_added() -> None:
    tables, store = TablesWithAddedStatus(SCHEMA), MemoryStore()
    tables.put("parameter", {"key": "paused_statuses", "value": "待评审"})
    good = loaded(tables, store).policy
    assert good.parameters.paused_statuses == ("待评审",)
    tables.put("sla", {"type_class": "service"})

    found = loaded(tables, store)

    assert found.problems
    assert rules_of(found.policy) == rules_of(good)
