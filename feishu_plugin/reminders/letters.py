"""Which mails to customers follow from what rules want told, and whether one is still true when it goes.

Pure. A mail is stored without words: address, language and facts are those of the moment it
goes out. It goes to one customer about one requirement, once.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from feishu_plugin.policy import Policy
from feishu_plugin.ports import Effect, Json
from feishu_plugin.records import Record, Requirement
from feishu_plugin.reminders.form_link import SharedForm
from feishu_plugin.reminders.letter_text import FOOTER, mail_rows
from feishu_plugin.reminders.quiet import is_quiet, next_digest, next_morning
from feishu_plugin.rules.actions import Tell
from feishu_plugin.rules.customer import whom_to_write

_RECEIPTS = frozenset({"received"})
"""They answer what the customer just did, and so disturb nobody at any hour."""
_STANDS_BY = {"finished": "finished_at", "survey": "closed_at"}
"""Event to the field whose value makes it the same finishing or closing."""


def letters_of_tells(
    policy: Policy, tells: Iterable[tuple[Record, Tell]], now: datetime, *, ready: bool = True
) -> list[Effect]:
    """One mail for each customer of a record whose event the team tells customers.

    Not ``ready`` (there is no mail server) lets them wait for the morning, so that a day's mails
    that are not sent cost one look.
    """
    return [letter for record, tell in tells for letter in _letters(policy, record, tell, now, ready)]


def _letters(policy: Policy, record: Record, tell: Tell, now: datetime, ready: bool) -> Iterator[Effect]:
    rows = mail_rows(policy, tell.event) if tell.event != FOOTER else []
    if not rows:
        return
    held = not ready or rows[0].kind == "digest"
    moment = _moment(policy, record, tell, now, held=held)
    for customer in whom_to_write(record):
        yield Effect(
            kind="mail",
            identity=f"mail:{tell.event}:{record.record_id}:{tell.identity}:{customer}",
            target=record.record_id,
            body={"event": tell.event, "customer": customer, "of": _of(tell.event, record)},
            not_before=moment,
        )


def _moment(policy: Policy, record: Record, tell: Tell, now: datetime, *, held: bool) -> datetime:
    at = max(now + timedelta(minutes=policy.parameters.mail_delay_minutes), tell.not_before or now)
    if held:
        return next_digest(policy, record.record_id, at)
    if tell.event not in _RECEIPTS and is_quiet(policy, at):
        return next_morning(policy, record.record_id, at)
    return at


def _of(event: str, record: Record) -> datetime | None:
    value = record.get(_STANDS_BY.get(event, ""))
    return value if isinstance(value, datetime) else None


def reader_of(body: Json, record: Record) -> str | None:
    """record_id of the customer the mail goes to by now, empty for 联系方式; None for nobody any more."""
    customers = whom_to_write(record)
    meant = str(body["customer"])
    if meant in customers:
        return meant
    # The contact may have been entered as a customer meanwhile: it is the same reader.
    return customers[0] if not meant and customers else None


def why_not(policy: Policy, body: Json, record: Record | None, answered_at: datetime | None) -> str:
    """Why the mail is no longer true, in words for 通知记录; empty when it is."""
    if record is None:
        return "需求已删除"
    found, rules = Requirement.of(record), policy.parameters
    over = set(rules.ended_statuses) - set(rules.finished_statuses)
    if found.status in over:
        return "需求已作废"
    event = body["event"]
    if event == "in_progress" and found.status in (
        rules.initial_status,
        *rules.finished_statuses,
        *rules.paused_statuses,
    ):
        return "状态已变化"
    if event in _STANDS_BY and not _stands(policy, event, found, body["of"]):
        return "需求已重开"
    if event == "survey" and answered_at and answered_at >= (found.finished_at or answered_at):
        return "客户已评价"
    return ""


def _stands(policy: Policy, event: str, record: Requirement, of: datetime | None) -> bool:
    """True while the finishing or closing that the mail speaks of is still the last one."""
    rules = policy.parameters
    closed = set(rules.finished_statuses) & set(rules.ended_statuses)
    wanted = closed if event == "survey" else set(rules.finished_statuses)
    return record.status in wanted and _of(event, record) == of


def mail_facts(
    policy: Policy, record: Record, customer: Record | None, form: SharedForm | None
) -> dict[str, str]:
    """What a mail may say: of the requirement what its customer may know, and the links to the form."""
    found = Requirement.of(record)
    number, result = found.number, found.get("result")
    name = customer.get("name") if customer else None
    facts = {
        "number": number,
        "title": found.title,
        "customer": str(name or found.customer_name),
        "status": policy.label("status", found.status) if found.status else "",
        "result": result if isinstance(result, str) else "",
        "confirmed": policy.label("confirmation", "solved") if found.confirmation == "solved" else "",
    }
    return facts | _links(form, number) if form else facts


def _links(form: SharedForm, number: str) -> dict[str, str]:
    return {
        "solved_link": form.link(number=number, confirmation="solved"),
        "unsolved_link": form.link(number=number, confirmation="unsolved"),
        "survey_link": form.link(number=number),
        "unsubscribe_link": form.link(number=number, unsubscribe=True)
        if "unsubscribe" in form.titles
        else "",
    }
