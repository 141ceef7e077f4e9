"""Who may do what: rules are the managers' alone, and only the doors named here lead out of the process."""

import ast
from pathlib import Path

import pytest

from feishu_plugin.packaged import POLICY_TABLES
from feishu_plugin.schema import Role
from feishu_plugin.schema_parts import Field
from tests.builders import SCHEMA

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "feishu_plugin"
DOORS = {
    "gateway/http.py": {"requests"},
    "gateway/webhook_calls.py": {"requests"},
    "gateway/answers.py": {"requests"},  # the type of an answer
    "gateway/mail.py": {"smtplib"},
    "gateway/mailbox.py": {"imaplib", "imap_tools"},
    "app/clocks.py": {"requests"},  # the sandbox's clock, on loopback only
}
OUTWARD = {
    *(
        "requests",
        "smtplib",
        "imaplib",
        "imap_tools",
        "poplib",
        "ftplib",
        "telnetlib",
        "xmlrpc",
        "aiohttp",
        "httpx",
    ),
    *("urllib3", "urllib.request", "http.client"),
}
"""Modules by which something can be fetched or sent."""
HARMLESS = {"urllib3.exceptions", "urllib3.filepost"}


def outward(path: Path) -> set[str]:
    """The modules of this kind that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return {
        one
        for module in found - HARMLESS
        if not any(module.startswith(f"{calm}.") for calm in HARMLESS)
        for one in OUTWARD
        if module == one or module.startswith(f"{one}.")
    }


def test_nothing_but_the_doors_can_reach_an_address() -> None:
    """A link that somebody typed is therefore never fetched: the doors take addresses from settings only."""
    files = [
        path
        for path in PACKAGE.rglob("*.py")
        if path.relative_to(PACKAGE).parts[0] not in ("sandbox", "demo")  # for trying things out
    ]

    assert {str(path.relative_to(PACKAGE)): found for path in files if (found := outward(path))} == DOORS


def test_every_request_begins_with_the_address_of_the_settings() -> None:
    text = (PACKAGE / "gateway" / "http.py").read_text(encoding="utf-8")

    assert text.count("url=self.base_url + ") == text.count("url=")
    assert "allow_redirects=False" in text


@pytest.mark.parametrize("role", SCHEMA.roles, ids=lambda role: str(role.key))
def test_only_managers_change_rules_and_nobody_what_the_service_writes(role: Role) -> None:
    edited = {table for table, right in role.tables.items() if right in ("edit", "full")}
    people = {table.key for table in SCHEMA.tables if any(_typed(field) for field in table.fields)}

    assert role.default == "read"
    assert "full" not in role.tables.values(), "nobody may delete rows"
    assert set(POLICY_TABLES) <= edited if role.key == "manager" else edited.isdisjoint(POLICY_TABLES)
    assert edited <= people
    assert bool(edited) == (role.key != "reader")


def _typed(field: Field) -> bool:
    return field.filled_by in ("person", "override")
