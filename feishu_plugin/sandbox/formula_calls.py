"""What a formula function is: its name, how many arguments it takes and how it runs; no function itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from feishu_plugin.sandbox.tables import Record


@dataclass(slots=True, kw_only=True)
class Scope:
    """One evaluation: the record, the moment in the base's zone, and the item an iteration is at."""

    record: Record
    now: datetime
    current: Any = None


Run = Callable[[Scope], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """``run`` gets its arguments unevaluated, so that IF can leave a branch alone."""

    run: Callable[[Scope, Sequence[Run]], Any]
    least: int
    most: int | None
    """None: any number of arguments."""
    iterates: bool = False
    """True: the arguments after the first see ``CurrentValue``."""
    keeps_rows: bool = False
    """True: rows that go in come out as rows."""


def plain(run: Callable[..., Any], least: int, most: int | None = -1) -> Function:
    """A function of evaluated arguments; ``most`` -1 means exactly ``least``."""

    def call(scope: Scope, arguments: Sequence[Run]) -> Any:
        return run(*(argument(scope) for argument in arguments))

    return Function(run=call, least=least, most=least if most == -1 else most)
