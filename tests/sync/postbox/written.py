"""Letters as the mail programs of customers write them; every sentence made up for these tests."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from tests import builders

AT = builders.local("2026-09-01 10:00")


def letter(
    text: str = "请增加批量导出功能。",
    *,
    subject: str = "批量导出",
    sender: str = "王敏 <wang@example.com>",
    message_id: str = "a1@example.com",
    charset: str = "utf-8",
    html: str = "",
    files: dict[str, bytes] | None = None,
    **headers: str,
) -> bytes:
    """A mail to the service as it comes over the wire; headers by name with ``_`` for ``-``."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = sender, "service@star.example"
    message["Subject"], message["Date"] = subject, format_datetime(AT)
    if message_id:
        message["Message-ID"] = f"<{message_id}>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text, charset=charset)
    if html:
        message.add_alternative(html, subtype="html", charset=charset)
    for name, content in (files or {}).items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def bounce(message_id: str, *, status: str = "5.1.1", action: str = "failed") -> bytes:
    """A delivery report (RFC 3464) about a mail of ours."""
    return f"""From: Mail Delivery System <MAILER-DAEMON@mx.example.com>
To: service@star.example
Return-Path: <>
Subject: Undelivered Mail Returned to Sender
Message-ID: <dsn.{message_id[:20]}@mx.example.com>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=us-ascii

I could not deliver your message.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; wang@example.com
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no such user here

--B
Content-Type: text/rfc822-headers

From: service@star.example
To: wang@example.com
Message-ID: <{message_id}>
Subject: =?utf-8?b?5bey5pS25Yiw?=

--B--
""".replace("\n", "\r\n").encode()
