"""Rule: a move that passes fills the dates and counters its policy row names (联动)."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

from feishu_plugin.policy import Move
from feishu_plugin.records import Value
from feishu_plugin.rules.actions import Action, CountDuplicate, SetFields
from feishu_plugin.rules.case import Case, Example, Ruling


def rule(case: Case) -> Iterator[Action]:
    """Performs the effects of every passed move, in order."""
    values: dict[str, Value] = {}
    for ruling in case.passed():
        for effect in ruling.move.effects if ruling.move else ():
            if effect == "count_duplicate":
                yield from _count_duplicate(case)
            elif effect in _FILLS:
                values.update(_FILLS[effect](case, ruling, values))
    if values:
        yield SetFields(values=values, because="a move fills its dates and counters")


def _count_duplicate(case: Case) -> Iterator[Action]:
    for original in case.record.duplicate_of[:1]:
        yield CountDuplicate(original=original)


def _once(key: str) -> Callable[[Case, Ruling, Mapping[str, Value]], dict[str, Value]]:
    return lambda case, ruling, values: {} if case.record.get(key) or key in values else {key: ruling.at}


def _reopened(case: Case, ruling: Ruling, values: Mapping[str, Value]) -> dict[str, Value]:
    now = values.get("reopen_count", case.record.reopen_count)
    return {"reopen_count": (now if isinstance(now, float) else 0.0) + 1.0}


def _asked_again(case: Case, ruling: Ruling, values: Mapping[str, Value]) -> dict[str, Value]:
    """Finished once more: without the answers to the result before; one of this edit is about this result.

    客户反馈 stays: it is history, and no rule reads it.
    """
    reopened = "reopen_count" in values
    if not (reopened or case.record.reopen_count):
        return {}  # nobody has answered yet; people may fill in early what they know
    return dict.fromkeys(key for key in _ANSWERS if reopened or not case.changed(key))


_ANSWERS = ("confirmation", "score")
_FILLS: Mapping[str, Callable[[Case, Ruling, Mapping[str, Value]], dict[str, Value]]] = {
    "set_started": _once("started_at"),
    "set_first_response": _once("first_response_at"),
    "set_finished": lambda case, ruling, values: {"finished_at": ruling.at},
    "clear_finished": lambda case, ruling, values: {"finished_at": None, "closed_at": None},
    "set_closed": lambda case, ruling, values: {"closed_at": ruling.at},
    "set_no_reply": lambda case, ruling, values: (
        {} if case.record.confirmation else {"confirmation": "no_reply"}
    ),
    "count_reopen": _reopened,
    "ask_again": _asked_again,
}

_AT = datetime(2026, 9, 1, 2, tzinfo=UTC)


def _passed(from_status: str, to_status: str, *effects: str) -> tuple[Ruling, ...]:
    move = Move(from_status=from_status, to_status=to_status, effects=effects)
    return (Ruling(from_status=from_status, to_status=to_status, verdict="pass", rule="", at=_AT, move=move),)


_UNHAPPY: Mapping[str, Value] = {
    "confirmation": "unsolved",
    "score": 1.0,
    "feedback": "还是很慢",
    "reopen_count": 1.0,
}

EXAMPLES = (
    Example(
        says="Work begins: the start and, when still empty, the first response are noted.",
        record={"status": "in_progress"},
        accepted={"status": "pending"},
        rulings=_passed("pending", "in_progress", "set_started", "set_first_response"),
        sets={"started_at": _AT, "first_response_at": _AT},
    ),
    Example(
        says="A reopened requirement counts once more and is no longer finished.",
        record={"status": "in_progress", "reopen_count": 1.0, "finished_at": _AT},
        accepted={"status": "done"},
        rulings=_passed("done", "in_progress", "count_reopen", "clear_finished"),
        sets={"reopen_count": 2.0, "finished_at": None, "closed_at": None},
    ),
    Example(
        says="Finished once more: the customer is asked anew, what they wrote stays.",
        record={**_UNHAPPY, "status": "done"},
        accepted={**_UNHAPPY, "status": "testing"},
        rulings=_passed("testing", "done", "ask_again"),
        sets={"confirmation": None, "score": None},
    ),
    Example(
        says="An answer that comes together with the finish is about it.",
        record={**_UNHAPPY, "status": "done", "confirmation": "solved", "score": 5.0},
        accepted={**_UNHAPPY, "status": "testing"},
        rulings=_passed("testing", "done", "ask_again"),
        sets={},
    ),
    Example(
        says="Finished for the first time: what is known of the customer's mind stays.",
        record={"status": "done", "confirmation": "solved", "score": 5.0},
        accepted={"status": "testing", "confirmation": "solved", "score": 5.0},
        rulings=_passed("testing", "done", "ask_again"),
        sets={},
    ),
    Example(
        says="A duplicate is counted at its original.",
        record={"status": "void", "duplicate_of": ("rec_original",)},
        accepted={"status": "pending"},
        rulings=_passed("pending", "void", "count_duplicate"),
        does=(CountDuplicate,),
    ),
    Example(says="Without a move nothing is filled.", record={"status": "pending"}, sets={}),
)
