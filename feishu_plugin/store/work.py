"""What the worker of a base asks the store; judges nothing, writes only drawn numbers."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from feishu_plugin.ports import Accepted, Edit, Hint
from feishu_plugin.store.columns import storable
from feishu_plugin.store.engine import in_chunks
from feishu_plugin.store.part import Part
from feishu_plugin.store.tables import OPEN, accepted, edits, inbox, notices, numbers
from feishu_plugin.store.values_json import accepted_from_json, loads, press_from_json, step_from_json

_PAGE = 500


class StoredWork(Part):
    """The port Work, but for ``settle``."""

    def pending(self, app_token: str, limit: int) -> Sequence[Hint]:
        """Open hints, oldest first; costs the same whatever the backlog."""
        query = select(inbox).where(inbox.c.app_token == app_token, OPEN).order_by(inbox.c.row).limit(limit)
        with self._database.reading() as connection:
            return [_to_hint(row) for row in connection.execute(query)]

    def newer(self, app_token: str, record_ids: Iterable[str], after_row: int) -> set[str]:
        """Those records that were changed again by an open hint after inbox row ``after_row``."""
        query = select(inbox.c.record_id).where(inbox.c.app_token == app_token, OPEN, inbox.c.row > after_row)
        query = query.where(inbox.c.kind.not_in(("pressed", "undo")))  # they changed nothing yet
        found: set[str] = set()
        with self._database.reading() as connection:
            for chunk in in_chunks(list(record_ids)):
                found.update(connection.scalars(query.where(inbox.c.record_id.in_(chunk))))
        return found

    def accepted(self, app_token: str, table: str, record_ids: Sequence[str]) -> Mapping[str, Accepted]:
        """The accepted state of the named records; unknown ones are absent."""
        query = select(accepted.c.record_id, accepted.c.state).where(
            accepted.c.app_token == app_token, accepted.c.table_key == table
        )
        found: dict[str, Accepted] = {}
        with self._database.reading() as connection:
            for chunk in in_chunks(record_ids):
                rows = connection.execute(query.where(accepted.c.record_id.in_(chunk)))
                found.update((row.record_id, _to_accepted(*row)) for row in rows)
        return found

    def all_accepted(
        self, app_token: str, table: str, without: Collection[str] = ()
    ) -> Iterator[tuple[str, Accepted]]:
        """Every accepted record of a table by record id, a page at a time.

        No transaction stays open between pages, so the caller may settle meanwhile.
        """
        query = (
            select(accepted.c.record_id, accepted.c.state)
            .where(accepted.c.app_token == app_token, accepted.c.table_key == table)
            .where(accepted.c.status.not_in(without))
            .order_by(accepted.c.record_id)
            .limit(_PAGE)
        )
        last = ""
        while True:
            with self._database.reading() as connection:
                page = connection.execute(query.where(accepted.c.record_id > last)).all()
            yield from ((row.record_id, _to_accepted(*row)) for row in page)
            if len(page) < _PAGE:
                return
            last = page[-1].record_id

    def loads(self, app_token: str, table: str, without: Collection[str]) -> Mapping[str, int]:
        """How many records each owner has; those in ``without``'s statuses do not count."""
        query = (
            select(accepted.c.owners, func.count())
            .where(accepted.c.app_token == app_token, accepted.c.table_key == table)
            .where(accepted.c.owners != "", accepted.c.status.not_in(without))
            .group_by(accepted.c.owners)
        )
        found: Counter[str] = Counter()
        with self._database.reading() as connection:
            for owners, count in connection.execute(query):
                found.update(dict.fromkeys(owners.split(), count))
        return found

    def edits(self, app_token: str, begin: datetime, end: datetime) -> Sequence[Edit]:
        """Logged changes of fields made from ``begin`` up to ``end``, oldest first."""
        when = (edits.c.app_token == app_token, edits.c.at >= begin, edits.c.at < end)
        query = select(edits).where(*when).order_by(edits.c.at, edits.c.row)
        with self._database.reading() as connection:
            return [_to_edit(row) for row in connection.execute(query)]

    def draw(self, app_token: str, scope: str, identity: str) -> int:
        """The next number of a scope (1, 2 …) without gaps; an identity keeps its number there."""
        with self._database.writing(f"draw {app_token} {scope}") as connection:
            known = _drawn(connection, app_token, scope, identity)
            if known is not None:
                return known
            number = _last_number(connection, app_token, scope) + 1
            values = {"app_token": app_token, "scope": scope, "identity": identity, "number": number}
            connection.execute(self._database.insert(numbers), values)
            return number

    def told(self, app_token: str, notices: Sequence[str]) -> set[str]:
        """Those notice identities that some stored card already covers."""
        with self._database.reading() as connection:
            return told_notices(connection, app_token, notices)


def told_notices(connection: Connection, app_token: str, identities: Sequence[str]) -> set[str]:
    """The same question inside a transaction."""
    query = select(notices.c.identity).where(notices.c.app_token == app_token)
    told: set[str] = set()
    for chunk in in_chunks(identities):
        told.update(connection.scalars(query.where(notices.c.identity.in_(chunk))))
    return {one for one in identities if storable(one) in told}


def _drawn(connection: Connection, app_token: str, scope: str, identity: str) -> int | None:
    return connection.scalar(
        select(numbers.c.number).where(
            numbers.c.app_token == app_token, numbers.c.scope == scope, numbers.c.identity == identity
        )
    )


def _last_number(connection: Connection, app_token: str, scope: str) -> int:
    query = select(func.max(numbers.c.number)).where(
        numbers.c.app_token == app_token, numbers.c.scope == scope
    )
    return connection.scalar(query) or 0


def _to_accepted(record_id: str, state: str) -> Accepted:
    return accepted_from_json(record_id, loads(state))


def _to_edit(row: Row[Any]) -> Edit:
    return Edit(
        record_id=row.record_id,
        field=row.field,
        before=row.was,
        after=row.became,
        operator=row.operator,
        at=row.at,
        event_id=row.event_id,
        by_rule=row.by_rule,
    )


def _to_hint(row: Row[Any]) -> Hint:
    return Hint(
        app_token=row.app_token,
        table_id=row.table_id,
        record_id=row.record_id,
        kind=row.kind,
        event_id=row.event_id,
        received_at=row.received_at,
        operator=row.operator,
        fields=row.fields,
        step=step_from_json(row.step),
        press=press_from_json(row.press),
        row=row.row,
    )
