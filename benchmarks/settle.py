"""The plugin beside a plain service on lark-oapi: a paste with forbidden moves, and single edits.

``python -m benchmarks.settle [--rows N] [--edits N] [--rounds N] [--round_trip N] [--json]``. Both
watch the same base over HTTPS with ``round_trip`` milliseconds (``wire``). Counted are all calls
from the paste until everything is done; times run from the paste (or the edit) reaching the
sandbox to the sandbox's own time of the last put-back and of the last row of the ledger.
"""

from collections.abc import Sequence

from benchmarks.comparison import PEER, PLUGIN, compared, comparison_rows
from benchmarks.figures import Json, Row, difference, distribution, options, show
from benchmarks.paste import FORBIDDEN_EVERY, PASTE, moves, new_row
from benchmarks.peer.contest import Contestant, contestant, until_settled
from benchmarks.stages import FORBIDDEN, PERSON, counted, modified_ms, must_be_back, sandbox_ms
from feishu_plugin.demo.stage import StageError

MEASURED = ("calls", "calls_per_row", "put_back_s", "settled_s")
_PAGE = 100
"""Rows added at once: a larger event than 1 MiB would tear the peer's connection down for good."""


def main() -> None:
    """Measures and prints."""
    numbers = {"rows": 1000, "edits": 60, "rounds": 3, "round_trip": 20}
    chosen = options("a paste and single edits, beside a plain service on lark-oapi", **numbers).parse_args()
    found = measure(chosen.rows, chosen.edits, chosen.rounds, chosen.round_trip)
    show(found, tables(found), as_json=chosen.json)


def measure(rows: int, edits: int, rounds: int, round_trip_ms: int) -> Json:
    """Both sides' rounds of the paste, compared; and their times of single edits."""
    pastes: dict[str, list[Json]] = {}
    singles: dict[str, Json] = {}
    trips: dict[str, float] = {}
    for side in (PEER, PLUGIN):
        with contestant(side, round_trip_ms) as playing:
            trips[side] = playing.trip_ms
            singles[side] = _edits(playing, edits, round_trip_ms)
            pastes[side] = [_paste(playing, rows) for _ in range(rounds)]
    return {
        "rows": rows,
        "round_trip_ms": {"asked": round_trip_ms, "of a kept call": trips},
        "paste": compared(pastes, MEASURED, first=PEER, second=PLUGIN),
        "rounds": pastes,
        "edit": singles,
    }


def tables(found: Json) -> dict[str, Sequence[Row]]:
    """The figures as people read them."""
    trip = found["round_trip_ms"]
    title = f"a paste of {found['rows']} rows, {trip['asked']} ms round trip: middle (least – most)"
    return {
        "a tiny call over the kept connection, before anybody plays, ms": [trip["of a kept call"]],
        title: comparison_rows(found["paste"]),
        "one edit → put back, ms": [{"who": who, **one["ms"]} for who, one in found["edit"].items()],
        "the same in round trips": [{"who": who, **one["round_trips"]} for who, one in found["edit"].items()],
    }


def _edits(playing: Contestant, edits: int, round_trip_ms: int) -> Json:
    """Forbidden moves, one at a time, each on a row of its own."""
    stage, ids, began = playing.stage, _rows(playing, edits), {}
    for row in ids:
        start = counted(stage)
        began[row] = sandbox_ms(stage)
        stage.edit(PERSON, "requirement", {row: FORBIDDEN})
        until_settled(playing, start, 1)
    must_be_back(stage, ids)
    ended = modified_ms(stage, ids)
    took = [ended[row] - began[row] for row in ids]
    trips = {"round_trips": distribution(ms / round_trip_ms for ms in took)} if round_trip_ms else {}
    return {"ms": distribution(took), "round_trips": {"n": 0}, **trips}


def _paste(playing: Contestant, rows: int) -> Json:
    stage, ids = playing.stage, _rows(playing, rows)
    forbidden, known = ids[::FORBIDDEN_EVERY], set(stage.rows("transition"))
    start = counted(stage)
    start[PASTE] = start.get(PASTE, 0) + 1  # the person's own call
    reached = sandbox_ms(stage)
    stage.edit(PERSON, "requirement", moves(ids, set(forbidden)))
    until_settled(playing, start, rows)
    calls = difference(counted(stage), start)
    must_be_back(stage, forbidden)
    ledger = [row for row in stage.rows("transition") if row not in known]
    if len(ledger) < rows:
        raise StageError(f"{len(ledger)} of {rows} rows of the ledger were written; see {stage.folder}")
    back, noted = modified_ms(stage, forbidden), modified_ms(stage, ledger, "transition")
    return {
        "calls": sum(calls.values()),
        "calls_per_row": sum(calls.values()) / rows,
        "put_back_s": (max(back.values()) - reached) / 1000,
        "settled_s": (max(*back.values(), *noted.values()) - reached) / 1000,
        "by_endpoint": {name.replace("/open-apis/", ""): count for name, count in calls.items()},
    }


def _rows(playing: Contestant, number: int) -> list[str]:
    # With the status that the plugin would fill in, and the peer does not.
    rows = [{**new_row(n), "当前状态": "待处理"} for n in range(number)]
    pages = (rows[begin : begin + _PAGE] for begin in range(0, number, _PAGE))
    ids = [one for page in pages for one in playing.stage.create(PERSON, "requirement", page)]
    until_settled(playing, {}, 0)
    return ids


if __name__ == "__main__":
    main()
