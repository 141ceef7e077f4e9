"""Small durable facts, claims, leases and the call meter; decides nothing by the local clock."""

from collections.abc import Mapping

from sqlalchemy import bindparam, delete, or_, select

from feishu_plugin.ports import Json
from feishu_plugin.store.columns import DatabaseSeconds
from feishu_plugin.store.part import Part
from feishu_plugin.store.tables import FACT, call_meter, claims, facts, leases

_FACT = select(facts.c.fact).where(
    facts.c.app_token == bindparam("app_token"), facts.c.name == bindparam("name")
)
_CLAIM = select(claims.c.row).where(
    claims.c.app_token == bindparam("app_token"),
    claims.c.job == bindparam("job"),
    claims.c.slot == bindparam("slot"),
)


class StoredMemory(Part):
    """The port Memory. What two processes may want at once is one statement each."""

    def recall(self, app_token: str, name: str) -> Json | None:
        """The fact, None when it was never kept."""
        with self._database.reading() as connection:
            fact: Json | None = connection.scalar(_FACT, {"app_token": app_token, "name": name})
        return fact

    def keep(self, app_token: str, name: str, fact: Json) -> None:
        """Stores or replaces the fact; it may hold Values (dates, tuples, hyperlinks)."""
        row = {"app_token": app_token, "name": name, "fact": fact}
        with self._database.writing(f"keep {name.partition(':')[0]}") as connection:
            connection.execute(self._database.upsert(facts, FACT, "fact"), row)

    def tally(self, app_token: str, name: str, key: str, count: int) -> None:
        """Adds to one of the counts that the fact of this name holds, one writer after the other."""
        with self._database.writing("tally", f"tally {app_token} {name}") as connection:
            here = {"app_token": app_token, "name": name}
            counts = connection.scalar(_FACT, here) or {}
            fact = {**counts, key: counts.get(key, 0) + count}
            connection.execute(self._database.upsert(facts, FACT, "fact"), {**here, "fact": fact})

    def claim(self, app_token: str, job: str, slot: str) -> bool:
        """True for exactly one caller per (job, slot); the last 1000 slots of a job are remembered."""
        row = {"app_token": app_token, "job": job, "slot": slot}
        with self._database.writing(f"claim {job}") as connection:
            won = connection.execute(self._database.insert_new(claims).returning(claims.c.row), row)
            return won.first() is not None

    def claimed(self, app_token: str, job: str, slot: str) -> bool:
        """True once the slot was claimed, as long as it is remembered."""
        here = {"app_token": app_token, "job": job, "slot": slot}
        with self._database.reading() as connection:
            return connection.scalar(_CLAIM, here) is not None

    def lease(self, app_token: str, holder: str, seconds: float) -> bool:
        """Takes or renews the right to write to a base; False while another holds it.

        Time is the database's, which all holders share. The condition is tested again when
        the row is free, after any wait for another holder's transaction.
        """
        insert = self._database.insert(leases).values(
            app_token=app_token, holder=holder, expires=DatabaseSeconds() + seconds
        )
        take = insert.on_conflict_do_update(
            index_elements=["app_token"],
            set_={"holder": insert.excluded.holder, "expires": insert.excluded.expires},
            where=or_(leases.c.holder == holder, leases.c.expires <= DatabaseSeconds()),
        ).returning(leases.c.holder)
        with self._database.writing("lease") as connection:
            return connection.execute(take).first() is not None

    def release(self, app_token: str, holder: str) -> None:
        """Gives the lease back if it is still this holder's."""
        mine = (leases.c.app_token == app_token, leases.c.holder == holder)
        with self._database.writing("release") as connection:
            connection.execute(delete(leases).where(*mine))

    def count_calls(self, month: str, endpoint: str, calls: int) -> None:
        """Adds to the monthly call meter (``month`` is ``yyyy-MM``)."""
        insert = self._database.insert(call_meter).values(month=month, endpoint=endpoint, calls=calls)
        with self._database.writing("count calls") as connection:
            connection.execute(
                insert.on_conflict_do_update(
                    index_elements=["month", "endpoint"],
                    set_={"calls": call_meter.c.calls + insert.excluded.calls},
                )
            )

    def calls(self, month: str) -> Mapping[str, int]:
        """Calls of a month by endpoint."""
        query = select(call_meter.c.endpoint, call_meter.c.calls).where(call_meter.c.month == month)
        with self._database.reading() as connection:
            return {row.endpoint: row.calls for row in connection.execute(query)}
