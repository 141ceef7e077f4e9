"""What a letter of a person becomes: the cells of a requirement, or the words of a reply; pure."""

import re
from collections.abc import Iterable
from datetime import datetime

from feishu_plugin.records import Value
from feishu_plugin.reminders.templates import shorten
from feishu_plugin.sync.postbox.mail import Mail
from feishu_plugin.sync.postbox.quoting import own_words

LONGEST_TITLE, LONGEST_TEXT, LONGEST_NAME = 200, 20_000, 100
_PREFIX = re.compile(
    r"^\s*(?:re|r|fw|fwd|aw|wg|sv|antw|tr|回复|回覆|回信|答复|答覆|转发|轉寄|轉發|转寄)\s*"
    r"(?:\[\d+\]|\(\d+\)|（\d+）|\^\d+)?\s*[:：]\s*",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"^\s*(?:(?:re|回复)\s*[:：]\s*)?(?:fw|fwd|wg|tr|转发|轉寄|轉發|转寄)\s*[:：]", re.IGNORECASE
)
_NUMBER = re.compile(r"(?<!\d)(\d{8}-[^\W_]{1,20}-\d{2,8})(?!\d)")
_TAG = re.compile(r"\+(\d{8}-[^@\s]{1,40})@")


def cells(mail: Mail, at: datetime) -> dict[str, Value]:
    """The cells of 需求台账 that the letter fills; ``at`` is when it came, for one without a usable date."""
    text = said(mail)
    sent = mail.at if mail.at and mail.at <= at else at
    found: dict[str, Value] = {
        "title": title(mail, text),
        "description": shorten_text(text, LONGEST_TEXT),
        "source": "mail",
        "contact": shorten(mail.sender_name, LONGEST_NAME),
        "contact_way": mail.sender,
        "submitted_at": sent.replace(microsecond=0),
    }
    return {key: value for key, value in found.items() if value}


def said(mail: Mail) -> str:
    """The writer's own words; everything of a forwarded mail, and where no word of their own is left."""
    own = "" if _FORWARDED.match(mail.subject) else own_words(mail.text)
    return own or "\n".join(line.lstrip("> ") for line in mail.text.split("\n")).strip()


def title(mail: Mail, text: str) -> str:
    """The subject without what mail programs put before it; else the first line; never empty."""
    first = next((line.strip() for line in text.split("\n") if line.strip()), "")
    name = bare_subject(mail.subject) or first or f"（无主题）{mail.sender}"
    return shorten(name, LONGEST_TITLE)


def bare_subject(subject: str) -> str:
    """Without any number of ``Re:``, ``回复：`` and ``转发：``."""
    while (bare := _PREFIX.sub("", subject, count=1)) != subject:
        subject = bare
    return subject.strip()


def numbers_in(mail: Mail) -> tuple[str, ...]:
    """What may be 需求编号: in the subject, and after ``+`` in the address that it was sent to."""
    to = " ".join(mail.headers.get(one, "") for one in ("to", "cc", "delivered-to", "x-original-to"))
    tagged = _TAG.findall(to)
    return tuple(dict.fromkeys([*tagged, *_NUMBER.findall(mail.subject)]))[:3]


def entry(mail: Mail, when: str, names: Iterable[str] = ()) -> str:
    """A reply as it is added to 客户反馈: when, who, and the words; ``names`` are files that are missing."""
    who = mail.sender_name or mail.sender or "?"
    missing = "、".join(names)
    note = f"\n（附件未能保存 not kept: {missing}）" if missing else ""
    words = shorten_text(own_words(mail.text) or "（无正文）", LONGEST_TEXT)
    return f"【{when} {shorten(who, 60)}】\n{words}{note}"


def shorten_text(text: str, longest: int) -> str:
    """Long texts end with an ellipsis; lines stay lines."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
