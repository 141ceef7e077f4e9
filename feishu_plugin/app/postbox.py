"""The mailbox of one base at work: how often it is looked at, and what is put into rows in between."""

import threading
import time
from collections.abc import Callable

from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.postbox.polling import read_on
from feishu_plugin.sync.postbox.replies import put_in_rows


class Postbox:
    """For one thread; ``look_soon`` and ``is_idle`` are for any."""

    def __init__(self, desk: Desk, clock: Callable[[], float] = time.monotonic) -> None:
        self._desk, self._clock = desk, clock
        self._asked = threading.Event()
        self._asked.set()
        self._next = 0.0

    def look_soon(self) -> None:
        """The next work looks into the mailbox, whatever the time."""
        self._asked.set()

    def is_idle(self) -> bool:
        """True when nothing that was read waits for its row, and no look is asked for."""
        desk = self._desk
        if desk.mailbox is None:
            return True
        return not self._asked.is_set() and not desk.store.posts_due(desk.app_token, desk.clock.now(), 1)

    def work(self, go_on: Callable[[], bool]) -> bool:
        """Replies into their rows, then the mailbox if its time has come; True when there is news to deliver.

        What cannot be reached is raised after everything else was done.
        """
        mailbox = self._desk.mailbox
        if mailbox is None:
            return False
        news = put_in_rows(self._desk, go_on) > 0
        if self._asked.is_set() or self._clock() >= self._next:
            self._next = self._clock() + mailbox.minutes * 60
            try:
                news = bool(read_on(self._desk, mailbox, go_on).letters) or news
            finally:
                self._asked.clear()
            news = put_in_rows(self._desk, go_on) > 0 or news
        return news
