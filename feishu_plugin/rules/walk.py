"""Walks the status changes that events told, and judges each move once.

Pure. The laws of this file:
1. We walk along what the table *showed* (the position) and judge from what was *accepted*:
   a refused move changes the position, not the accepted status.
2. A step that ends where the table already stands is our own echo or a no-op.
3. Judging by ``event.before`` alone would judge the echo of a put-back illegal and put it
   back for ever; comparing only the current with the accepted status would undo two legal
   quick moves. So steps are chained, in any order they arrive.
4. When the chain does not end at what the table shows now, a step is still on its way: the
   caller waits a short grace, then the rest is judged from accepted to current.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from feishu_plugin.records import Step
from feishu_plugin.rules.case import Ruling

Judge = Callable[[str, str, Step], Ruling]
"""(accepted status, wanted status, the step that asks) → ruling."""

_REMEMBERED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """The judged moves, the status that is accepted after them, and whether to wait."""

    rulings: tuple[Ruling, ...] = ()
    status: str
    waiting: bool = False
    unheard: tuple[tuple[str, str], ...] = ()
    """Moves judged without an event; their late events are to be dropped."""


def walk(
    *,
    accepted: str,
    shown: str | None,
    current: str | None,
    steps: Sequence[Step],
    grace_over: bool,
    missing_step: Step,
    unheard: Sequence[tuple[str, str]],
    judge: Judge,
) -> Walk:
    """Judges every step from ``shown`` (what the table showed when ``accepted`` was stored).

    ``missing_step`` is judged in place of the steps nobody told, when the grace is over.
    """
    news, still_unheard = _without_old_news(steps, unheard) if shown == current else (list(steps), unheard)
    chain, end = _chain(shown, news)
    if end != current and not grace_over:
        return Walk(status=accepted, waiting=True)
    if end != current:
        chain.append(missing_step)
    rulings: list[Ruling] = []
    status = accepted
    for step in chain:
        if step.after != status:
            ruling = judge(status, step.after or "", step)
            rulings.append(ruling)
            status = status if ruling.verdict == "put_back" else ruling.to_status
            if step is missing_step and ruling.verdict == "put_back":
                still_unheard = [*still_unheard, (ruling.from_status, ruling.to_status)][-_REMEMBERED:]
    return Walk(rulings=tuple(rulings), status=status, unheard=tuple(still_unheard))


def _chain(shown: str | None, steps: Sequence[Step]) -> tuple[list[Step], str | None]:
    """The steps in the order the table showed them, and where they end.

    Leftovers whose ``before`` is never shown are late news of what is already settled.
    """
    rest = sorted(steps, key=lambda step: (step.revision, step.at))
    chain: list[Step] = []
    position = shown
    while following := next((s for s in rest if s.before == position and s.after != position), None):
        rest.remove(following)
        chain.append(following)
        position = following.after
    return chain, position


def _without_old_news(
    steps: Sequence[Step], unheard: Sequence[tuple[str, str]]
) -> tuple[list[Step], Sequence[tuple[str, str]]]:
    old = list(unheard)
    news = []
    for step in steps:
        move = (step.before or "", step.after or "")
        if move in old:
            old.remove(move)
        else:
            news.append(step)
    return news, old
