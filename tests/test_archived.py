"""A requirement as text keeps every value with its type, and an altered text is noticed."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feishu_plugin.archived import Content, Own, checksum, content_of, requirement_in
from feishu_plugin.errors import ArchivedRowError
from feishu_plugin.records import Record, Url, Value

TEXTS = st.text()
MOMENTS = st.datetimes(
    min_value=datetime(1970, 1, 1),  # noqa: DTZ001 - Hypothesis takes naive bounds
    timezones=st.just(UTC),
)
VALUES: st.SearchStrategy[Value] = st.one_of(
    TEXTS,
    st.floats(allow_nan=False),
    st.booleans(),
    MOMENTS,
    st.builds(Url, TEXTS, TEXTS),
    st.lists(TEXTS).map(tuple),
)
RECORDS = st.builds(
    Record,
    record_id=TEXTS,
    values=st.dictionaries(TEXTS, VALUES, max_size=6),
    created_at=st.none() | MOMENTS,
    created_by=st.none() | TEXTS,
    modified_at=st.none() | MOMENTS,
    modified_by=st.none() | TEXTS,
)
CONTENTS = st.builds(
    Content,
    record=RECORDS,
    own=st.dictionaries(TEXTS, st.builds(Own, key=TEXTS, type=TEXTS, value=VALUES), max_size=3),
    linked_from=st.dictionaries(
        TEXTS, st.lists(TEXTS, min_size=1, unique=True).map(lambda ids: tuple(sorted(ids))), max_size=3
    ),
)


def row(text: str) -> Record:
    return Record(record_id="recA", values={"number": "N-1", "content": text, "checksum": checksum(text)})


@given(CONTENTS)
def test_what_is_read_is_what_was_kept(content: Content) -> None:
    assert content_of(row(content.text)) == content
    assert content_of(row(content.text)).text == content.text


def test_half_an_emoji_travels() -> None:
    content = Content(record=Record(record_id="rec1", values={"title": "半个\ud83d"}))

    assert content.text.isprintable()
    assert content_of(row(content.text)) == content


def test_an_altered_text_names_the_requirement() -> None:
    kept = row(Content(record=Record(record_id="rec1")).text)

    with pytest.raises(ArchivedRowError, match=r"N-1: .*altered"):
        content_of(replace(kept, values={**kept.values, "content": "{}"}))


def test_of_an_altered_one_the_reports_read_the_columns() -> None:
    at = datetime(2026, 9, 1, tzinfo=UTC)
    values: dict[str, Value] = {"number": "N-1", "origin": "rec1", "status": "closed", "modified_at": at}

    found = requirement_in(Record(record_id="recA", values={**values, "content": "kaputt"}))

    assert (found.record_id, found.status, found.modified_at) == ("rec1", "closed", at)
