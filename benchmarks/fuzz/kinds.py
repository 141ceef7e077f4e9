"""What a kind of case is, and how the product's complaints are overheard; knows no input itself."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from random import Random

Case = Callable[[Random], str]
"""Makes one bad input, hands it to the product and answers what became of it (``stored``,
``refused`` …). Whatever it raises is a defect: errors that a user may see are caught inside."""
World = Callable[[], AbstractContextManager[Case]]
"""Sets up once what all cases of a kind are done to."""


class Complaints(logging.Handler):
    """Keeps the last exception that was logged: a bug that was caught is still a bug."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.bug: BaseException | None = None
        self.last = ""
        """What was said last."""

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps what was raised."""
        if record.exc_info and record.exc_info[1]:
            self.bug = record.exc_info[1]
        self.last = record.getMessage()

    def raise_if_any(self) -> None:
        """Raises what was logged since the last call."""
        bug, self.bug = self.bug, None
        if bug is not None:
            raise bug


@contextmanager
def overheard() -> Iterator[Complaints]:
    """Every logger's exceptions go here, and nowhere else."""
    ear, root = Complaints(), logging.getLogger()
    kept, level = root.handlers[:], root.level
    root.handlers[:] = [ear]
    root.setLevel(logging.WARNING)
    try:
        yield ear
    finally:
        root.handlers[:] = kept
        root.setLevel(level)
