"""The circuit breaker: a record that was put back too often in a while is left alone for as long; pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from feishu_plugin.policy import Policy
from feishu_plugin.records import Accepted, Requirement
from feishu_plugin.rules.actions import Action, Tell, WriteLedger


def is_open(policy: Policy, accepted: Accepted | None, now: datetime) -> bool:
    """True while nothing of this record is put back any more."""
    window = timedelta(minutes=policy.parameters.breaker_minutes)
    recent = [at for at in (accepted.corrections if accepted else ()) if now - at < window]
    return len(recent) >= policy.parameters.breaker_corrections


def leave_it(
    actions: Sequence[Action], record: Requirement, shown: str, policy: Policy, now: datetime, *, told: bool
) -> tuple[list[Action], Requirement]:
    """The status stays as people left it (``shown``), and the administrator hears of it once.

    ``told``: an event told of the move. Without one the row was only looked at again, as after our
    own note in it, and the ledger has the move already.
    """
    minutes = int(policy.parameters.breaker_minutes)
    note = f"{minutes} 分钟内多次退回，已暂停对该记录的自动退回；稍后自动恢复"
    slot = now.replace(minute=0, second=0, microsecond=0).isoformat()
    which = f"需求 {record.number or record.title}：{note}。"
    said = f"{which}常见原因是另有自动化在写同一状态 put back again and again, probably by another automation"
    card = Tell(event="trouble", identity=f"breaker:{slot}", facts={"note": said})
    kept = [_with_note(a, note) for a in actions if not _is_needless(a, told)]
    return [*kept, card], record.with_values({"status": shown, "rule_hint": note})


def _is_needless(action: Action, told: bool) -> bool:
    if isinstance(action, WriteLedger):
        return action.verdict == "put_back" and not told
    return isinstance(action, Tell) and action.event == "put_back"


def _with_note(action: Action, note: str) -> Action:
    """The verdict stands, but its row in the ledger says that it was not carried out."""
    if isinstance(action, WriteLedger) and action.verdict == "put_back":
        return replace(action, reason=f"{action.reason}（{note}）")
    return action
