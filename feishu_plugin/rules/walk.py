"""Walks the status changes that events told, and judges each move once.

Pure. The laws of this file:
1. We walk along what the table *showed* (the position) and judge from what was *accepted*:
   a refused move changes the position, not the accepted status.
2. A step that ends where the table already stands is our own echo or a no-op.
3. Judging by ``event.before`` alone would judge the echo of a put-back illegal and put it
   back for ever; comparing only the current with the accepted status would undo two legal
   quick moves. So steps are chained, in any order they arrive.
4. When the chain does not end at what the table shows now, or a later step does not follow
   from it, a step is still on its way: the caller waits a short grace, then the rest is
   judged from accepted to current.
5. Our own writes and moves judged without their event are remembered (``unheard``): their
   events say nothing new. An event of a later moment tells another move, even the same one
   made again: some events never come, and what they would have said must not hide it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feishu_plugin.records import Step, Unheard
from feishu_plugin.rules.case import Ruling

Judge = Callable[[str, str, Step], Ruling]
"""(accepted status, wanted status, the step that asks) → ruling."""

_LATE = timedelta(hours=8)
"""No event comes later: Feishu's last re-push is some seven hours after the first."""
_MOST = 40
"""Moves remembered of one record, however often it is put back."""
_SECOND = timedelta(seconds=1)
"""Events tell whole seconds, rounded by nobody knows what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """The judged moves, the status that is accepted after them, and whether to wait."""

    rulings: tuple[Ruling, ...] = ()
    status: str
    waiting: bool = False
    unheard: tuple[Unheard, ...] = ()
    """Moves whose events, when they come, say nothing new."""
    guessed: bool = False
    """True when the last move was told by nobody, only seen in the table."""


def walk(
    *,
    accepted: str,
    shown: str | None,
    current: str | None,
    steps: Sequence[Step],
    grace_over: bool,
    missing_step: Step,
    unheard: Sequence[Unheard],
    judge: Judge,
) -> Walk:
    """Judges every step from ``shown`` (what the table showed when ``accepted`` was stored).

    ``missing_step`` is judged in place of the steps nobody told, when the grace is over.
    """
    steps = [step for step in steps if step.before != step.after]
    news, left = _without_old_news(steps, unheard)
    ways = _ways(shown, news)
    chain = ways[-1] if ways else []
    end = chain[-1].after if chain else shown
    loose = _loose(ways, news)
    if end == current and not (loose and not grace_over):
        return _judged(accepted, chain, judge, left)
    if not grace_over:
        return Walk(status=accepted, waiting=True)
    told = _judged(accepted, [*chain, missing_step], judge, left)
    alone = _judged(accepted, [missing_step], judge, left)
    # Nobody knows what the missing steps were: an explanation that allows what is shown is preferred.
    walked = alone if told.status != current and alone.status == current else told
    return replace(walked, unheard=remember(left, *_moves(walked.rulings[-1:])), guessed=True)


def remember(unheard: Sequence[Unheard], *moves: Unheard) -> tuple[Unheard, ...]:
    """Adds moves whose events, when they come, say nothing new; without those whose events come no more."""
    latest = max((move.until for move in moves if move.until), default=None)
    awaited = (one for one in unheard if not (latest and one.until) or latest - one.until < _LATE)
    return (*awaited, *moves)[-_MOST:]


def _moves(rulings: Sequence[Ruling]) -> list[Unheard]:
    return [Unheard(one.from_status, one.to_status, one.at + _SECOND) for one in rulings]


def _judged(accepted: str, chain: Sequence[Step], judge: Judge, unheard: tuple[Unheard, ...]) -> Walk:
    rulings: list[Ruling] = []
    status = accepted
    for step in chain:
        if step.after != status:
            ruling = judge(status, step.after or "", step)
            rulings.append(ruling)
            status = status if ruling.verdict == "put_back" else ruling.to_status
    return Walk(rulings=tuple(rulings), status=status, unheard=unheard)


def _ways(shown: str | None, steps: Sequence[Step]) -> list[list[Step]]:
    """For every step that can be reached from ``shown``, the longest way to it; latest step last.

    A step never follows a later one (an echo of long ago may fit by its statuses alone).
    """
    ways: list[list[Step]] = []
    for step in sorted(steps, key=_moment):
        before = [way for way in ways if way[-1].after == step.before]
        if before:
            ways.append([*max(before, key=len), step])
        elif step.before == shown:
            ways.append([step])
    return ways


def _moment(step: Step) -> tuple[int, datetime]:
    """When a step was made: by table revision, else (events may lack one) by their seconds."""
    return step.revision, step.at


def _loose(ways: Sequence[Sequence[Step]], steps: Sequence[Step]) -> list[Step]:
    """Steps that do not fit into the one way that was gone: a step between is still to come.

    An earlier step that cannot be reached at all is only late news of what is settled.
    """
    chain = ways[-1] if ways else ()
    reached = [way[-1] for way in ways]
    left = (step for step in steps if step not in chain)
    return [s for s in left if s in reached or not chain or _moment(s) > _moment(chain[-1])]


def _without_old_news(
    steps: Sequence[Step], unheard: Sequence[Unheard]
) -> tuple[list[Step], tuple[Unheard, ...]]:
    """The steps that say something new, and what is still unheard after the others."""
    old = list(unheard)
    news = []
    for step in sorted(steps, key=_moment):
        known = next((one for one in old if one.is_told_by(step)), None)
        if known is not None:
            old.remove(known)
        else:
            news.append(step)
    return news, tuple(old)
