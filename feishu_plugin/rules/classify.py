"""Rule: 需求类型 and 紧急程度 that people left empty are suggested, when the text makes it likely enough.

Only of a requirement that says more than a title, only while work has not begun, and never
against a person: what was filled, changed or emptied by hand stays. A row that comes whole
(form, mail, import) is read at once; one that is typed cell by cell only after a while, because
the type is perhaps the next cell. 分类来源 and 紧急程度来源 say whose choice it is; 置信度 stays
beside a corrected type, for the monthly figure.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from feishu_plugin.policy import Policy
from feishu_plugin.records import Record, Requirement, Value
from feishu_plugin.rules.actions import Action, SetFields
from feishu_plugin.rules.case import Case, Example
from feishu_plugin.rules.suggestion import Suggest, Suggestion, by_words, text_of

MARKS = {"type": "classified_by", "urgency": "urgency_by"}
"""What is suggested, and where it stands who chose it."""
BY_RULE, BY_PERSON = "automatic", "person"
CONFIDENCE = "classified_confidence"
_WINDOW = timedelta(hours=12)
"""For so long an untouched row is looked at again: a night without the service may lie in between."""


def rule(case: Case) -> Iterator[Action]:
    """Fills what is empty; notes a person's word against an earlier suggestion."""
    before = case.before
    decided = {
        mark: BY_PERSON
        for key, mark in MARKS.items()
        if before and before.get(mark) == BY_RULE and case.changed(key)
    }
    if decided:
        yield SetFields(values=decided, because="a person decided otherwise")
    if case.adopt or not _is_open(case.policy, case.record) or not (_came_whole(case) or _has_waited(case)):
        return
    keys = [key for key in _known(case.policy) if _is_free(case.record, key) or _is_ours(case, key)]
    values = _values(case.policy, case.record, keys, case.suggest)
    if values:
        yield SetFields(values=values, because="suggested by its text")


def is_ripe(policy: Policy, record: Requirement, now: datetime, suggest: Suggest | None) -> bool:
    """True when something was left empty for so long that nobody is typing any more; for half a day."""
    begun = record.created_at or record.submitted_at
    if begun is None or not _is_open(policy, record):
        return False
    since = begun + timedelta(minutes=policy.parameters.intake_minutes)
    keys = [key for key in _known(policy) if _is_free(record, key)]
    return since <= now < since + _WINDOW and bool(_values(policy, record, keys, suggest))


def was_suggested(record: Record) -> bool:
    """True for a requirement whose type was once filled by the rule, also when it was corrected."""
    return record.get(CONFIDENCE) is not None and record.get(MARKS["type"]) in (BY_RULE, BY_PERSON)


def was_corrected(record: Record) -> bool:
    """True for one whose suggested type a person changed or took away."""
    return record.get(MARKS["type"]) == BY_PERSON


def _known(policy: Policy) -> list[str]:
    """Without the column of the mark, what a person takes away would be filled again and again."""
    return [key for key, mark in MARKS.items() if mark in policy.rule_fields]


def _is_open(policy: Policy, record: Requirement) -> bool:
    begins = record.status == policy.parameters.initial_status
    says_more = not (record.is_empty("description") and record.is_empty("customer_words"))
    return begins and says_more and policy.parameters.suggest_confidence > 0


def _came_whole(case: Case) -> bool:
    return case.accepted is None


def _has_waited(case: Case) -> bool:
    begun = case.record.created_at or case.record.submitted_at
    return begun is not None and case.now >= begun + timedelta(minutes=case.policy.parameters.intake_minutes)


def _is_free(record: Requirement, key: str) -> bool:
    return record.is_empty(key) and record.is_empty(MARKS[key])


def _is_ours(case: Case, key: str) -> bool:
    """True for what we wrote and could not remember, because we were killed in between."""
    before, told_otherwise = case.before, key in case.touched or (case.editor and not case.touched)
    return (
        before is not None and _is_free(before, key) and not case.record.is_empty(key) and not told_otherwise
    )


def _values(
    policy: Policy, record: Requirement, keys: list[str], suggest: Suggest | None
) -> dict[str, Value]:
    values: dict[str, Value] = {}
    text = text_of(record) if keys else ""
    for key in keys:
        found = _likely(policy, key, text, suggest) if text else None
        if found and record.get(key) in (None, found.option):
            values |= {key: found.option, MARKS[key]: BY_RULE}
            values |= {CONFIDENCE: found.confidence} if key == "type" else {}
    return values


def _likely(policy: Policy, key: str, text: str, suggest: Suggest | None) -> Suggestion | None:
    """Likely enough, and an option that the field has: Feishu would make any other name a new one."""
    p = policy.parameters
    if key == "type":
        found = suggest(text) if suggest else by_words(p.type_words, text)
    else:
        found = by_words(p.urgency_words, text)
    known = key in policy.inputs and found is not None and found.option in policy.inputs[key].options
    return found if known and found and found.confidence >= p.suggest_confidence else None


_AT = datetime(2026, 9, 1, 2, tzinfo=UTC)
_TEXT: dict[str, Value] = {
    "title": "导出对账单",
    "status": "pending",
    "description": "点导出就报错闪退，客户要求马上恢复",
}
_TYPED: dict[str, Value] = {
    "title": "导出对账单",
    "status": "pending",
    "submitted_at": datetime(2026, 9, 1, 1, 55, tzinfo=UTC),
}
_SUGGESTED: dict[str, Value] = {**_TEXT, "type": "problem", "classified_by": BY_RULE, CONFIDENCE: 0.89}

EXAMPLES = (
    Example(
        says="A form entry without type and urgency gets both from its words.",
        record=_TEXT,
        sets={
            "type": "problem",
            "classified_by": BY_RULE,
            CONFIDENCE: 0.89,
            "urgency": "high",
            "urgency_by": BY_RULE,
        },
    ),
    Example(
        says="What a person has chosen stays.",
        record={**_TEXT, "type": "complaint", "urgency": "low"},
        sets={},
    ),
    Example(
        says="Words that speak for two types suggest none.",
        record={**_TEXT, "description": "想咨询一下，这里报错吗"},
        sets={},
    ),
    Example(
        says="A row that is still being typed is left alone.",
        record={**_TYPED, "description": "点导出就报错"},
        accepted=_TYPED,
        sets={},
    ),
    Example(
        says="A title alone says too little.",
        record={"title": "点导出就报错", "status": "pending"},
        sets={},
    ),
    Example(
        says="Some time later, with the type still empty, it is filled.",
        record={**_TYPED, "description": "点导出就报错", "submitted_at": datetime(2026, 9, 1, 1, tzinfo=UTC)},
        accepted=_TYPED,
        sets={"type": "problem", "classified_by": BY_RULE, CONFIDENCE: 0.8},
    ),
    Example(
        says="A person who picks another type has decided; the confidence stays for the monthly figure.",
        record={**_SUGGESTED, "urgency": "low", "type": "complaint"},
        accepted={**_SUGGESTED, "urgency": "low"},
        editor="ou_li",
        sets={"classified_by": BY_PERSON},
    ),
    Example(
        says="A suggestion that a person takes away does not come back.",
        record={
            **_SUGGESTED,
            "urgency": "low",
            "type": None,
            "submitted_at": datetime(2026, 9, 1, tzinfo=UTC),
        },
        accepted={**_SUGGESTED, "urgency": "low"},
        editor="ou_li",
        sets={"classified_by": BY_PERSON},
    ),
    Example(
        says="Work that has begun is not classified by us.",
        record={**_TEXT, "status": "in_progress"},
        sets={},
    ),
    Example(
        says="With a confidence of 0 in the parameters nothing is suggested.",
        record=_TEXT,
        parameters={"suggest_confidence": 0.0},
        sets={},
    ),
)
