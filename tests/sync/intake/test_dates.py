"""Moments as people write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feishu_plugin.sync.intake.dates import Tally, is_moment, moment, plain

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("text", "order", "shown"),
    [
        ("2026-03-05", "ymd", "2026-03-05 00:00:00"),
        ("2026/3/5 9:07", "ymd", "2026-03-05 09:07:00"),
        ("2026.3.5", "ymd", "2026-03-05 00:00:00"),
        ("2026年3月5日", "ymd", "2026-03-05 00:00:00"),
        ("2026年3月5日 下午2点30分", "ymd", "2026-03-05 14:30:00"),
        ("２０２６－０３－０５", "ymd", "2026-03-05 00:00:00"),
        ("20260305", "ymd", "2026-03-05 00:00:00"),
        ("3/5/2026", "mdy", "2026-03-05 00:00:00"),
        ("5/3/2026 13:00", "dmy", "2026-03-05 13:00:00"),
        ("3/5/2026 12:15 AM", "mdy", "2026-03-05 00:15:00"),
        ("2026-03-05T01:02:03Z", "ymd", "2026-03-05 09:02:03"),
        ("2026-03-05T01:02:03.250+00:00", "ymd", "2026-03-05 09:02:03"),
        ("46086", "ymd", "2026-03-05 00:00:00"),
        ("46086.5", "ymd", "2026-03-05 12:00:00"),
    ],
)
def test_a_moment_is_read_in_the_zone_of_the_base(text: str, order: str, shown: str) -> None:
    found = moment(text, order, SHANGHAI)

    assert found is not None
    assert found.tzinfo is UTC
    assert found.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S") == shown


@pytest.mark.parametrize(
    "text", ["", "明天", "2026-13-05", "2026-02-30", "31/4/2026", "12", "2026-03-05 25:00", "V1.2.3"]
)
def test_what_is_no_moment_is_none(text: str) -> None:
    assert not is_moment(text)


@given(st.integers(0, 5_000_000_000), st.sampled_from(["ymd", "dmy", "mdy"]))
def test_every_order_reads_what_it_writes(seconds: int, order: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    day = {"ymd": "%Y-%m-%d", "dmy": "%d/%m/%Y", "mdy": "%m/%d/%Y"}[order]

    found = moment(at.strftime(f"{day} %H:%M:%S"), order, ZoneInfo("UTC"))

    assert found == at


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["3/5/2026", "13/5/2026"], "dmy"),
        (["3/5/2026", "5/13/2026"], "mdy"),
        (["3/5/2026", "5/3/2026"], None),
        (["2026-03-05"], "ymd"),
    ],
)
def test_the_whole_column_decides_between_day_and_month(cells: list[str], order: str | None) -> None:
    tally = Tally()
    for cell in cells:
        tally.add(plain(cell))

    assert tally.order == order
