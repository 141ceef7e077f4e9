"""Lines of the morning whose reader turned out to be away that day: handed to a stand-in; pure.

A line is stored in the evening for whoever is there by the calendar; who calls in sick in the
morning is written into 作息日历 only then.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from feishu_plugin.ports import PendingEffect
from feishu_plugin.records import Accepted, Requirement
from feishu_plugin.reminders.audience import Circle
from feishu_plugin.reminders.lines import line_of_notice, notice_of_line
from feishu_plugin.reminders.notice import Notice, passed_on
from feishu_plugin.reminders.standins import Standby

States = Callable[[Sequence[str]], Mapping[str, Accepted]]
"""record ids to the accepted states of those that are still there."""


def relayed(
    lines: Iterable[PendingEffect], circle: Circle, states: States, now: datetime
) -> list[PendingEffect]:
    """The same lines, each for somebody who is there today if there is anybody."""
    return [
        _for_another(line, circle, states, now) if circle.absence(line.effect.target, now) else line
        for line in lines
    ]


def _for_another(line: PendingEffect, circle: Circle, states: States, now: datetime) -> PendingEffect:
    notice = notice_of_line(line.effect)
    state = states([notice.record_id]).get(notice.record_id)
    record = Requirement.of(state.record) if state else Requirement(record_id="")
    made = _handed(notice, Standby(circle=circle, audience=notice.audience, record=record, at=now))
    return replace(line, effect=line_of_notice(made, line.effect.not_before))


def _handed(notice: Notice, standby: Standby) -> Notice:
    (reach,) = standby.reach([*notice.instead_of, notice.open_id][:1])
    return replace(
        notice,
        open_id=reach.open_id,
        instead_of=reach.instead_of,
        with_it=(*notice.with_it, *((passed_on(notice.identity, reach.open_id),) if reach.why else ())),
        facts={**notice.facts, "for_zh": "", "for_en": "", **reach.facts},
    )
