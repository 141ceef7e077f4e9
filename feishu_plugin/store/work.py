"""What the worker of a base asks the store; judges nothing, writes only drawn numbers."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Integer, Row, bindparam, func, select, tuple_

from feishu_plugin.ports import Accepted, Edit, Hint
from feishu_plugin.store.columns import storable
from feishu_plugin.store.engine import in_chunks
from feishu_plugin.store.part import Part
from feishu_plugin.store.tables import OPEN, accepted, edits, inbox, notices, numbers
from feishu_plugin.store.values_json import accepted_from_json, loads, press_from_json, step_from_json

_PAGE = 500
_MOST_SENDERS = 50
"""Of whom something is taken out of turn in one round, those with the fewest hints first."""
_IDS: BindParameter[str] = bindparam("ids", expanding=True)
_OF_TABLE = (
    accepted.c.app_token == bindparam("app_token"),
    accepted.c.table_key == bindparam("table"),
)
_STATES = select(accepted.c.record_id, accepted.c.state).where(*_OF_TABLE)
_ACCEPTED = _STATES.where(accepted.c.record_id.in_(_IDS))
_ALL_ACCEPTED = (
    _STATES.where(accepted.c.status.not_in(bindparam("without", expanding=True)))
    .where(accepted.c.record_id > bindparam("last"))
    .order_by(accepted.c.record_id)
    .limit(_PAGE)
)
_OPEN = (
    select(inbox)
    .where(inbox.c.app_token == bindparam("app_token"), OPEN)
    .order_by(inbox.c.row)
    .limit(bindparam("most", type_=Integer))
)
_NEWER = select(inbox.c.record_id).where(
    inbox.c.app_token == bindparam("app_token"),
    OPEN,
    inbox.c.row > bindparam("after"),
    inbox.c.kind.not_in(("pressed", "undo")),  # they changed nothing yet
    inbox.c.record_id.in_(_IDS),
)
_TOLD = select(notices.c.identity).where(
    notices.c.app_token == bindparam("app_token"), notices.c.identity.in_(_IDS)
)


class StoredWork(Part):
    """The port Work, but for ``settle``."""

    def pending(self, app_token: str, limit: int) -> Sequence[Hint]:
        """Open hints, oldest first; who sent many does not keep those of others waiting.

        Where more are open than ``limit``, every operator's oldest of each kind come, too, with
        all that is open for their records: a record's hints are never torn apart by this. Costs
        the same whatever the backlog, but for one count of it.
        """
        with self._database.reading() as connection:
            oldest = _oldest(connection, app_token, limit)
            if len(oldest) < limit:
                return [_to_hint(row) for row in oldest]
            found = {row.row: row for row in [*oldest, *_of_others(connection, app_token, limit)]}
        return [_to_hint(found[row]) for row in sorted(found)]

    def newer(self, app_token: str, record_ids: Iterable[str], after_row: int) -> set[str]:
        """Those records that were changed again by an open hint after inbox row ``after_row``."""
        found: set[str] = set()
        with self._database.reading() as connection:
            for chunk in in_chunks(list(record_ids)):
                asked = {"app_token": app_token, "after": after_row, "ids": chunk}
                found.update(connection.scalars(_NEWER, asked))
        return found

    def accepted(self, app_token: str, table: str, record_ids: Sequence[str]) -> Mapping[str, Accepted]:
        """The accepted state of the named records; unknown ones are absent."""
        found: dict[str, Accepted] = {}
        if not record_ids:
            return found
        with self._database.reading() as connection:
            for chunk in in_chunks(record_ids):
                asked = {"app_token": app_token, "table": table, "ids": chunk}
                found.update((row[0], _to_accepted(*row)) for row in connection.execute(_ACCEPTED, asked))
        return found

    def all_accepted(
        self, app_token: str, table: str, without: Collection[str] = ()
    ) -> Iterator[tuple[str, Accepted]]:
        """Every accepted record of a table by record id, a page at a time.

        No transaction stays open between pages, so the caller may settle meanwhile.
        """
        asked = {"app_token": app_token, "table": table, "without": list(without), "last": ""}
        while True:
            with self._database.reading() as connection:
                page = connection.execute(_ALL_ACCEPTED, asked).all()
            yield from ((row[0], _to_accepted(*row)) for row in page)
            if len(page) < _PAGE:
                return
            asked["last"] = page[-1].record_id

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
        [number] = self.draw_all(app_token, [(scope, identity)])
        return number

    def draw_all(self, app_token: str, wanted: Sequence[tuple[str, str]]) -> Sequence[int]:
        """``draw`` for each (scope, identity), in their order and in one transaction."""
        # As the database gives them back, so that what is known is found again.
        wanted = [(storable(scope), storable(identity)) for scope, identity in wanted]
        known = dict[tuple[str, str], int]()
        with self._database.writing("draw", f"draw {app_token}") as connection:
            for chunk in in_chunks(list(dict.fromkeys(wanted))):
                known |= _drawn(connection, app_token, chunk)
                news = _next_numbers(connection, app_token, [one for one in chunk if one not in known])
                known |= news
                if news:
                    connection.execute(self._database.insert(numbers), _number_rows(app_token, news))
        return [known[one] for one in wanted]

    def told(self, app_token: str, notices: Sequence[str]) -> set[str]:
        """Those notice identities that some stored card already covers."""
        with self._database.reading() as connection:
            return told_notices(connection, app_token, notices)


def _oldest(
    connection: Connection, app_token: str, limit: int, *where: ColumnElement[bool]
) -> Sequence[Row[Any]]:
    query = _OPEN.where(*where) if where else _OPEN
    return connection.execute(query, {"app_token": app_token, "most": limit}).all()


def _of_others(connection: Connection, app_token: str, limit: int) -> list[Row[Any]]:
    """A share of the hints of every sender but the largest, whole records."""
    sender = (inbox.c.operator, inbox.c.kind)
    query = select(*sender).where(inbox.c.app_token == app_token, OPEN).group_by(*sender)
    senders = connection.execute(query.order_by(func.count())).all()[:-1][:_MOST_SENDERS]
    share = max(1, limit // (2 * len(senders) or 1))
    first = [
        row.record_id
        for operator, kind in senders
        for row in _oldest(connection, app_token, share, inbox.c.operator == operator, inbox.c.kind == kind)
    ]
    found: list[Row[Any]] = []
    for chunk in in_chunks(list(dict.fromkeys(first))):
        found += _oldest(connection, app_token, limit, inbox.c.record_id.in_(chunk))
    return found


def told_notices(connection: Connection, app_token: str, identities: Sequence[str]) -> set[str]:
    """The same question inside a transaction."""
    told: set[str] = set()
    for chunk in in_chunks(identities):
        told.update(connection.scalars(_TOLD, {"app_token": app_token, "ids": chunk}))
    return {one for one in identities if storable(one) in told}


def _drawn(
    connection: Connection, app_token: str, wanted: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    which = tuple_(numbers.c.scope, numbers.c.identity).in_(wanted)
    query = select(numbers.c.scope, numbers.c.identity, numbers.c.number).where(which)
    rows = connection.execute(query.where(numbers.c.app_token == app_token))
    return {(row.scope, row.identity): row.number for row in rows}


def _next_numbers(
    connection: Connection, app_token: str, wanted: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """Goes on from the last number of each scope."""
    scopes = {scope for scope, _ in wanted}
    query = select(numbers.c.scope, func.max(numbers.c.number).label("last")).where(
        numbers.c.scope.in_(scopes)
    )
    query = query.where(numbers.c.app_token == app_token).group_by(numbers.c.scope)
    last = Counter({row.scope: row.last for row in connection.execute(query)})
    found = {}
    for scope, identity in wanted:
        last[scope] += 1
        found[scope, identity] = last[scope]
    return found


def _number_rows(app_token: str, drawn: Mapping[tuple[str, str], int]) -> list[dict[str, object]]:
    return [
        {"app_token": app_token, "scope": scope, "identity": identity, "number": number}
        for (scope, identity), number in drawn.items()
    ]


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
