"""Text of bytes whose charset is told wrongly, partly or not at all, as mails do; pure."""

import re
from email.errors import HeaderParseError
from email.header import decode_header

_SUPERSETS = dict.fromkeys(
    ("gb2312", "gbk", "x-gbk", "cp936", "gb_2312-80", "csgb2312", "hz-gb-2312"), "gb18030"
)
"""Chinese clients say GB2312 and write characters of its supersets."""
_VAGUE = frozenset({"", "us-ascii", "ascii", "unknown-8bit", "8bit", "x-unknown", "default"})
_GUESSES = ("utf-8", "gb18030")
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Control characters, and those that turn the direction of what people read."""


def text_of(content: bytes, charset: str = "") -> str:
    """The text; never raises, and what no charset explains is replaced by ``\ufffd``."""
    named = charset.strip().strip("\"'").lower()
    candidates = ([] if named in _VAGUE else [_SUPERSETS.get(named, named)]) + list(_GUESSES)
    for candidate in candidates:
        try:
            return clean(content.decode(candidate))
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return clean(content.decode("gb18030" if named in _SUPERSETS else "utf-8", "replace"))


def header_text(raw: str) -> str:
    """A header on one line: encoded words (RFC 2047) and bare 8-bit letters become text.

    ``raw`` comes from the parser: bytes that are no ASCII stand in it as surrogates.
    """
    folded = " ".join(raw.split())
    if _has_bytes(folded):
        return clean(text_of(folded.encode("ascii", "surrogateescape")))
    try:
        parts = decode_header(folded)
    except (HeaderParseError, ValueError):
        return clean(folded)
    words = (text_of(part, charset or "") if isinstance(part, bytes) else part for part, charset in parts)
    return " ".join(clean("".join(words)).split())


def clean(text: str) -> str:
    """Without what nobody sees; halves of characters become ``\ufffd``, line ends ``\\n``."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _UNSEEN.sub("", whole.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n"))


def _has_bytes(text: str) -> bool:
    return any("\udc80" <= letter <= "\udcff" for letter in text)
