"""A base whose register and ledger are made while they are read, 500 rows at a time."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from time import process_time

from benchmarks.month.lives import NOW, Life, lives
from feishu_plugin import schema
from feishu_plugin.records import Record, Value
from tests.fakes import MOST_ROWS, MemoryTables


class MadeUpTables(MemoryTables):
    """The report tables lie in memory, and every call is counted; the two big tables lie nowhere."""

    def __init__(self, count: int, seed: int) -> None:
        super().__init__(schema.load(), now=lambda: NOW)
        self._seed = (count, seed)
        self.made: Counter[str] = Counter()
        """Rows by table."""
        self.making = 0.0
        """CPU seconds it took to make them and to forget them."""
        self._lately: list[list[Record]] = []

    def scan(self, table: str, *, newest_first: bool = False) -> Iterator[Sequence[Record]]:
        """As the port says."""
        rows = {"requirement": _register, "transition": _ledger}.get(table)
        if rows is None:
            yield from super().scan(table, newest_first=newest_first)
            return
        made = rows(lives(*self._seed))
        while page := self._page(made):
            self.calls["scan"] += 1
            self.made[table] += len(page)
            yield page

    def _page(self, rows: Iterator[Record]) -> list[Record]:
        began = process_time()
        page = list(islice(rows, MOST_ROWS))
        # Nobody reads the page before the last any more: it is freed here, not by its reader.
        self._lately = [*self._lately[-1:], page]
        self.making += process_time() - began
        return page


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
