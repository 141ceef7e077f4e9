"""Acknowledgements: each event is in the store, one at a time or several at once."""

from benchmarks.ack import measure, tables


def test_every_acknowledged_event_is_stored() -> None:
    found = measure(events=20, rounds=1, window=4)

    assert found["stored"] == 40
    assert {many: way["ms"]["n"] for many, way in found["ways"].items()} == {"1": 20, "4": 20}
    assert all(rows for rows in tables(found).values())
