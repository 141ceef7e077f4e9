"""Keeps the published entries of 知识库 at hand, and brings their answers to new requirements.

The rows are remembered in the store, so that a judgement asks Feishu nothing: events renew them,
and once a day all are compared. What differs then becomes a hint, so that only the judging
thread ever changes what is remembered.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from feishu_plugin.errors import FeishuError
from feishu_plugin.ports import Hint, Settlement
from feishu_plugin.records import Accepted, Record, Requirement, Value, Values
from feishu_plugin.rules.actions import Tell
from feishu_plugin.rules.faq import Faq, in_words
from feishu_plugin.sync.desk import Desk

log = logging.getLogger(__name__)

TABLE, LINK = "knowledge", "knowledge"
"""The table, and the column of 需求台账 that links its entries."""
_REQUIREMENT = "requirement"
KNOWN = frozenset({"question", "answer", "published"})
"""What is remembered of an entry; its sources change with every link."""
_NO_SUCH_LINK = 1254067
"""Feishu's code for a link to a row that is not there."""
_TOLD_WITH = "assigned"
"""The notice that carries the answer."""


def suggested(desk: Desk, record: Requirement, bands: Sequence[int]) -> tuple[str, ...]:
    """The published entry that answers this text, for a requirement that has none; empty without one."""
    if not bands or not record.is_empty(LINK) or not _has_link(desk):
        return ()
    found = _faq(desk).find(record, bands, desk.policy.parameters.similar_score)
    return (found.record_id,) if found else ()


def with_answer(desk: Desk, record: Requirement, tell: Tell) -> Tell:
    """The notice of a new owner with the published answer that its requirement is linked to."""
    if tell.event != _TOLD_WITH or record.is_empty(LINK):
        return tell
    entries = (_faq(desk).rows.get(one) for one in _linked(record.values))
    answer = next((in_words(entry) for entry in entries if entry), "")
    return replace(tell, facts={"note": answer, **tell.facts}) if answer else tell


def took_back(desk: Desk, drawn: Iterable[dict[str, Value]], refusal: FeishuError) -> bool:
    """True when a write was refused for an entry that went without an event: it is suggested no more.

    Without this a requirement would wait for the daily comparison, for a mere suggestion.
    """
    suggestions = [values for values in drawn if LINK in values]
    if refusal.code != _NO_SUCH_LINK or not suggestions:
        return False
    take(desk, sorted({one for values in suggestions for one in _linked(values)}))
    kept = _faq(desk).rows
    gone = [values for values in suggestions if kept.keys().isdisjoint(_linked(values))]
    for values in gone:
        del values[LINK]
    return bool(gone)


def compare(desk: Desk) -> int:
    """Reads the whole table and hints at every entry that no event told of; how many those are."""
    bound = desk.tables.binding.tables.get(TABLE)
    if bound is None:
        return 0
    known = dict(desk.store.all_accepted(desk.app_token, TABLE, ()))
    there = {row.record_id: row for page in desk.tables.scan(TABLE) for row in map(_part, page)}
    now = desk.clock.now()
    hints = [
        Hint(
            app_token=desk.app_token,
            table_id=bound.table_id,
            record_id=one,
            kind="swept",
            event_id=f"faq:{now.isoformat()}",
            received_at=now,
        )
        for one in {**there, **known}
        if _values(there.get(one)) != _values(known[one].record if one in known else None)
    ]
    desk.store.put(hints)
    return len(hints)


def take(desk: Desk, record_ids: Sequence[str]) -> None:
    """Reads these entries again; those that are no longer published are forgotten."""
    faq = _faq(desk)
    rows = {one: _part(row) for one, row in desk.tables.read(TABLE, record_ids).items()}
    shown = {one: row for one, row in rows.items() if row.values}
    gone = [one for one in record_ids if one not in shown]
    now = desk.clock.now()
    states = {(TABLE, one): Accepted(record=row, status_since=now) for one, row in shown.items()}
    desk.stop_if_lost()
    desk.store.settle(desk.app_token, Settlement(accepted=states, forgotten=[(TABLE, one) for one in gone]))
    for row in shown.values():
        faq.put(row)
    for one in gone:
        faq.drop(one)


def _faq(desk: Desk) -> Faq:
    if desk.faq is None:
        known = desk.store.all_accepted(desk.app_token, TABLE, ())
        desk.faq = Faq(state.record for _, state in known)
    return desk.faq


def _has_link(desk: Desk) -> bool:
    bound = desk.tables.binding.tables.get(_REQUIREMENT)
    return bound is not None and LINK in bound.fields


def _part(row: Record) -> Record:
    """What is remembered: nothing of an entry that is not published."""
    values = {key: row.get(key) for key in sorted(KNOWN)} if row.get("published") is True else {}
    return Record(record_id=row.record_id, values=values)


def _values(row: Record | None) -> object:
    return dict(row.values) if row else {}


def _linked(values: Values) -> Iterator[str]:
    linked = values.get(LINK)
    yield from map(str, linked if isinstance(linked, tuple) else ())
