"""A card in a terminal: the same words as in Feishu, with inputs and buttons by their names."""

from typing import Any

import pytest

from feishu_plugin.reminders.card_text import lines_of, unmarked
from tests.reminders.test_card import LINK, NAMED, card_of


def test_a_card_is_read_from_top_to_bottom_in_either_language() -> None:
    card = card_of("overdue_answered")

    assert lines_of(card, "zh")[:2] == [
        "已超期：20260901-研发-001",
        "20260901-研发-001 导出报表 <at id=all></at>",
    ]
    assert lines_of(card, "en")[-6:] == [
        "[choose In 1 working hour / In 4 working hours / Next working morning]",
        "[button Postpone]",
        "[button Write progress]",
        "[button At risk]",
        "[button Remind me later]",
        f"[button Open record → {LINK}]",
    ]


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("**原因：** &#42;&#42;急&#42;&#42;", "原因： **急**"),
        ("[N-1](https://a.cn/x) 报表", "N-1（https://a.cn/x） 报表"),
        ("&#60;at id=all&#62;", "<at id=all>"),
    ],
)
def test_markdown_becomes_the_characters_it_shows(markdown: str, text: str) -> None:
    assert unmarked(markdown) == text


@pytest.mark.parametrize("name", NAMED)
def test_no_part_of_a_card_is_left_out(name: str) -> None:
    card = card_of(name)
    shown = "\n".join(lines_of(card, "zh"))

    assert all(f"[按钮 {text}" in shown for text in _buttons(card))
    assert not any(f"[{tag}]" in shown for tag in ("form", "button", "input", "column_set", "table"))


def _buttons(part: Any) -> list[str]:
    if isinstance(part, list):
        return [text for value in part for text in _buttons(value)]
    if not isinstance(part, dict):
        return []
    own = [part["text"]["content"]] if part.get("tag") == "button" else []
    return own + [text for value in part.values() for text in _buttons(value)]
