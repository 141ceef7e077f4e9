"""Words of a notice from the team's templates; what users typed never becomes markup.

Pure. Of several rows for one notice the most personal one that can be used speaks: the row of
this person, then the one of the audience, then the packaged one. A row with anything wrong is
never used, and ``template_problems`` says what it is in words for 校验结果.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from jinja2 import Template as Compiled
from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from feishu_plugin.policy import Policy, Template
from feishu_plugin.reminders.notice import Facts
from feishu_plugin.reminders.placeholders import FACTS as FACTS
from feishu_plugin.reminders.placeholders import MAIL_FACTS as MAIL_FACTS
from feishu_plugin.reminders.placeholders import MAIL_LINKS as MAIL_LINKS
from feishu_plugin.reminders.placeholders import allowed
from feishu_plugin.reminders.template_checks import environment, violations

Channel = Literal["feishu", "mail"]
LANGUAGES: tuple[Literal["zh", "en"], ...] = ("zh", "en")

_LENGTHS = {"title": 100, "missing": 400, "reason": 500, "note": 500, "comment": 500, "who_may": 200}
_TITLE_LENGTH, _LENGTH = 100, 120
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
class Choice:
    """Which row speaks in a language, what it says, and which rows it stands in for."""

    words: Words
    row: Template
    is_packaged: bool
    skipped: tuple[tuple[Template, str], ...] = ()
    """Rows of the team that would have come first, and what is wrong with them."""


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


def written(template: Template, facts: Facts, *, markdown: bool = True) -> Words | Problem:
    """The template with these facts; facts are shortened, cleaned and escaped.

    Without ``markdown`` the body is plain text: nothing is escaped.
    """
    known = {key: _clean(key, facts.get(key, "")) for key in FACTS}
    return _words(template, known, _MARKDOWN if markdown else _PLAIN)


def marked(template: Template, facts: Facts) -> Words | Problem:
    """The template for a mail, with every fact of the body between ``BEGIN`` and ``END``.

    So whoever makes HTML of it can tell what the team wrote from what somebody typed. Facts
    must hold neither mark (``lines`` and ``plain`` leave none).
    """
    return _words(template, {key: facts.get(key, "") for key in MAIL_FACTS}, _MARKED)


def _words(template: Template, known: Facts, body_in: ImmutableSandboxedEnvironment) -> Words | Problem:
    if found := faults(template):
        return Problem(text="；".join(found))
    try:
        title = _compiled(template.title, _PLAIN).render(known)
        body = _compiled(template.body, body_in).render(known)
    except _UNUSABLE as error:
        return Problem(text=_does_not_render("正文", error))
    if not title.strip():
        return Problem(text=_NO_TITLE)
    return Words(title=shorten(plain(title), _TITLE_LENGTH), body=body.strip())


def rows_of(policy: Policy, event: str, channel: Channel = "feishu") -> list[Template]:
    """The rows that switch an event on and say whom it is for; personal wordings do neither."""
    return [row for row in _all_rows(policy, event, channel) if not row.people]


def words_of(
    policy: Policy,
    event: str,
    facts: Facts,
    audience: str = "",
    packaged: Policy | None = None,
    person: str = "",
) -> tuple[Words, Words] | None:
    """The notice in Chinese and English for a person (open_id); the packaged words where a row is broken.

    A language without a usable row shows the other one; None when there is no row at all.
    """
    found = choices(policy, event, facts, audience=audience, person=person, packaged=packaged)
    if not found:
        return None
    any_language = next(iter(found.values()))
    zh, en = (found.get(language, any_language).words for language in LANGUAGES)
    return zh, en


def choices(
    policy: Policy,
    event: str,
    facts: Facts,
    *,
    audience: str = "",
    person: str = "",
    packaged: Policy | None = None,
    channel: Channel = "feishu",
) -> Mapping[str, Choice]:
    """Language to the row that speaks; empty when the event is switched off or no row can be used."""
    if not rows_of(policy, event, channel):
        return {}
    found: dict[str, Choice] = {}
    for language in LANGUAGES:
        own = _candidates(_all_rows(policy, event, channel), language, audience, person)
        spare = _candidates(_all_rows(packaged, event, channel) if packaged else [], language, audience)
        told = in_language(facts, language)
        if choice := _first_usable(own, spare, told, markdown=channel == "feishu"):
            found[language] = choice
    return found


def in_language(facts: Facts, language: str) -> Facts:
    """The facts with ``note`` as ``note_en`` says it, where a fact was told in this language, too."""
    ending = f"_{language}"
    own = {key.removesuffix(ending): text for key, text in facts.items() if key.endswith(ending)}
    return {**facts, **own}


def template_problems(templates: Iterable[Template]) -> Iterator[tuple[int, str]]:
    """(place in the list, problem) of every template that cannot be used."""
    for place, template in enumerate(templates):
        yield from ((place, text) for text in faults(template))


@lru_cache(maxsize=512)
def faults(template: Template) -> tuple[str, ...]:
    """What is wrong with a row, in words for people; such a row is not used."""
    columns = (("事件", template.event), ("标题", template.title), ("正文", template.body))
    if missing := [f"请填写「{column}」" for column, text in columns if not text.strip()]:
        return tuple(missing)
    names = allowed(template.event) if template.channel == "feishu" else MAIL_FACTS
    found = [text for column, words in columns[1:] for text in violations(column, words, names)]
    return tuple(found or _faults_in_use(template))


def _faults_in_use(template: Template) -> Iterator[str]:
    """Tried with every fact and with none: a row must serve in both cases."""
    for facts in (dict.fromkeys((*FACTS, *MAIL_FACTS), "1"), {}):
        for column, text in (("标题", template.title), ("正文", template.body)):
            try:
                shown = _compiled(text, _PLAIN).render(facts)
            except _UNUSABLE as error:
                yield _does_not_render(column, error)
                return
            if column == "标题" and not shown.strip():
                yield _NO_TITLE
                return


_HOSTILE = (RecursionError, SyntaxError, NameError, MemoryError)  # deep nesting, odd numbers
_UNUSABLE = (TemplateError, ArithmeticError, TypeError, ValueError, *_HOSTILE)
_NO_TITLE = "「标题」在没有内容可填时是空的，请在 {% if %} 之外也写几个字"


def _does_not_render(column: str, error: Exception) -> str:
    return f"「{column}」填入内容时出错（{plain(str(error))}），请检查过滤器的用法"


def _all_rows(policy: Policy, event: str, channel: Channel) -> list[Template]:
    return [row for row in policy.templates if (row.event, row.channel) == (event, channel)]


def _candidates(
    rows: Sequence[Template], language: str, audience: str, person: str = ""
) -> Sequence[Template]:
    """The rows that may speak to this reader in this language, the most personal first."""
    spoken = [row for row in rows if row.language == language]
    general = [row for row in spoken if not row.people]
    own = [row for row in spoken if person in row.people and _fits(row, audience)]
    return [*own, *([row for row in general if audience in row.audience] or general)]


def _fits(row: Template, audience: str) -> bool:
    return not row.audience or not audience or audience in row.audience


def _first_usable(
    own: Sequence[Template], spare: Sequence[Template], facts: Facts, *, markdown: bool
) -> Choice | None:
    skipped: list[tuple[Template, str]] = []
    for place, row in enumerate((*own, *spare)):
        found = written(row, facts, markdown=markdown)
        if isinstance(found, Words):
            return Choice(words=found, row=row, is_packaged=place >= len(own), skipped=tuple(skipped))
        skipped.append((row, found.text))
    return None


def _clean(key: str, text: str) -> str:
    return shorten(plain(text), _LENGTHS.get(key, _LENGTH))


def _is_visible(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")


def _entity(found: re.Match[str]) -> str:
    return f"&#{ord(found[0])};"


_PLAIN = environment(lambda value: str(value))
_MARKDOWN = environment(lambda value: escape(str(value)))
_MARKED = environment(lambda value: f"{BEGIN}{value}{END}")


@lru_cache(maxsize=512)
def _compiled(text: str, made_in: ImmutableSandboxedEnvironment) -> Compiled:
    return made_in.from_string(text)
