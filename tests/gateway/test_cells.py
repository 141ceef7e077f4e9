"""Cells: what is written comes back as the same value, in every shape Feishu reads it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feishu_plugin.gateway.cells import EPOCH, decode, encode, moment
from feishu_plugin.records import Url, Value
from feishu_plugin.schema import FieldType
from tests.gateway.samples import bound, unhurried

TYPES: tuple[FieldType, ...] = get_args(FieldType)

texts = st.text(min_size=1, max_size=20)
numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53).map(float)
moments = st.integers(-(10**12), 10**13).map(
    lambda ms: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
)
some_ids = st.lists(texts, min_size=1, max_size=4, unique=True).map(tuple)
keys = st.sampled_from(["pending", "done"])

VALUES: Mapping[FieldType, st.SearchStrategy[Value]] = {
    "text": texts,
    "email": texts,
    "barcode": texts,
    "phone": texts,
    "location": texts,
    "number": numbers,
    "currency": numbers,
    "progress": numbers,
    "rating": numbers,
    "single_select": keys,
    "multi_select": st.lists(keys, min_size=1, unique=True).map(tuple),
    "datetime": moments,
    "checkbox": st.just(True),
    "user": some_ids,
    "group_chat": some_ids,
    "attachment": some_ids,
    "single_link": some_ids,
    "duplex_link": some_ids,
    "url": st.builds(Url, text=texts, link=texts),
}
COMPUTED = sorted(set(TYPES) - set(VALUES))


def same(cell: Any) -> Any:
    return cell


def segments(cell: str) -> Any:
    """A text in several pieces, as people's formatting and mentions make it."""
    middle = len(cell) // 2
    return [{"type": "text", "text": cell[:middle]}, {"type": "mention", "text": cell[middle:], "name": "x"}]


def persons(cell: list[dict[str, str]]) -> Any:
    return [
        {**item, "name": "名", "en_name": "Name", "email": "", "avatar_url": "https://x"} for item in cell
    ]


SHAPES: Mapping[FieldType, Mapping[str, Any]] = {
    "text": {"search": segments, "legacy": same},
    "email": {
        "search": lambda cell: [{"type": "url", "text": cell, "link": f"mailto:{cell}"}],
        "one object": lambda cell: {"type": "url", "text": cell, "link": f"mailto:{cell}"},
        "legacy": same,
    },
    "barcode": {"search": segments, "legacy": same},
    "phone": {"search": same},
    "location": {"search": lambda cell: {"location": cell, "name": "x", "full_address": "y"}, "echo": same},
    "number": {"search": same, "legacy": str},
    "currency": {"search": same, "legacy": str},
    "progress": {"search": same, "legacy": str},
    "rating": {"search": same, "legacy": str},
    "single_select": {"search": same},
    "multi_select": {"search": same},
    "datetime": {"search": same},
    "checkbox": {"search": same},
    "user": {"search": persons},
    "group_chat": {"search": persons},
    "attachment": {
        "search": lambda cell: [{**item, "name": "a.png", "size": 3, "type": "image/png"} for item in cell]
    },
    "single_link": {
        "search": lambda cell: {"link_record_ids": cell},
        "legacy": lambda cell: [{"record_ids": cell, "table_id": "tbl1", "text": "a", "text_arr": ["a"]}],
        "echo": same,
    },
    "duplex_link": {
        "search": lambda cell: {"link_record_ids": cell},
        "legacy": lambda cell: [{"record_ids": cell, "table_id": "tbl1", "text": "a", "text_arr": ["a"]}],
    },
    "url": {"search": same},
}
CASES = [(type, shape) for type, shapes in SHAPES.items() for shape in shapes]


def test_every_type_is_either_round_tripped_or_computed() -> None:
    assert set(VALUES) == set(SHAPES)
    assert COMPUTED == [
        "auto_number",
        "created_time",
        "created_user",
        "formula",
        "modified_time",
        "modified_user",
    ]


@pytest.mark.parametrize(("type", "shape"), CASES)
@unhurried
@given(data=st.data())
def test_what_is_written_is_read_back(type: FieldType, shape: str, data: st.DataObject) -> None:
    value = data.draw(VALUES[type])

    assert decode(bound(type), SHAPES[type][shape](encode(bound(type), value))) == value


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["text", "link", "id", "value", "type", "location", "record_ids", "file_token"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@pytest.mark.parametrize("type", TYPES)
@unhurried
@given(cell=JSON)
def test_no_cell_whatever_its_shape_raises(type: FieldType, cell: Any) -> None:
    value = decode(bound(type), cell)

    assert value is not False
    assert value != ""
    assert value != ()


@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("cell", [None, "", [], {}, [None], [{}]], ids=repr)
def test_an_empty_cell_is_none(type: FieldType, cell: Any) -> None:
    assert decode(bound(type), cell) is None


def test_an_unticked_box_is_empty() -> None:
    assert decode(bound("checkbox"), False) is None


@pytest.mark.parametrize("type", sorted(VALUES))
@pytest.mark.parametrize("value", [None, "", (), False], ids=repr)
def test_an_empty_value_clears_the_cell(type: FieldType, value: Value) -> None:
    assert encode(bound(type), value) is None


def test_zero_is_a_number_and_not_empty() -> None:
    assert encode(bound("number"), 0.0) == 0
    assert decode(bound("number"), 0) == 0.0


WRITTEN: list[tuple[FieldType, Value, Any]] = [
    ("text", "甲", "甲"),
    ("number", 3.0, 3),
    ("progress", 0.25, 0.25),
    ("single_select", "done", "已完成"),
    ("single_select", "自己加的", "自己加的"),
    ("multi_select", ("pending", "done"), ["待处理", "已完成"]),
    ("datetime", datetime(2026, 1, 1, tzinfo=UTC), 1767225600000),
    ("checkbox", True, True),
    ("user", ("ou_1",), [{"id": "ou_1"}]),
    ("url", Url(text="x", link="https://example.com"), {"text": "x", "link": "https://example.com"}),
    ("attachment", ("FtA", "FtB"), [{"file_token": "FtA"}, {"file_token": "FtB"}]),
    ("single_link", ("recA",), ["recA"]),
    ("location", "116.39,39.90", "116.39,39.90"),
]


@pytest.mark.parametrize(("type", "value", "cell"), WRITTEN)
def test_values_are_written_as_feishu_wants_them(type: FieldType, value: Value, cell: Any) -> None:
    assert encode(bound(type), value) == cell


@pytest.mark.parametrize("type", COMPUTED)
def test_what_feishu_fills_cannot_be_written(type: FieldType) -> None:
    with pytest.raises(ValueError, match="filled by Feishu"):
        encode(bound(type), "x")


UNFIT: list[tuple[FieldType, Value]] = [
    ("text", 3.0),
    ("number", "3"),
    ("number", True),
    ("number", float("nan")),
    ("single_select", ("done",)),
    ("multi_select", "done"),
    ("datetime", datetime(2026, 1, 1)),  # noqa: DTZ001 - the point of the test
    ("datetime", 1767225600000),
    ("checkbox", "yes"),
    ("user", "ou_1"),
    ("url", "https://example.com"),
]


@pytest.mark.parametrize(("type", "value"), UNFIT)
def test_a_value_that_does_not_fit_is_our_bug(type: FieldType, value: Value) -> None:
    with pytest.raises(TypeError, match="it"):
        encode(bound(type), value)


READ: list[tuple[FieldType, Any, Value]] = [
    (
        "text",
        [{"type": "text", "text": "看 "}, {"type": "url", "text": "这里", "link": "https://x"}],
        "看 这里",
    ),
    ("single_select", "已完成", "done"),
    ("single_select", "别人加的", "别人加的"),
    ("auto_number", "017no20230201", "017no20230201"),
    ("created_user", [{"id": "ou_1", "name": "名"}], ("ou_1",)),
    ("created_user", {"id": "ou_1", "name": "名"}, ("ou_1",)),
    ("modified_time", 1767225600000, datetime(2026, 1, 1, tzinfo=UTC)),
    ("formula", {"type": 2, "value": [241]}, 241.0),
    ("formula", {"type": 1, "value": [{"type": "text", "text": "逾期"}]}, "逾期"),
    ("formula", {"type": 5, "value": [1767225600000]}, datetime(2026, 1, 1, tzinfo=UTC)),
    ("formula", {"type": 7, "value": [True]}, True),
    ("formula", {"type": 2, "value": []}, None),
    ("formula", [{"type": "text", "text": "false"}], "false"),
    ("formula", 12.5, 12.5),
    ("number", "nan", None),
    ("number", True, None),
    ("datetime", 10**30, None),
]


@pytest.mark.parametrize(("type", "cell", "value"), READ)
def test_cells_are_read_as_people_see_them(type: FieldType, cell: Any, value: Value) -> None:
    assert decode(bound(type), cell) == value


@pytest.mark.parametrize(("year", "seen"), [(1, 2), (9999, 9998)])
def test_a_date_that_stands_for_never_has_a_local_day_in_every_zone(year: int, seen: int) -> None:
    ms = (datetime(year, 12, 31, 23, tzinfo=UTC) - EPOCH) // timedelta(milliseconds=1)

    found = moment(ms)

    assert found is not None
    assert found.year == seen
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        found.astimezone(ZoneInfo(zone))


HALF = json.loads('"a\\udfffb"')
"""A lone surrogate, as any JSON may spell it."""


@pytest.mark.parametrize(
    ("type", "cell", "value"),
    [
        ("text", HALF, "a\ufffdb"),
        (
            "text",
            [{"type": "text", "text": HALF}, {"type": "text", "text": "\U0001f600"}],
            "a\ufffdb\U0001f600",
        ),
        ("user", [{"id": HALF}], ("a\ufffdb",)),
        ("url", {"text": HALF, "link": HALF}, Url(text="a\ufffdb", link="a\ufffdb")),
    ],
)
def test_half_a_character_is_shown_as_one_that_is_missing(type: FieldType, cell: Any, value: Value) -> None:
    assert decode(bound(type), cell) == value
