"""A mail as one text that a person can approve: every header, the plain text, the HTML."""

from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

from feishu_plugin.gateway.mail import composed
from feishu_plugin.ports import Letter

SENDER = ("星河客服", "service@example.com")


def arrived(letter: Letter) -> EmailMessage:
    """The mail as it comes out of the wire."""
    content = composed(letter, SENDER, "answers@example.com").as_bytes()
    return message_from_bytes(content, policy=SMTP)


def part(mail: EmailMessage, kind: str) -> str:
    """The ``plain`` or ``html`` part."""
    found = mail.get_body((kind,))
    assert found is not None
    return str(found.get_content()).replace("\r\n", "\n")


def shown(letter: Letter) -> str:
    """Everything of a mail."""
    return "\n".join(_shown(arrived(letter)))


def _shown(mail: EmailMessage) -> Iterator[str]:
    for name in ("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "References", "Auto-Submitted"):
        yield f"{name}: {mail[name]}"
    yield f"List-Unsubscribe: {mail['List-Unsubscribe']}"
    for kind in ("plain", "html"):
        yield f"\n===== {kind}\n\n{part(mail, kind)}"
