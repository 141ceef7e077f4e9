"""A row as a line of JSON and back: nothing is lost, whatever people typed."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feishu_plugin.records import Record, Url, Value
from feishu_plugin.schema import KINDS, Table
from feishu_plugin.sync.archive.rows import Row, files, line, links, row_in, row_of, writable
from tests.builders import SCHEMA

TABLE = Table.model_validate(
    {
        "key": "all",
        "zh": "全",
        "en": "All",
        "fields": [
            {
                "key": type,
                "zh": type,
                "en": type,
                "type": type,
                **({"table": "all"} if "link" in type else {}),
            }
            for type in KINDS
        ],
    }
)
TEXT = st.text(min_size=1)
IDS = st.lists(TEXT, min_size=1, max_size=3).map(tuple)
MOMENT = st.datetimes(timezones=st.just(UTC))
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
BY_TYPE: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("text", "email", "barcode", "phone", "location", "auto_number", "single_select"), TEXT),
    **dict.fromkeys(("number", "currency", "progress", "rating"), NUMBER),
    **dict.fromkeys(("datetime", "created_time", "modified_time"), MOMENT),
    **dict.fromkeys(("user", "created_user", "modified_user", "group_chat", "attachment"), IDS),
    **dict.fromkeys(("single_link", "duplex_link", "multi_select"), IDS),
    "checkbox": st.just(True),
    "url": st.builds(Url, text=st.text(), link=TEXT),
    "formula": TEXT,
}


def test_every_type_has_values_here() -> None:
    assert set(BY_TYPE) == set(KINDS)


@given(st.fixed_dictionaries({}, optional=BY_TYPE))
def test_what_is_written_is_read_again(values: dict[str, Value]) -> None:
    row = Row(record_id="rec1", values=values)

    text = line(row)

    assert row_in(TABLE, text) == row
    assert text.count(b"\n") == 1


def test_half_a_surrogate_pair_comes_back() -> None:
    row = Row(record_id="rec1", values={"text": "表\ud83d"})

    assert row_in(TABLE, line(row)) == row


def test_a_whole_number_reads_like_one() -> None:
    assert b'"number": 3}' in line(Row(record_id="rec1", values={"number": 3.0}))


def test_never_is_kept_as_it_is() -> None:
    clamped = Record(record_id="rec1", values={"datetime": datetime(9998, 1, 1, tzinfo=UTC)})

    row = row_of(TABLE, clamped, {"datetime": 253402185600000})

    assert row.values["datetime"] == datetime(9999, 12, 30, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("key", "cell", "shows"),
    [
        ("text", [{"type": "text", "text": "a"}], False),
        ("text", [{"type": "url", "text": "a", "link": "https://example.com"}], True),
        ("text", [{"type": "mention", "text": "@a", "token": "ou_1"}], True),
        ("email", [{"type": "url", "text": "a@b.cn", "link": "mailto:a@b.cn"}], False),
        ("location", {"location": "1,2", "address": "", "name": ""}, False),
        ("location", {"location": "1,2", "address": "路 1 号"}, True),
    ],
)
def test_what_a_cell_shows_beyond_its_value_is_kept_to_be_read(key: str, cell: Any, shows: bool) -> None:
    row = row_of(TABLE, Record(record_id="rec1", values={key: "a"}), {key: cell})

    assert row.shown == ({key: cell} if shows else {})
    assert row_in(TABLE, line(row)) == row


def test_what_is_written_first_links_and_files_are_apart() -> None:
    values: dict[str, Value] = {
        "text": "a",
        "single_link": ("rec1",),
        "attachment": ("file",),
        "formula": "b",
        "auto_number": "3",
        "created_user": ("ou",),
    }

    assert writable(TABLE, values) == {"text": "a"}
    assert links(TABLE, values) == {"single_link": ("rec1",)}
    assert files(TABLE, values) == {"attachment": ("file",)}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"[]", "must be an object"),
        (b'{"record_id": "rec1", "fields": 7}', "fields of a row must be an object"),
        (b'{"fields": {}}', "without record_id"),
        (b'{"record_id": "rec1", "fields": {"nobody": 1}}', "no column nobody"),
        (b'{"record_id": "rec1", "fields": {"title": 7}}', "title .* cannot hold '7'"),
        (b'{"record_id": "rec1", "fields": {"submitted_at": "2026-01-01"}}', "cannot hold"),
        (b'{"record_id": "rec1", "fields": {"submitted_at": "0001-01-01T00:00:00+08:00"}}', "cannot hold"),
        (b'{"record_id": "rec1", "fields": {"score": Infinity}}', "cannot hold"),
        (b'{"record_id": "rec1", "fields": {"owner": [7]}}', "cannot hold"),
        (b"[" * 5000, "nested"),
    ],
)
def test_a_row_that_its_table_cannot_hold_is_refused(text: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        row_in(SCHEMA.table("requirement"), text)
