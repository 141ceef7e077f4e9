"""Real rows through sandbox and service as processes; every figure is counted a second time."""

from datetime import datetime

import pytest

from benchmarks.real_data import play_messages, play_pool
from benchmarks.real_rows import FOLDER, ZONE, missing

pytestmark = pytest.mark.skipif(
    bool(missing(FOLDER)),
    reason="the real data is not beside the repository: its files carry no licence to travel with it",
)


def test_months_of_messages_agree_with_plain_counting() -> None:
    told = play_messages(FOLDER, 40, 6, datetime(2018, 11, 6, 9, 40, tzinfo=ZONE))

    assert told["disagreements"] == []
    assert (told["rows_in"], told["numbers"]) == (40, 40)
    assert told["moves"]["退回"] > 0
    assert {"2018-11", "2018-12", "2019-01"} <= set(told["months"])
    assert told["months"]["2018-11"]["created"] == 16
    assert told["cards"]["messages"] > 0


def test_a_pool_is_adopted_with_the_statuses_it_had() -> None:
    told = play_pool(FOLDER, fortnights=2)

    assert told["disagreements"] == []
    assert (told["rows_in"], told["numbers"]) == (27, 27)
    assert told["months"]["2023-03"]["created"] == 27
