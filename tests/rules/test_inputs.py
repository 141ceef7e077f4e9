"""What people fill into the form of a card, as values; what is none leaves nothing behind."""

from dataclasses import replace
from typing import Any

import pytest

from feishu_plugin.policy import Input, Policy
from feishu_plugin.rules.inputs import typed
from tests.builders import local, policy


def asking() -> Policy:
    """One field of each type."""
    types = ("text", "number", "datetime", "user", "single_select", "multi_select")
    inputs = {type: Input(type=type, options={"a": "甲", "b": "乙"}) for type in types}
    return replace(policy(), inputs=inputs)


@pytest.mark.parametrize(
    ("key", "raw", "value"),
    [
        ("text", " 排期 ", "排期"),
        ("number", "2.5", 2.5),
        ("datetime", "2026-09-01 +0800", local("2026-09-01")),
        ("user", "ou_li", ("ou_li",)),
        ("user", ["ou_li", "ou_han"], ("ou_li", "ou_han")),
        ("single_select", "a", "a"),
        ("multi_select", ["a", "b"], ("a", "b")),
        ("multi_select", "b", ("b",)),
    ],
)
def test_what_feishu_sends_becomes_a_value(key: str, raw: Any, value: Any) -> None:
    assert typed(asking(), key, raw) == value


@pytest.mark.parametrize(
    ("key", "raw"),
    [
        ("text", ["排期"]),
        ("number", "nan"),
        ("number", "1e999"),
        ("datetime", "9999-12-31 +0800"),
        ("datetime", "0001-01-01 +0800"),
        ("single_select", ["a"]),
        ("single_select", "新选项"),
        ("multi_select", ["新选项"]),
        ("user", [None, ""]),
        ("unknown", "x"),
    ],
)
def test_what_no_column_takes_is_no_value(key: str, raw: Any) -> None:
    assert typed(asking(), key, raw) is None
