"""The packaged field_schema.json: complete, consistent, readable and what the code expects."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from feishu_plugin.errors import SchemaError
from feishu_plugin.policy import Limit, Mode, Template
from feishu_plugin.records import Record, Requirement, Transition
from feishu_plugin.rules.actions import Source, Verdict
from feishu_plugin.schema import KINDS, Condition, Field, Schema, Table, View, default_path, load
from feishu_plugin.schema_format import canonical

SCHEMA = load()
TABLES = {table.key: table for table in SCHEMA.tables}
FIELDS = [(table, field) for table in SCHEMA.tables for field in table.fields]
VIEWS = [(table, view) for table in SCHEMA.tables for view in table.views]

CAN_BE_PRIMARY = {1, 2, 5, 13, 15, 20, 22}
CANNOT_BE_ASKED = {20, 1001, 1002, 1003, 1004, 1005}
COMPARISONS = {"isEmpty", "isNotEmpty", "is", "isNot", "contains", "doesNotContain"}
ATTRIBUTE_TYPES = {
    "_Text": {"text", "single_select", "phone", "email"},
    "_Number": {"number", "rating", "progress", "currency"},
    "_Moment": {"datetime", "created_time", "modified_time"},
    "_Ids": {"user", "single_link", "duplex_link", "multi_select"},
}


def name(case: Any) -> str:
    return case.key if isinstance(case, Table | Field | View) else str(case)


def attributes() -> Iterator[tuple[str, str, str]]:
    """(table, field, kind of attribute) of everything that code reads by name."""
    for table, record in (("requirement", Requirement), ("transition", Transition)):
        assert issubclass(record, Record)
        for key, attribute in vars(record).items():
            if type(attribute).__name__ in ATTRIBUTE_TYPES:
                yield table, key, type(attribute).__name__


def test_the_file_is_laid_out_one_line_per_field() -> None:
    text = default_path().read_text(encoding="utf-8")
    assert text == canonical(json.loads(text)), "write it with feishu_plugin.schema_format.canonical"


def test_the_layout_keeps_all_content() -> None:
    odd = {
        "tables": [{"key": "a", "fields": [], "views": [{"questions": [{"x": [1, {"y": "中"}]}]}]}],
        "z": {},
    }
    assert json.loads(canonical(odd)) == odd


def test_keys_and_labels_of_tables_are_unique() -> None:
    for values in (
        [t.key for t in SCHEMA.tables],
        [t.zh for t in SCHEMA.tables],
        [t.en for t in SCHEMA.tables],
    ):
        assert not [value for value, count in Counter(values).items() if count > 1]


@pytest.mark.parametrize("table", SCHEMA.tables, ids=name)
def test_keys_and_labels_within_a_table_are_unique(table: Table) -> None:
    for parts in (table.fields, table.views):
        for values in ([p.key for p in parts], [p.zh for p in parts], [p.en for p in parts]):
            assert not [value for value, count in Counter(values).items() if count > 1]


@pytest.mark.parametrize("table", SCHEMA.tables, ids=name)
def test_a_table_starts_with_a_primary_field_and_a_grid_view_and_says_what_it_is_for(table: Table) -> None:
    assert KINDS[table.fields[0].type][0] in CAN_BE_PRIMARY
    assert table.views
    assert table.views[0].type == "grid"
    assert table.note


@pytest.mark.parametrize(("table", "field"), FIELDS, ids=name)
def test_a_field_has_exactly_what_its_type_needs(table: Table, field: Field) -> None:
    assert bool(field.options) == (field.type in ("single_select", "multi_select"))
    assert (field.table is not None) == (field.type in ("single_link", "duplex_link"))
    assert field.table is None or field.table in TABLES
    names = [option.zh for option in field.options]
    assert len(names) == len(set(names))
    automatic = {"created_time", "modified_time", "created_user", "modified_user", "auto_number"}
    assert (field.filled_by == "feishu") == (field.type in automatic)


def test_both_sides_of_a_duplex_link_name_each_other() -> None:
    duplex = [(table, field) for table, field in FIELDS if field.type == "duplex_link"]
    assert duplex
    for table, field in duplex:
        partner = TABLES[str(field.table)].field(str(field.back_key))
        assert (partner.table, partner.back_key) == (table.key, field.key)
        assert (field.back is None) != (partner.back is None), "exactly one side makes the other"
        assert field.back is None or field.back.zh == partner.zh


def test_every_option_set_is_used() -> None:
    assert set(SCHEMA.option_sets) == {field.option_set for _, field in FIELDS if field.option_set}


@pytest.mark.parametrize(("table", "view"), VIEWS, ids=name)
def test_a_view_refers_only_to_what_exists(table: Table, view: View) -> None:
    assert set(view.hidden) <= set(table.by_key) - {table.fields[0].key}
    for condition in view.filter:
        _check_condition(table.field(condition.field), condition)
    assert bool(view.questions) == (view.type == "form")
    asked = [question.field for question in view.questions]
    assert len(asked) == len(set(asked))
    assert not [key for key in asked if KINDS[table.field(key).type][0] in CANNOT_BE_ASKED]
    assert not {"[", "]"} & set(view.zh)


def _check_condition(field: Field, condition: Condition) -> None:
    assert condition.operator in COMPARISONS
    assert bool(condition.value) == (condition.operator not in ("isEmpty", "isNotEmpty"))
    if field.options:
        assert set(condition.value) <= {option.key for option in field.options}


def test_a_form_asks_nothing_that_only_the_plugin_fills() -> None:
    for table, view in VIEWS:
        for question in view.questions:
            assert table.field(question.field).filled_by in ("person", "override")


def test_kanban_and_gantt_tell_people_what_to_set_by_hand() -> None:
    assert [view.key for _, view in VIEWS if view.type in ("kanban", "gantt") and not view.by_hand] == []


@pytest.mark.parametrize(("table", "key", "kind"), list(attributes()))
def test_every_attribute_in_code_is_a_field_of_a_fitting_type(table: str, key: str, kind: str) -> None:
    assert TABLES[table].field(key).type in ATTRIBUTE_TYPES[kind]


def _keys(option_set: str) -> set[str]:
    return {option.key for option in SCHEMA.option_sets[option_set]}


@pytest.mark.parametrize(
    ("option_set", "literal"),
    [
        ("verdict", Verdict),
        ("move_source", Source),
        ("mode", Mode),
        ("type_class", Limit.__annotations__["type_class"]),
        ("notice_kind", Template.__annotations__["kind"]),
        ("language", Template.__annotations__["language"]),
        ("media", Template.__annotations__["channel"]),
    ],
)
def test_options_are_the_words_of_the_code(option_set: str, literal: Any) -> None:
    assert _keys(option_set) == set(get_args(literal))


def test_a_broken_file_names_every_wrong_place(tmp_path: Path) -> None:
    broken = tmp_path / "schema.json"
    broken.write_text('{"base": {"zh": "库"}, "tables": [{"key": "A", "zh": "表", "en": "T", "fields": []}]}')
    with pytest.raises(SchemaError) as caught:
        load(broken)
    for place in ("$.base.en", "$.tables.0.key", "$.tables.0.fields"):
        assert place in str(caught.value)


@pytest.mark.parametrize(("text", "complaint"), [("{", "not JSON"), (None, "cannot be read")])
def test_an_unreadable_file_is_named(tmp_path: Path, text: str | None, complaint: str) -> None:
    path = tmp_path / "schema.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(SchemaError, match=complaint):
        load(path)


def test_labels_are_looked_up_by_key() -> None:
    assert SCHEMA.label("requirement", "status") == "当前状态"
    assert SCHEMA.label("requirement", "status", "done") == "已完成"
    assert SCHEMA.label("requirement", "status", "unheard_of") == "unheard_of"
    with pytest.raises(KeyError, match=r"requirement\.nothing"):
        Schema.table(SCHEMA, "requirement").field("nothing")
