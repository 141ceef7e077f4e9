"""The marks by which our mails are known again when they are answered or come back; pure.

Only who got one of our mails knows its mark: it proves more than an address, which anybody can write.
"""

import hashlib
import re

_MARK = re.compile(r"^([0-9a-f]{40})@")


def mark_of(identity: str) -> str:
    """What stands before the @ of the ``Message-ID`` of a mail with this identity."""
    return hashlib.sha256(identity.encode()).hexdigest()[:40]


def thread_of(thread: str) -> str:
    """The identity of the first mail of a conversation, which nobody sends and every mail refers to."""
    return f"thread {thread}"


def mark_in(message_id: str) -> str:
    """The mark in a message id; empty in one that cannot be ours."""
    found = _MARK.match(message_id)
    return found[1] if found else ""


def fact_of(mark: str) -> str:
    """Under which name it is remembered what a mail was about."""
    return f"mail_id:{mark}"
