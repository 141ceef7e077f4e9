"""Many bases: each of them is worked on, by whichever service holds it."""

from benchmarks.bases import measure, tables
from tests.postgres import PostgresServer


def test_every_edit_of_every_base_is_put_back(postgres: PostgresServer) -> None:
    [row] = measure(postgres, counts=[2], services=[2], edits=4, rest_s=0)

    assert (row["bases"], row["services"], row["latency_ms"]["n"]) == (2, 2, 4)
    assert tables([row])["many bases"][0]["p99 ms"] == row["latency_ms"]["p99"]
