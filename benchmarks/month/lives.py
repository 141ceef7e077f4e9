"""Lives of requirements, made up one at a time from a seed and their number, and never kept.

Two years of work up to the first morning of a new month, about ten ledger rows each: waiting for
customers, testing, shelving, reopening, duplicates and moves that were put back.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import log
from random import Random

from feishu_plugin.records import Value

MONTH = "2026-09"
NOW = datetime(2026, 10, 1, 1, tzinfo=UTC)
_BEGAN = datetime(2024, 9, 30, 16, tzinfo=UTC)
_WHOLE = NOW - _BEGAN
_NEXT: Mapping[str, tuple[tuple[float, str], ...]] = {
    "pending": ((0.90, "in_progress"), (0.95, "void"), (1, "shelved")),
    "in_progress": ((0.45, "testing"), (0.9, "waiting_customer"), (1, "done")),
    "testing": ((0.62, "in_progress"), (1, "done")),
    "waiting_customer": ((1, "in_progress"),),
    "shelved": ((1, "in_progress"),),
    "done": ((0.85, "closed"), (1, "in_progress")),
    "closed": ((0.03, "in_progress"), (1, "")),
    "void": ((1, ""),),
}
"""Status to (sum of the chances so far, next status); an empty one ends the life."""
_TYPES = ("feature", "improvement", "problem", "inquiry", "complaint", "suggestion", "custom", "process")
_SOURCES = ("phone", "online_chat", "mail", "social", "interview", "in_app", "sales", "ticket")
_DEPARTMENTS = ("support", "product", "engineering")
_LEVELS = ("vip", "important", "normal", "normal")
_INDUSTRIES = ("制造", "零售", "金融", "教育", "医疗", "物流")
_PRIORITIES = ("high", "medium", "medium", "low")
_LONG = "客户反馈导出的报表缺少列，重新登录后仍然如此，希望尽快处理并说明原因。" * 6


@dataclass(frozen=True, slots=True)
class Move:
    """One ledger row."""

    at: datetime
    before: str
    after: str
    verdict: str
    score: float | None
    effect_key: str


@dataclass(frozen=True, slots=True)
class Life:
    """One requirement and what became of it until ``NOW``."""

    record_id: str
    values: Mapping[str, Value]
    touched: datetime
    moves: tuple[Move, ...]


def lives(count: int, seed: int) -> Iterator[Life]:
    """The lives of so many requirements, in the order they were submitted."""
    for number in range(count):
        yield _life(number, count, Random(seed * 1_000_003 + number))


def _life(number: int, count: int, chance: Random) -> Life:
    born = _BEGAN + timedelta(seconds=int((number + chance.random()) / count * _WHOLE.total_seconds()))
    moves = tuple(_moves(number, born, chance))
    stood = [move for move in moves if move.verdict != "put_back"]
    values = {
        **_register(number, born, chance),
        **_course(born, stood, chance),
        **_end(number, stood, chance),
    }
    return Life(_id(number), values, moves[-1].at if moves else born, moves)


def _id(number: int) -> str:
    return f"rec{number:08d}"


def _moves(number: int, born: datetime, chance: Random) -> Iterator[Move]:
    status, at = "pending", born
    for place in range(60):
        after = _after(status, chance)
        at += timedelta(seconds=int(700 - log(1 - chance.random()) * 40 * 3600))
        if not after or at >= NOW:
            return
        refused = chance.random() < 0.06
        score = float(chance.choice((3, 4, 5, 5))) if after == "closed" and chance.random() < 0.6 else None
        verdict = "put_back" if refused else "observe" if chance.random() < 0.05 else "pass"
        yield Move(at, status, after, verdict, None if refused else score, f"{number}:{place}")
        status = status if refused else after


def _after(status: str, chance: Random) -> str:
    drawn = chance.random()
    return next(after for share, after in _NEXT[status] if drawn < share)


def _register(number: int, born: datetime, chance: Random) -> dict[str, Value]:
    priority = chance.choice(_PRIORITIES)
    return {
        "number": f"{born:%Y%m%d}-{number:06d}",
        "title": f"导出缺少列 {number}",
        "description": _LONG,
        "solution": _LONG,
        "progress": "已联系客户，等待日志。" * 4,
        "submitted_at": born,
        "submitter": (f"ou_s{number % 90}",),
        "customer_name": f"客户{chance.randrange(4000)}",
        "customer_level": chance.choice(_LEVELS),
        "industry": chance.choice(_INDUSTRIES),
        "source": chance.choice(_SOURCES),
        "type": chance.choice(_TYPES),
        "priority": priority,
        "priority_score": 3.5,
        "department": chance.choice(_DEPARTMENTS),
        "owner": (f"ou_o{chance.randrange(40)}",),
        "resolve_due": born + timedelta(days={"high": 4, "medium": 8, "low": 14}[priority]),
    }


def _course(born: datetime, stood: list[Move], chance: Random) -> dict[str, Value]:
    status = stood[-1].after if stood else "pending"
    answered = born + timedelta(seconds=int(-log(1 - chance.random()) * 12 * 3600))
    started = next((move.at for move in stood if move.after == "in_progress"), None)
    known = {"first_response_at": answered if answered < NOW and chance.random() < 0.9 else None}
    return {"status": status, **{key: at for key, at in (known | {"started_at": started}).items() if at}}


def _end(number: int, stood: list[Move], chance: Random) -> dict[str, Value]:
    status = stood[-1].after if stood else "pending"
    if status == "void":
        original = _id(chance.randrange(max(number - 200, 0), number)) if number else ""
        return {"void_reason": "duplicate", "duplicate_of": (original,)} if original else {}
    if status not in ("done", "closed"):
        return {}
    finished = next(move.at for move in reversed(stood) if move.after == "done")
    if status == "done":
        return {"finished_at": finished}
    score = stood[-1].score
    answer = "no_reply" if score is None else "solved" if score >= 4 else "unsolved"
    found: dict[str, Value] = {"finished_at": finished, "closed_at": stood[-1].at, "confirmation": answer}
    return found | ({"score": score} if score is not None else {})
