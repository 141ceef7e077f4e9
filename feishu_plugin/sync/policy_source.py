"""The policy in force: read from the base's policy tables, the last good one kept for bad days."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from feishu_plugin.packaged import POLICY_TABLES, packaged_rows
from feishu_plugin.policy import Policy
from feishu_plugin.policy_rows import (
    Compiled,
    RowProblem,
    Rows,
    compile_policy,
    content_of,
    packaged_policy,
)
from feishu_plugin.ports import Memory, Tables
from feishu_plugin.records import Record, Values
from feishu_plugin.reminders.templates import template_problems
from feishu_plugin.reports.custom import problems_of, sound
from feishu_plugin.reports.custom_tables import taken
from feishu_plugin.schema import Schema

_FACT = "policy"
_STATUSES = "policy_statuses"
"""The options of 当前状态 that the kept policy was checked with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The policy to obey now, and what is wrong with the tables (then it is the last good one)."""

    policy: Policy
    problems: tuple[RowProblem, ...] = ()


def load_policy(tables: Tables, memory: Memory, schema: Schema) -> Loaded:
    """Reads and checks the policy tables, and writes each row's finding into its 校验结果."""
    app_token = tables.binding.app_token
    live = live_rows(tables)
    rows = with_packaged(live, schema)
    statuses = live_statuses(tables)
    compiled = compile_policy(rows, schema, statuses)
    harmless = (*_broken_templates(compiled), *_broken_definitions(compiled, tables))
    _write_findings(tables, live, (*compiled.problems, *harmless))
    if compiled.policy is not None:
        memory.keep(app_token, _FACT, {name: [row.values for row in found] for name, found in rows.items()})
        memory.keep(app_token, _STATUSES, {"keys": list(statuses)})
        return Loaded(policy=compiled.policy)
    return Loaded(policy=last_good(memory, app_token, schema), problems=compiled.problems)


def live_rows(tables: Tables) -> Rows:
    """The rows of the policy tables as they stand, blank ones too; none for a table the base lacks."""
    return {name: _read(tables, name) for name in POLICY_TABLES}


def with_packaged(live: Rows, schema: Schema) -> Rows:
    """The rows that count: the packaged ones stand in for a table without any filled row."""
    return {
        name: found if any(map(is_filled, found)) else _packaged(name, schema) for name, found in live.items()
    }


def _read(tables: Tables, name: str) -> Sequence[Record]:
    # A policy table that the base lacks (or that was emptied) leaves the packaged rows in force.
    if name not in tables.binding.tables:
        return ()
    return [record for page in tables.scan(name) for record in page]


def is_filled(record: Record) -> bool:
    """True for a row that says anything."""
    # A new table of Feishu begins with blank rows: they are no rules, and not the wish to have none.
    return bool(content_of(record.values))


def _packaged(name: str, schema: Schema) -> Sequence[Record]:
    return [Record(record_id="", values=values) for values in packaged_rows(schema).get(name, ())]


def live_statuses(tables: Tables) -> Sequence[str]:
    """The options of 当前状态 as the base has them, by key."""
    table = tables.binding.tables.get("requirement")
    field = table.fields.get("status") if table else None
    return tuple(field.option_ids.values()) if field else ()


def last_good(memory: Memory, app_token: str, schema: Schema) -> Policy:
    """The policy that was read last and made sense, without a question to the base; else the packaged one."""
    fact = memory.recall(app_token, _FACT)
    if fact is None:
        return packaged_policy(schema)
    rows: Rows = {n: [Record(record_id="", values=v) for v in found] for n, found in fact.items()}
    statuses = memory.recall(app_token, _STATUSES) or {"keys": []}
    return compile_policy(rows, schema, statuses["keys"]).policy or packaged_policy(schema)


def _broken_templates(compiled: Compiled) -> list[RowProblem]:
    """A template that cannot be used stops nobody: the packaged one stands in for it."""
    templates = compiled.policy.templates if compiled.policy else ()
    return [
        RowProblem(table="template", record_id=templates[place].row_id, text=text)
        for place, text in template_problems(templates)
    ]


def _broken_definitions(compiled: Compiled, tables: Tables) -> Iterator[RowProblem]:
    """A custom report that cannot be written stops no other one."""
    definitions = compiled.policy.definitions if compiled.policy else ()
    for place, text in problems_of(definitions):
        yield RowProblem(table="report_definition", record_id=definitions[place].row_id, text=text)
    for one in taken(sound(definitions), tables.live):
        text = f"已有一张名为「{one.name}」的数据表，请换一个「报表名称」，或给那张表改名"
        yield RowProblem(table="report_definition", record_id=one.row_id, text=text)


def _write_findings(tables: Tables, live: Rows, problems: Sequence[RowProblem]) -> None:
    for name, records in live.items():
        bound = tables.binding.tables.get(name)
        if bound and "check_result" in bound.fields:
            changes = _findings(name, records, problems)
            if changes:
                tables.update(name, changes)


def _findings(name: str, records: Sequence[Record], problems: Sequence[RowProblem]) -> Mapping[str, Values]:
    said: dict[str, list[str]] = {}
    for problem in problems:
        if problem.table == name:
            said.setdefault(problem.record_id, []).append(problem.text)
    wanted = {r.record_id: "；".join(said[r.record_id]) if r.record_id in said else None for r in records}
    return {
        r.record_id: {"check_result": wanted[r.record_id]}
        for r in records
        if r.get("check_result") != wanted[r.record_id]
    }
