"""Rule: customers hear by mail that a requirement came in, that work began, and how it went for them.

A finished requirement is told by ``announce``, to people in Feishu and to the customer alike.
Nothing here is a response to the customer in the sense of 首次响应: these are automatic mails.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from feishu_plugin.records import Record
from feishu_plugin.rules.actions import Action, Tell
from feishu_plugin.rules.addresses import address_in
from feishu_plugin.rules.case import Case, Example, Ruling


def rule(case: Case) -> Iterator[Action]:
    """Asks for the mails that an edit brings about; a requirement that was there before us sends none."""
    if case.adopt:
        return
    if _is_received(case):
        yield Tell(event="received", identity="received")
    for ruling in case.passed():
        if _begins(case, ruling):
            yield Tell(event="in_progress", identity="in_progress")
        if _closes(case, ruling):
            days = timedelta(days=case.policy.parameters.survey_days)
            identity = f"survey:{ruling.at.isoformat()}"
            yield Tell(event="survey", identity=identity, not_before=ruling.at + days)


def whom_to_write(record: Record) -> tuple[str, ...]:
    """record_ids of the customers; one empty id when only 联系方式 holds an address; nobody otherwise."""
    customers = record.get("customer")
    if isinstance(customers, tuple) and customers:
        return customers
    way = record.get("contact_way")
    return ("",) if isinstance(way, str) and address_in(way) else ()


def _is_received(case: Case) -> bool:
    """True when a customer can be written to for the first time: people often fill that in a little later."""
    known = bool(case.before and whom_to_write(case.before))
    if known or not whom_to_write(case.record):
        return False
    rules = case.policy.parameters
    over = (*rules.finished_statuses, *rules.ended_statuses)
    # An old requirement that is pasted in stood in its last status before it was put back.
    if case.record.status in over or any(ruling.to_status in over for ruling in case.rulings):
        return False
    submitted = case.record.submitted_at
    return submitted is None or case.now - submitted <= timedelta(days=rules.mail_received_days)


def _begins(case: Case, ruling: Ruling) -> bool:
    """The first step into work, for the priorities that the policy names."""
    rules = case.policy.parameters
    elsewhere = (*rules.paused_statuses, *rules.finished_statuses, *rules.ended_statuses)
    begun_before = case.before is not None and case.before.started_at is not None
    return (
        ruling.from_status == rules.initial_status
        and ruling.to_status not in elsewhere
        and case.record.priority in rules.mail_progress_priorities
        and not begun_before
    )


def _closes(case: Case, ruling: Ruling) -> bool:
    """Finished and over: a requirement that is void was never worked on."""
    rules = case.policy.parameters
    return ruling.to_status in rules.finished_statuses and ruling.to_status in rules.ended_statuses


_AT = datetime(2026, 9, 1, 2, tzinfo=UTC)


def _passed(from_status: str, to_status: str) -> tuple[Ruling, ...]:
    return (Ruling(from_status=from_status, to_status=to_status, verdict="pass", rule="", at=_AT),)


EXAMPLES = (
    Example(
        says="A new requirement of a known customer is acknowledged.",
        record={"status": "pending", "customer": ("rec_star",)},
        does=(Tell,),
    ),
    Example(
        says="So is one whose customer is filled in a little later.",
        record={"status": "pending", "contact_way": "li@example.com"},
        accepted={"status": "pending"},
        does=(Tell,),
    ),
    Example(
        says="Who was acknowledged as a contact is not acknowledged again as a customer.",
        record={"status": "pending", "contact_way": "li@example.com", "customer": ("rec_star",)},
        accepted={"status": "pending", "contact_way": "li@example.com"},
    ),
    Example(
        says="Nobody is told without an address.",
        record={"status": "pending", "contact_way": "138 0000 0000"},
    ),
    Example(
        says="What was there before us sends nothing.",
        record={"status": "pending", "customer": ("rec_star",)},
        adopt=True,
    ),
    Example(
        says="A requirement of last month that is imported now is not acknowledged any more.",
        record={"customer": ("rec_star",), "submitted_at": datetime(2026, 8, 1, tzinfo=UTC)},
    ),
    Example(
        says="Work on an important requirement begins.",
        record={"status": "in_progress", "customer": ("rec_star",), "priority": "high"},
        accepted={"status": "pending", "customer": ("rec_star",)},
        rulings=_passed("pending", "in_progress"),
        does=(Tell,),
    ),
    Example(
        says="Work on the others begins quietly.",
        record={"status": "in_progress", "customer": ("rec_star",), "priority": "low"},
        accepted={"status": "pending", "customer": ("rec_star",)},
        rulings=_passed("pending", "in_progress"),
    ),
    Example(
        says="Work that begins again is no news.",
        record={"status": "in_progress", "customer": ("rec_star",), "priority": "high", "started_at": _AT},
        accepted={"status": "pending", "customer": ("rec_star",), "started_at": _AT},
        rulings=_passed("pending", "in_progress"),
    ),
    Example(
        says="A closed requirement asks how it went.",
        record={"status": "closed", "customer": ("rec_star",)},
        accepted={"status": "done", "customer": ("rec_star",)},
        rulings=_passed("done", "closed"),
        does=(Tell,),
    ),
)
