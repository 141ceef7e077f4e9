"""What the sandbox tells about the speed of acknowledgements."""

from feishu_plugin.sandbox.envelope import Json
from feishu_plugin.sandbox.stats import Stats


def times(stats: Stats) -> Json:
    found: Json = stats.as_json(waiting=0, long_connections=1)["ack_ms"]
    return found


def test_the_times_of_acknowledgements_are_told_in_milliseconds() -> None:
    stats = Stats()
    for number in range(1, 101):
        stats.acknowledged(number / 1000)

    assert times(stats) == {"n": 100, "p50": 51.0, "p90": 91.0, "p99": 100.0, "max": 100.0}
    assert stats.events_acknowledged == 100


def test_only_the_newest_thousand_are_told() -> None:
    stats = Stats()
    for _ in range(1500):
        stats.acknowledged(9.0)
    for _ in range(1000):
        stats.acknowledged(0.002)

    assert times(stats) == {"n": 1000, "p50": 2.0, "p90": 2.0, "p99": 2.0, "max": 2.0}


def test_before_the_first_acknowledgement_there_are_no_times() -> None:
    assert times(Stats()) == {"n": 0, "p50": None, "p90": None, "p99": None, "max": None}
