"""Lines of facts: for people and for machines, one line each, whatever people wrote."""

import io
import json
import logging
import shlex
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feishu_plugin.app import logs
from feishu_plugin.app.logs import LogWitness


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the log gets; the logging of the test run is as before afterwards."""
    root, facts = logging.getLogger(), logging.getLogger("feishu_plugin.facts")
    kept, level = root.handlers[:], facts.level
    text = io.StringIO()
    root.handlers[:] = [logging.StreamHandler(text)]
    yield text
    root.handlers[:] = kept
    facts.setLevel(level)


def said(written: io.StringIO, style: logs.Style, **facts: str | float) -> str:
    logs.shape(style)
    logs.tell_facts()
    written.truncate(written.seek(0))
    LogWitness().saw("verdict", **facts)
    return written.getvalue()


def test_a_line_of_text_has_its_facts_as_key_and_value(written: io.StringIO) -> None:
    line = said(written, "text", rule="待处理→已完成", because="请先填写：原因 和 结果", seconds=0.5)

    assert line.endswith('what=verdict rule=待处理→已完成 because="请先填写：原因 和 结果" seconds=0.5\n')


def test_a_line_of_json_has_the_same_keys(written: io.StringIO) -> None:
    line = said(written, "json", rule="a", because="b c", seconds=0.5)

    found = json.loads(line)
    assert {key: found[key] for key in ("what", "rule", "because", "seconds")} == {
        "what": "verdict",
        "rule": "a",
        "because": "b c",
        "seconds": 0.5,
    }
    assert {"at", "level", "logger"} < found.keys()


def test_an_error_in_json_is_one_line_with_its_cause(written: io.StringIO) -> None:
    logs.shape("json")
    try:
        raise ValueError("两\n行")
    except ValueError:
        logging.getLogger("x").exception("it failed")

    found = json.loads(written.getvalue())
    assert (found["level"], found["message"]) == ("ERROR", "it failed")
    assert "ValueError" in found["cause"]


def test_what_comes_in_thousands_is_no_line(written: io.StringIO) -> None:
    logs.tell_facts()
    for what in ("call", "settled", "event"):
        LogWitness().saw(what, seconds=1.0)

    assert written.getvalue() == ""


def test_without_serve_or_verbose_nothing_is_written(written: io.StringIO) -> None:
    logging.getLogger("feishu_plugin.facts").setLevel(logging.WARNING)

    LogWitness().saw("verdict", rule="a")

    assert written.getvalue() == ""


def lines_of(style: logs.Style, because: str) -> list[str]:
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    root, kept = logging.getLogger(), logging.getLogger().handlers[:]
    root.handlers[:] = [handler]
    try:
        said(text, style, because=because, last="end")
    finally:
        root.handlers[:] = kept
    return text.getvalue().splitlines()


WORDS = st.text(max_size=400) | st.sampled_from(
    ["a\nwhat=verdict", 'x" last=forged "', "\u2028", "\x85=", "\r"]
)


@given(because=WORDS)
def test_nobodys_words_make_a_second_line_or_another_fact(because: str) -> None:
    [text] = lines_of("text", because)
    [machine] = lines_of("json", because)

    assert text.endswith(" last=end")
    assert text.count(" last=") == 1 or '"' in text
    found = json.loads(machine)
    assert found["because"] in (because, f"{because[:300]}…")
    assert found["last"] == "end"


def test_half_a_surrogate_pair_can_be_written() -> None:
    [text] = lines_of("text", "\ud83d")
    [machine] = lines_of("json", "\ud83d")

    assert "\\ud83d" in text.encode().decode()
    assert json.loads(machine)["because"] == "\ud83d"


def test_quoted_words_are_read_back_whole(written: io.StringIO) -> None:
    line = said(written, "text", because='他说 "好"', rule="a")

    parts = dict(part.split("=", 1) for part in shlex.split(line.partition("what=")[2], posix=True)[1:])
    assert parts["because"] == '他说 "好"'
