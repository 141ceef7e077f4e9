"""What rests when the base lacks something, and how it is said."""

import pytest

from feishu_plugin.sync.pauses import can_enforce, in_words, lost_statuses, rest
from tests import builders
from tests.fakes import bind_schema

POLICY = builders.policy()


def modes(*missing: str) -> dict[tuple[str, str], str]:
    policy = rest(POLICY, bind_schema(builders.SCHEMA, missing=missing))
    return {(m.from_status, m.to_status): m.mode for m in policy.moves}


def test_a_complete_base_rests_nothing() -> None:
    binding = bind_schema(builders.SCHEMA)

    assert rest(POLICY, binding).moves == POLICY.moves
    assert in_words(POLICY, binding, builders.SCHEMA) == ()
    assert can_enforce(binding)


def test_a_lost_column_only_touches_the_moves_that_ask_for_it() -> None:
    found = modes("requirement.shelve_reason")

    assert found["pending", "shelved"] == "observe"
    assert found["pending", "in_progress"] == "enforce"


def test_a_column_that_a_condition_reads_counts_as_asked_for() -> None:
    assert modes("requirement.confirmation")["done", "closed"] == "observe"


@pytest.mark.parametrize("missing", ["requirement", "requirement.status"])
def test_without_register_or_status_nothing_is_enforced(missing: str) -> None:
    assert not can_enforce(bind_schema(builders.SCHEMA, missing=[missing]))


def test_a_lost_status_only_touches_the_moves_from_and_to_it() -> None:
    binding = bind_schema(builders.SCHEMA, missing=["requirement.status.shelved"])

    found = {(move.from_status, move.to_status) for move in rest(POLICY, binding).moves}

    assert can_enforce(binding)
    assert lost_statuses(binding) == {"shelved"}
    gone = {(m.from_status, m.to_status) for m in POLICY.moves} - found
    assert gone
    assert all("shelved" in edge for edge in gone)


def test_a_lost_rule_column_is_no_longer_guarded() -> None:
    policy = rest(POLICY, bind_schema(builders.SCHEMA, missing=["requirement.priority_note"]))

    assert "priority_note" not in policy.rule_fields


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("notice", "缺少数据表「通知记录」：通知不再留痕"),
        ("requirement.owner", "列「需求台账·负责人」"),
        ("requirement.status.testing", "缺少选项「需求台账·测试验证」"),
    ],
)
def test_what_is_missing_is_named_as_people_know_it(missing: str, words: str) -> None:
    lines = in_words(POLICY, bind_schema(builders.SCHEMA, missing=[missing]), builders.SCHEMA)

    assert any(words in line.zh and "feishu-plugin apply" in line.zh for line in lines)
    assert any(missing in line.en and "feishu-plugin apply" in line.en for line in lines)


def test_moves_that_are_only_observed_are_named() -> None:
    binding = bind_schema(builders.SCHEMA, missing=["requirement.shelve_reason"])

    lines = in_words(POLICY, binding, builders.SCHEMA)

    assert any("待处理→已搁置 只观察" in line.zh and "搁置原因" in line.zh for line in lines)
    assert any("待处理→已搁置 is only observed" in line.en for line in lines)
