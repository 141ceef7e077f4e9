"""What passing time alone brings about: limits that run out, moves the plugin makes, reminders.

Reads the accepted state only, so a tick costs no call to Feishu; what is due becomes a hint
(the record is read again before anything is written) or a card in the outbox.
"""

from collections.abc import Iterator
from datetime import datetime

from feishu_plugin.policy import Policy
from feishu_plugin.ports import Hint, Settlement
from feishu_plugin.records import Accepted, Requirement
from feishu_plugin.reminders.remind import plan_reminders
from feishu_plugin.rules import classify
from feishu_plugin.rules.automatic import timed_move
from feishu_plugin.rules.due_times import outdated
from feishu_plugin.rules.limits import limit_state
from feishu_plugin.rules.override import has_run_out
from feishu_plugin.rules.quality import is_ripe
from feishu_plugin.rules.suggestion import Suggest
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.pauses import rest

_TABLE = "requirement"


def hint_at_due(desk: Desk) -> int:
    """Hints at records whose limit state changed or whose automatic move is due; how many."""
    now = desk.clock.now()
    hints = list(_due(desk, now))
    return desk.store.put(hints) if hints else 0


def remind(desk: Desk) -> int:
    """Puts the cards that are due now into the outbox, and what waits for the morning; how many cards."""
    effects = plan_reminders(
        desk.store,
        desk.policy,
        desk.people.person,
        desk.clock.now(),
        desk.app_token,
        lambda record_id: desk.link(_TABLE, record_id),
        administrators=desk.administrators,
        packaged=desk.packaged,
    )
    if effects:
        desk.store.settle(desk.app_token, Settlement(effects=effects))
    return sum(effect.kind == "card" for effect in effects)


def _due(desk: Desk, now: datetime) -> Iterator[Hint]:
    bound = desk.tables.binding.tables.get(_TABLE)
    if bound is None:
        return
    policy = rest(desk.policy, desk.tables.binding)
    is_new = desk.dues_of != policy.version
    for record_id, accepted in desk.store.all_accepted(
        desk.app_token, _TABLE, desk.policy.parameters.ended_statuses
    ):
        reason = _reason(policy, accepted, now, is_new, desk.suggest)
        if reason:
            yield Hint(
                app_token=desk.app_token,
                table_id=bound.table_id,
                record_id=record_id,
                kind="due",
                event_id=f"due:{reason}",
                received_at=now,
            )
    desk.dues_of = policy.version


def _reason(policy: Policy, accepted: Accepted, now: datetime, is_new: bool, suggest: Suggest | None) -> str:
    """What changed by time or by a new policy alone; empty when nothing did. Part of the hint's identity.

    Due times are computed anew for the whole base only when the calendar or a limit may have changed.
    """
    record = Requirement.of(accepted.record)
    state = limit_state(policy, record, now)
    if record.submitted_at and state != record.get("limit_state"):
        return f"{state}:{record.resolve_due and record.resolve_due.isoformat()}"
    if is_new and record.submitted_at and (dues := outdated(policy, record)):
        return f"dues:{dues}"
    if has_run_out(policy, record, now):
        return f"override:{record.override_until and record.override_until.isoformat()}"
    if is_ripe(policy, record, now):
        return "intake"
    if classify.is_ripe(policy, record, now, suggest):
        return "suggest"
    move = timed_move(policy, record, record.status, accepted.status_since, now)
    return f"{move.from_status}>{move.to_status}:{accepted.status_since.isoformat()}" if move else ""
