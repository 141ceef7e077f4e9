"""A provisioned base in memory, and files as a team writes them."""

import json
from pathlib import Path
from typing import Any

from feishu_plugin.packaged import packaged_path, packaged_rows
from feishu_plugin.sync.policy_source import live_rows
from feishu_plugin.sync.rulebook.importing import ImportPlan, carry_out, plan_import
from tests.builders import SCHEMA
from tests.fakes import MemoryTables


def provisioned() -> MemoryTables:
    """The packaged rows stand in the policy tables."""
    tables = MemoryTables(SCHEMA)
    for table, rows in packaged_rows().items():
        for row in rows:
            tables.put(table, row)
    return tables


def packaged_file() -> dict[str, list[dict[str, Any]]]:
    """The packaged file, parsed, to be changed by a test."""
    found: dict[str, list[dict[str, Any]]] = json.loads(packaged_path().read_text(encoding="utf-8"))
    return found


def row(book: dict[str, list[dict[str, Any]]], table: str, name: str) -> dict[str, Any]:
    """One row of a file by its name or key."""
    return next(r for r in book[table] if name in (r.get("name"), r.get("key")))


def planned(tables: MemoryTables, book: Any, *, prune: bool = False) -> ImportPlan:
    """What importing the file would change."""
    return plan_import(book, live_rows(tables), tables, SCHEMA, prune=prune)


def imported(tables: MemoryTables, book: Any, *, prune: bool = False) -> ImportPlan:
    """Imports the file."""
    plan = planned(tables, book, prune=prune)
    carry_out(tables, plan, "test")
    return plan


def saved(book: Any, folder: Path) -> Path:
    """The file on disk."""
    path = folder / "policy.json"
    path.write_text(json.dumps(book, ensure_ascii=False), encoding="utf-8")
    return path
