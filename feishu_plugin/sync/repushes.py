"""Until when events may come that found nobody: a jump may then still turn out to be legal moves.

Feishu pushes an event that was not acknowledged again 15 s, 5 min, 1 h and 6 h later. After a
restart the sweep finds a row at once, but not the steps that led there. So it is remembered
when somebody last listened; the last push, hours later, is not waited for.
"""

from datetime import timedelta
from itertools import accumulate

from feishu_plugin.sync.desk import Desk

_FACT = "heard"
_AFTER = (timedelta(seconds=15), timedelta(minutes=5), timedelta(hours=1))
"""Each counts from when the push before failed."""
_MARGIN = timedelta(seconds=10)
"""A push fails after 3 s at the latest, and the next ones are that much later."""


def listen_anew(desk: Desk) -> None:
    """From now on every event finds us; those of the time since somebody last listened come again."""
    now, fact = desk.clock.now(), desk.store.recall(desk.app_token, _FACT)
    if fact:
        ends = [now + patience(now - fact["at"]), *filter(None, [fact["news_until"]])]
        desk.news_until = max(ends)
    go_on_listening(desk)


def go_on_listening(desk: Desk) -> None:
    """Remembers that every event found us up to now."""
    desk.store.keep(desk.app_token, _FACT, {"at": desk.clock.now(), "news_until": desk.news_until})


def patience(deaf: timedelta) -> timedelta:
    """How long after so much deafness its events may still come.

    >>> patience(timedelta(seconds=12)).total_seconds()
    25.0
    >>> patience(timedelta(minutes=3)).total_seconds()
    310.0
    """
    steps = zip(accumulate(_AFTER), _AFTER, strict=True)
    return next((wait for reach, wait in steps if deaf <= reach), _AFTER[-1]) + _MARGIN
