"""What the writer of a mail wrote: without the mails below it, signatures and footers of clients; pure.

The clients' marks are lists of patterns. Better too much is kept than a sentence lost: what
looks like a mark in the middle of a text cuts nothing off.
"""

import re
from collections.abc import Sequence
from itertools import islice

_HEADERS = (
    "发件人|发送人|寄件者|寄件人|发送时间|发送日期|日期|时间|收件人|收件者|主题|主旨|抄送|副本|"
    "From|Sent|Date|To|Subject|Cc"
)
_HEADER = re.compile(rf"^[>\s*|]*(?:{_HEADERS})\**\s*[:：]", re.IGNORECASE)
_FIRST_HEADER = re.compile(r"^[\s*|]*(?:发件人|发送人|寄件者|寄件人|From)\**\s*[:：]", re.IGNORECASE)
_HEADERS_NEAR = 5
"""Lines among which two more headers stand after the first, where a quoted mail begins."""

_CUTS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^[-_=*]{2,}\s*(?:原始邮件|原邮件|回复的原邮件|原始信件|转发的邮件|转发邮件|转发的原邮件|"
        r"原始郵件|邮件原件|original message|forwarded message|original appointment|reply message)"
        r"\s*[-_=*]{2,}$",
        r"^begin forwarded message\s*[:：]?$",
        r"^(?:以下是转发的邮件|开始转发的邮件)\s*[:：]?$",
    )
)
_ATTRIBUTION = re.compile(
    r"^(?:(?:on|at)\s.{4,300}wrote\s*[:：]"
    r"|.{2,300}(?:写道|寫道|编写|撰写)\s*[:：]"
    r"|(?:el|le|am)\s.{4,300}(?:escribió|a écrit|schrieb)\s*[:：]?)\s*$",
    re.IGNORECASE,
)
_ATTRIBUTION_BEGINS = re.compile(r"^(?:on|at|在|于)\s?.{2,}|^.{0,80}<[^<>@\s]+@[^<>\s]+>", re.IGNORECASE)
_SPLIT_OVER = 3
"""Lines over which clients break an attribution."""

_CLIENT_LINES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^[-—*]*\s*(?:发自|發自|来自|发送自|傳送自|从)\s?(?:我的|我的\s)?.{0,24}"
        r"(?:iphone|ipad|手机|平板|手機|outlook|邮箱|mail|foxmail|邮件大师|邮箱大师|android|客户端|邮件|飞书|钉钉|企业微信)"
        r".{0,24}$",
        r"^(?:sent|get) (?:from|with|via) .{2,60}$",
        r"^get outlook for .{2,20}$",
        r"^(?:获取|下载)\s?.{0,20}outlook.{0,20}$",
    )
)
_SIGNATURE = re.compile(r"^--\s?$")
_CLOSING = re.compile(
    r"^(?:此致|祝好|顺祝商祺|顺颂商祺|祝工作顺利|(?:best |kind |warm |thanks and )?regards|best wishes|"
    r"(?:yours )?sincerely)\s*[,，!！。.]*$",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"^[*_\s]*(?:本(?:电子)?邮件(?:及其)?.{0,20}(?:保密|机密|仅供)|"
    r"this (?:e-?mail|message).{0,60}(?:confidential|intended))",
    re.IGNORECASE,
)
_RULE = re.compile(r"^\s*(?:[_=*-]{5,}\s*)?$")
_SEEN = 400
"""Characters of a line that are compared with marks."""
_MOST_SIGNED, _LONGEST_SIGNED = 8, 60
"""Lines under a closing, and characters of one."""
_SENTENCE = re.compile(r"[。！？?!；;]\s*$")


def own_words(text: str) -> str:
    """The writer's own text; empty when everything in it belongs to somebody else's mail."""
    lines = _own_lines(text.split("\n"))
    lines = [line for line in lines if not any(mark.match(_head(line)) for mark in _CLIENT_LINES)]
    return tidy("\n".join(_unsigned(lines)))


def tidy(text: str) -> str:
    """Without blanks at line ends, and with at most one empty line between others."""
    lines = "\n".join(line.rstrip() for line in text.replace("\xa0", " ").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n ")


def _own_lines(lines: Sequence[str]) -> list[str]:
    kept: list[str] = []
    place = 0
    while place < len(lines) and not _is_cut(lines, place):
        taken = _attribution(lines[place : place + _SPLIT_OVER])
        if taken and not _next_filled(lines, place + taken).startswith(">"):
            break
        if not taken and not lines[place].lstrip().startswith(">"):
            kept.append(lines[place])
        place += taken or 1
    while kept and _RULE.match(kept[-1][:_SEEN]):
        kept.pop()
    return kept


def _is_cut(lines: Sequence[str], place: int) -> bool:
    """True where an older mail begins: a line that says so, or the headers of one."""
    head = _head(lines[place])
    if any(mark.match(head) for mark in _CUTS):
        return True
    if not _FIRST_HEADER.match(head):
        return False
    near = (one for line in lines[place + 1 : place + 1 + 2 * _HEADERS_NEAR] if (one := _head(line)))
    return sum(bool(_HEADER.match(one)) for one in islice(near, _HEADERS_NEAR)) >= 2


def _attribution(lines: Sequence[str]) -> int:
    """Over how many of these lines somebody is named as the writer of what follows; 0 where nobody is."""
    heads = [_head(line) for line in lines]
    if not _ATTRIBUTION_BEGINS.match(heads[0]) and not _ATTRIBUTION.match(heads[0]):
        return 0
    counts = range(1, len(heads) + 1)
    return next((count for count in counts if _ATTRIBUTION.match(" ".join(heads[:count]))), 0)


def _next_filled(lines: Sequence[str], place: int) -> str:
    near = (line.lstrip() for line in lines[place : place + _HEADERS_NEAR])
    return next((line for line in near if line), "")


def _unsigned(lines: Sequence[str]) -> Sequence[str]:
    began = False
    for place, line in enumerate(lines):
        if began and (_SIGNATURE.match(line) or _DISCLAIMER.match(_head(line)) or _is_closing(lines, place)):
            return lines[:place]
        began = began or bool(line.strip())
    return lines


def _is_closing(lines: Sequence[str], place: int) -> bool:
    """True for a closing formula with nothing below it but a few short lines that are no sentences."""
    if not _CLOSING.match(_head(lines[place])) or len(lines) - place > 4 * _MOST_SIGNED:
        return False
    filled = [line.strip() for line in lines[place + 1 :] if line.strip()]
    short = all(len(line) <= _LONGEST_SIGNED and not _SENTENCE.search(line) for line in filled)
    return short and len(filled) <= _MOST_SIGNED


def _head(line: str) -> str:
    """As much of a line as marks are looked for in: a hostile one must not cost minutes."""
    return line[: 4 * _SEEN].strip()[:_SEEN]
