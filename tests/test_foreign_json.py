"""What others call JSON: a value, or one short reason why not."""

import pytest

from feishu_plugin.foreign_json import MOST_DEEP, NotJson, parsed


@pytest.mark.parametrize(
    ("text", "why", "line"),
    [
        (b"", "Expecting value", 1),
        ("{\n}x", "Extra data", 2),
        (b"\xff\xfe\xfa", "not UTF-8 text", 0),
        (b"[" * 100_000, "nested more than 100 levels deep", 0),
        ('{"a":' * 101 + "1" + "}" * 101, "nested more than 100 levels deep", 0),
        ("9" * 5000, "thousands of digits", 0),
    ],
    ids=["nothing", "too much", "other bytes", "an abyss", "too deep to walk", "an endless number"],
)
def test_what_is_none_is_told_in_a_few_words(text: str | bytes, why: str, line: int) -> None:
    with pytest.raises(NotJson, match=why) as found:
        parsed(text)

    assert found.value.line == line


def test_everything_else_is_as_the_parser_has_it() -> None:
    deep = "[" * MOST_DEEP + "]" * MOST_DEEP

    assert parsed('{"a": [1, null, "\\ud800"]}') == {"a": [1, None, "\ud800"]}
    assert str(parsed(deep)) == deep
