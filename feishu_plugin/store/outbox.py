"""Effects on their way out: what is due, what was tried, what came of it; performs none."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, Row, bindparam, or_, select, update

from feishu_plugin.ports import Effect, PendingEffect
from feishu_plugin.store.columns import storable
from feishu_plugin.store.engine import in_chunks
from feishu_plugin.store.part import Part
from feishu_plugin.store.tables import DONE, GIVEN_UP, LINE, MAIL, POST, WAITING, WEBHOOK, outbox
from feishu_plugin.store.values_json import loads
from feishu_plugin.sync.intake.arrivals import Outcome

_ROWS = outbox.c.row.in_(bindparam("rows", expanding=True))
_MINE = outbox.c.app_token == bindparam("app_token")
_NAMED = select(outbox).where(_MINE, outbox.c.identity == bindparam("identity"))
_ANY_DUE = (
    select(outbox)
    .where(_MINE, WAITING, outbox.c.next_try <= bindparam("now"))
    .order_by(outbox.c.next_try, outbox.c.row)
    .limit(bindparam("most", type_=Integer))
)
_DUE = _ANY_DUE.where(outbox.c.kind.not_in((MAIL, WEBHOOK, POST, LINE)))
_DUE_OF_KIND = _ANY_DUE.where(outbox.c.kind == bindparam("kind"))
_PIN = (
    update(outbox)
    .where(_ROWS, or_(outbox.c.batch == "", outbox.c.batch == bindparam("its")))
    .values(batch=bindparam("its"))
)
_ENDED = update(outbox).values(ended=DONE, ended_at=bindparam("at"), outcome=bindparam("came"), body=None)
_END = _ENDED.where(_ROWS, or_(WAITING, outbox.c.ended != DONE))
_END_WAITING = _ENDED.where(_ROWS, WAITING)


class StoredOutbox(Part):
    """The port Outbox."""

    def due(self, app_token: str, now: datetime, limit: int) -> Sequence[PendingEffect]:
        """Unfinished effects without a drain of their own whose time has come, by it and then as stored.

        A pinned batch comes whole, because a retry must repeat it exactly: the answer may
        be longer than ``limit`` by the rest of a batch. Lines wait for their card.
        """
        with self._database.reading() as connection:
            first = connection.execute(_DUE, {"app_token": app_token, "now": now, "most": limit}).all()
            rest = _rest_of_batches(connection, app_token, first) if len(first) == limit else []
        return [to_pending(row) for row in (*first, *rest)]

    def mails_due(self, app_token: str, now: datetime, limit: int) -> Sequence[PendingEffect]:
        """Unfinished mails whose time has come, by that time and then as they were stored."""
        return self._due_of(MAIL, app_token, now, limit)

    def webhooks_due(self, app_token: str, now: datetime, limit: int) -> Sequence[PendingEffect]:
        """Unfinished webhook calls whose time has come, by that time and then as they were stored."""
        return self._due_of(WEBHOOK, app_token, now, limit)

    def posts_due(self, app_token: str, now: datetime, limit: int) -> Sequence[PendingEffect]:
        """Unfinished replies and bounces whose time has come, by that time and then as they were stored."""
        return self._due_of(POST, app_token, now, limit)

    def _due_of(self, kind: str, app_token: str, now: datetime, limit: int) -> Sequence[PendingEffect]:
        with self._database.reading() as connection:
            asked = {"app_token": app_token, "now": now, "most": limit, "kind": kind}
            found = connection.execute(_DUE_OF_KIND, asked).all()
        return [to_pending(row) for row in found]

    def pin(self, rows: Sequence[int], batch: str) -> None:
        """Binds effects to one batch before it is first tried, so that a retry repeats it exactly.

        ValueError, and nothing changes, when one of them belongs to another batch already.
        """
        with self._database.writing("pin") as connection:
            for chunk in in_chunks(rows):
                pinned = connection.execute(_PIN, {"rows": chunk, "its": batch})
                if pinned.rowcount != len(set(chunk)):
                    raise ValueError(f"batch {batch}: some of the effects {chunk} belong to another batch")

    def done(self, rows: Sequence[int], at: datetime, outcome: str = "") -> None:
        """Marks effects as performed (``outcome``: message id, record id); what they said is dropped."""
        with self._database.writing("done") as connection:
            for chunk in in_chunks(rows):
                connection.execute(_END, {"rows": chunk, "at": at, "came": outcome})

    def done_each(self, outcomes: Mapping[int, str], at: datetime) -> None:
        """Marks effects (row to its own outcome) as performed, all or none: a batch is not done by halves."""
        with self._database.writing("done each") as connection:
            for row, outcome in outcomes.items():
                connection.execute(_END_WAITING, {"rows": [row], "at": at, "came": outcome})

    def outcome_of(self, app_token: str, identity: str) -> Outcome | None:
        """What became of an effect; None when it was never stored."""
        named = {"app_token": app_token, "identity": storable(identity)}
        with self._database.reading() as connection:
            row = connection.execute(_NAMED, named).one_or_none()
        if row is None:
            return None
        return Outcome(ended=row.ended or "", outcome=row.outcome or "", covers=tuple(row.covers))

    def note_sent(self, app_token: str, outcomes: Mapping[str, str], at: datetime) -> None:
        """These effects (identity to outcome) were performed, by whoever: what waits is done, what is
        unknown will never wait."""
        insert = self._database.insert(outbox)
        ended = {key: insert.excluded[key] for key in ("ended", "ended_at", "body", "outcome")}
        noted = insert.on_conflict_do_update(
            index_elements=["app_token", "identity"], set_=ended, where=WAITING
        )
        with self._database.writing("note sent", f"settle {app_token}") as connection:
            for chunk in in_chunks(list(outcomes)):
                connection.execute(noted, [_performed(app_token, one, at, outcomes[one]) for one in chunk])

    def failed(self, rows: Sequence[int], next_try: datetime | None, cause: str) -> None:
        """Notes a failed try; ``next_try`` None gives up and keeps the cause."""
        changes: dict[str, Any] = {"tries": outbox.c.tries + 1, "outcome": cause}
        changes |= {"ended": GIVEN_UP} if next_try is None else {"next_try": next_try}
        with self._database.writing("failed") as connection:
            for chunk in in_chunks(rows):
                connection.execute(update(outbox).where(outbox.c.row.in_(chunk), WAITING).values(changes))


def _performed(app_token: str, identity: str, at: datetime, outcome: str) -> Mapping[str, Any]:
    """A row that only keeps its identity; of no kind that is counted or sent."""
    return {
        "app_token": app_token,
        "identity": identity,
        "kind": "noted",
        "target": "",
        "body": None,
        "not_before": at,
        "covers": (),
        "next_try": at,
        "tries": 0,
        "batch": "",
        "ended": DONE,
        "ended_at": at,
        "outcome": outcome,
    }


def _rest_of_batches(connection: Connection, app_token: str, first: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
    batches = sorted({row.batch for row in first if row.batch})
    if not batches:
        return []
    query = (
        select(outbox)
        .where(outbox.c.app_token == app_token, WAITING, outbox.c.batch.in_(batches))
        .order_by(outbox.c.next_try, outbox.c.row)
    )
    taken = {row.row for row in first}
    return [row for row in connection.execute(query) if row.row not in taken]


def to_pending(row: Row[Any]) -> PendingEffect:
    """An effect that has not ended, as it was stored."""
    effect = Effect(
        kind=row.kind,
        identity=row.identity,
        target=row.target,
        body=loads(row.body),
        not_before=row.not_before,
        covers=row.covers,
    )
    return PendingEffect(row=row.row, effect=effect, tries=row.tries, batch=row.batch)
