"""What users type is shown as typed and never becomes a mention, a link, markup or HTML."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feishu_plugin.reminders.templates import escape, plain, shorten

MARKUP = re.compile(
    r"</?\w|<at|\[[^\]]*\]\(|!\[|\*|~~|`|_|^\s*(#|>|[-+=] ?|\d+[.)])|\||https?:|www\.|:\w+:|@", re.IGNORECASE
)


def read_by_markdown(text: str) -> str:
    """The escaped text as the markup reader takes it: an entity is a letter like any other."""
    return re.sub(r"&#\d+;", "◦", escape(text))


@pytest.mark.parametrize(
    "text",
    [
        "<at id=all></at>",
        "<at id='ou_1'></at>",
        "@all @所有人",
        "[点这里](https://evil.example)",
        "![图](img_v3_1)",
        "https://evil.example/path",
        "HTTP://evil.example",
        "www.evil.example",
        "mailto:a@evil.example",
        "**粗** *斜* ~~删~~ `码` _下_",
        "# 标题",
        "- 列表",
        "1. 列表",
        "2) 列表",
        "> 引用",
        "---",
        "===",
        "| a | b |",
        "<font color='red'>红</font>",
        "<a href='https://evil.example'>x</a>",
        ":OK: :THUMBSUP:",
        "&#60;at id=all&#62;",
        "\\*x\\*",
        "$x$",
        "第一行\n# 第二行\n- 第三行",
    ],
)
def test_no_markup_survives(text: str) -> None:
    assert MARKUP.search(read_by_markdown(text)) is None


@given(st.text())
def test_the_reader_sees_what_was_typed_in_one_line(text: str) -> None:
    assert html.unescape(escape(text)) == plain(text)


@given(st.text(alphabet="<>@[]()*_~`#-+=|:!&;$\\/.:1a www"))
def test_any_mix_of_signs_is_harmless(text: str) -> None:
    assert MARKUP.search(read_by_markdown(text)) is None


@pytest.mark.parametrize("text", ["20260901-研发-001", "2026-09-03 18:00", "处理中→已完成", "a.b, c；d：e"])
def test_numbers_dates_and_words_stay_readable(text: str) -> None:
    assert escape(text) == text


def test_control_and_direction_characters_are_left_out() -> None:
    assert plain("a\u202eb\x00c\u200bd\ud800e\r\nf") == "abcde f"


def test_joined_emoji_stay_whole() -> None:
    assert plain("👨\u200d👩\u200d👧") == "👨\u200d👩\u200d👧"


def test_a_long_text_ends_in_an_ellipsis() -> None:
    assert shorten("一二三四五六", 4) == "一二三…"
    assert shorten("一二三四", 4) == "一二三四"
