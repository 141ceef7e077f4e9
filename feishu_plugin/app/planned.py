"""remind --dry-run: whom the service would tell what at this moment, and why; sends and writes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from rich.cells import cell_len

from feishu_plugin.app.compose import Office, desk_for
from feishu_plugin.app.jobs import Outcome
from feishu_plugin.language import Phrase
from feishu_plugin.ports import Effect
from feishu_plugin.reminders.audience import Circle
from feishu_plugin.reminders.card import NAMES, line_of
from feishu_plugin.reminders.card_text import unmarked
from feishu_plugin.reminders.due import due
from feishu_plugin.reminders.notice import local_time
from feishu_plugin.reminders.remind import plan_reminders
from feishu_plugin.sync.desk import Desk

_MOST_WAITING = 1000
_HEADER = (Phrase("何时", "when"), Phrase("给谁", "to"), Phrase("卡片", "card"), Phrase("状态", "state"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    effect: Effect
    when: datetime
    is_new: bool
    """False: it was planned before and waits to be sent."""
    why: tuple[str, ...]


def planned(office: Office, app_token: str) -> Outcome:
    """The cards that ``remind`` would plan now and those that wait to be sent.

    Edits that nobody judged yet are not looked for.
    """
    desk = desk_for(office, app_token)
    rows = list(_rows(desk))
    count = len(rows)
    head = Phrase(f"{app_token}：会发 {count} 张卡片", f"{app_token}: {count} cards would be sent")
    text = "\n".join([str(head), *_table(desk, rows)])
    return Outcome(text=text, data={"base_token": app_token, "cards": [_data(desk, row) for row in rows]})


def _rows(desk: Desk) -> Iterator[_Row]:
    now, reasons = desk.clock.now(), _reasons(desk)
    waiting = [one.effect for one in desk.store.due(desk.app_token, now, _MOST_WAITING)]
    for is_new, effects in ((True, _plan(desk)), (False, waiting)):
        for effect in effects:
            if effect.kind == "card":
                why = tuple(reasons[one] for one in effect.covers if one in reasons)
                yield _Row(effect=effect, when=max(now, effect.not_before), is_new=is_new, why=why)


def _plan(desk: Desk) -> Sequence[Effect]:
    return plan_reminders(
        desk.store,
        desk.policy,
        desk.people.person,
        desk.clock.now(),
        desk.app_token,
        lambda record_id: desk.link("requirement", record_id),
        administrators=desk.administrators,
        packaged=desk.packaged,
    )


def _reasons(desk: Desk) -> Mapping[str, str]:
    """Identity of each notice that time brings to why it came up, in words."""
    circle = Circle(policy=desk.policy, people=desk.people.person, administrators=desk.administrators)
    ended, told = desk.policy.parameters.ended_statuses, partial(desk.store.told, desk.app_token)
    accepted = desk.store.all_accepted(desk.app_token, "requirement", ended)
    return {
        notice.identity: f"{NAMES[notice.event][0]} {unmarked(line_of(notice.event, notice.facts))}"
        for reminder in due(accepted, desk.policy, circle, desk.clock.now(), told)
        for notice in reminder.notices()
    }


def _table(desk: Desk, rows: Sequence[_Row]) -> Iterator[str]:
    if not rows:
        return
    cells = [tuple(map(str, _HEADER)), *(_cells(desk, row) for row in rows)]
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    whys: list[tuple[str, ...]] = [(), *(row.why for row in rows)]
    for line, why in zip(cells, whys, strict=True):
        padded = (text + " " * (width - cell_len(text)) for text, width in zip(line, widths, strict=True))
        yield "  ".join(padded).rstrip()
        yield from (f"    {reason}" for reason in why)


def _cells(desk: Desk, row: _Row) -> tuple[str, ...]:
    name = str(row.effect.body.get("name") or row.effect.identity)
    state = Phrase("新", "new") if row.is_new else Phrase("待发", "waiting")
    return local_time(desk.policy, row.when), _person(desk, row.effect.target), name, str(state)


def _person(desk: Desk, open_id: str) -> str:
    return desk.people.person(open_id).name or open_id


def _data(desk: Desk, row: _Row) -> dict[str, Any]:
    return {
        "to": row.effect.target,
        "name": _person(desk, row.effect.target),
        "when": row.when.isoformat(),
        "card": row.effect.body.get("name", ""),
        "state": "new" if row.is_new else "waiting",
        "why": list(row.why),
        "identity": row.effect.identity,
        "covers": list(row.effect.covers),
    }
