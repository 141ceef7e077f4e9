"""Where a mailbox is and whose requirements are in it, as one address in the settings; opens nothing."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from feishu_plugin.language import Phrase

Security = Literal["tls", "starttls", "none"]

_SCHEMES: dict[str, tuple[Security, int]] = {
    "imaps": ("tls", 993),
    "imap+starttls": ("starttls", 143),
    "imap": ("none", 143),
}
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_OPTIONS = ("base", "ca", "days", "done", "minutes")
FORM = "imaps://user:password@host[:port][/folder][?base=…&minutes=1&days=7&done=folder&ca=file]"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxAccount:
    """A mailbox, and how it is read."""

    host: str
    port: int
    security: Security
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    base: str = ""
    """The base that gets the requirements; empty for the only one."""
    minutes: float = 1.0
    """How often it is looked at."""
    days: int = 7
    """How far back letters are taken when it is read for the first time."""
    done: str = ""
    """The folder into which letters are moved once they are stored; empty leaves them as they are."""
    ca: Path | None = None
    """Certificates to trust instead of the system's."""

    @property
    def door(self) -> str:
        """Under which name its letters come in, for ever; no API key has one with a colon."""
        who = self.user if "@" in self.user else f"{self.user}@{self.host}"
        return f"mail:{who}" + ("" if self.folder == "INBOX" else f"/{self.folder}")


def mailboxes(text: str) -> tuple[MailboxAccount, ...]:
    """The mailboxes of a setting, commas or blanks between; ValueError says what is wrong, never a secret."""
    return tuple(_mailbox(one) for one in re.split(r"[,\s]+", text) if one)


def _mailbox(text: str) -> MailboxAccount:
    try:
        parts = urlsplit(text)
        security, port = _SCHEMES[parts.scheme]
        port = parts.port or port
        asked = parse_qs(parts.query, strict_parsing=bool(parts.query))
    except (ValueError, KeyError):
        raise ValueError(Phrase(f"应写成 {FORM}", f"must be {FORM}")) from None
    if not (parts.hostname and parts.username and parts.password) or parts.fragment:
        raise ValueError(
            Phrase(
                f"应写成 {FORM}，用户名和密码要做百分号编码",
                f"must be {FORM}, with user and password percent-encoded",
            )
        )
    if security == "none" and parts.hostname not in _LOOPBACK:
        raise ValueError(
            Phrase(
                "的 imap:// 只能用于本机，请用 imaps:// 或 imap+starttls://",
                "imap:// is accepted on loopback only; use imaps:// or imap+starttls://",
            )
        )
    if not set(asked) <= set(_OPTIONS):
        there = ", ".join(_OPTIONS)
        raise ValueError(Phrase(f"的参数只能是 {there}", f"has an option that is none of {there}"))
    return _account(parts, security, port, {key: values[0] for key, values in asked.items()})


def _account(parts: SplitResult, security: Security, port: int, asked: dict[str, str]) -> MailboxAccount:
    try:
        minutes, days = float(asked.get("minutes", "1")), int(asked.get("days", "7"))
    except ValueError:
        raise ValueError(
            Phrase("的 minutes 和 days 应为数字", "needs numbers for minutes and days")
        ) from None
    if not 0 < minutes <= 24 * 60 or not 0 <= days <= 10_000:
        raise ValueError(
            Phrase(
                "的 minutes 应大于 0、不超过一天，days 应为 0 到 10000",
                "needs minutes above 0 and of at most a day, and days from 0 to 10000",
            )
        )
    ca = Path(asked["ca"]) if "ca" in asked else None
    if ca and not ca.is_file():
        raise ValueError(
            Phrase(f"写的证书文件不存在：{ca}", f"names a file of certificates that is not there: {ca}")
        )
    return MailboxAccount(
        host=parts.hostname or "",
        port=port,
        security=security,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.strip("/")) or "INBOX",
        base=asked.get("base", ""),
        minutes=minutes,
        days=days,
        done=asked.get("done", ""),
        ca=ca,
    )
