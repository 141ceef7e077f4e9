"""What the tables that are kept at hand (客户档案, 知识库) have in common: how they hear of a change."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from feishu_plugin.errors import FeishuRefused
from feishu_plugin.ports import Hint

log = logging.getLogger(__name__)


def hear(hints: Iterable[Hint], known: frozenset[str], take: Callable[[Sequence[str]], None]) -> None:
    """Takes the rows in which something changed that is remembered; what Feishu refuses waits.

    ``known`` are the keys of what is remembered; an event that names no column may mean any.
    """
    told = (hint for hint in hints if not hint.fields or not known.isdisjoint(hint.fields))
    ids = list(dict.fromkeys(hint.record_id for hint in told if hint.record_id))
    if ids:
        with forgiven(f"rows {', '.join(ids)} cannot be taken, and wait for the daily reading"):
            take(ids)


@contextmanager
def forgiven(what: str) -> Iterator[None]:
    """Moves are judged all the same: a table that the app may not read keeps nobody waiting."""
    try:
        yield
    except FeishuRefused as error:
        log.warning("%s: %s", what, error)
