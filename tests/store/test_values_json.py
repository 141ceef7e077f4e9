"""Every Value survives JSON with its type."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feishu_plugin.ports import Accepted, Step
from feishu_plugin.records import Record, Unheard, Url
from feishu_plugin.store import values_json

TEXTS = st.text(st.characters(exclude_categories=()))  # also NUL and lone surrogates
MOMENTS = st.datetimes(
    min_value=datetime(1970, 1, 1),  # noqa: DTZ001 - Hypothesis takes naive bounds
    timezones=st.just(UTC),
)
VALUES = st.one_of(
    TEXTS,
    st.floats(allow_nan=False),
    st.booleans(),
    MOMENTS,
    st.builds(Url, TEXTS, TEXTS),
    st.lists(TEXTS).map(tuple),
    st.none(),
)
RECORD_VALUES = st.dictionaries(TEXTS, VALUES, max_size=8)
DOCUMENTS = st.recursive(
    VALUES | st.integers(),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(TEXTS, inner),
    max_leaves=12,
)


def _types(value: object) -> object:
    if isinstance(value, dict):
        return {key: _types(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value), [_types(part) for part in value]
    return type(value)


@given(DOCUMENTS)
def test_what_is_loaded_is_what_was_dumped(value: object) -> None:
    loaded = values_json.loads(values_json.dumps(value))

    assert loaded == value
    assert _types(loaded) == _types(value)


@given(DOCUMENTS)
def test_the_text_is_ascii_without_nul(value: object) -> None:
    text = values_json.dumps(value)

    assert text.isascii()
    assert "\x00" not in text


@given(st.dictionaries(st.sampled_from(["$at", "$url", "$tuple", "$map", "$x", "plain"]), TEXTS))
def test_objects_that_look_like_our_tags_stay_themselves(value: dict[str, str]) -> None:
    assert values_json.loads(values_json.dumps(value)) == value


UNHEARD = st.lists(st.builds(Unheard, TEXTS, TEXTS, st.none() | MOMENTS)).map(tuple)


@given(RECORD_VALUES, st.none() | MOMENTS, st.lists(MOMENTS).map(tuple), TEXTS, UNHEARD)
def test_accepted_state_survives(
    values: dict[str, str],
    created: datetime | None,
    corrections: tuple[datetime, ...],
    version: str,
    unheard: tuple[Unheard, ...],
) -> None:
    record = Record(record_id="rec1", values=values, created_at=created, modified_by=version)
    was = Accepted(
        record=record,
        status_since=datetime(2026, 3, 2, tzinfo=UTC),
        corrections=corrections,
        policy_version=version,
        unheard=unheard,
    )

    stored = values_json.loads(values_json.dumps(values_json.accepted_to_json(was)))

    assert values_json.accepted_from_json("rec1", stored) == was


def test_moves_that_an_earlier_version_remembered_are_still_known() -> None:
    was = Accepted(record=Record(record_id="rec1"), status_since=datetime(2026, 3, 2, tzinfo=UTC))
    stored = {**values_json.accepted_to_json(was), "unheard": (("a", "b"),)}

    assert values_json.accepted_from_json("rec1", stored).unheard == (Unheard("a", "b"),)


@given(st.builds(Step, before=st.none() | TEXTS, after=st.none() | TEXTS, operator=TEXTS, at=MOMENTS))
def test_a_step_survives(step: Step) -> None:
    stored = values_json.loads(values_json.dumps(values_json.step_to_json(step)))

    assert values_json.step_from_json(stored) == step


def test_moments_are_stored_in_utc() -> None:
    beijing = datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=8)))

    assert json.loads(values_json.dumps(beijing)) == {"$at": "2026-03-02T01:00:00+00:00"}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({1, 2}, "set cannot be stored"),
        (b"x", "bytes cannot be stored"),
        ({1: "x"}, "keys must be text"),
        (datetime(2026, 3, 2), "has no time zone"),  # noqa: DTZ001 - the fault under test
    ],
    ids=["set", "bytes", "number as key", "naive datetime"],
)
def test_what_is_not_a_value_is_refused(value: object, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        values_json.dumps(value)
