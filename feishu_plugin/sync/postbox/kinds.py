"""Tells letters of people from answers of machines and from mails that came back; pure.

A machine is never answered and brings no requirement: that is how two robots end up writing to
each other for ever (RFC 3834).
"""

import re
from dataclasses import dataclass
from typing import Literal

from feishu_plugin.sync.postbox.mail import Mail

Kind = Literal["letter", "automatic", "bounce"]

_MACHINES = re.compile(
    r"^(?:mailer-daemon|postmaster|mail-daemon|bounces?|mdaemon)(?:[+=@-]|$)", re.IGNORECASE
)
_NOBODY = re.compile(r"^<?\s*>?$")
_BULK = frozenset({"bulk", "junk", "auto_reply", "auto-reply"})
_ROBOT_HEADERS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-mail-autoreply")
_AWAY = re.compile(
    r"^\s*(?:(?:re|回复|答复)\s*[:：]\s*)?(?:自动回复|自動回覆|自动答复|系统自动回复|休假自动回复|外出自动回复|"
    r"auto(?:matic)?[ -]?(?:reply|response)|out of (?:the )?office|ooo\b|away from my mail|vacation reply|"
    r"autoreply|auto\s*:)",
    re.IGNORECASE,
)
_CAME_BACK = re.compile(
    r"^\s*(?:系统退信|退信|邮件投递失败|投递失败|邮件被退回|无法投递|"
    r"undeliver(?:ed|able)|delivery (?:status notification|failure)|"
    r"mail delivery (?:failed|system)|returned mail|failure notice)",
    re.IGNORECASE,
)
_STATUS = re.compile(r"^status:\s*([245])\.(\d{1,3})\.(\d{1,3})", re.IGNORECASE | re.MULTILINE)
_ACTION = re.compile(r"^action:\s*([a-z]+)", re.IGNORECASE | re.MULTILINE)
_REASON = re.compile(r"^diagnostic-code:\s*(.{1,300})", re.IGNORECASE | re.MULTILINE)
_OURS = re.compile(r"<([0-9a-f]{40}@[^<>\s]{1,254})>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """A mail of ours that did not arrive."""

    returned: tuple[str, ...]
    """Message ids that may be the mail's."""
    is_final: bool
    """False while the other server still tries."""
    no_such_address: bool
    reason: str


def kind_of(mail: Mail) -> Kind:
    """Who wrote it: a person, a robot, or a mail server about a mail that did not arrive."""
    if _is_bounce(mail):
        return "bounce"
    return "automatic" if _is_automatic(mail) else "letter"


def bounce_of(mail: Mail) -> Bounce:
    """What came back and why, from the report for machines, else from its words."""
    status = _STATUS.search(mail.reports)
    action = _ACTION.search(mail.reports)
    reason = _REASON.search(mail.reports)
    told = f"{status[1]}.{status[2]}.{status[3]}" if status else ""
    found = _OURS.findall(mail.reports) or _OURS.findall(mail.text)
    said = " ".join((reason[1] if reason else mail.subject).split())
    return Bounce(
        returned=tuple(dict.fromkeys([*found, *mail.references])),
        is_final=not action or action[1].lower() == "failed",
        no_such_address=told.startswith("5.1.") or told == "5.2.1",
        reason=f"{told} {said}".strip()[:300],
    )


def _is_bounce(mail: Mail) -> bool:
    if mail.content_type == "multipart/report":
        return mail.report_type in ("", "delivery-status")
    if _MACHINES.match(mail.sender) or _MACHINES.match(mail.headers.get("from", "").lstrip('"<')):
        return True
    return _from_nobody(mail) and bool(_CAME_BACK.match(mail.subject))


def _is_automatic(mail: Mail) -> bool:
    headers = mail.headers
    told = headers.get("auto-submitted", "no").partition(";")[0].strip().lower()
    return (
        told not in ("no", "")
        or headers.get("precedence", "").strip().lower() in _BULK
        or any(name in headers for name in _ROBOT_HEADERS)
        or mail.content_type == "multipart/report"
        or _from_nobody(mail)
        or bool(_AWAY.match(mail.subject))
    )


def _from_nobody(mail: Mail) -> bool:
    """True for the empty return path with which machines say that they want no answer."""
    return "return-path" in mail.headers and bool(_NOBODY.match(mail.headers["return-path"].strip()))
