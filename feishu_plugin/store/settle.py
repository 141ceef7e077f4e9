"""The outcome of a round of work, all or nothing; performs no effect itself."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from feishu_plugin.ports import Accepted, Edit, Effect, Json, Settlement
from feishu_plugin.records import Requirement, owners_of
from feishu_plugin.store.columns import storable
from feishu_plugin.store.engine import in_chunks
from feishu_plugin.store.likeness import StoredLikeness
from feishu_plugin.store.tables import (
    DONE,
    FACT,
    LINE,
    LONGEST_CUSTOMER,
    MOST_OWNERS,
    WAITING,
    accepted,
    edits,
    facts,
    inbox,
    notices,
    outbox,
)
from feishu_plugin.store.values_json import accepted_to_json, dumps
from feishu_plugin.store.work import told_notices

Row = Mapping[str, Any]
_OF_STATE = ("state", "status", "owners", "customer", "score")
_CLOSE = (
    update(inbox)
    .where(
        inbox.c.app_token == bindparam("mine"),
        inbox.c.row.in_(bindparam("rows", expanding=True)),
    )
    .values(closed=True)
)
_STORED = select(outbox.c.identity).where(
    outbox.c.app_token == bindparam("app_token"),
    outbox.c.identity.in_(bindparam("identities", expanding=True)),
)


class StoredSettlements(StoredLikeness):
    """``settle`` of the port Work, with everything that stands in its transaction."""

    def settle(self, app_token: str, settlement: Settlement) -> None:
        """Stores the outcome of a round in one transaction; the same again changes nothing.

        An effect is dropped when its identity is known, or when it covers notices that are
        all told already. One that is stored tells every notice it covers, also those that
        another card told before: whoever folds cards asks ``told`` first. The lines that it
        folds end with it; those of a card that is dropped go on waiting.
        """
        if not any(getattr(settlement, one.name) for one in fields(settlement)):
            return  # many rounds find nothing to remember, and a commit waits for the disk
        # Packing takes longer than storing, and acknowledgements wait for this transaction.
        states = [_state_row(app_token, key, state) for key, state in settlement.accepted.items()]
        effects = [_effect_row(app_token, effect) for effect in settlement.effects]
        with self._database.writing("settle", f"settle {app_token}") as connection:
            _close(connection, app_token, settlement.closed)
            self._accept(connection, states)
            self._keep(connection, app_token, settlement.facts)
            self._log(connection, [_edit_row(app_token, edit) for edit in settlement.edits])
            _forget(connection, app_token, settlement.forgotten)
            self._print(connection, app_token, settlement.prints)
            news = _news(connection, app_token, effects)
            self._add(connection, app_token, news)
            stored = {effect["identity"] for effect in news}
            folding = [e for e in settlement.effects if e.folds and storable(e.identity) in stored]
            _fold(connection, app_token, folding)

    def _accept(self, connection: Connection, states: Sequence[Row]) -> None:
        if not states:
            return
        keys = ("app_token", "table_key", "record_id")
        connection.execute(self._database.upsert(accepted, keys, *_OF_STATE), states)

    def _keep(self, connection: Connection, app_token: str, kept: Mapping[str, Json]) -> None:
        if not kept:
            return
        rows = [{"app_token": app_token, "name": name, "fact": fact} for name, fact in kept.items()]
        connection.execute(self._database.upsert(facts, FACT, "fact"), rows)

    def _log(self, connection: Connection, rows: Sequence[Row]) -> None:
        if rows:
            connection.execute(self._database.insert_new(edits), rows)

    def _add(self, connection: Connection, app_token: str, effects: Sequence[Row]) -> None:
        if not effects:
            return
        connection.execute(self._database.insert(outbox), effects)
        covered = dict.fromkeys(identity for effect in effects for identity in effect["covers"])
        if covered:
            rows = [{"app_token": app_token, "identity": identity} for identity in covered]
            connection.execute(self._database.insert_new(notices), rows)


def _close(connection: Connection, app_token: str, rows: Sequence[int]) -> None:
    for chunk in in_chunks(rows):
        connection.execute(_CLOSE, {"mine": app_token, "rows": chunk})


def _forget(connection: Connection, app_token: str, forgotten: Sequence[tuple[str, str]]) -> None:
    by_table: dict[str, list[str]] = {}
    for table, record_id in forgotten:
        by_table.setdefault(table, []).append(record_id)
    for table, record_ids in by_table.items():
        ours = delete(accepted).where(accepted.c.app_token == app_token, accepted.c.table_key == table)
        for chunk in in_chunks(record_ids):
            connection.execute(ours.where(accepted.c.record_id.in_(chunk)))


def _fold(connection: Connection, app_token: str, cards: Sequence[Effect]) -> None:
    lines = (outbox.c.app_token == app_token, outbox.c.kind == LINE, WAITING)
    for card in cards:
        over = {"ended": DONE, "ended_at": card.not_before, "outcome": card.identity, "body": None}
        for chunk in in_chunks(card.folds):
            connection.execute(update(outbox).where(*lines, outbox.c.row.in_(chunk)).values(over))


def _news(connection: Connection, app_token: str, effects: Sequence[Row]) -> Sequence[Row]:
    """The effects that are neither stored nor spoken for; nobody else writes meanwhile."""
    known = _known(connection, app_token, [effect["identity"] for effect in effects])
    covers = [identity for effect in effects for identity in effect["covers"]]
    told = told_notices(connection, app_token, covers)
    news = []
    for effect in effects:
        if effect["identity"] in known or (effect["covers"] and told.issuperset(effect["covers"])):
            continue
        known.add(effect["identity"])
        told.update(effect["covers"])
        news.append(effect)
    return news


def _known(connection: Connection, app_token: str, identities: Sequence[str]) -> set[str]:
    known: set[str] = set()
    for chunk in in_chunks(identities):
        known.update(connection.scalars(_STORED, {"app_token": app_token, "identities": chunk}))
    return known


def _state_row(app_token: str, key: tuple[str, str], state: Accepted) -> Row:
    table, record_id = key
    requirement = Requirement.of(state.record)
    customer = requirement.customer[0][:LONGEST_CUSTOMER] if requirement.customer else None
    return {
        "app_token": app_token,
        "table_key": table,
        "record_id": record_id,
        "status": str(state.record.get("status") or ""),
        "state": dumps(accepted_to_json(state)),
        "owners": " ".join(owners_of(state.record)[:MOST_OWNERS]),
        "customer": customer,
        "score": requirement.score,
    }


def _edit_row(app_token: str, edit: Edit) -> Row:
    return {
        "app_token": app_token,
        "record_id": edit.record_id,
        "event_id": edit.event_id,
        "field": edit.field,
        "was": edit.before,
        "became": edit.after,
        "operator": edit.operator,
        "at": edit.at,
        "by_rule": edit.by_rule,
    }


def _effect_row(app_token: str, effect: Effect) -> Row:
    return {
        "app_token": app_token,
        "identity": storable(effect.identity),
        "kind": effect.kind,
        "target": effect.target,
        "body": dumps(effect.body),
        "not_before": effect.not_before,
        "covers": effect.covers,
        "next_try": effect.not_before,
        "tries": 0,
        "batch": "",
    }
