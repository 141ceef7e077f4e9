"""Card JSON 2.0 of one notice or of many; pure.

Limits: 30 KB of request body, 200 elements, only attributes that 2.0 knows.
Source: open.feishu.cn, "Card JSON 2.0 structure" and "Send message" (codes 230025, 230099).
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any
from urllib.parse import urlsplit

from feishu_plugin.policy import Policy
from feishu_plugin.ports import Json
from feishu_plugin.reminders.notice import Facts, for_whom
from feishu_plugin.reminders.templates import Words, escape, plain, rows_of, shorten, words_of

MOST_BYTES = 28_000  # of 30 KB; the rest is for receive_id, uuid and the envelope
MOST_ELEMENTS = 200
_BODY_LENGTHS = (4000, 2000, 1000, 400)
MOST_LINES = 40
_LINE_TITLE, _LINE_DETAIL = 50, 160
_LINE_NOTE = 500
"""Where no record can be opened, the line is all that its reader gets."""

NAMES: dict[str, tuple[str, str, str]] = {
    "put_back": ("状态退回", "Put back", "orange"),
    "put_back_many": ("批量退回", "Put back", "orange"),
    "assigned": ("已分派", "Assigned", "blue"),
    "unassigned": ("待分派", "No owner yet", "orange"),
    "due_soon": ("即将到期", "Due soon", "yellow"),
    "overdue": ("已超期", "Overdue", "red"),
    "progress_due": ("待写进展", "Progress note due", "turquoise"),
    "risk": ("风险或改期", "Risk or new date", "carmine"),
    "finished": ("已完成", "Done", "green"),
    "dissatisfied": ("客户不满意", "Customer not content", "red"),
    "unconfirmed": ("待确认", "Not confirmed yet", "green"),
    "waiting": ("待客户回复", "Waiting for the customer", "turquoise"),
    "replied": ("客户来信", "Customer wrote", "turquoise"),
    "follow_up": ("搁置跟进", "Follow up", "violet"),
    "report_ready": ("月报就绪", "Report ready", "violet"),
    "release_asked": ("申请放行", "Release asked for", "purple"),
    "release_answered": ("放行答复", "Release answered", "purple"),
    "press_refused": ("操作未完成", "Not done", "orange"),
    "field_restored": ("字段已恢复", "Field restored", "orange"),
    "override_waiting": ("改写未生效", "Override not in force", "orange"),
    "due_changed": ("时限已调整", "Due time changed", "yellow"),
    "untriaged": ("待梳理", "Not triaged yet", "yellow"),
    "vague": ("描述待补充", "Please add", "yellow"),
    "similar": ("疑似重复", "Possible duplicate", "violet"),
    "customer_like": ("客户待确认", "Which customer", "violet"),
    "faq": ("常见问题草稿", "FAQ drafts", "violet"),
    "weekly": ("每周清单", "Weekly review", "blue"),
    "received": ("已收到", "Received", "turquoise"),
    "in_progress": ("开始处理", "In progress", "blue"),
    "survey": ("满意度回访", "Survey", "violet"),
    "mail_footer": ("邮件页脚", "Mail footer", "grey"),
    "trouble": ("系统提醒", "System notice", "grey"),
}
"""Notice to its name in Chinese and English and the colour of its header."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Lines of a list card under one heading."""

    zh: str
    en: str
    lines: Sequence[str]
    """The first of them, at most ``MOST_LINES``."""
    count: int
    """How many there are in all."""


def card_for(
    policy: Policy,
    event: str,
    facts: Facts,
    link: str = "",
    *,
    audience: str = "",
    person: str = "",
    packaged: Policy | None = None,
    elements: Sequence[Json] = (),
) -> Json | None:
    """The card of one notice in both languages; None when the team switched the notice off.

    ``elements`` (forms and buttons) follow the text.

    ``person`` (open_id) may have a wording of their own.
    ``packaged`` is the shipped policy, whose templates stand in for broken ones.
    """
    words = words_of(policy, event, facts, audience, packaged, person)
    if words is None:
        return _bare(event, facts, link) if rows_of(policy, event) else None
    zh, en = words
    return _fitting(lambda length: _single(event, zh, en, link, length, elements), _BODY_LENGTHS)


def outcome_card(zh: Words, en: Words, link: str = "") -> Json:
    """What a card shows once its button was pressed: what happened, by whom; nothing to press again."""
    return _fitting(lambda length: _single("answered", zh, en, link, length), _BODY_LENGTHS)


def many_card(
    policy: Policy,
    event: str,
    facts: Sequence[Facts],
    links: Sequence[str] = (),
    packaged: Policy | None = None,
    elements: Callable[[int], Sequence[Json]] = lambda most: (),
    person: str = "",
) -> Json:
    """One card that lists many notices of one event; lines that do not fit are counted.

    ``elements`` (forms and buttons) follow, given how many lines are shown.
    """
    count = str(len(facts))
    zh, en = words_of(policy, f"{event}_many", {"count": count}, "", packaged, person) or _counted(
        event, count
    )
    where = [*links, *repeat("", len(facts) - len(links))]
    lines = [line_of(event, *line) for line in zip(facts[:MOST_LINES], where, strict=False)]
    return list_card(event, zh, en, [Section(zh="", en="", lines=lines, count=len(facts))], elements)


def list_card(
    event: str,
    zh: Words,
    en: Words,
    sections: Sequence[Section],
    elements: Callable[[int], Sequence[Json]] = lambda most: (),
) -> Json:
    """A header, an introduction and sections, each folded so that the card fits.

    ``elements`` (forms and buttons) follow, given how many lines of each section are shown.
    """

    def build(most: int) -> Json:
        shown = markdown(zh.body, en.body) if zh.body or en.body else []
        for section in sections:
            shown += section_elements(section, most)
        return _card(event, zh.title, en.title, [*shown, *elements(most)])

    return _fitting(build, (MOST_LINES, 20, 10, 5, 2, 1, 0))


def line_of(event: str, facts: Facts, link: str = "") -> str:
    """One requirement in a list: its number (leading to the row), title and what matters now.

    A notice without a requirement is told by its words alone.
    """
    known = facts.get("number") or facts.get("title")
    if not known and (words := facts.get("note") or facts.get("reason")):
        return escape(shorten(plain(words), _LINE_NOTE))
    number = escape(shorten(facts.get("number", "") or "…", 40))
    shown = f"[{number}]({address})" if (address := safe_link(link)) else f"**{number}**"
    title = escape(shorten(plain(facts.get("title", "")), _LINE_TITLE))
    detail = escape(shorten(plain(_detail(event, facts)), _LINE_DETAIL))
    stands_for = escape(shorten(plain(for_whom(facts)[0]), _LINE_DETAIL))
    return " · ".join(part for part in (f"{shown} {title}".rstrip(), detail, stands_for) if part)


def safe_link(link: str) -> str:
    """An http(s) address that cannot end the markdown it stands in; empty for anything else."""
    parts = urlsplit(link)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return ""
    return re.sub(r"[\s()<>\[\]\\\"|`*~]", lambda found: f"%{ord(found[0]):02X}", link)


def size_of(card: Json) -> int:
    """Bytes in the request body, where the card is a JSON text inside JSON."""
    return len(json.dumps(json.dumps(card, ensure_ascii=False)))


def _fitting(build: Callable[[int], Json], limits: Sequence[int]) -> Json:
    """The fullest card that Feishu takes; the last limit always fits."""
    cards = (build(limit) for limit in limits)
    smallest: Json = {}
    for card in cards:
        smallest = card
        if size_of(card) <= MOST_BYTES and _count(card) <= MOST_ELEMENTS:
            break
    return smallest


def _count(part: Any) -> int:
    """Everything with a tag, options and labels too: what Feishu counts is not documented closer."""
    if isinstance(part, dict):
        return ("tag" in part) + sum(map(_count, part.values()))
    return sum(map(_count, part)) if isinstance(part, list | tuple) else 0


def _single(event: str, zh: Words, en: Words, link: str, length: int, elements: Sequence[Json] = ()) -> Json:
    text = markdown(_cut(zh.body, length), _cut(en.body, length))
    return _card(event, zh.title, en.title, [*text, *elements, *_button(link)])


def _bare(event: str, facts: Facts, link: str) -> Json:
    """What is said when no template can be used: the notice is not lost."""
    zh, en, _ = NAMES.get(event, (event, event, "blue"))
    line = line_of(event, facts)
    return _single(event, Words(title=zh, body=line), Words(title=en, body=line), link, _BODY_LENGTHS[0])


def _counted(event: str, count: str) -> tuple[Words, Words]:
    zh, en, _ = NAMES.get(event, (event, event, "blue"))
    return Words(title=f"{zh}：{count} 条需求", body=""), Words(title=f"{en}: {count} requirements", body="")


def _detail(event: str, facts: Facts) -> str:
    move = " → ".join(filter(None, (facts.get("from_status", ""), facts.get("to_status", ""))))
    if event.startswith("put_back"):
        return "：".join(filter(None, (move, facts.get("reason") or facts.get("missing", ""))))
    if event == "untriaged":
        return facts.get("missing", "")
    if event == "overdue":
        return " ".join(filter(None, (facts.get(key, "") for key in ("clock", "due"))))
    if event == "dissatisfied":
        return " · ".join(filter(None, (facts.get(key, "") for key in ("answer", "score", "comment"))))
    return next(filter(None, (facts.get(key, "") for key in ("due", "note", "reason", "status"))), "")


def _card(event: str, zh: str, en: str, elements: list[Json]) -> Json:
    colour = NAMES.get(event, ("", "", "blue"))[2]
    return {
        "schema": "2.0",
        # Whoever receives a forwarded card could open what was not meant for them.
        "config": {"update_multi": True, "enable_forward": False, "summary": bilingual(zh, en)},
        "header": {"template": colour, "title": {"tag": "plain_text", **bilingual(zh, en)}},
        "body": {"elements": elements or [{"tag": "hr"}]},
    }


def bilingual(zh: str, en: str) -> Json:
    """A text that Feishu shows in the language of whoever reads it."""
    return {"content": zh, "i18n_content": {"zh_cn": zh, "en_us": en}}


def markdown(zh: str, en: str) -> list[Json]:
    """A text in both languages; what users typed in it is escaped already."""
    return [{"tag": "markdown", **bilingual(zh, en)}]


def section_elements(section: Section, most: int) -> list[Json]:
    """The heading, at most so many lines, and how many more there are."""
    heading = markdown(f"**{section.zh}**", f"**{section.en}**") if section.zh else []
    shown = section.lines[:most]
    left = section.count - len(shown)
    lines: list[Json] = (
        [{"tag": "markdown", "content": "\n".join(f"- {line}" for line in shown)}] if shown else []
    )
    return [*heading, *lines, *(markdown(f"另有 {left} 条", f"and {left} more") if left else [])]


def _button(link: str) -> list[Json]:
    if not safe_link(link):
        return []
    button: Json = {
        "tag": "button",
        "type": "primary",
        "text": {"tag": "plain_text", **bilingual("打开记录", "Open record")},
        "behaviors": [{"type": "open_url", "default_url": link}],
    }
    return [button]


def _cut(markdown: str, length: int) -> str:
    if len(markdown) <= length:
        return markdown
    # An entity must not be cut in two, or its remains would be read as text.
    return re.sub(r"&#?\w{0,6}$", "", markdown[: length - 1]) + "…"
