"""What waits for the morning cards, and how many cards people got; changes nothing."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select

from feishu_plugin.ports import PendingEffect
from feishu_plugin.store.engine import in_chunks
from feishu_plugin.store.outbox import to_pending
from feishu_plugin.store.part import Part
from feishu_plugin.store.tables import CARDS, LINE, WAITING, outbox


class StoredMornings(Part):
    """The part of the port Work that the morning cards ask."""

    def lines(self, app_token: str, now: datetime) -> Sequence[PendingEffect]:
        """The lines whose time has come and that no card has folded yet, by that time and as stored."""
        query = (
            select(outbox)
            .where(outbox.c.app_token == app_token, WAITING, outbox.c.next_try <= now)
            .where(outbox.c.kind == LINE)
            .order_by(outbox.c.next_try, outbox.c.row)
        )
        with self._database.reading() as connection:
            return [to_pending(row) for row in connection.execute(query)]

    def cards_between(
        self,
        app_token: str,
        people: Collection[str],
        begin: datetime,
        end: datetime,
        besides: Collection[str],
    ) -> Mapping[str, int]:
        """open_id to the cards for that person from ``begin`` up to ``end``, but for these identities."""
        query = (
            select(outbox.c.target, func.count())
            .where(outbox.c.app_token == app_token, CARDS)
            .where(outbox.c.not_before >= begin, outbox.c.not_before < end)
            .where(outbox.c.identity.not_in(besides))
            .group_by(outbox.c.target)
        )
        found: dict[str, int] = {}
        with self._database.reading() as connection:
            for chunk in in_chunks(sorted(people)):
                rows = connection.execute(query.where(outbox.c.target.in_(chunk)))
                found.update((row[0], row[1]) for row in rows)
        return found
