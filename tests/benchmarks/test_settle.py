"""The plugin and the plain service on lark-oapi do the same work for the same paste."""

from benchmarks.comparison import PEER, PLUGIN
from benchmarks.settle import measure, tables


def test_both_settle_a_paste_and_the_plugin_calls_less() -> None:
    found = measure(rows=20, edits=1, rounds=1, round_trip_ms=1)

    [peer], [plugin] = found["rounds"][PEER], found["rounds"][PLUGIN]
    assert peer["calls"] == 20 + 20 + 2 + 2, "a read and a ledger row each, two put-backs, two cards"
    assert plugin["calls"] < peer["calls"] / 2
    assert {one["ms"]["n"] for one in found["edit"].values()} == {1}
    assert all(rows for rows in tables(found).values())
