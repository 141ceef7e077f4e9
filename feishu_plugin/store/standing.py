"""Questions of those who watch: who works on a base, what has waited longest, what failed last."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from feishu_plugin.store.aged import StoredAge
from feishu_plugin.store.columns import DatabaseSeconds
from feishu_plugin.store.tables import FAILED, LINE, OPEN, WAITING, inbox, leases, outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An effect that was given up, or waits after a failed try."""

    kind: str
    identity: str
    cause: str


class StoredStanding(StoredAge):
    """Reads only."""

    def lease_of(self, app_token: str) -> tuple[str, float] | None:
        """(holder, seconds it is still good for); None when nobody has the lease."""
        left = leases.c.expires - DatabaseSeconds()
        query = select(leases.c.holder, left).where(leases.c.app_token == app_token, left > 0)
        with self._database.reading() as connection:
            found = connection.execute(query).first()
        return (found[0], float(found[1])) if found else None

    def held_leases(self) -> list[str]:
        """What somebody holds at this moment: bases, and slots of their jobs."""
        query = select(leases.c.app_token).where(leases.c.expires > DatabaseSeconds())
        with self._database.reading() as connection:
            return sorted(connection.scalars(query))

    def oldest_open(self, app_token: str) -> datetime | None:
        """When the oldest change that nobody judged yet was received; None without any."""
        query = select(inbox.c.received_at).where(inbox.c.app_token == app_token, OPEN)
        with self._database.reading() as connection:
            oldest: datetime | None = connection.scalar(query.order_by(inbox.c.row).limit(1))
        return oldest

    def last_event(self, app_token: str) -> datetime | None:
        """When the newest event of Feishu came in; our own hints (``sweep:…``) have a colon in their id."""
        query = select(inbox.c.received_at).where(
            inbox.c.app_token == app_token, inbox.c.event_id.not_like("%:%")
        )
        with self._database.reading() as connection:
            newest: datetime | None = connection.scalar(query.order_by(inbox.c.row.desc()).limit(1))
        return newest

    def given_up_since(self, app_token: str, at: datetime) -> int:
        """How many cards, rows, mails and calls were given up since then."""
        query = select(func.count()).where(outbox.c.app_token == app_token, FAILED, outbox.c.ended_at >= at)
        with self._database.reading() as connection:
            return connection.scalar(query) or 0

    def next_try(self, app_token: str) -> datetime | None:
        """When the first of the waiting cards, rows and mails is due; None without any."""
        query = select(func.min(outbox.c.next_try)).where(
            outbox.c.app_token == app_token, WAITING, outbox.c.kind != LINE
        )
        with self._database.reading() as connection:
            due: datetime | None = connection.scalar(query)
        return due

    def failures(self, app_token: str, limit: int) -> list[Failure]:
        """What was given up, the newest first."""
        query = select(outbox).where(outbox.c.app_token == app_token, FAILED)
        with self._database.reading() as connection:
            found = connection.execute(query.order_by(outbox.c.row.desc()).limit(limit)).all()
        return [Failure(kind=one.kind, identity=one.identity, cause=one.outcome or "") for one in found]
