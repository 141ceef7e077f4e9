"""One message taken apart: who, about what, in which thread, its text and its files; pure.

Nothing is raised for a message, however broken: what cannot be read is left out. Archives and
documents among the files are passed on as they are and never opened.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import parsedate_to_datetime

from feishu_plugin.rules.addresses import address_in
from feishu_plugin.sync.postbox.charsets import clean, header_text, text_of
from feishu_plugin.sync.postbox.markup import text_of_html
from feishu_plugin.sync.postbox.quoting import tidy

LONGEST_READ = 200_000
"""Characters of a body that are looked at; a text cell takes 100,000."""
MOST_FILES = 20
_SMALL_PICTURE = 10_000
"""Bytes: pictures of this size inside a text are logos and smileys."""
_LONGEST_NAME = 200
_LONGEST_HEADER = 2000
_MOST_PARTS = 200
_MOST_REFERENCES = 50
_ID = re.compile(r"<([^<>\s]{1,400})>")
_SEALS = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
)
_NO_FILE_NAME = re.compile(r'[/\\:*?"<>|\n\t]')


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An attachment."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What a message says, as text."""

    message_id: str
    """Without brackets; made of the content where the sender gave none."""
    references: tuple[str, ...] = ()
    """Message ids that it answers, the nearest first."""
    sender: str = ""
    """A checked address; empty where there is none."""
    sender_name: str = ""
    subject: str = ""
    at: datetime | None = None
    headers: Mapping[str, str]
    """All headers in lower case, the first of each."""
    text: str = ""
    """Quoted mails and signatures included."""
    files: tuple[File, ...] = ()
    left_out: int = 0
    """Attachments beyond ``MOST_FILES``."""
    content_type: str = ""
    report_type: str = ""
    reports: str = ""
    """What a delivery report says for machines, and headers of the mail it is about."""


def read_mail(content: bytes, *, whole: bool = True) -> Mail:
    """The mail in these bytes; of one that is not ``whole`` no files, as they may end anywhere."""
    message = message_from_bytes(content)
    headers = _headers(message)
    sender_name, sender = _sender(headers)
    parts = list(_parts(message))
    files = list(_files(parts)) if whole else []
    return Mail(
        message_id=_message_id(headers, content),
        references=_references(headers),
        sender=sender,
        sender_name=sender_name,
        subject=headers.get("subject", ""),
        at=_date(headers.get("date", "")),
        headers=headers,
        text=_body(parts)[:LONGEST_READ],
        files=tuple(files[:MOST_FILES]),
        left_out=max(0, len(files) - MOST_FILES),
        content_type=_kind(message),
        report_type=str(message.get_param("report-type") or "").lower(),
        reports=_reports(message)[:LONGEST_READ],
    )


def _headers(message: Message) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for name, raw in message.raw_items():
        found.setdefault(name.lower(), header_text(str(raw)))
    return found


def _sender(headers: Mapping[str, str]) -> tuple[str, str]:
    """Name and address; the address in the last brackets counts, as a name may look like another one."""
    for header in ("from", "sender", "reply-to"):
        name, bracket, rest = headers.get(header, "")[:_LONGEST_HEADER].rpartition("<")
        if found := address_in(rest):
            return (name.strip(" \"'") if bracket else ""), found
    return "", ""


def _message_id(headers: Mapping[str, str], content: bytes) -> str:
    found = _ID.search(headers.get("message-id", ""))
    return found[1] if found else hashlib.sha256(content).hexdigest()


def _references(headers: Mapping[str, str]) -> tuple[str, ...]:
    answered = _ID.findall(headers.get("in-reply-to", ""))
    thread = _ID.findall(headers.get("references", ""))
    return tuple(dict.fromkeys([*answered, *reversed(thread)]))[:_MOST_REFERENCES]


def _date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _parts(message: Message) -> Iterator[Message]:
    """The leaves; a mail inside the mail is one of them."""
    waiting, seen = [message], 0
    while waiting and seen < _MOST_PARTS:
        part, seen = waiting.pop(0), seen + 1
        inside = part.get_payload()
        if isinstance(inside, list) and _kind(part) != "message/rfc822" and not _is_report(part):
            waiting[:0] = [one for one in inside if isinstance(one, Message)]
        else:
            yield part


def _body(parts: Sequence[Message]) -> str:
    texts = [part for part in parts if _is_text(part)]
    plain = "\n".join(_text(part) for part in texts if _kind(part) == "text/plain")
    if plain.strip():
        return tidy(plain)
    marked = (_text(part)[: 4 * LONGEST_READ] for part in texts if _kind(part) == "text/html")
    return tidy("\n".join(text_of_html(one) for one in marked))


def _is_text(part: Message) -> bool:
    if _kind(part) not in ("text/plain", "text/html"):
        return False
    return part.get_content_disposition() != "attachment" and not part.get_filename()


def _text(part: Message) -> str:
    return text_of(_bytes(part), str(part.get_param("charset") or ""))


def _files(parts: Sequence[Message]) -> Iterator[File]:
    for number, part in enumerate(parts, start=1):
        if _is_text(part) or _kind(part) in _SEALS or _is_report(part):
            continue
        content = _bytes(part)
        inside = bool(part.get("Content-ID")) and part.get_content_disposition() != "attachment"
        if not content or (
            inside and part.get_content_maintype() == "image" and len(content) < _SMALL_PICTURE
        ):
            continue
        yield File(name=_name(part, number), content=content)


def _name(part: Message, number: int) -> str:
    """A name without folders; files without one are numbered."""
    given = header_text(str(part.get_filename() or ""))
    name = _NO_FILE_NAME.sub("_", given).strip(" .")[-_LONGEST_NAME:]
    ending = {"message/rfc822": ".eml", "text/calendar": ".ics"}.get(
        _kind(part), f".{part.get_content_subtype()}"
    )
    return name or f"附件{number}{_NO_FILE_NAME.sub('_', ending)[:20]}"


def _bytes(part: Message) -> bytes:
    inside = part.get_payload()
    if isinstance(inside, list):
        return b"".join(one.as_bytes() for one in inside[:1] if isinstance(one, Message))
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError):
        return b""
    return content if isinstance(content, bytes) else b""


def _kind(part: Message) -> str:
    return part.get_content_type().lower()


def _is_report(part: Message) -> bool:
    return _kind(part) in ("message/delivery-status", "text/rfc822-headers")


def _reports(message: Message) -> str:
    """Fields of a delivery report and of the mail that came back, line by line."""
    found: list[str] = []
    for part in message.walk():
        if _kind(part) == "message/delivery-status":
            found.append(part.as_string())
        elif _kind(part) in ("message/rfc822", "text/rfc822-headers"):
            inside = part.get_payload()
            found.append(_inside(inside) if isinstance(inside, list) else _text(part))
    return clean("\n".join(found))


def _inside(messages: Sequence[object]) -> str:
    return "\n".join(one.as_string() for one in messages[:1] if isinstance(one, Message))
