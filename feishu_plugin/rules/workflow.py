"""Rule: a status move that 流转规则 does not allow is put back and explained; every move gets a row.

The walk has judged the moves already (``case.rulings``); this rule says what follows.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from feishu_plugin.policy import Policy
from feishu_plugin.rules.actions import Action, Offer, SetFields, Tell, WriteLedger
from feishu_plugin.rules.case import Case, Example, Ruling


def rule(case: Case) -> Iterator[Action]:
    """Restores the accepted status, writes a ledger row for each ruling, tells the editor."""
    accepted = _status_after(case)
    hint = _hint(case)
    if case.record.status != accepted or hint != case.record.get("rule_hint"):
        yield SetFields(values={"status": accepted, "rule_hint": hint}, because="what was said to the move")
    since = case.accepted.status_since if case.accepted else case.now
    for ruling in case.rulings:
        yield _ledger(case, ruling, since)
        if ruling.verdict == "put_back":
            yield _explain(case.policy, case, ruling)
        else:
            since = ruling.at


def _status_after(case: Case) -> str:
    passed = case.passed()
    if passed:
        return passed[-1].to_status
    if case.adopt and case.record.status:
        return case.record.status
    return case.before.status if case.before else case.policy.parameters.initial_status


def _hint(case: Case) -> str | None:
    """What the row itself says about the last move; a move that passes clears it."""
    if not case.rulings:
        hint = case.record.get("rule_hint")
        return hint if isinstance(hint, str) else None
    last = case.rulings[-1]
    return f"{last.rule} 已退回：{last.reason}" if last.verdict == "put_back" else None


def _ledger(case: Case, ruling: Ruling, since: datetime) -> WriteLedger:
    return WriteLedger(
        from_status=ruling.from_status,
        to_status=ruling.to_status,
        operator=ruling.operator,
        at=ruling.at,
        source=ruling.source,
        verdict=ruling.verdict,
        rule=ruling.rule,
        reason=ruling.reason,
        hours_in_previous=round(case.policy.worktime.hours_between(since, ruling.at), 2),
        score=case.record.score if ruling.from_status in case.policy.parameters.finished_statuses else None,
        identity=ruling.identity,
    )


def _explain(policy: Policy, case: Case, ruling: Ruling) -> Tell:
    return Tell(
        event="put_back",
        identity=ruling.identity,
        # A sweep cannot always say who it was: then whoever answers for the row hears of it.
        to=(ruling.operator,) if ruling.operator else case.record.owner or case.record.submitter,
        facts={
            "from_status": policy.label("status", ruling.from_status),
            "to_status": policy.label("status", ruling.to_status) if ruling.to_status else "（空）",
            "rule": ruling.rule,
            "reason": ruling.reason,
            "missing": "、".join(policy.label(key) for key in ruling.missing),
            "who_may": "、".join(role_label(policy, role) for role in ruling.who_may),
        },
        offer=_offer(ruling),
    )


def _offer(ruling: Ruling) -> Offer | None:
    """Nobody can complete or release a move to nowhere, or one that nobody asked for."""
    if not (ruling.operator and ruling.to_status):
        return None
    return Offer(
        kind="move",
        from_status=ruling.from_status,
        to_status=ruling.to_status,
        fields=ruling.missing if ruling.only_missing else (),
        by=ruling.operator,
        why=ruling.reason,
        say=ruling.identity,
    )


def role_label(policy: Policy, role: str) -> str:
    """What people read for a role: a department, or 管理者."""
    return "管理者" if role == "manager" else policy.label("department", role)


_AT = datetime(2026, 9, 1, 2, tzinfo=UTC)
_PUT_BACK = Ruling(
    from_status="pending",
    to_status="done",
    verdict="put_back",
    rule="待处理→已完成",
    operator="ou_li",
    at=_AT,
    reason="「待处理」之后只能改为：处理中、已搁置、已作废",
)
_PASSED = Ruling(from_status="pending", to_status="shelved", verdict="pass", rule="待处理→已搁置", at=_AT)

EXAMPLES = (
    Example(
        says="A refused move is put back, written down and explained to the editor.",
        record={"status": "done"},
        accepted={"status": "pending"},
        rulings=(_PUT_BACK,),
        sets={
            "status": "pending",
            "rule_hint": "待处理→已完成 已退回：「待处理」之后只能改为：处理中、已搁置、已作废",
        },
        does=(WriteLedger, Tell),
    ),
    Example(
        says="A move that passes stays and gets its row in the ledger; nobody is bothered.",
        record={"status": "shelved"},
        accepted={"status": "pending"},
        rulings=(_PASSED,),
        sets={},
        does=(WriteLedger,),
    ),
    Example(
        says="A new record without a status starts at 待处理.",
        record={"title": "导出报表很慢"},
        sets={"status": "pending", "rule_hint": None},
    ),
    Example(
        says="A row that was there before the plugin keeps the status it has.",
        record={"title": "早就在办", "status": "testing"},
        adopt=True,
        sets={},
    ),
    Example(
        says="No move: silence.",
        record={"status": "pending", "title": "改了标题"},
        accepted={"status": "pending"},
        sets={},
    ),
)
