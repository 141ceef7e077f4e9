"""Once a month a base learns its types anew, in a process of its own.

Learning takes seconds and some hundred megabytes; the process ends with it, and judging and telling
go on meanwhile. What was learned is used only when it is right more often than what was.
"""

import contextlib
import heapq
import logging
import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from multiprocessing.connection import Connection
from time import monotonic

from feishu_plugin.app.training import Lesson, better, is_installed
from feishu_plugin.policy import WordLists
from feishu_plugin.records import Record
from feishu_plugin.rules.classify import BY_RULE, MARKS
from feishu_plugin.rules.learned import OTHER, Learned
from feishu_plugin.rules.suggestion import Suggestion, by_words, text_of
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.known_types import (
    KnownTypes,
    keep_month,
    keep_types,
    known_types,
    month_learned,
    same_types,
)

log = logging.getLogger(__name__)

_TABLE = "requirement"
MOST_ROWS = 5000
"""The newest ones: what a team calls a complaint changes with the years."""
LEFT_STANDING = 0.3
"""What a suggestion counts that people worked with and did not correct: perhaps nobody looked."""
_PATIENCE_S = 900.0
_NICENESS = 10
_KEPT = (
    "本月学习需求类型的结果不比现在用的好，建议方法不变 "
    "What was learned about types this month is no better than what is in use, which stays"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Homework:
    """All that the learning process is given; it opens no store and no connection."""

    lessons: Sequence[Lesson]
    minimum: int
    """Rows of a type."""
    now: datetime
    before: Learned | None
    """None: the words were in use."""
    words: WordLists = field(default_factory=dict)

    def in_use(self, text: str) -> Suggestion | None:
        """What would have been suggested, however sure."""
        return self.before(text) if self.before else by_words(self.words, text)


@dataclass(slots=True, kw_only=True)
class _Running:
    process: multiprocessing.process.BaseProcess
    pipe: Connection
    began: float


class School:
    """The learning of one base in one process; touched by the ticking thread only."""

    def __init__(self) -> None:
        self._running: _Running | None = None
        self._looked: date | None = None

    def step(self, desk: Desk, now: datetime) -> str:
        """Begins when a month has none yet, or takes what is finished; what to tell the administrator.

        Also puts the newest of what was learned, perhaps by another replica, onto the desk.
        """
        _refresh(desk)
        if self._running:
            return self._take(desk, now)
        homework = self._due(desk, now)
        if homework:
            self._running = _begin(homework)
        return ""

    def is_busy(self) -> bool:
        """True while a process learns."""
        return self._running is not None

    def wait(self, seconds: float) -> bool:
        """True once the process has something to say, which the next step takes."""
        return self._running is None or self._running.pipe.poll(seconds)

    def stop(self) -> None:
        """Ends the process; the month is learned from again later."""
        if self._running:
            _end(self._running)
            self._running = None

    def _due(self, desk: Desk, now: datetime) -> Homework | None:
        """Rows are counted once a day at most; without enough of them nothing is noted."""
        today = desk.policy.worktime.local_day(now)
        wanted = int(desk.policy.parameters.learn_rows)
        is_done = month_learned(desk.store, desk.app_token) >= f"{today:%Y-%m}"
        if self._looked == today or is_done or wanted <= 0 or not is_installed():
            return None
        self._looked = today
        found = homework_of(desk, now)
        return found if _is_enough(found) else None

    def _take(self, desk: Desk, now: datetime) -> str:
        running = self._running
        if running is None or (not running.pipe.poll() and monotonic() - running.began < _PATIENCE_S):
            return ""
        self._running = None
        try:
            learned: Learned | None = running.pipe.recv() if running.pipe.poll() else None
        except (EOFError, OSError):
            log.error(
                "learning types of %s ended early (exit code %s)", desk.app_token, running.process.exitcode
            )
            learned = None
        _end(running)
        keep_month(desk.store, desk.app_token, f"{desk.policy.worktime.local_day(now):%Y-%m}")
        if learned is None:
            return _KEPT
        keep_types(desk.store, desk.app_token, learned)
        _refresh(desk)
        return _said(desk, learned)


def homework_of(desk: Desk, now: datetime) -> Homework:
    """The newest rows whose type people chose or left standing; from the accepted state, without a call."""
    known = desk.suggest.learned if isinstance(desk.suggest, KnownTypes) else None
    newest = heapq.nlargest(MOST_ROWS, _lessons(desk, known), key=lambda pair: pair[0])
    return Homework(
        lessons=[lesson for _, lesson in newest],
        minimum=int(desk.policy.parameters.learn_rows),
        now=now,
        before=known,
        words=desk.policy.parameters.type_words,
    )


def _lessons(desk: Desk, known: Learned | None) -> Iterator[tuple[float, Lesson]]:
    for _, accepted in desk.store.all_accepted(desk.app_token, _TABLE, ()):
        record = accepted.record
        weight, text, option = _weight(record, desk), text_of(record), record.get("type")
        if weight and text and isinstance(option, str):
            at = _came(record) or accepted.status_since
            is_new = known is None or at > known.at
            yield at.timestamp(), Lesson(text=text, option=option, weight=weight, is_new=is_new)


def _weight(record: Record, desk: Desk) -> float:
    """Nothing while a suggestion has not been looked at: it would confirm itself."""
    if record.get(MARKS["type"]) != BY_RULE:
        return 1.0
    return 0.0 if record.get("status") == desk.policy.parameters.initial_status else LEFT_STANDING


def _came(record: Record) -> datetime | None:
    told = record.get("submitted_at")
    return told if isinstance(told, datetime) else record.created_at


def _is_enough(homework: Homework) -> bool:
    counts: dict[str, int] = {}
    for lesson in homework.lessons:
        counts[lesson.option] = counts.get(lesson.option, 0) + 1
    return sum(count >= homework.minimum for count in counts.values()) >= 2


def _begin(homework: Homework) -> _Running:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_study, args=(homework, theirs), name="learning", daemon=True)
    process.start()
    theirs.close()
    return _Running(process=process, pipe=ours, began=monotonic())


def _study(homework: Homework, pipe: Connection) -> None:
    """In the learning process: after everybody else, and deaf to the Ctrl-C that ends its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_NICENESS)
    found = better(homework.lessons, homework.minimum, homework.now, homework.in_use)
    with contextlib.suppress(BrokenPipeError):  # the parent was killed: nobody wants to know
        pipe.send(found)


def _end(running: _Running) -> None:
    if running.process.is_alive():
        running.process.kill()
    running.process.join()
    running.pipe.close()


def _refresh(desk: Desk) -> None:
    kept = known_types(desk.store, desk.app_token)
    if not same_types(desk.suggest, kept):
        desk.suggest = kept


def _said(desk: Desk, learned: Learned) -> str:
    rows = sum(learned.rows.values())
    types = "、".join(desk.policy.label("type", one) for one in learned.options if one != OTHER)
    return (
        f"需求类型已按本团队的 {rows} 条需求重新学习（{types}），留出的需求上准确率 {learned.accuracy:.0%}；"
        f"从现在起按它建议空着的类型 Types were learned from {rows} of your requirements, "
        f"{learned.accuracy:.0%} right on those held back; empty types are suggested by it from now on"
    )
