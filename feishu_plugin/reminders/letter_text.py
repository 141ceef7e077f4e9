"""Subject, plain text and HTML of one mail to a customer, from one template; pure.

Nothing that somebody typed becomes markup: facts come marked (see ``templates.marked``) and
are escaped. A template may write ``**bold**`` and ``[words]({{ link }})``, where the link is
one of ours; everything else in it is text.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from html import escape

from feishu_plugin.policy import Policy, Template
from feishu_plugin.reminders.notice import Facts
from feishu_plugin.reminders.templates import BEGIN, END, MAIL_LINKS, Words, lines, marked, plain, shorten

FOOTER = "mail_footer"

_LENGTHS = {"result": 4000, "title": 200}
_LENGTH = 120
_VALUE = rf"{BEGIN}([^{END}]*){END}"
_LINK = re.compile(rf"\[([^\]\[{BEGIN}\n]+)\]\({_VALUE}\)")
_ONLY_LINKS = re.compile(rf"(?:{_LINK.pattern}[ \t]*)+")
_TOKEN = re.compile(rf"{_LINK.pattern}|{_VALUE}|[^\[{BEGIN}]+|.", re.DOTALL)
_BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
_ANCHORS = re.compile(r"(?:<a [^>]*>[^<]*</a>\s*)+")

_COLON = {"zh": "：", "en": ": "}
_LEAVE = {"zh": "退订", "en": "Unsubscribe"}
_BUTTON = (
    "display:inline-block;margin:8px 12px 8px 0;padding:8px 20px;border-radius:6px;"
    "background:#3370ff;color:#ffffff;text-decoration:none"
)
_PAGE = """<!doctype html>
<html lang="{language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{subject}</title></head>
<body style="margin:0;padding:16px;background:#f2f3f5">
<div style="max-width:560px;margin:0 auto;padding:24px 28px;border-radius:8px;background:#ffffff;\
font:16px/1.7 -apple-system,'PingFang SC','Microsoft YaHei',sans-serif;color:#1f2329;overflow-wrap:anywhere">
{body}
<div style="margin-top:28px;padding-top:12px;border-top:1px solid #dee0e3;font-size:13px;color:#646a73">
{footer}
</div>
</div>
</body>
</html>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterText:
    """What a customer reads, twice: as plain text and as HTML."""

    subject: str
    text: str
    html: str


def letter_text(
    policy: Policy, packaged: Policy, event: str, language: str, facts: Facts
) -> LetterText | None:
    """The mail of an event in a language, else in the other one; None when the team switched it off.

    The packaged words stand in for a template that cannot be used. Every mail can be ended: a
    footer without the link of ``facts`` gets one.
    """
    known = {key: _clean(key, value) for key, value in facts.items()}
    words = _words(policy, packaged, event, language, known)
    if words is None:
        return None
    footer = _with_way_out(_words(policy, packaged, FOOTER, language, known), language, known)
    links = frozenset(known[key] for key in MAIL_LINKS if known.get(key))
    text = f"{_as_plain(words.body, links, language)}\n\n-- \n{_as_plain(footer, links, language)}\n"
    html = _PAGE.format(
        language=language,
        subject=escape(words.title),
        body=_as_html(words.body, links, buttons=True),
        footer=_as_html(footer, links, buttons=False),
    )
    return LetterText(subject=words.title, text=text, html=html)


def mail_rows(policy: Policy, event: str) -> list[Template]:
    """The templates of mails to customers for an event."""
    rows = (t for t in policy.templates if (t.event, t.channel) == (event, "mail"))
    return [row for row in rows if "customer" in row.audience]


def _words(policy: Policy, packaged: Policy, event: str, language: str, facts: Facts) -> Words | None:
    rows = mail_rows(policy, event)
    if not rows:
        return None
    candidates = sorted(rows, key=lambda row: row.language != language)
    candidates += sorted(mail_rows(packaged, event), key=lambda row: row.language != language)
    written = (marked(row, facts) for row in candidates)
    return next((words for words in written if isinstance(words, Words)), None)


def _with_way_out(words: Words | None, language: str, facts: Facts) -> str:
    body = words.body if words else ""
    link = facts.get("unsubscribe_link", "")
    if not link or link in (found[2] for found in _LINK.finditer(body)):
        return body
    return f"{body}\n[{_LEAVE[language]}]({BEGIN}{link}{END})".strip()


def _clean(key: str, value: str) -> str:
    if key in MAIL_LINKS:
        return plain(value)
    cleaned = lines(value) if key == "result" else plain(value)
    return shorten(cleaned, _LENGTHS.get(key, _LENGTH))


def _as_plain(body: str, links: Collection[str], language: str) -> str:
    colon = _COLON[language]

    def shown(found: re.Match[str]) -> str:
        return f"{found[1]}{colon}{found[2]}" if found[2] in links else found[1]

    def one_each(found: re.Match[str]) -> str:
        return "\n".join(shown(link) for link in _LINK.finditer(found[0]))

    text = _LINK.sub(shown, _ONLY_LINKS.sub(one_each, _without_bold(body)))
    return text.replace(BEGIN, "").replace(END, "")


def _without_bold(body: str) -> str:
    """The text without the team's marks of bold type; what somebody typed keeps its stars."""
    hidden = re.sub(_VALUE, lambda found: BEGIN + found[1].replace("*", "\ue002") + END, body)
    return _BOLD.sub(r"\1", hidden).replace("\ue002", "*")


def _as_html(body: str, links: Collection[str], *, buttons: bool) -> str:
    def token(found: re.Match[str]) -> str:
        label, link, value = found[1], found[2], found[3]
        if label is not None:
            return f'<a href="{escape(link)}">{escape(label)}</a>' if link in links else escape(label)
        if value is not None:
            return escape(value).replace("*", "&#42;").replace("\n", "<br>")
        return "" if found[0] in (BEGIN, END) else escape(found[0])

    html = _BOLD.sub(r"<b>\1</b>", _TOKEN.sub(token, body))
    parts = (part for part in re.split(r"\n{2,}", html) if part.strip())
    return "\n".join(f"<p>{_lines(part, buttons)}</p>" for part in parts)


def _lines(paragraph: str, buttons: bool) -> str:
    shown = (_as_button(line) if buttons else line for line in paragraph.split("\n"))
    return "<br>\n".join(shown)


def _as_button(line: str) -> str:
    """A line of nothing but links is what the customer is to press."""
    if not _ANCHORS.fullmatch(line.strip()):
        return line
    return line.replace("<a ", f'<a style="{_BUTTON}" ')
