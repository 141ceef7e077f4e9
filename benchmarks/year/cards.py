"""What people read in the cards they got: one item for each notice, whether alone or in a list."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from benchmarks.figures import Json
from benchmarks.year.calendar import ZONE

EVENTS = {
    "新需求分派给您": "assigned",
    "已分派": "assigned",
    "待分派": "unassigned",
    "即将到期": "due_soon",
    "今天到期": "due_soon",
    "明天到期": "due_soon",
    "下个工作日到期": "due_soon",
    "已超期": "overdue",
    "待写进展": "progress_due",
    "请更新进展": "progress_due",
    "风险或改期": "risk",
    "已完成，请确认": "finished",
    "已完成": "finished",
    "待梳理": "untriaged",
    "客户不满意": "dissatisfied",
    "待确认": "unconfirmed",
    "待客户回复": "waiting",
    "搁置跟进": "follow_up",
    "待跟进": "follow_up",
}
"""What a title or a heading says, to the event; others are named by their own words."""
_RECORD = re.compile(r"[?&]record=(\w+)")
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
_HEADING = re.compile(r"\*\*(?P<name>[^（*]+)（(?P<count>\d+)）\*\*")
_FOLDED = re.compile(r"另有 (?P<count>\d+) 条")
_SUMMARY = re.compile(r"(?P<name>[^：]+)：(?P<count>\d+) 条需求")
_MORNING = "今日提醒"
_PASSED_ON = re.compile(r"代 \S+ 接收")
_REVIEW = re.compile(r"\*\*每周清单")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One person was told one thing."""

    to: str
    """Name."""
    at: datetime
    event: str
    record_id: str = ""
    due: str = ""
    """``yyyy-MM-dd HH:MM`` where the card says it."""
    how: str = "card"
    """``card``, ``list`` (a summary) or ``morning``."""
    said: str = ""
    """What a person would recognise it by: the line, or the title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message as it lies in somebody's chat."""

    to: str
    at: datetime
    title: str
    items: Sequence[Told]
    folded: int = 0
    """Items that the card only counts."""
    passed_on: bool = False
    """True for a card that could not reach the person it was made for."""
    review: bool = False
    """True when the list of the week stands in it."""


def read(raw: Json, to: str) -> Message:
    """A message of ``/_sandbox/messages``, sent to the person of this name."""
    at = datetime.fromtimestamp(raw["create_time"] / 1000, ZONE)
    card = raw["content"]
    title = card["header"]["title"]["content"]
    is_review = any(map(_REVIEW.match, _texts(card)))
    if title.startswith(_MORNING) or is_review:
        found = list(_lines(card, to, at, "", "morning"))
    elif summary := _SUMMARY.fullmatch(title):
        found = list(_lines(card, to, at, _event(summary["name"]), "list"))
    else:
        found = [_alone(card, to, at, title)]
    below = card["header"].get("subtitle", {}).get("content", "")
    passed_on = bool(_PASSED_ON.search(below))
    folded = sum(int(m["count"]) for text in _told(card) for m in _FOLDED.finditer(text))
    return Message(
        to=to, at=at, title=title, items=found, folded=folded, review=is_review, passed_on=passed_on
    )


def _alone(card: Json, to: str, at: datetime, title: str) -> Told:
    body = "\n".join(_texts(card))
    link = _RECORD.search("\n".join(_links(card["body"]["elements"])))
    event = _event(title.partition("：")[0])
    due = _TIME.search(body) if event in ("overdue", "due_soon") else None
    return Told(
        to=to,
        at=at,
        event=event,
        record_id=link[1] if link else "",
        due=due[0] if due else "",
        said=title,
    )


def _lines(card: Json, to: str, at: datetime, event: str, how: str) -> Iterator[Told]:
    for text in _told(card):
        if heading := _HEADING.fullmatch(text):
            event = _event(heading["name"])
            continue
        for line in text.splitlines():
            if line.startswith("- ") and (link := _RECORD.search(line)):
                due = _TIME.search(line.rpartition(" · ")[2])
                yield Told(
                    to=to,
                    at=at,
                    event=event,
                    record_id=link[1],
                    due=due[0] if due and event in ("overdue", "due_soon") else "",
                    how=how,
                    said=line,
                )


def _event(words: str) -> str:
    return EVENTS.get(words.strip(), words.strip())


def _told(card: Json) -> Iterator[str]:
    """The texts before the list of the week, which repeats what people know."""
    elements = takewhile(lambda one: one["tag"] != "hr", card["body"]["elements"])
    return (one["content"] for one in elements if one["tag"] == "markdown")


def _texts(card: Json) -> Iterator[str]:
    elements = card["body"]["elements"]
    return (one["content"] for one in elements if one["tag"] == "markdown")


def _links(elements: Sequence[Json]) -> Iterator[str]:
    for one in elements:
        for behavior in one.get("behaviors", ()):
            yield behavior.get("default_url", "")
