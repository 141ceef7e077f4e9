"""Shows what customers had of us: on a requirement when it gets its customer, on 客户档案 once a day.

All of it is counted in the store: the register there, and the requirements that were archived.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from feishu_plugin.archived import ARCHIVED
from feishu_plugin.records import Requirement, Values
from feishu_plugin.rules.actions import Action, ShowDealings
from feishu_plugin.rules.dealings import Dealings, dealings_of
from feishu_plugin.sync.desk import Desk

_TABLE, _CUSTOMER = "requirement", "customer"
_SHOWN = "customer_history"
_FIGURES = ("requirement_count", "open_count", "satisfaction")
_FACT = "dealings"
"""The figures that 客户档案 was given last."""
_EVER = datetime.min.replace(tzinfo=UTC)

Asked = Sequence[tuple[Requirement, Sequence[Action]]]


def shown(desk: Desk, asked: Asked) -> Mapping[str, Values]:
    """record_id to 客户情况 of those that got another customer in this round, where it says something new.

    Those of one round count one after the other, by when they were submitted.
    """
    if desk.tables.binding.lacks(_TABLE, _SHOWN):
        return {}
    wanted = [(one, show) for one, actions in asked for show in actions if isinstance(show, ShowDealings)]
    wanted.sort(key=lambda pair: (pair[0].submitted_at or _EVER, pair[0].record_id))
    had = _had(desk, {one.customer[0] for one, _ in wanted if one.customer})
    said = {one.record_id: (one, _said(desk, one, show, had)) for one, show in wanted}
    return {id: {_SHOWN: text} for id, (one, text) in said.items() if one.get(_SHOWN) != text}


def show_dealings(desk: Desk) -> int:
    """Brings the figures of 客户档案 up to date, 500 customers a call; how many had changed."""
    if desk.tables.binding.lacks(_CUSTOMER, *_FIGURES):
        return 0
    known = desk.store.recall(desk.app_token, _FACT) or {}
    now = {id: _cells(one) for id, one in _all(desk).items()}
    none = dict.fromkeys(_FIGURES)
    changed: dict[str, Values] = {
        id: now.get(id, none) for id in sorted({*known, *now}) if known.get(id) != now.get(id)
    }
    if changed:
        desk.tables.update(_CUSTOMER, changed)
        desk.store.keep(desk.app_token, _FACT, now)
    return len(changed)


def _had(desk: Desk, customers: set[str]) -> dict[str, Dealings]:
    found = desk.store.dealings(desk.app_token, _TABLE, ARCHIVED, _over(desk), customers) if customers else {}
    return defaultdict(Dealings, found)


def _all(desk: Desk) -> Mapping[str, Dealings]:
    return desk.store.dealings(desk.app_token, _TABLE, ARCHIVED, _over(desk))


def _over(desk: Desk) -> set[str]:
    p = desk.policy.parameters
    return {*p.finished_statuses, *p.ended_statuses}


def _said(desk: Desk, one: Requirement, show: ShowDealings, had: dict[str, Dealings]) -> str | None:
    own = dealings_of(one, is_open=one.status not in _over(desk))
    if not one.customer:
        return own.text if show.is_first else None
    had[one.customer[0]] += own
    return had[one.customer[0]].text


def _cells(one: Dealings) -> Values:
    return dict(zip(_FIGURES, (float(one.had), float(one.open), one.satisfaction), strict=True))
