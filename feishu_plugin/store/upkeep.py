"""Figures for ``status`` and the removal of what nobody will ask for again."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, Table, delete, func, select

from feishu_plugin.ports import MAIL_SENT, MAIL_SKIPPED
from feishu_plugin.store.standing import StoredStanding
from feishu_plugin.store.tables import (
    CLOSED,
    DONE,
    FAILED,
    LINE,
    MAIL,
    OPEN,
    WAITING,
    claims,
    edits,
    inbox,
    outbox,
    set_aside,
)

KEEP_CLOSED = timedelta(hours=12)
"""Feishu pushes an unacknowledged event again for about 7 h (15 s, 5 min, 1 h, 6 h)."""
KEEP_ASIDE = timedelta(days=30)
KEEP_EDITS = timedelta(days=30)
"""A bulk mistake is noticed within days; each edit costs a row."""
KEEP_SLOTS = 1000
"""Claims carry no time, so they are kept by number: a week of a job that runs every 10 minutes."""
_ROWS_AT_ONCE = 1000
"""A purge is many short transactions, so that it does not delay an acknowledgement."""


class StoreUpkeep(StoredStanding):
    """What the administrator sees of the store, and its cleaning."""

    def counts(self, app_token: str) -> dict[str, int]:
        """``pending`` hints, ``effects_waiting`` and ``effects_failed`` of a base; ``set_aside`` of all.

        ``lines_waiting``: notices that wait for a morning card.
        """
        waiting = (outbox.c.app_token == app_token, WAITING)
        queries = {
            "pending": _count(inbox, inbox.c.app_token == app_token, OPEN),
            "set_aside": _count(set_aside),
            "effects_waiting": _count(outbox, *waiting, outbox.c.kind != LINE),
            "lines_waiting": _count(outbox, *waiting, outbox.c.kind == LINE),
            "effects_failed": _count(outbox, outbox.c.app_token == app_token, FAILED),
        }
        with self._database.reading() as connection:
            return {name: connection.scalar(query) or 0 for name, query in queries.items()}

    def mails(self, app_token: str) -> dict[str, int]:
        """``mails_sent``, ``mails_skipped`` (told as not sent), ``mails_waiting`` and ``mails_failed``."""
        mail = (outbox.c.app_token == app_token, outbox.c.kind == MAIL)
        done = outbox.c.ended == DONE
        queries = {
            "mails_sent": _count(outbox, *mail, done, outbox.c.outcome == MAIL_SENT),
            "mails_skipped": _count(outbox, *mail, done, outbox.c.outcome == MAIL_SKIPPED),
            "mails_waiting": _count(outbox, *mail, WAITING),
            "mails_failed": _count(outbox, *mail, FAILED),
        }
        with self._database.reading() as connection:
            return {name: connection.scalar(query) or 0 for name, query in queries.items()}

    def sweep_old(self, now: datetime) -> int:
        """Deletes what is past its time and returns how many rows that were.

        Closed hints 12 h after they were received, deliveries set aside 30 days after,
        edits 30 days after they were made, claims of a job beyond its last 1000. Open hints,
        effects and told notices stay.
        """
        closed = (CLOSED, inbox.c.received_at < now - KEEP_CLOSED)
        aside = set_aside.c.at < now - KEEP_ASIDE
        edited = edits.c.at < now - KEEP_EDITS
        deleted = self._purge(inbox, *closed) + self._purge(set_aside, aside) + self._purge(edits, edited)
        return deleted + self._purge_claims()

    def _purge(self, table: Table, *old: ColumnElement[bool]) -> int:
        rows = select(table.c.row).where(*old).limit(_ROWS_AT_ONCE)
        total = 0
        while True:
            with self._database.writing("purge") as connection:
                deleted = connection.execute(delete(table).where(table.c.row.in_(rows))).rowcount
            total += deleted
            if deleted < _ROWS_AT_ONCE:
                return total

    def _purge_claims(self) -> int:
        full = (
            select(claims.c.app_token, claims.c.job)
            .group_by(claims.c.app_token, claims.c.job)
            .having(func.count() > KEEP_SLOTS)
        )
        with self._database.reading() as connection:
            jobs = connection.execute(full).all()
        return sum(self._purge_slots(app_token, job) for app_token, job in jobs)

    def _purge_slots(self, app_token: str, job: str) -> int:
        slots = (claims.c.app_token == app_token, claims.c.job == job)
        newest_first = select(claims.c.row).where(*slots).order_by(claims.c.row.desc())
        with self._database.reading() as connection:
            last = connection.scalar(newest_first.offset(KEEP_SLOTS).limit(1))
        return 0 if last is None else self._purge(claims, *slots, claims.c.row <= last)


def _count(table: Table, *where: ColumnElement[bool]) -> Select[int]:
    return select(func.count()).select_from(table).where(*where)
