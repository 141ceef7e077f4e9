"""Brings the policy tables of a base in line with a file: all of it is checked before anything is written.

What is judged is the outcome, rows that stay in the base included: an import is either obeyed
as a whole or refused with every bad row named. Writing is one batch a table; doing it again
finds nothing left to do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feishu_plugin.binding import Binding
from feishu_plugin.errors import BindingError, PolicyError
from feishu_plugin.language import Phrase, counted
from feishu_plugin.packaged import POLICY_TABLES
from feishu_plugin.policy import Policy
from feishu_plugin.policy_rows import Rows, compile_policy
from feishu_plugin.ports import Tables
from feishu_plugin.records import Record, Values
from feishu_plugin.reminders.templates import template_problems
from feishu_plugin.reports.custom import problems_of
from feishu_plugin.schema import Schema
from feishu_plugin.sync.policy_source import live_statuses, with_packaged
from feishu_plugin.sync.rulebook.differences import Differences, differences, name_of
from feishu_plugin.sync.rulebook.layout import Raw, place, typed


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """A file that may be imported: what it changes, and the policy that is in force afterwards."""

    differences: Differences
    prune: bool
    """True: rows that the file lacks are removed; else they stay and are only listed."""
    policy: Policy

    def counts(self) -> dict[str, int]:
        """How many rows are added, changed, removed, and kept although the file lacks them."""
        by_kind = {kind: self._count(kind) for kind in ("added", "changed", "removed")}
        return by_kind if self.prune else {**by_kind, "removed": 0, "kept": by_kind["removed"]}

    def _count(self, kind: str) -> int:
        return sum(change.kind == kind for change in self.differences.changes)


def plan_import(raw: Raw, live: Rows, tables: Tables, schema: Schema, *, prune: bool) -> ImportPlan:
    """Checks a file against the base; raises PolicyError naming every row that is wrong."""
    rows = _typed(raw, tables.binding, schema)
    lacking = [table for table in rows if table not in tables.binding.tables]
    if lacking:
        raise BindingError(
            Phrase(
                f"多维表格没有数据表 {', '.join(lacking)}；请先运行 `feishu-plugin apply`",
                f"the base has no table {', '.join(lacking)}; run `feishu-plugin apply` first",
            )
        )
    found = differences(rows, live)
    kept = {} if prune else {change.record_id for change in found.changes if change.kind == "removed"}
    return ImportPlan(
        differences=found, prune=prune, policy=_compiled(rows, live, frozenset(kept), tables, schema)
    )


def policy_of(raw: Raw, live: Rows, tables: Tables, schema: Schema) -> Policy:
    """The policy a file describes; tables it leaves out are as in the base. PolicyError as above."""
    return _compiled(_typed(raw, tables.binding, schema), live, frozenset(), tables, schema)


def carry_out(tables: Tables, plan: ImportPlan, identity: str) -> None:
    """Writes the plan: changed, added and (with ``prune``) removed rows, one batch each a table."""
    for table in POLICY_TABLES:
        changed = plan.differences.of(table, "changed")
        if changed:
            tables.update(table, {c.record_id: {k: new for k, (_, new) in c.cells.items()} for c in changed})
        added = [change.after or {} for change in plan.differences.of(table, "added")]
        if added:
            tables.create(table, added, f"policy:{tables.binding.app_token}:{table}:{identity}")
        removed = [change.record_id for change in plan.differences.of(table, "removed")]
        if removed and plan.prune:
            tables.remove(table, removed)


def _typed(raw: Raw, binding: Binding, schema: Schema) -> Mapping[str, Sequence[Values]]:
    found = typed(raw, schema, binding)
    problems = [*found.problems, *_doubled(found.rows)]
    if problems:
        raise PolicyError(_refusal(problems))
    return found.rows


def _doubled(rows: Mapping[str, Sequence[Values]]) -> list[str]:
    """A parameter or a day that is written twice: nobody can say which one counts."""
    problems = []
    for table in ("parameter", "calendar"):
        names = [name_of(table, row) for row in rows.get(table, ())]
        problems += [
            f"{table}: 「{n}」写了 {names.count(n)} 次" for n in sorted(set(names)) if names.count(n) > 1
        ]
    return problems


def _compiled(
    rows: Mapping[str, Sequence[Values]], live: Rows, kept: frozenset[str], tables: Tables, schema: Schema
) -> Policy:
    outcome = {name: [*_of_file(name, rows[name])] if name in rows else [] for name in POLICY_TABLES}
    for name, records in live.items():
        outcome[name] += [_of_base(name, r) for r in records if name not in rows or r.record_id in kept]
    compiled = compile_policy(with_packaged(outcome, schema), schema, live_statuses(tables))
    problems = [f"{problem.record_id}: {problem.text}" for problem in compiled.problems]
    templates = compiled.policy.templates if compiled.policy else ()
    problems += [f"{templates[number].row_id}: {text}" for number, text in template_problems(templates)]
    definitions = compiled.policy.definitions if compiled.policy else ()
    problems += [f"{definitions[number].row_id}: {text}" for number, text in problems_of(definitions)]
    if problems or compiled.policy is None:
        raise PolicyError(_refusal(problems))
    return compiled.policy


def _of_file(table: str, rows: Sequence[Values]) -> list[Record]:
    return [Record(record_id=place(table, number, row), values=row) for number, row in enumerate(rows, 1)]


def _of_base(table: str, record: Record) -> Record:
    named = f"{table} {name_of(table, record.values)}（多维表格中的行 a row of the base）"
    return Record(record_id=named, values=record.values)


def _refusal(problems: Sequence[str]) -> Phrase:
    count, listed = len(problems), "; ".join(problems)
    return Phrase(
        f"规则有 {count} 处有误，什么都没有写入：{listed}",
        f"policy: {counted(count, 'mistake')}, nothing was written: {listed}",
    )
