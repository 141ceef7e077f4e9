"""Marks a database that was put back from a copy: its bases have lived on without it."""

from sqlalchemy import delete, select, union, update

from feishu_plugin.ports import Json
from feishu_plugin.store.part import Part
from feishu_plugin.store.tables import FACT, OPEN, accepted, facts, inbox, leases, outbox


class StoredAge(Part):
    """What follows from a restore inside the store."""

    def mark_restored(self, name: str, fact: Json) -> list[str]:
        """Keeps this fact for every base, in one transaction, and returns the bases.

        Changes that waited to be judged are closed: they were judged since, or are found by a
        comparison with the table. Leases ended with the processes that held them.
        """
        known = union(*(select(table.c.app_token) for table in (accepted, facts, outbox)))
        with self._database.writing("restored") as connection:
            bases = sorted(set(connection.scalars(known)) - {""})
            connection.execute(update(inbox).where(OPEN).values(closed=True))
            connection.execute(delete(leases))
            for base in bases:
                mark = {"app_token": base, "name": name, "fact": fact}
                connection.execute(self._database.upsert(facts, FACT, "fact"), mark)
        return bases
