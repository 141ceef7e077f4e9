"""What follows when a person presses a button of a card: a table of answers, like the table of moves.

Pure. A press never does more than its button offered, and is judged anew: who presses, how the
record stands now, and what the policy says to the move. Pressing twice changes nothing.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from feishu_plugin.records import Accepted, Press, Value, Values, Waiver
from feishu_plugin.rules import reminded
from feishu_plugin.rules.actions import Offer, Tell
from feishu_plugin.rules.answers import Answer, Pressed, entered, moving
from feishu_plugin.rules.inputs import typed
from feishu_plugin.rules.moves import judge_move

_LONGEST = timedelta(days=90)
"""A waiver for longer would be a rule that stands in no policy table."""


def answer(pressed: Pressed) -> Answer:
    """The answer to a press; an unknown button is answered, too."""
    act = ANSWERS.get(pressed.press.do)
    if act is None:
        return Answer(
            zh="这个按钮已不再支持，请打开记录操作",
            en="This button is not supported any more, open the record",
            done=False,
        )
    return act(pressed)


def _retry(pressed: Pressed) -> Answer:
    """补全后重试: fills the missing fields and makes the move, in one write."""
    policy, (before, after) = pressed.policy, pressed.edge
    if elsewhere := _elsewhere(pressed):
        return elsewhere
    required = {
        key for m in policy.moves if (m.from_status, m.to_status) == pressed.edge for key in m.required
    }
    filled = {key: typed(policy, key, raw) for key, raw in pressed.press.form.items() if key in required}
    values: dict[str, Value] = {key: value for key, value in filled.items() if value is not None}
    if refusal := _refused(pressed, values, before, after):
        return refusal
    return Answer(
        zh=f"已补全并改为「{pressed.label(after)}」",
        en=f"Completed and moved to {pressed.label(after)}",
        values={**values, "status": after},
    )


def _ask(pressed: Pressed) -> Answer:
    """申请放行: asks the managers, once for each refused move."""
    if elsewhere := _elsewhere(pressed):
        return elsewhere
    before, after = pressed.edge
    reason = entered(pressed, "reason")
    facts = {
        "from_status": pressed.label(before),
        "to_status": pressed.label(after),
        "asker": pressed.presser.name or pressed.presser.open_id,
        "note": reason,
        "reason": pressed.press.asked.get("why", ""),
    }
    offer = Offer(kind="release", from_status=before, to_status=after, by=pressed.presser.open_id)
    told = Tell(event="release_asked", identity=pressed.press.asked.get("say", ""), facts=facts, offer=offer)
    return Answer(zh="已向管理者申请放行", en="The managers have been asked", tells=(told,))


def _grant(pressed: Pressed) -> Answer:
    """放行: a manager lets the move pass, with a reason and until a day; the move is made at once."""
    if refusal := _only_managers(pressed):
        return refusal
    if elsewhere := _elsewhere(pressed):
        return elsewhere
    before, after = pressed.edge
    reason, until = entered(pressed, "reason"), _until(pressed)
    if not reason or until is None:
        return Answer(
            zh="放行需要填写理由和有效期（今天起 90 天内）",
            en="A release needs a reason and a day within 90 days",
            done=False,
        )
    waiver = Waiver(
        from_status=before, to_status=after, by=pressed.presser.open_id, reason=reason, until=until
    )
    last_day = until.astimezone(pressed.policy.worktime.zone) - timedelta(minutes=1)
    shown = f"{last_day:%Y-%m-%d}"
    return Answer(
        zh=f"已放行至 {shown}，已改为「{pressed.label(after)}」：{reason}",
        en=f"Released until {shown}, moved to {pressed.label(after)}: {reason}",
        values={"status": after},
        operator=pressed.press.asked.get("by", ""),
        waiver=waiver,
        tells=_to_asker(pressed, f"已放行，有效至 {shown}：{reason}"),
    )


def _deny(pressed: Pressed) -> Answer:
    """不放行: a manager says no, with a reason."""
    if refusal := _only_managers(pressed):
        return refusal
    reason = entered(pressed, "reason")
    if not reason:
        return Answer(zh="请填写理由", en="Give a reason", done=False)
    return Answer(
        zh=f"未放行：{reason}", en=f"Not released: {reason}", tells=_to_asker(pressed, f"未放行：{reason}")
    )


def _merge(pressed: Pressed) -> Answer:
    """合并: the requirement becomes a void duplicate of the chosen one, by the move that counts it there."""
    policy, status = pressed.policy, str(pressed.accepted.record.get("status") or "")
    if refusal := _not_mergeable(pressed):
        return refusal
    original = pressed.original
    moves = [m for m in policy.moves if m.from_status == status and "count_duplicate" in m.effects]
    after = next((m.to_status for m in moves if m.mode != "off"), "")
    if original is None or not after:
        why = f"「{pressed.label(status)}」的需求不能合并，请先改为可以作废的状态"
        return Answer(zh=why, en=f"Nothing in {pressed.label(status)} can be merged", done=False)
    values: dict[str, Value] = {"void_reason": "duplicate", "duplicate_of": (original.record.record_id,)}
    if refusal := _refused(pressed, values, status, after):
        return refusal
    name = _named(original)
    return Answer(
        zh=f"已合并到 {name}，本条改为「{pressed.label(after)}」",
        en=f"Merged into {name}, this one is {pressed.label(after)}",
        values={**values, "status": after},
    )


def _not_mergeable(pressed: Pressed) -> Answer | None:
    """The answer when one of the two is not what it was when the card was sent."""
    known, original = pressed.accepted.record.get("duplicate_of"), pressed.original
    p = pressed.policy.parameters
    if original is None:
        return Answer(zh="原需求已被删除", en="The original was deleted", done=False)
    if original.record.record_id == pressed.record.record_id:
        return Answer(zh="不能与自己合并", en="It cannot be merged into itself", done=False)
    if known and pressed.record.status in p.ended_statuses:
        return Answer(zh="已经合并过了", en="It is merged already")
    if pressed.record.status != pressed.accepted.record.get("status") and not _is_half_merged(pressed):
        return moving()
    if original.record.get("duplicate_of"):
        name = _named(original)
        return Answer(
            zh=f"{name} 自己已并入别的需求，请在记录里改「重复于」",
            en=f"{name} is a duplicate itself; choose its original in the record",
            done=False,
        )
    if original.record.get("status") in set(p.ended_statuses) - set(p.finished_statuses):
        name = _named(original)
        return Answer(zh=f"{name} 已作废，不能合并到它", en=f"{name} is void by now", done=False)
    return None


def _is_half_merged(pressed: Pressed) -> bool:
    """True when a kill came between our own write of this very merger and its settlement."""
    record, original = pressed.record, pressed.original
    wanted = (original.record.record_id,) if original else ()
    return record.status in pressed.policy.parameters.ended_statuses and record.duplicate_of == wanted


def _distinct(pressed: Pressed) -> Answer:
    """不是重复: the card is done with; the same look-alike is not told again."""
    return Answer(zh="已确认不是重复", en="Confirmed: no duplicate")


def original_of(press: Press) -> str:
    """The record id of the original that was chosen in the card; empty when the card offered no such one."""
    offered = press.asked.get("originals", "").split()
    chosen = press.form.get("original") or next(iter(offered), "")
    return chosen if chosen in offered else ""


ANSWERS: Mapping[str, Callable[[Pressed], Answer]] = {
    "retry": _retry,
    "ask": _ask,
    "grant": _grant,
    "deny": _deny,
    "merge": _merge,
    "distinct": _distinct,
    **reminded.ANSWERS,
}
"""What each button of ours does, by the ``do`` it carries."""


def _elsewhere(pressed: Pressed) -> Answer | None:
    """The answer when the record is not where the card left it."""
    before, after = pressed.edge
    status, settled = pressed.record.status, pressed.accepted.record.get("status")
    if settled == before and status in (before, after):
        return None  # also when a kill came between our own write and its settlement
    if status == settled == after:
        return Answer(zh=f"已经是「{pressed.label(after)}」", en=f"It is {pressed.label(after)} already")
    if status != settled:
        return moving()
    now = pressed.label(status)
    return Answer(zh=f"状态已是「{now}」，此卡片不再有效", en=f"It is {now} by now, this card is outdated")


def _refused(pressed: Pressed, values: Values, before: str, after: str) -> Answer | None:
    """What the policy has against the move, with these values filled in; None when it may be made."""
    judgement = judge_move(
        pressed.policy,
        pressed.record.with_values(values),
        from_status=before,
        to_status=after,
        operator=pressed.presser,
        since=pressed.accepted.status_since,
        now=pressed.now,
    )
    if judgement.passes:
        return None
    why = "；".join(obstacle.text for obstacle in judgement.obstacles)
    return Answer(zh=f"还不能改为「{pressed.label(after)}」：{why}", en=f"Not yet: {why}", done=False)


def _named(original: Accepted) -> str:
    found = original.record
    return f"{found.get('number') or ''} {found.get('title') or ''}".strip() or found.record_id


def _only_managers(pressed: Pressed) -> Answer | None:
    # A card that was handed to a stand-in says for whom; only the plugin writes that into a button.
    if "manager" in pressed.presser.roles or pressed.press.asked.get("instead_of"):
        return None
    return Answer(zh="只有管理者可以放行", en="Only a manager may release", done=False)


def _to_asker(pressed: Pressed, note: str) -> tuple[Tell, ...]:
    asker = pressed.press.asked.get("by", "")
    if not asker or asker == pressed.presser.open_id:
        return ()
    before, after = pressed.edge
    facts = {
        "from_status": pressed.label(before),
        "to_status": pressed.label(after),
        "note": note,
        "asker": pressed.presser.name or pressed.presser.open_id,
    }
    return (Tell(event="release_answered", identity=pressed.press.event_id, to=(asker,), facts=facts),)


def _until(pressed: Pressed) -> datetime | None:
    """The end of the chosen day; None when it is missing, past or too far."""
    day = typed(pressed.policy, "override_until", pressed.press.form.get("until"))
    if not isinstance(day, datetime):
        return None
    end = day + timedelta(days=1)
    return end.astimezone(UTC) if pressed.now < end <= pressed.now + _LONGEST + timedelta(days=1) else None
