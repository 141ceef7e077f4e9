"""What has to be written so that a table shows the wanted rows."""

from datetime import UTC, datetime

from feishu_plugin.records import Record, Value
from feishu_plugin.reports.result import Row
from feishu_plugin.reports.upsert import Write, writes


def wanted(key: str, **values: Value) -> Row:
    return Row(table="channel", key=key, values={"key": key, **values})


def shown(record_id: str, key: str, day: int = 1, **values: Value) -> Record:
    created_at = datetime(2026, 9, day, tzinfo=UTC)
    return Record(record_id=record_id, values={"key": key, **values}, created_at=created_at)


def plan(rows: list[Row], existing: list[Record]) -> list[tuple[str | None, dict[str, Value]]]:
    found: list[Write] = writes("channel", "key", rows, existing)
    return [(write.record_id, dict(write.change.after)) for write in found]


def test_a_new_row_is_added_without_its_empty_cells() -> None:
    row = wanted("2026-09 电话", created=3.0, share=None)

    assert plan([row], []) == [(None, {"key": "2026-09 电话", "created": 3.0})]


def test_only_cells_that_differ_are_written() -> None:
    existing = [shown("rec1", "2026-09 电话", created=3.0, share=0.5)]

    changed = writes("channel", "key", [wanted("2026-09 电话", created=4.0, share=0.5)], existing)

    assert [(w.record_id, w.change.before, w.change.after) for w in changed] == [
        ("rec1", {"created": 3.0}, {"created": 4.0})
    ]


def test_nothing_differs_nothing_is_written() -> None:
    existing = [shown("rec1", "2026-09 电话", created=3.0, failing=("b", "a"))]

    assert plan([wanted("2026-09 电话", created=3.0, failing=("a", "b"), share=None)], existing) == []


def test_a_row_that_is_not_wanted_any_more_is_emptied() -> None:
    existing = [shown("rec1", "2026-09 邮件", month="2026-09", channel="邮件", created=3.0)]

    assert plan([], existing) == [("rec1", {"created": None})]


def test_of_copies_the_oldest_is_kept_up_to_date() -> None:
    copies = [shown("rec2", "2026-09 电话", day=2), shown("rec1", "2026-09 电话", day=1)]

    assert plan([wanted("2026-09 电话", created=3.0)], copies) == [("rec1", {"created": 3.0})]


def test_rows_that_people_added_without_a_key_are_left_alone() -> None:
    assert plan([], [Record(record_id="rec1", values={"created": 3.0})]) == []
