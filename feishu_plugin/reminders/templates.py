"""Words of a notice from the team's templates; what users typed never becomes markup.

Pure. A template knows plain words only: no loops, calls, attributes or imports, so that a
template cannot stall the service. One that cannot be rendered is replaced by the packaged
one, and ``template_problems`` says so in words for 检查结果.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import Template as Compiled
from jinja2 import TemplateError, TemplateSyntaxError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from feishu_plugin.policy import Policy, Template
from feishu_plugin.reminders.notice import Facts

FACTS = (
    "number", "title", "status", "due", "days", "owner", "priority", "from_status", "to_status",
    "rule", "missing", "who_may", "reason", "operator", "count", "customer", "note", "asker",
    "clock", "answer", "score", "comment",
)  # fmt: skip
"""Everything a template may name; what an event does not tell is empty."""
MAIL_LINKS = ("solved_link", "unsolved_link", "survey_link", "unsubscribe_link")
MAIL_FACTS = ("number", "title", "customer", "status", "result", "confirmed", *MAIL_LINKS)
"""What a mail to a customer may name: nothing that is only for the team."""

_LENGTHS = {"title": 100, "missing": 400, "reason": 500, "note": 500, "comment": 500, "who_may": 200}
_TITLE_LENGTH, _LENGTH = 100, 120
_FILTERS = ("default", "upper", "lower", "trim", "truncate", "int", "round", "length")
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If, nodes.CondExpr,
    nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Concat,
    nodes.Keyword,
)  # fmt: skip
_SPECIAL = re.compile(r"[&<>*_~`\[\]|\\$@]")
# ``:`` begins an emoji (:OK:) or ends a scheme (https:), ``www.`` is linked by itself.
_COLON = re.compile(r":(?=[A-Za-z/+])|(?<=[A-Za-z]):|(?<=www)\.", re.IGNORECASE)
# At the beginning of a line these make headings, lists and rules.
_LEADING = re.compile(r"^(\s*)([#+=-]|\d{1,9}(?=[.)]))")
BEGIN, END = "\ue000", "\ue001"
"""Around what facts told; of the private use area, so that no visible character is meant."""
_JOINERS = "\u200c\u200d"  # emoji of several signs need them


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A rendered notice in one language: a plain title and a markdown body."""

    title: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a template cannot be used, in words for people."""

    text: str


def escape(text: str) -> str:
    """What a user typed, as markdown that shows exactly that: no mention, link, emoji or HTML.

    Feishu shows HTML entities as the character and never as markup.
    Source: open.feishu.cn, card component "rich text (Markdown)", special characters.
    """
    escaped = _COLON.sub(_entity, _SPECIAL.sub(_entity, plain(text)))
    return _LEADING.sub(lambda found: found[1] + "".join(f"&#{ord(c)};" for c in found[2]), escaped)


def plain(text: str) -> str:
    """One line of visible characters: no line breaks, control or direction characters."""
    return " ".join("".join(c for c in text if c.isspace() or _is_visible(c)).split())


def lines(text: str) -> str:
    """The visible characters of a text with its line breaks; at most one empty line in a row."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(map(plain, text.splitlines()))).strip()


def shorten(text: str, length: int) -> str:
    """The text in at most ``length`` characters, ending in … when something is left out."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def written(template: Template, facts: Facts) -> Words | Problem:
    """The template with these facts; facts are shortened, cleaned and escaped."""
    return _rendered(template, {key: _clean(key, facts.get(key, "")) for key in FACTS}, _MARKDOWN)


def marked(template: Template, facts: Facts) -> Words | Problem:
    """The template for a mail, with every fact of the body between ``BEGIN`` and ``END``.

    So whoever makes HTML of it can tell what the team wrote from what somebody typed. Facts
    must hold neither mark (``lines`` and ``plain`` leave none).
    """
    return _rendered(template, {key: facts.get(key, "") for key in MAIL_FACTS}, _MARKED)


def _rendered(template: Template, known: Facts, body_in: ImmutableSandboxedEnvironment) -> Words | Problem:
    try:
        title = _compiled(template.title, _PLAIN).render(known)
        body = _compiled(template.body, body_in).render(known)
    except (TemplateError, ArithmeticError, TypeError, ValueError, RecursionError) as error:
        return Problem(text=f"模板「{template.event}/{template.language}」无法使用：{plain(str(error))}")
    if not title.strip():
        return Problem(text=f"模板「{template.event}/{template.language}」没有标题")
    return Words(title=shorten(plain(title), _TITLE_LENGTH), body=body.strip())


def rows_of(policy: Policy, event: str, audience: str = "") -> list[Template]:
    """The Feishu templates of an event, those written for the audience first."""
    rows = [t for t in policy.templates if (t.event, t.channel) == (event, "feishu")]
    return sorted(rows, key=lambda row: audience not in row.audience) if audience else rows


def words_of(
    policy: Policy, event: str, facts: Facts, audience: str = "", packaged: Policy | None = None
) -> tuple[Words, Words] | None:
    """The notice in Chinese and English; the packaged words where a row is broken.

    A language without a usable row shows the other one; None when there is no row at all.
    """
    rows = rows_of(policy, event, audience)
    spare = rows_of(packaged, event, audience) if packaged else []
    usable = [(row.language, w) for row in [*rows, *spare] if isinstance(w := written(row, facts), Words)]
    if not rows or not usable:
        return None
    found = dict(reversed(usable))
    any_language = usable[0][1]
    return found.get("zh", any_language), found.get("en", any_language)


def template_problems(templates: Iterable[Template]) -> Iterator[tuple[int, str]]:
    """(place in the list, problem) of every template that cannot be used or names unknown facts."""
    samples = dict.fromkeys((*FACTS, *MAIL_FACTS), "1")
    for place, template in enumerate(templates):
        for facts in (samples, {}):
            if isinstance(found := written(template, facts), Problem):
                yield place, found.text
                break
        else:
            yield from ((place, f"模板里没有这个内容：{name}") for name in _unknown(template))


def _unknown(template: Template) -> list[str]:
    parsed = (_MARKDOWN.parse(text) for text in (template.title, template.body))
    known = MAIL_FACTS if template.channel == "mail" else FACTS
    return sorted({name for tree in parsed for name in meta.find_undeclared_variables(tree)} - set(known))


def _clean(key: str, text: str) -> str:
    return shorten(plain(text), _LENGTHS.get(key, _LENGTH))


def _is_visible(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")


def _entity(found: re.Match[str]) -> str:
    return f"&#{ord(found[0])};"


def _environment(finalize: Any) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(finalize=finalize, autoescape=False)
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in _FILTERS}
    return environment


_PLAIN = _environment(lambda value: plain(str(value)))
_MARKDOWN = _environment(lambda value: escape(str(value)))
_MARKED = _environment(lambda value: f"{BEGIN}{value}{END}")


@lru_cache(maxsize=512)
def _compiled(text: str, environment: ImmutableSandboxedEnvironment) -> Compiled:
    for node in environment.parse(text).find_all(nodes.Node):
        if not isinstance(node, _ALLOWED):
            raise TemplateSyntaxError(f"不支持 {type(node).__name__}", getattr(node, "lineno", 1))
    return environment.from_string(text)
