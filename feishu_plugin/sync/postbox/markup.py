"""Plain text of an HTML mail; pure. It follows no link, loads nothing and keeps no script.

Quoted mails are marked as plain mails mark them, so that one place knows how to leave them out.
"""

from html.parser import HTMLParser

QUOTE_FOLLOWS = "-----Original Message-----"
_HIDDEN = frozenset({"script", "style", "head", "title", "template", "noscript", "object", "svg"})
_TABLES, _LISTS = frozenset({"table", "tr"}), frozenset({"ul", "ol", "li", "dl", "dt", "dd"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BOXES = frozenset(
    {"div", "p", "pre", "section", "article", "aside", "address", "center", "form", "hr", "main"}
)
_BLOCKS = _TABLES | _LISTS | _HEADINGS | _BOXES | {"body", "blockquote", "header", "footer", "nav"}
_QUOTES = (
    "gmail_quote",
    "yahoo_quoted",
    "divrplyfwdmsg",
    "appendonsend",
    "isreplycontent",
    "mail-editor-reference-message-container",
    "includetail",
    "ntes-quote",
    "foxmail_quote",
    "moz-cite-prefix",
    "protonmail_quote",
    "zmail_extra",
)
"""Parts of ids, classes and tags with which clients begin the mail that is answered."""


def text_of_html(html: str) -> str:
    """What a reader sees, a line for each block; lines of a ``blockquote`` begin with ``>``."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line: list[str] = []
        self._hidden = self._quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
        if tag in _BLOCKS or tag == "br":
            self._end_line()
        marks = " ".join([tag, *(value or "" for name, value in attrs if name in ("id", "class"))]).lower()
        if any(mark in marks for mark in _QUOTES):
            self._end_line()
            self._lines.append(QUOTE_FOLLOWS)
        if tag == "blockquote":
            self._quoted += 1
        if tag in ("td", "th"):
            self._line.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        if tag in _BLOCKS:
            self._end_line()
        if tag == "blockquote":
            self._quoted = max(0, self._quoted - 1)
        if tag == "p":
            self._lines.append("")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._line.append(data)

    def text(self) -> str:
        self._end_line()
        return "\n".join(self._lines).strip("\n")

    def _end_line(self) -> None:
        line = " ".join("".join(self._line).split())
        self._line = []
        if line:
            self._lines.append(f"> {line}" if self._quoted else line)
