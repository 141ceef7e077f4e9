"""decide(): one record, judged. Pure; the list of actions is the only way out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feishu_plugin.policy import Move, Policy
from feishu_plugin.records import Accepted, Person, Requirement, Step, Unheard, Value, Waiver
from feishu_plugin.rules import (
    announce,
    automatic,
    breaker,
    classify,
    customer,
    effects,
    guard,
    handover,
    intake,
    likeness,
    limits,
    numbering,
    override,
    priority,
    progress,
    quality,
    register,
    response,
    routing,
    workflow,
)
from feishu_plugin.rules.actions import Action, SetFields, Verdict
from feishu_plugin.rules.blank import is_blank
from feishu_plugin.rules.case import Case, Rule, Ruling
from feishu_plugin.rules.company import Match
from feishu_plugin.rules.moves import Judgement, judge_move
from feishu_plugin.rules.suggestion import Suggest
from feishu_plugin.rules.walk import Judge, Walk, remember, walk

RULES: Mapping[str, Rule] = {
    "intake": intake.rule,
    "register": register.rule,
    "guard": guard.rule,
    "workflow": workflow.rule,
    "effects": effects.rule,
    "response": response.rule,
    "classify": classify.rule,
    "routing": routing.rule,
    "handover": handover.rule,
    "numbering": numbering.rule,
    "progress": progress.rule,
    "override": override.rule,
    "priority": priority.rule,
    "limits": limits.rule,
    "quality": quality.rule,
    "likeness": likeness.rule,
    "announce": announce.rule,
    "customer": customer.rule,
}
"""The order is the fold: each rule sees the record as the one before left it."""
_ECHO = timedelta(minutes=1)
"""How far behind ours Feishu's clock may stamp what we write now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Everything a judgement depends on."""

    policy: Policy
    record: Requirement
    """As just read from the table."""
    accepted: Accepted | None
    steps: Sequence[Step] = ()
    now: datetime
    grace_over: bool = False
    """True: steps that nobody told by now are judged without their events."""
    people: Mapping[str, Person] | None = None
    may_be_told: bool = False
    """True: steps were made while nobody listened, and their events will come again."""
    adopt: bool = False
    """True: the record was there before us; its status is taken as it is."""
    editor: str = ""
    """open_id of the person who edited last; empty when nobody is known, never the plugin."""
    touched: frozenset[str] = frozenset()
    """Keys that events say people edited; empty when none told."""
    live: Requirement | None = None
    """The row as it stands, when ``record`` is what a person asks for with a card."""
    note: str = ""
    """Why, in the words of that person."""
    suggest: Suggest | None = None
    """What has learned to tell types from texts, if anything has."""
    match: Match | None = None
    """What 客户档案 knows of the customer; None where it is not to be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is to be done, and the record as it will then stand."""

    actions: tuple[Action, ...] = ()
    record: Requirement
    changes: Mapping[str, Value]
    """Values to write: only where they differ from the table."""
    status: str = ""
    """The status that is accepted; differs from the record's while the breaker leaves it be."""
    status_since: datetime
    corrected: bool = False
    """True when the status is put back by this decision."""
    waiting: bool = False
    blank: bool = False
    """Nothing is in the row yet: it is no requirement, and is looked at again when it is."""
    unheard: tuple[Unheard, ...] = ()
    left_alone: bool = False
    """The breaker is open: what was refused stands all the same."""


def decide(question: Question) -> Decision:
    """Judges the status moves, then folds every rule over the record."""
    if question.accepted is None and is_blank(question.record):
        return Decision(record=question.record, changes={}, status_since=question.now, blank=True)
    walked = _walk(question)
    if walked.waiting:
        return Decision(record=question.record, changes={}, status_since=question.now, waiting=True)
    walked = _with_automatic_move(question, walked)
    since = _status_since(question, walked)
    case = Case(
        policy=question.policy,
        record=question.record,
        accepted=_typed(question.accepted),
        now=question.now,
        rulings=walked.rulings,
        people=question.people or {},
        adopt=question.adopt and question.accepted is None,
        editor=question.editor,
        touched=question.touched,
        note=question.note,
        suggest=question.suggest,
        match=question.match,
    )
    actions, record = _fold(case)
    refused = any(ruling.verdict == "put_back" for ruling in walked.rulings)
    status = record.status
    corrected = refused and status != question.record.status
    if corrected and _may_be_wrong(question, walked):
        return Decision(record=question.record, changes={}, status_since=question.now, waiting=True)
    left_alone = corrected and breaker.is_open(question.policy, question.accepted, question.now)
    if left_alone:
        shown, told = question.record.status, not walked.guessed
        actions, record = breaker.leave_it(actions, record, shown, question.policy, question.now, told=told)
    return Decision(
        actions=tuple(a for a in actions if not isinstance(a, SetFields)),
        record=record,
        changes=_differences(question.live or question.record, record),
        status=status,
        status_since=since,
        corrected=corrected and not left_alone,
        unheard=_unheard(question, record, walked),
        left_alone=left_alone,
    )


def _typed(accepted: Accepted | None) -> Accepted | None:
    """With a requirement in it, so that the rules need not each make one."""
    known = accepted.record if accepted else None
    if accepted is None or known is None or isinstance(known, Requirement):
        return accepted
    return replace(accepted, record=Requirement.of(known))


def _fold(case: Case) -> tuple[list[Action], Requirement]:
    actions: list[Action] = []
    for rule in RULES.values():
        for action in rule(case):
            actions.append(action)
            if isinstance(action, SetFields) and (news := _news(case.record, action.values)):
                case = replace(case, record=case.record.with_values(news))
    return actions, case.record


def _news(record: Requirement, values: Mapping[str, Value]) -> dict[str, Value]:
    """Those that are not there already: rules mostly confirm what stands, and a new case is costly."""
    return {key: value for key, value in values.items() if record.values.get(key) != value}


def _walk(question: Question) -> Walk:
    accepted, record = question.accepted, question.record
    if accepted is None and question.adopt:
        return Walk(status=record.status)
    known = Requirement.of(accepted.record) if accepted else None
    initial = question.policy.parameters.initial_status
    return walk(
        accepted=known.status if known else initial,
        shown=(known.status or None) if known else None,
        current=record.status or None,
        steps=question.steps,
        # A row seen for the first time has no step to wait for unless an event told one.
        grace_over=question.grace_over or (known is None and not question.steps),
        missing_step=_missing_step(question),
        unheard=accepted.unheard if accepted else (),
        judge=_judge(question),
    )


def _judge(question: Question) -> Judge:
    """Judges one move; only the accepted status was stayed in, any other was just passed through."""
    accepted = question.accepted
    stayed_in = Requirement.of(accepted.record).status if accepted else None

    def judge(from_status: str, to_status: str, step: Step) -> Ruling:
        since = accepted.status_since if accepted and from_status == stayed_in else None
        return _ruling(question, from_status, to_status, step, since)

    return judge


def _with_automatic_move(question: Question, walked: Walk) -> Walk:
    """With the move that the plugin makes itself after all others, if one is due or called for."""
    move = _automatic_move(question, walked)
    if move is None:
        return walked
    since, label = _status_since(question, walked), question.policy.label
    edge = (move.from_status, move.to_status)
    ruling = Ruling(
        from_status=move.from_status,
        to_status=move.to_status,
        verdict="pass",
        rule="→".join(label("status", status) for status in edge),
        at=question.now,
        source="rule",
        move=move,
        reason=automatic.in_words(question.policy, move),
        identity=f"{question.record.record_id}:automatic:{since}:{'>'.join(edge)}",
    )
    return replace(walked, rulings=(*walked.rulings, ruling), status=move.to_status)


def _automatic_move(question: Question, walked: Walk) -> Move | None:
    policy, record, known, now = question.policy, question.record, question.accepted, question.now
    stood = [ruling for ruling in walked.rulings if ruling.verdict != "put_back"]
    left_alone = len(stood) < len(walked.rulings) and breaker.is_open(
        question.policy, question.accepted, question.now
    )
    # Whoever reopened it themselves has acted on the answer already.
    reopened = any(ruling.move and "count_reopen" in ruling.move.effects for ruling in stood)
    if known is None or reopened or left_alone:
        return None
    if move := automatic.called_for(policy, record, known.record, walked.status, now):
        return move
    since = known.status_since
    return None if walked.rulings else automatic.timed_move(policy, record, walked.status, since, now)


def _missing_step(question: Question) -> Step:
    record = question.record
    operator = record.modified_by or next((s.operator for s in reversed(question.steps)), "")
    return Step(
        before=None, after=record.status or None, operator=operator, at=record.modified_at or question.now
    )


def _ruling(
    question: Question, from_status: str, to_status: str, step: Step, since: datetime | None
) -> Ruling:
    people = question.people or {}
    judgement = judge_move(
        question.policy,
        question.record,
        from_status=from_status,
        to_status=to_status,
        operator=people.get(step.operator, Person(open_id=step.operator)),
        since=since,
        now=question.now,
    )
    label = question.policy.label
    waiver = _waiver(question, from_status, to_status)
    mode = judgement.move.mode if judgement.move else "enforce"
    refused: Verdict = "observe" if mode == "observe" else "put_back"
    told_by = step.event_id or step.at.isoformat()
    return Ruling(
        from_status=from_status,
        to_status=to_status,
        verdict="pass" if judgement.passes or waiver else refused,
        rule=f"{label('status', from_status)}→{label('status', to_status) if to_status else '（空）'}",
        operator=step.operator,
        at=step.at,
        move=judgement.move,
        missing=judgement.keys("required"),
        only_missing={obstacle.kind for obstacle in judgement.obstacles} == {"required"},
        who_may=judgement.keys("role"),
        reason=_released(question, waiver) if waiver and not judgement.passes else _reason(judgement),
        identity=f"{question.record.record_id}:{told_by}:{from_status}>{to_status}",
    )


def _waiver(question: Question, from_status: str, to_status: str) -> Waiver | None:
    """The manager's word that lets this move pass now, if there is one."""
    waivers = question.accepted.waivers if question.accepted else ()
    edge = (from_status, to_status)
    fitting = (w for w in waivers if (w.from_status, w.to_status) == edge and question.now < w.until)
    return next(fitting, None)


def _released(question: Question, waiver: Waiver) -> str:
    manager = (question.people or {}).get(waiver.by, Person(open_id=waiver.by))
    return f"{manager.name or '管理者'}放行：{waiver.reason}"


def _reason(judgement: Judgement) -> str:
    return "；".join(obstacle.text for obstacle in judgement.obstacles)


def _status_since(question: Question, walked: Walk) -> datetime:
    passed = [ruling.at for ruling in walked.rulings if ruling.verdict != "put_back"]
    if passed:
        return passed[-1]
    return question.accepted.status_since if question.accepted else _begin(question)


def _begin(question: Question) -> datetime:
    return question.record.created_at or question.now


def _unheard(question: Question, record: Requirement, walked: Walk) -> tuple[Unheard, ...]:
    """With the echo of our own write, which will tell a move that nobody is to be judged for."""
    shown, written = (question.live or question.record).status, record.status
    if shown == written:
        return walked.unheard
    return remember(walked.unheard, Unheard(shown, written, question.now + _ECHO))


def _may_be_wrong(question: Question, walked: Walk) -> bool:
    """True while an event is on its way that may show the refused move to be a legal one."""
    if question.may_be_told and walked.guessed:
        return True
    return (question.may_be_told or not question.grace_over) and _edited_since(question)


def _edited_since(question: Question) -> bool:
    """True when the row was edited after the last step we know of: its event is on the way.

    The value that is to be put back may be that newer edit's. Events tell whole seconds.
    """
    modified = question.record.modified_at
    last = max((step.at for step in question.steps), default=None)
    return bool(modified and last and modified - last >= timedelta(seconds=1))


def _differences(before: Requirement, after: Requirement) -> dict[str, Value]:
    return _news(before, after.values)
