"""A sweep reads what changed, and all of the table only when it is asked to."""

from benchmarks.sweep import measure, tables


def test_an_incremental_sweep_does_not_grow_with_the_table() -> None:
    found = measure(rows=1100, changes=10, rounds=1)

    [incremental], [full] = (found["sweeps"][kind]["rounds"] for kind in ("incremental", "full"))
    assert incremental["calls"] <= 4
    assert full["calls"] == 3, "three pages, each read once"
    assert all(rows for rows in tables(found).values())
