"""A broken notice template is named in its row and stops nobody."""

from feishu_plugin.packaged import packaged_rows
from feishu_plugin.records import Record
from feishu_plugin.sync.policy_source import load_policy
from tests import builders
from tests.fakes import MemoryStore, MemoryTables


def load_with(body: str) -> tuple[MemoryTables, Record]:
    tables = MemoryTables(builders.SCHEMA)
    template = {**packaged_rows()["template"][0], "body": body}
    rid = tables.put("template", template)
    loaded = load_policy(tables, MemoryStore(), builders.SCHEMA)
    assert loaded.problems == ()
    return tables, tables.peek("template", rid)


def test_a_template_that_cannot_be_rendered_says_so_in_its_row() -> None:
    _, row = load_with("{{ number")

    assert row.get("check_result")


def test_a_template_that_names_an_unknown_fact_says_which() -> None:
    _, row = load_with("{{ weather }}")

    assert "weather" in str(row.get("check_result"))


def test_a_good_template_has_nothing_to_say() -> None:
    _, row = load_with("{{ number }}")

    assert row.get("check_result") is None
