"""Mails over SMTP, with the standard library: one connection at a time, never in plain text over a network.

It composes headers and carries; whom to write and what to say is ``reminders``' business. SMTP
has no memory: when a connection breaks after the server took a mail, it is sent again, with the
same ``Message-ID``, which is all that mail systems have to recognise it by.
"""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from pathlib import Path
from typing import Literal

from feishu_plugin.errors import MailError
from feishu_plugin.ports import Letter
from feishu_plugin.sync.postbox.marks import mark_of, thread_of

_TIMEOUT_S = 20.0
_LONGEST_ANSWER = 300
_NOT_ALLOWED = b"5.7."
"""Enhanced codes (RFC 3463, 3.8) of what we may do: a relay, a blocked sender; not of the mailbox."""


class _OnOneLine(UnstructuredHeader, BaseHeader):
    """An address in a header stays as it is: folding would encode one that is longer than a line."""

    def fold(self, *, policy: Policy) -> str:
        """The header as it goes over the wire."""
        return f"{self.name}: {self}{policy.linesep}"


def _wire() -> Policy:
    """How mails are written: 7 bits only, as a server need not take more (RFC 6152)."""
    headers = HeaderRegistry()
    headers.map_to_type("list-unsubscribe", _OnOneLine)
    return SMTP.clone(cte_type="7bit", header_factory=headers)


_WIRE = _wire()
_LONGEST_LINE = 998
"""RFC 5322, 2.1.1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailAccount:
    """Where mails are handed in, and in whose name."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    sender: tuple[str, str]
    """Name and checked address."""
    reply_to: str = ""
    ca: Path | None = None
    """Certificates to trust instead of the system's."""


class SmtpMailer:
    """``ports.Mailer``; for one thread. MailError is about the ``server`` when others would fail too.

    ``crossing`` is called with ``before mail`` and ``after mail`` around what the server takes.
    """

    def __init__(
        self,
        account: MailAccount,
        timeout_s: float = _TIMEOUT_S,
        crossing: Callable[[str], None] | None = None,
    ) -> None:
        self._account, self._timeout_s = account, timeout_s
        self._crossing = crossing or (lambda boundary: None)
        self._open: smtplib.SMTP | None = None

    def send(self, letter: Letter) -> None:
        """Hands a letter in; opens a connection when there is none that works."""
        content = _bytes(letter, self._account)
        with self._faults(letter.to):
            connection = self._connection()
            self._crossing("before mail")
            connection.sendmail(self._account.sender[1], [letter.to], content)
        self._crossing("after mail")

    def check(self) -> None:
        """Connects and logs in, and sends nothing; MailError says what is in the way."""
        with self._faults(""):
            self._connection()
        self.close()

    def close(self) -> None:
        """Says goodbye to the server, if there is a connection."""
        server, self._open = self._open, None
        if server is not None:
            with suppress(OSError):
                server.quit()
            server.close()

    def _connection(self) -> smtplib.SMTP:
        if self._open is not None and not _answers(self._open):
            self.close()
        if self._open is None:
            self._open = self._connected()
        return self._open

    def _connected(self) -> smtplib.SMTP:
        account = self._account
        where, timeout = (account.host, account.port), self._timeout_s
        server: smtplib.SMTP
        if account.security == "tls":
            server = smtplib.SMTP_SSL(*where, timeout=timeout, context=self._trust())
        else:
            server = smtplib.SMTP(*where, timeout=timeout)
        try:
            if account.security == "starttls":
                server.starttls(context=self._trust())
            if account.user:
                server.login(account.user, account.password)
        except BaseException:
            server.close()
            raise
        return server

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self._account.ca) if self._account.ca else None)

    @contextmanager
    def _faults(self, to: str) -> Iterator[None]:
        """Says in whose hands it lies that a mail did not go out, and what was answered."""
        try:
            yield
        except smtplib.SMTPRecipientsRefused as error:
            raise _recipient_refused(*error.recipients[to]) from error
        except smtplib.SMTPDataError as error:
            said = _words(error.smtp_code, error.smtp_error)
            raise MailError(said, about="letter", lasting=error.smtp_code >= 500) from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise MailError(self._said(error), about="server", lasting=False) from error

    def _said(self, error: Exception) -> str:
        where = f"{self._account.host}:{self._account.port}"
        match error:
            case smtplib.SMTPAuthenticationError():
                why = f"refused user and password ({_words(error.smtp_code, error.smtp_error)})"
            case smtplib.SMTPSenderRefused():
                why = f"refused the sender ({_words(error.smtp_code, error.smtp_error)})"
            case smtplib.SMTPNotSupportedError():
                why = f"lacks what the settings ask for ({error})"
            case ssl.SSLError():
                why = f"could not be trusted ({_reason(error)}); nothing was sent"
            case smtplib.SMTPResponseException():
                why = f"refused ({_words(error.smtp_code, error.smtp_error)})"
            case _:
                why = f"cannot be reached ({error})"
        return f"mail server {where} {why}"


def composed(letter: Letter, sender: tuple[str, str], reply_to: str = "") -> EmailMessage:
    """The mail with its headers; raises for a line break in one of them, so that none can be smuggled in."""
    message = EmailMessage(policy=_WIRE)
    message["From"] = _mailbox(*sender)
    message["To"] = _mailbox(letter.to_name, letter.to)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.at)
    domain = sender[1].rpartition("@")[2]
    message["Message-ID"] = _id(letter.identity, domain)
    message["References"] = _id(thread_of(letter.thread), domain)
    message["Auto-Submitted"] = "auto-generated"
    if reply_to:
        message["Reply-To"] = _mailbox("", reply_to)
    if letter.unsubscribe and len(letter.unsubscribe) < _LONGEST_LINE - len("List-Unsubscribe: <>"):
        message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


def _bytes(letter: Letter, account: MailAccount) -> bytes:
    try:
        return composed(letter, account.sender, account.reply_to).as_bytes()
    except (ValueError, LookupError, MessageError) as error:
        raise MailError(f"cannot be written as a mail: {error!r}", about="letter", lasting=True) from error


def _mailbox(name: str, address: str) -> Address:
    local, _, domain = address.rpartition("@")
    return Address(display_name=name, username=local, domain=domain)


def _id(identity: str, domain: str) -> str:
    return f"<{mark_of(identity)}@{domain}>"


def _answers(server: smtplib.SMTP) -> bool:
    """False for a connection that the server ended meanwhile."""
    try:
        return server.noop()[0] == 250
    except OSError:
        return False


def _recipient_refused(code: int, answer: bytes) -> MailError:
    """A mailbox that is not there, one that takes nothing now, or one that we may not write to."""
    if code == 421:
        return MailError(_words(code, answer), about="server", lasting=False)
    if answer.startswith(_NOT_ALLOWED):
        return MailError(_words(code, answer), about="permission", lasting=False)
    return MailError(_words(code, answer), about="recipient", lasting=code >= 500)


def _words(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {' '.join(text.split())}"[:_LONGEST_ANSWER]


def _reason(error: ssl.SSLError) -> str:
    return getattr(error, "verify_message", "") or error.reason or str(error)
