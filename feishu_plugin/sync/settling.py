"""What a round of judgements leaves behind: one write, ledger rows, cards, and what is remembered.

The shared end of every way to a verdict (events, sweeps, pressed buttons). It judges nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from feishu_plugin.errors import FeishuError
from feishu_plugin.ports import Edit, Effect, Hint, Settlement
from feishu_plugin.records import Accepted, Requirement, Snooze, Values, Waiver
from feishu_plugin.rules.actions import Tell, WriteLedger
from feishu_plugin.rules.decide import Decision
from feishu_plugin.sync import dealings, faq
from feishu_plugin.sync.customers import added
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.draws import Drawn, Draws
from feishu_plugin.sync.outgoing import cards_of, letters_of
from feishu_plugin.sync.webhook_calls import calls_of

TABLE = "requirement"
GONE = "requirement:deleted"
"""Where the accepted state of deleted rows is kept."""


@dataclass(slots=True, kw_only=True)
class Judged:
    """One record on its way from hints to a settlement."""

    hints: Sequence[Hint]
    decision: Decision
    drawn: Drawn = field(default_factory=Drawn)
    waivers: tuple[Waiver, ...] | None = None
    """What managers let pass from now on; None: as it was."""
    snoozes: tuple[Snooze, ...] = ()
    """Reminders that somebody puts off now."""
    tells: tuple[Tell, ...] = ()
    ledger: tuple[WriteLedger, ...] = ()
    effects: tuple[Effect, ...] = ()
    """What a pressed button brings about besides."""
    until: datetime | None = None
    """When a decision that waits is looked at again, if nothing is heard before; None: in a moment."""
    edits: Sequence[Edit] = ()
    """What people changed since the last settlement, for the log."""
    calm: bool = False
    """True for one of very many: what it tells people waits for their morning card."""

    @property
    def changes(self) -> Values:
        """What is to be written into the row."""
        return {**self.decision.changes, **self.drawn.values}

    @property
    def record(self) -> Requirement:
        """The row as it then stands."""
        return self.decision.record.with_values(self.drawn.values)


def whole_second(at: datetime) -> datetime:
    """Cells hold milliseconds; a value that changes when it is read back would look like an edit."""
    return at.replace(microsecond=0)


def draw_all(desk: Desk, judged: Sequence[Judged], now: datetime) -> None:
    """Numbers, owners by turn, duplicates and look-alikes of these records."""
    asked = [(one.record, one.decision.actions) for one in judged]
    drawn, shown = Draws(desk, now).draw_all(asked), dealings.shown(desk, asked)
    for one, found in zip(judged, drawn, strict=True):
        found.values.update(shown.get(one.record.record_id, {}))
        one.drawn = found


def write(desk: Desk, judged: Sequence[Judged]) -> None:
    """Everything that changes, in one write; columns that the base lacks are left out."""
    try:
        _write(desk, judged)
    except FeishuError as error:
        if not faq.took_back(desk, [one.drawn.values for one in judged], error):
            raise
        _write(desk, judged)


def _write(desk: Desk, judged: Sequence[Judged]) -> None:
    writable = desk.tables.binding.tables[TABLE].fields
    changes: dict[str, dict[str, object]] = {}
    for one in judged:
        for record_id, values in ((one.record.record_id, one.changes), *one.drawn.elsewhere.items()):
            wanted = {key: value for key, value in values.items() if key in writable}
            if wanted:
                changes.setdefault(record_id, {}).update(wanted)
    if changes:
        desk.tables.update(TABLE, changes)  # type: ignore[arg-type]


def settlement(
    desk: Desk,
    judged: Sequence[Judged],
    gone: Sequence[str],
    hints: Mapping[str, Sequence[Hint]],
    now: datetime,
) -> Settlement:
    """All that is to be remembered of these judgements and of rows that are ``gone``."""
    closed = [hint.row for one in judged for hint in one.hints]
    closed += [hint.row for record_id in gone for hint in hints[record_id]]
    tells = [(one.record, action) for one in judged for action in _tells(desk, one)]
    told = [*cards_of(desk, tells, now), *letters_of(desk, tells, now)]
    ledger = [row for one in judged for row in _ledger(desk, one, now)]
    calls = [call for one in judged for call in _calls(desk, one, now)]
    customers = [row for one in judged for row in added(one.decision.actions, now)]
    last = desk.store.accepted(desk.app_token, TABLE, gone)
    return Settlement(
        closed=closed,
        accepted=_accepted(desk, judged, now)
        | {(GONE, record_id): state for record_id, state in last.items()},
        forgotten=[(TABLE, record_id) for record_id in gone],
        prints={one.record.record_id: one.drawn.fingerprint for one in judged if one.drawn.fingerprint},
        effects=[*ledger, *calls, *told, *customers, *(effect for one in judged for effect in one.effects)],
        edits=[edit for one in judged if not one.decision.blank for edit in one.edits],
    )


def _tells(desk: Desk, judged: Judged) -> list[Tell]:
    ours = [a for a in judged.decision.actions if isinstance(a, Tell)]
    tells = (*ours, *judged.drawn.tells, *judged.tells)
    found = [faq.with_answer(desk, judged.record, tell) for tell in tells]
    return [replace(tell, calm=True) for tell in found] if judged.calm else found


def _accepted(desk: Desk, judged: Sequence[Judged], now: datetime) -> dict[tuple[str, str], Accepted]:
    ids = [one.record.record_id for one in judged]
    elsewhere = [found for one in judged for found in one.drawn.elsewhere.items()]
    known = desk.store.accepted(desk.app_token, TABLE, [*ids, *dict(elsewhere)])
    kept = [one for one in judged if not one.decision.blank]
    found = {(TABLE, one.record.record_id): _accept(desk, one, known, now) for one in kept}
    for record_id, values in elsewhere:
        before = found.get((TABLE, record_id)) or known.get(record_id)
        if before is not None:
            found[TABLE, record_id] = _repeated(desk, before, values, now)
    return found


def _repeated(desk: Desk, before: Accepted, values: Values, now: datetime) -> Accepted:
    """The original of a duplicate, and when it was reported again; a count known before is no news."""
    window = timedelta(days=desk.policy.parameters.similar_within_days)
    known = before.record.get("similar_count") == values.get("similar_count")
    repeats = [at for at in before.repeats if now - at < window]
    return replace(
        before, record=before.record.with_values(values), repeats=(*repeats, *(() if known else (now,)))
    )


def _accept(desk: Desk, one: Judged, known: Mapping[str, Accepted], now: datetime) -> Accepted:
    before = known.get(one.record.record_id)
    past = before.corrections if before else ()
    window = timedelta(minutes=desk.policy.parameters.breaker_minutes)
    recent = tuple(at for at in past if now - at < window)
    return Accepted(
        record=one.record.with_values({"status": one.decision.status or None}),
        status_since=one.decision.status_since,
        corrections=(*recent, now) if one.decision.corrected else recent,
        policy_version=desk.policy.version,
        unheard=one.decision.unheard,
        waivers=tuple(w for w in _waivers(one, before) if now < w.until),
        repeats=before.repeats if before else (),
        snoozes=_snoozes(one, before),
    )


def _snoozes(one: Judged, before: Accepted | None) -> tuple[Snooze, ...]:
    """Each reminder of a person is put off to one moment only; a move ends them all."""
    if before is None or (before.record.get("status") or "") != one.decision.status:
        return one.snoozes
    renewed = {(snooze.stage, snooze.person) for snooze in one.snoozes}
    kept = (snooze for snooze in before.snoozes if (snooze.stage, snooze.person) not in renewed)
    return (*kept, *one.snoozes)


def _waivers(one: Judged, before: Accepted | None) -> tuple[Waiver, ...]:
    if one.waivers is not None:
        return one.waivers
    return before.waivers if before else ()


def _moves(one: Judged) -> list[WriteLedger]:
    rows = [action for action in one.decision.actions if isinstance(action, WriteLedger)]
    return [*rows, *one.drawn.ledger, *one.ledger]


def _ledger(desk: Desk, one: Judged, now: datetime) -> list[Effect]:
    return [_ledger_row(desk, one.record, row, now) for row in _moves(one)]


def _calls(desk: Desk, one: Judged, now: datetime) -> list[Effect]:
    endpoints = desk.webhooks.endpoints if desk.webhooks else ()
    return [call for row in _moves(one) for call in calls_of(desk.schema, endpoints, one.record, row, now)]


def _ledger_row(desk: Desk, record: Requirement, row: WriteLedger, now: datetime) -> Effect:
    there = desk.tables.binding.tables.get("transition")
    body = {
        "name": f"{record.number or record.title} {row.rule}".strip(),
        "requirement": (record.record_id,),
        "number": record.number or None,
        "from_status": row.from_status,
        "to_status": row.to_status or None,
        "operator": (row.operator,) if row.operator else None,
        "at": row.at,
        "source": row.source,
        "verdict": row.verdict,
        "rule": row.rule,
        "reason": row.reason or None,
        "hours_in_previous": row.hours_in_previous,
        "policy_version": desk.policy.version,
        "effect_key": row.identity,
    }
    if there and "score" in there.fields:
        body["score"] = row.score  # a base made by an earlier version has no such column before apply
    identity = f"ledger:{row.identity}"
    return Effect(kind="ledger", identity=identity, target="transition", body=body, not_before=now)


def tell_verdicts(desk: Desk, judged: Sequence[Judged]) -> None:
    """One line for each move that was judged, and one for the columns that rules filled."""
    for one in judged:
        about = {
            "event_id": one.hints[0].event_id if one.hints else "",
            "record_id": one.record.record_id,
            "table": TABLE,
        }
        moves = [*(a for a in one.decision.actions if isinstance(a, WriteLedger)), *one.drawn.ledger]
        for move in (*moves, *one.ledger):
            action = "left_alone" if one.decision.left_alone else move.verdict
            desk.saw("verdict", **about, rule=move.rule, action=action, because=move.reason)
        if one.changes:
            desk.saw("write", **about, fields=",".join(sorted(one.changes)))
