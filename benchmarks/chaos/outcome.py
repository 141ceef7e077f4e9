"""What a play left behind, in words that do not depend on ids and seconds; and how two plays differ.

What is made equal, and nothing else: ids (a row is called by its title), the port of the sandbox,
digests of ids, file tokens, the order of links and of lines (equally urgent rows are listed by
their ids), which of a customer's rows of one paste is their first, by which way an owner was found
(drawn, or there already when a round is done again after its write), and times, down to five minutes
of the story, hours to a tenth (an event that met a dead service comes again 15 s later). Left out
are who modified a row last, and the daily line about changes that only a sweep found: it tells of
the misfortune itself.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from benchmarks.chaos.scene import Scene
from feishu_plugin.demo.stage import Json

_GRID_MIN = 5
_LONG_AGO_MS = 1_500_000_000_000
_CLOCK = re.compile(r"(?<=\d\d )(\d\d):(\d\d)(?!\d)")
_HOST = re.compile(r"http://127\.0\.0\.1:\d+")
_DIGEST = re.compile(r"(?<![0-9a-zA-Z])[0-9a-f]{12,64}(?![0-9a-zA-Z])")
_TOLD_BY = re.compile(r"(?<=:)(#|\d{4}-\d\d-\d\dT[\d:.+]+)(?=:\w*>)")
_ASSIGNED = re.compile(r"(?<=assigned:)([^:]*):(?:drawn:owner:\d+:\w+|owner:\d{4}-\d\d-\d\dT[\d:.+]+)(?=:)")
_DROPPED = frozenset(
    {"url", "tmp_url", "file_token", "message_id", "chat_id", "uuid", "root_id", "parent_id"}
)
_DROPPED |= {"initial_option"}
_DROPPED |= {"最后修改人"}  # the person or the bot, as two moves were judged in one write or in two
_UNORDERED = frozenset({"link_record_ids", "options"})
_ROWS = re.compile(r"(?:«[^»]*»[ ,]?)+")
"""The rows that a button is about."""
_NAME = re.compile(r"«[^»]*»")
_COUNTED = re.compile(r"第 \d+ 条 · 未完成 \d+( · 满意度 [\d.]+)?")
_FORM = re.compile(r"(?<=/share/base/form/)\w+")

_OF_THE_MISFORTUNE = re.compile(r"没有收到飞书的事件|trouble::recovered:")
_SENT = frozenset({"messages", "notice"})
_SENT_AT = re.compile(r'"(?:create_time|update_time|时间)": \d+,? ?')

Outcome = Mapping[str, Counter[str]]
"""Table, ``messages`` or ``mails`` to what is there, each with how often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What is not as in the play that nobody disturbed."""

    lost: tuple[str, ...] = ()
    """``place: text`` that should be there."""
    doubled: tuple[str, ...] = ()
    """What is there once too often."""
    unexpected: tuple[str, ...] = ()
    """What should not be there at all."""

    @property
    def is_none(self) -> bool:
        """True when both plays ended alike."""
        return not (self.lost or self.doubled or self.unexpected)


def outcome(scene: Scene) -> Outcome:
    """Every table, message and mail of a scene as they are now."""
    tables = {key: scene.rows(key) for key in scene.base["tables"]}
    plain = _Plain(_names(scene, tables))
    found = {key: _usual(plain(row) for row in rows.values()) for key, rows in tables.items()}
    found["messages"] = _usual(plain(message) for message in scene.messages())
    found["mails"] = Counter(plain(_mail(taken.to, taken.mail)) for taken in scene.mail.taken())
    return found


def difference(wanted: Outcome, found: Outcome, *, timeless: bool = False) -> Difference:
    """How ``found`` differs; ``timeless`` leaves out when messages and mails were sent."""
    lost: list[str] = []
    doubled: list[str] = []
    unexpected: list[str] = []
    for place in sorted({*wanted, *found}):
        ours, theirs = (_timeless(place, of.get(place, Counter()), timeless) for of in (found, wanted))
        lost += _listed(place, theirs - ours)
        more = ours - theirs
        doubled += _listed(place, Counter({text: n for text, n in more.items() if text in theirs}))
        unexpected += _listed(place, Counter({text: n for text, n in more.items() if text not in theirs}))
    return Difference(lost=tuple(lost), doubled=tuple(doubled), unexpected=tuple(unexpected))


def _usual(texts: Iterable[str]) -> Counter[str]:
    return Counter(text for text in texts if not _OF_THE_MISFORTUNE.search(text))


def _timeless(place: str, texts: Counter[str], timeless: bool) -> Counter[str]:
    """Without the times of sending, where they are not to be compared."""
    if not timeless or place not in _SENT:
        return texts
    found: Counter[str] = Counter()
    for text, count in texts.items():
        found[_SENT_AT.sub("", text)] += count
    return found


def _listed(place: str, texts: Counter[str]) -> Iterable[str]:
    return (f"{place}: {text}" for text in texts.elements())


def _names(scene: Scene, tables: Mapping[str, Mapping[str, Json]]) -> dict[str, str]:
    """Id to what it is called."""
    names = {scene.base["base_token"]: "base", **{id: key for key, id in scene.base["tables"].items()}}
    names |= {one["open_id"]: name for name, one in scene.people.items()}
    for table, column in (("requirement", "需求标题"), ("customer", "客户名称")):
        names |= {record_id: f"«{row[column][0]['text']}»" for record_id, row in tables[table].items()}
    others = (record_id for key, rows in tables.items() for record_id in rows if record_id not in names)
    return names | dict.fromkeys(others, "«row»")


class _Plain:
    """Says a row, a message or a mail in words that are the same in every play."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self._ids = re.compile("|".join(re.escape(one) for one in sorted(names, key=len, reverse=True)))

    def __call__(self, value: Any) -> str:
        return json.dumps(self._of(value), ensure_ascii=False, sort_keys=True)

    def _of(self, value: Any) -> Any:
        if isinstance(value, dict):
            kept = {key: self._of(inner) for key, inner in value.items() if key not in _DROPPED}
            return {key: sorted(v, key=str) if key in _UNORDERED else v for key, v in kept.items()}
        if isinstance(value, list):
            return _without_cut_lists([self._of(inner) for inner in value])
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, float):
            return float(f"{value:.1f}")
        if isinstance(value, int) and not isinstance(value, bool) and value < _LONG_AGO_MS:
            return float(value)
        return _floored(value) if isinstance(value, int) and value > _LONG_AGO_MS else value

    def _text(self, text: str) -> str:
        text = _HOST.sub("http://sandbox", self._ids.sub(lambda found: self._names[found[0]], text))
        text = _COUNTED.sub("第 n 条", _ASSIGNED.sub(r"\1:owner", text))
        text = _TOLD_BY.sub("*", _FORM.sub("form", _DIGEST.sub("#", text)))
        lines = sorted(_CLOCK.sub(_on_the_grid, text).split("\n"))
        return "\n".join(sorted(_NAME.findall(text)) if _ROWS.fullmatch(text) else lines)


def _without_cut_lists(items: list[Any]) -> list[Any]:
    """Which of equally urgent rows a list shows that is cut short, their ids decide: it keeps its length."""
    found = list(items)
    for place, item in enumerate(items):
        if place and isinstance(item, dict) and str(item.get("content", "")).startswith("另有 "):
            found[place - 1] = len(str(items[place - 1]["content"]).split("\n"))
    return found


def _floored(moment_ms: int) -> int:
    grid = _GRID_MIN * 60_000
    return moment_ms // grid * grid


def _on_the_grid(found: re.Match[str]) -> str:
    return f"{found[1]}:{int(found[2]) // _GRID_MIN * _GRID_MIN:02}"


def _mail(to: str, mail: EmailMessage) -> Json:
    headers = {name: str(mail[name]) for name in ("Subject", "From", "To", "Message-ID", "References")}
    parts = [part.get_content() for part in mail.walk() if not part.is_multipart()]
    return {"to": to, **headers, "parts": parts}
