"""A base whose register and ledger are made while they are read, 500 rows at a time."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from benchmarks.month.lives import NOW, Life, lives
from feishu_plugin import schema
from feishu_plugin.records import Record, Value
from tests.fakes import MOST_ROWS, MemoryTables


class MadeUpTables(MemoryTables):
    """The report tables lie in memory, and every call is counted; the two big tables lie nowhere."""

    def __init__(self, count: int, seed: int) -> None:
        super().__init__(schema.load(), now=lambda: NOW)
        self._made = (count, seed)

    def scan(self, table: str, *, newest_first: bool = False) -> Iterator[Sequence[Record]]:
        """As the port says."""
        rows = {"requirement": _register, "transition": _ledger}.get(table)
        if rows is None:
            yield from super().scan(table, newest_first=newest_first)
            return
        for page in _pages(rows(lives(*self._made))):
            self.calls["scan"] += 1
            yield page


def _pages(rows: Iterator[Record]) -> Iterator[list[Record]]:
    while page := list(islice(rows, MOST_ROWS)):
        yield page


def _register(every: Iterable[Life]) -> Iterator[Record]:
    for life in every:
        born, touched = life.values["submitted_at"], life.touched
        yield Record(record_id=life.record_id, values=life.values, created_at=born, modified_at=touched)  # type: ignore[arg-type]


def _ledger(every: Iterable[Life]) -> Iterator[Record]:
    for life in every:
        for place, move in enumerate(life.moves):
            values: dict[str, Value] = {
                "name": f"{move.before} → {move.after}",
                "requirement": (life.record_id,),
                "number": life.values["number"],
                "from_status": move.before,
                "to_status": move.after,
                "operator": (f"ou_o{place % 40}",),
                "at": move.at,
                "source": "event",
                "verdict": move.verdict,
                "policy_version": "0123456789ab",
                "effect_key": move.effect_key,
            }
            if move.score is not None:
                values["score"] = move.score
            yield Record(record_id=f"led{move.effect_key}", values=values, created_at=move.at)
