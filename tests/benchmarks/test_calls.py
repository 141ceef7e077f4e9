"""All three ways of calling get their answers; how fast is for the reader to say."""

from benchmarks.calls.__main__ import SIDES, measure, tables


def test_every_side_calls_and_is_compared() -> None:
    found = measure(calls=2, rounds=2)

    assert found["calls_per_s"].keys() == found["cpu_ms_per_call"].keys() == SIDES.keys()
    assert {one["n"] for one in found["calls_per_s"].values()} == {2}
    assert found["plugin_to_peer"].keys() == {"calls_per_s", "cpu"}
    assert all(rows for rows in tables(found).values())
