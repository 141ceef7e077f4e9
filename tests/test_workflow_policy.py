"""The packaged policy and the packaged schema speak of the same statuses, options, effects and notices."""

import ast
import inspect

import pytest

from feishu_plugin.packaged import packaged_rows
from feishu_plugin.policy import Move
from feishu_plugin.policy_rows import packaged_policy
from feishu_plugin.records import Accepted, Requirement, Values
from feishu_plugin.rules import announce, breaker, effects, workflow
from feishu_plugin.rules.actions import Tell
from feishu_plugin.rules.case import Case, Ruling
from tests.builders import SCHEMA, local

ROWS = packaged_rows()
POLICY = packaged_policy(SCHEMA)
CELLS = [
    pytest.param(table, key, value, id=f"{table}.{key}={value}")
    for table, key, value in dict.fromkeys(
        (table, key, option)
        for table, rows in ROWS.items()
        for row in rows
        for key, value in row.items()
        for option in (value if isinstance(value, tuple) else (value,))
        if SCHEMA.table(table).field(key).options
    )
]


def options(table: str, field: str) -> set[str]:
    return {option.key for option in SCHEMA.table(table).field(field).options}


def test_the_statuses_of_the_schema_are_the_statuses_of_the_moves() -> None:
    moved = {status for move in POLICY.moves for status in (move.from_status, move.to_status)}

    assert moved == options("requirement", "status")


def test_every_status_is_reached_from_the_initial_one() -> None:
    reached, front = set(), {POLICY.parameters.initial_status}
    while front:
        reached |= front
        front = {m.to_status for m in POLICY.moves if m.from_status in front and m.mode != "off"} - reached

    assert reached == options("requirement", "status")


def test_only_void_is_an_end_without_a_way_back() -> None:
    left = {move.from_status for move in POLICY.moves}

    assert options("requirement", "status") - left == {"void"}


@pytest.mark.parametrize(("table", "key", "value"), CELLS)
def test_every_option_of_a_policy_row_is_in_the_schema(table: str, key: str, value: str) -> None:
    assert value in options(table, key)


@pytest.mark.parametrize(
    ("policy_field", "requirement_field"),
    [
        (("workflow", "from_status"), "status"),
        (("workflow", "to_status"), "status"),
        (("workflow", "types"), "type"),
        (("sla", "priority"), "priority"),
        (("sla", "priority"), "urgency"),
        (("routing", "department"), "department"),
        (("routing", "types"), "type"),
        (("routing", "sources"), "source"),
        (("routing", "customer_levels"), "customer_level"),
    ],
)
def test_policy_tables_offer_what_the_register_offers(
    policy_field: tuple[str, str], requirement_field: str
) -> None:
    assert options(*policy_field) == options("requirement", requirement_field)


def known_effects() -> set[str]:
    """Effects that change something for a record that has everything, or has no answer yet."""
    told: Values = {"confirmation": "unsolved", "score": 1.0}
    found = options("workflow", "effects")
    return {effect for effect in found if _acts(effect, told) or _acts(effect, {})}


def _acts(effect: str, answer: Values) -> bool:
    at = local("2026-09-01")
    move = Move(from_status="pending", to_status="void", effects=(effect,))
    ruling = Ruling(from_status="pending", to_status="void", verdict="pass", rule="", at=at, move=move)
    values: Values = {
        "duplicate_of": ("rec2",),
        "reopen_count": 1.0,
        **answer,
    }
    record = Requirement(record_id="rec1", values=values)
    known = Accepted(record=record, status_since=at)
    case = Case(policy=POLICY, record=record, accepted=known, now=at, rulings=(ruling,))
    return bool(list(effects.rule(case)))


def test_every_effect_that_the_table_offers_is_known_to_the_rule() -> None:
    assert known_effects() == options("workflow", "effects")


def test_every_effect_that_a_move_names_is_known_to_the_rule() -> None:
    assert {effect for move in POLICY.moves for effect in move.effects} <= known_effects()


def test_every_finish_is_dated_and_every_reopening_counted() -> None:
    for move in POLICY.moves:
        if move.to_status == "done":
            assert {"set_finished", "ask_again"} <= set(move.effects), move
        if move.to_status == "closed":
            assert "set_closed" in move.effects, move
        if move.from_status in ("done", "closed") and move.to_status != "closed":
            assert {"count_reopen", "clear_finished"} <= set(move.effects), move


def test_what_reopens_waits_for_nobody_and_people_may_do_it_too() -> None:
    reopening = [move for move in POLICY.moves if "count_reopen" in move.effects]

    assert {(m.from_status, m.to_status, m.after_days) for m in reopening if m.automatic} == {
        ("done", "in_progress", 0),
        ("closed", "pending", 0),
    }
    assert all(move.automatic and not move.roles and not move.people for move in reopening)


def test_names_of_rows_are_unique_and_tell_the_move() -> None:
    for table, rows in ROWS.items():
        names = [row.get("name") or row.get("key") for row in rows]
        assert len(names) == len(set(names)), table
    for row in ROWS["workflow"]:
        edge = [SCHEMA.label("requirement", "status", str(row[key])) for key in ("from_status", "to_status")]
        assert str(row["name"]).startswith("→".join(edge))


@pytest.mark.parametrize("event", sorted(options("template", "event")))
def test_every_notice_has_words_in_both_languages(event: str) -> None:
    found = [template for template in POLICY.templates if template.event == event]

    assert {template.language for template in found} == {"zh", "en"}
    assert all(template.audience for template in found)


def test_every_type_and_grade_has_its_limits() -> None:
    for requirement_type in options("requirement", "type"):
        for grade in options("requirement", "priority"):
            assert POLICY.limit(requirement_type, grade) is not None, (requirement_type, grade)


def test_the_last_route_takes_everything() -> None:
    last = POLICY.routes[-1]

    assert (last.types, last.sources, last.customer_levels) == ((), (), ())


def test_every_parameter_is_explained() -> None:
    assert [row["key"] for row in ROWS["parameter"] if not row.get("note")] == []


def _events_told() -> set[str]:
    """The events that rules ask for, read from their sources."""
    calls = (
        node
        for module in (announce, breaker, workflow)
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == Tell.__name__
    )
    words = (word.value for call in calls for word in call.keywords if word.arg == "event")
    return {str(word.value) for word in words if isinstance(word, ast.Constant)}


def test_every_notice_that_a_rule_asks_for_has_a_row() -> None:
    told = _events_told()

    assert {"put_back", "assigned", "trouble"} <= told
    assert told <= {template.event for template in POLICY.templates}
