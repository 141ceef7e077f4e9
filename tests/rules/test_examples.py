"""Every example a rule carries is a test; a rule without examples fails here."""

import importlib
from datetime import UTC, datetime
from types import ModuleType

import pytest

from feishu_plugin import schema
from feishu_plugin.policy_rows import packaged_policy
from feishu_plugin.records import Accepted, Record, Requirement
from feishu_plugin.reminders.placeholders import told
from feishu_plugin.rules.actions import SetFields, Tell
from feishu_plugin.rules.case import Case, Example
from feishu_plugin.rules.decide import RULES
from tests.builders import with_parameters

NOW = datetime(2026, 9, 1, 2, tzinfo=UTC)
SCHEMA = schema.load()
POLICY = packaged_policy(SCHEMA)


def module_of(rule: str) -> ModuleType:
    return importlib.import_module(f"feishu_plugin.rules.{rule}")


def examples() -> list[object]:
    found = ((rule, example) for rule in RULES for example in module_of(rule).EXAMPLES)
    return [pytest.param(rule, example, id=f"{rule}: {example.says}") for rule, example in found]


def case_of(example: Example) -> Case:
    accepted = None
    if example.accepted is not None:
        accepted = Accepted(record=Record(record_id="rec1", values=example.accepted), status_since=NOW)
    return Case(
        policy=with_parameters(POLICY, **example.parameters),
        record=Requirement(record_id="rec1", values=example.record),
        accepted=accepted,
        now=NOW,
        rulings=example.rulings,
        people=example.people,
        adopt=example.adopt,
        editor=example.editor,
        match=example.match,
    )


@pytest.mark.parametrize(("rule", "example"), examples())
def test_a_rule_does_what_its_example_says(rule: str, example: Example) -> None:
    actions = list(RULES[rule](case_of(example)))

    values = {k: v for action in actions if isinstance(action, SetFields) for k, v in action.values.items()}
    others = tuple(type(action) for action in actions if not isinstance(action, SetFields))
    if example.sets is not None:
        assert values == example.sets
    assert others == example.does


@pytest.mark.parametrize(("rule", "example"), examples())
def test_what_a_rule_tells_can_be_named_by_the_template_of_its_notice(rule: str, example: Example) -> None:
    for action in RULES[rule](case_of(example)):
        if isinstance(action, Tell):
            assert set(action.facts) <= set(told(action.event))


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_a_firing_and_a_silent_example(rule: str) -> None:
    found = module_of(rule).EXAMPLES

    assert any(example.sets or example.does for example in found), f"{rule}: no example where it fires"
    assert any(not example.sets and not example.does for example in found), f"{rule}: no silent example"


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_sets_only_fields_of_the_schema(rule: str) -> None:
    known = SCHEMA.table("requirement").by_key
    for example in module_of(rule).EXAMPLES:
        assert set(example.sets or ()) <= set(known)
