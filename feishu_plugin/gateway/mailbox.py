"""A mailbox over IMAP: what is new in a folder, a letter at a time; never in plain text over a network.

It fetches without marking anything as read, deletes nothing, and moves a letter only where the
settings name a folder for it. What a letter says it does not know.
"""

import re
import ssl
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from imaplib import IMAP4
from typing import Any

from imap_tools import (
    AND,
    BaseMailBox,
    ImapToolsError,
    MailBox,
    MailboxLoginError,
    MailBoxStartTls,
    MailBoxUnencrypted,
)

from feishu_plugin.errors import MailboxError
from feishu_plugin.language import Phrase
from feishu_plugin.sync.postbox.account import MailboxAccount
from feishu_plugin.sync.postbox.box import Fetched, Position

WHOLE_MOST = 25 * 1024 * 1024
"""Bytes of a letter that is fetched whole."""
BEGINNING = 256 * 1024
"""Bytes that are fetched of a larger one: its text comes first."""
_TIMEOUT_S = 30.0
_PAGE = 200
_SIZE, _UID = re.compile(rb"RFC822\.SIZE (\d+)"), re.compile(rb"UID (\d+)")
_WHO = '("name" "feishu-plugin" "vendor" "feishu-plugin")'


class ImapMailbox:
    """``sync.postbox.box.Mailbox``; makes a connection for each look."""

    def __init__(
        self, account: MailboxAccount, timeout_s: float = _TIMEOUT_S, whole_most: int = WHOLE_MOST
    ) -> None:
        self._account, self._timeout_s, self._whole_most = account, timeout_s, whole_most
        self.door, self.days, self.minutes = account.door, account.days, account.minutes

    def letters(self, after: Position | None, since: datetime) -> Generator[Fetched, None, None]:
        """Letters behind ``after``, oldest first; all ``since`` that day where the numbers changed."""
        with self._faults(), self._opened() as box:
            validity = self._select(box)
            known = after.uid if after and after.validity == validity else 0
            wanted = f"UID {known + 1}:*" if known else str(AND(date_gte=since.date()))
            # "n:*" names the last letter also when its number is below n.
            uids = sorted(int(uid) for uid in box.uids(wanted, charset=None) if int(uid) > known)
            for page in (uids[at : at + _PAGE] for at in range(0, len(uids), _PAGE)):
                for uid, size in _sizes(box, page):
                    fetched = self._fetched(box, Position(validity=validity, uid=uid), size)
                    if not fetched.content:  # somebody deleted it a moment ago
                        continue
                    yield fetched
                    if self._account.done:
                        box.move(str(uid), self._account.done)

    def check(self) -> None:
        """Logs in and opens the folder, and reads nothing; MailboxError says what is in the way."""
        with self._faults(), self._opened() as box:
            self._select(box)

    def _select(self, box: BaseMailBox) -> int:
        # Servers tell more of what they can to those who are logged in.
        _, told = box.client.capability()
        box.client.capabilities = tuple(told[0].decode("ascii", "replace").upper().split())
        if "ID" in box.client.capabilities:  # NetEase lets nobody in who does not say who they are
            box.client.xatom("ID", _WHO)
        if self._account.done and "MOVE" not in box.client.capabilities:
            raise IMAP4.error("it cannot move letters; leave out done=")
        box.folder.set(self._account.folder, readonly=not self._account.done)
        _, told = box.client.response("UIDVALIDITY")
        return int(told[0]) if told and told[0] else 0

    def _fetched(self, box: BaseMailBox, position: Position, size: int) -> Fetched:
        is_whole = size <= self._whole_most
        part = "(BODY.PEEK[])" if is_whole else f"(BODY.PEEK[]<0.{BEGINNING}>)"
        bodies = [one[1] for one in _fetch(box, str(position.uid), part) if isinstance(one, tuple)]
        content = bytes(bodies[0]) if bodies else b""
        return Fetched(position=position, content=content, size=size, is_whole=is_whole)

    @contextmanager
    def _opened(self) -> Iterator[BaseMailBox]:
        account = self._account
        box = self._connected()
        try:
            box.login(account.user, account.password, initial_folder=None)
            yield box
        finally:
            with suppress(ImapToolsError, IMAP4.error, OSError):
                box.logout()
            with suppress(OSError):  # a connection that broke is not closed by a goodbye
                box.client.shutdown()

    def _connected(self) -> BaseMailBox:
        account, timeout = self._account, self._timeout_s
        if account.security == "none":
            return MailBoxUnencrypted(account.host, account.port, timeout=timeout)
        trust = ssl.create_default_context(cafile=str(account.ca) if account.ca else None)
        kind = MailBox if account.security == "tls" else MailBoxStartTls
        return kind(account.host, account.port, timeout=timeout, ssl_context=trust)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        where = f"mailbox {self.door} at {self._account.host}:{self._account.port}"
        try:
            yield
        except MailboxLoginError as error:
            raise MailboxError(
                Phrase(
                    f"{where} 不接受用户名和密码（{_words(error)}）",
                    f"{where} refused user and password ({_words(error)})",
                )
            ) from error
        except ssl.SSLError as error:
            raise MailboxError(
                Phrase(
                    f"{where} 的证书不可信（{_words(error)}）",
                    f"{where} could not be trusted ({_words(error)})",
                )
            ) from error
        except (ImapToolsError, IMAP4.error) as error:
            raise MailboxError(
                Phrase(f"{where} 拒绝了（{_words(error)}）", f"{where} refused ({_words(error)})")
            ) from error
        except OSError as error:
            raise MailboxError(
                Phrase(f"{where} 连不上（{_words(error)}）", f"{where} cannot be reached ({_words(error)})")
            ) from error


def _sizes(box: BaseMailBox, uids: Sequence[int]) -> list[tuple[int, int]]:
    """Number and bytes of each letter that is still there."""
    lines = _fetch(box, ",".join(map(str, uids)), "(UID RFC822.SIZE)")
    return sorted(
        (int(uid[1]), int(size[1]))
        for line in lines
        if isinstance(line, bytes) and (uid := _UID.search(line)) and (size := _SIZE.search(line))
    )


def _fetch(box: BaseMailBox, uids: str, parts: str) -> list[Any]:
    status, data = box.client.uid("FETCH", uids, parts)
    if status != "OK":
        raise IMAP4.error(f"FETCH {parts}: {status}")
    return data


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
