"""The reports: written by the service on the 1st, or by the command at any time.

Figures come from the tables alone, so running it again changes nothing that did not change.
The last months are looked at once more each time: what people changed in a closed month, or
what 30 days added to its recurrence rate, is said in 更正记录.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from feishu_plugin.app.cell_words import shown
from feishu_plugin.app.custom_reports import custom_reports
from feishu_plugin.app.pictures.attach import attach_all
from feishu_plugin.app.report_text import fingerprint
from feishu_plugin.errors import BindingError, NotYet, ReportError
from feishu_plugin.identity import DASHBOARD
from feishu_plugin.language import Phrase
from feishu_plugin.ports import Effect, Settlement
from feishu_plugin.reminders.quiet import is_quiet, next_morning
from feishu_plugin.reports import periods, publish
from feishu_plugin.reports.cards import BUTTONS, Addresses, report_card
from feishu_plugin.reports.explain import Explanation, explain
from feishu_plugin.reports.frozen import from_json, to_json
from feishu_plugin.reports.gather import gather
from feishu_plugin.reports.restate import Touch
from feishu_plugin.reports.result import ReportResult, Row, Snapshot
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.outgoing import tell_administrator
from feishu_plugin.sync.structure.remembered import Remembered

_log = logging.getLogger(__name__)
_FACT = "reported"
_PATIENCE = timedelta(hours=1)
"""How long a report waits for edits that are not judged yet, and until one that failed is tried again."""
_MOST_OWED = 12
"""Months that are caught up after a long downtime."""


def month_before(desk: Desk, now: datetime) -> str:
    """The last month that is over, as ``yyyy-MM``."""
    return periods.before(f"{desk.policy.worktime.local_day(now):%Y-%m}")


def publish_periods(desk: Desk, keys: Sequence[str], *, write: bool) -> tuple[ReportResult, ...]:
    """Computes periods; with ``write`` brings the tables up to date and keeps what closed ones said."""
    now = desk.clock.now()
    frozen = {key: kept for key in keys if (kept := _frozen(desk, key))}
    custom = custom_reports(desk)
    results = publish.run_all(
        custom.tables,
        custom.policy,
        keys,
        now,
        write=write,
        name=lambda open_id: _name(desk, open_id),
        told=publish.Told(frozen=frozen, touches=lambda ids, since: _edits(desk, ids, since)),
        prepare=custom.prepare,
    )
    custom.tell(desk)
    if write:
        for result in results:
            _freeze(desk, result, frozen.get(result.month))
    return results


def explain_figure(desk: Desk, key: str, kpi: str) -> Explanation:
    """A figure of a period as the tables tell it now, with the requirements behind it; writes nothing."""
    period = periods.period(key, desk.policy.worktime)
    facts, _ = gather(desk.tables, desk.policy, period, desk.clock.now())
    return explain(facts, kpi)


def tell_managers(desk: Desk, result: ReportResult, corrected: Sequence[Row] = ()) -> None:
    """Puts the managers' cards of a period out; the same figures are told once.

    ``corrected``: rows of 更正记录 of earlier periods, which the cards mention.
    """
    cards = _manager_cards(desk, result, corrected, desk.clock.now())
    desk.store.settle(desk.app_token, Settlement(effects=cards))


def publish_if_due(desk: Desk, sweep: Callable[[], object] = lambda: None) -> bool:
    """Publishes the months that are over and were not reported yet; True when one was due.

    Due from 月报时间 of the 1st on, once the events of the month are in: it sweeps first and
    waits up to an hour for what is still to be judged (NotYet). A month that does not add up, or a base that
    lacks a table of the report, is told to the administrator and tried again an hour later.
    """
    now = desk.clock.now()
    reported = desk.store.recall(desk.app_token, _FACT)
    last = month_before(desk, now)
    if reported is None:
        # The first start: months that were over before us are the command's business.
        desk.store.keep(desk.app_token, _FACT, {"month": last})
        return False
    opens = desk.policy.worktime.at(
        desk.policy.worktime.local_day(now).replace(day=1), desk.policy.parameters.report_at
    )
    if now < opens or reported["month"] >= last or now < _again_at(reported):
        return False
    sweep()
    if desk.store.pending(desk.app_token, 1) and now < opens + _PATIENCE:
        raise NotYet(
            Phrase(
                f"{last} 的报表在等尚未判定的改动",
                f"the report of {last} waits for edits that are not judged yet",
            )
        )
    _publish_owed(desk, reported["month"], last, now)
    return True


def _again_at(reported: dict[str, str]) -> datetime:
    failed = reported.get("failed_at")
    return datetime.fromisoformat(failed) + _PATIENCE if failed else datetime.min.replace(tzinfo=UTC)


def _publish_owed(desk: Desk, reported: str, last: str, now: datetime) -> None:
    owed = list(_months(reported, last))
    earlier = [key for key in _looked_at_again(desk, owed[0]) if _frozen(desk, key)]
    closing = [key for month in owed for key in periods.ending_with(month)]
    try:
        results = publish_periods(desk, [*earlier, *closing], write=True)
    except (ReportError, BindingError) as error:
        desk.store.keep(desk.app_token, _FACT, {"month": reported, "failed_at": now.isoformat()})
        tell_administrator(desk, f"report:{last}", str(error))
        return
    if missing := attach_all(desk, results):
        _log.warning("%s", missing)
    corrected = [row for result in results if result.month not in closing for row in result.restated]
    for result in results:
        if result.month in closing:
            tell_managers(desk, result, corrected)
    desk.store.keep(desk.app_token, _FACT, {"month": last})


def _months(reported: str, last: str) -> Iterator[str]:
    """The months after one up to another, oldest first."""
    found: list[str] = []
    while last > reported and len(found) < _MOST_OWED:
        found.append(last)
        last = periods.before(last)
    yield from reversed(found)


def _looked_at_again(desk: Desk, first: str) -> Iterator[str]:
    """The closed months before, and the quarters and years that ended with them, oldest first."""
    months = [first]
    for _ in range(int(desk.policy.parameters.restate_months)):
        months.append(periods.before(months[-1]))
    for month in reversed(months[1:]):
        yield from periods.ending_with(month)


def _frozen(desk: Desk, key: str) -> Snapshot | None:
    fact = desk.store.recall(desk.app_token, f"frozen:{key}")
    return from_json(fact) if fact else None


def _freeze(desk: Desk, result: ReportResult, known: Snapshot | None) -> None:
    """Keeps what a closed period says now; unchanged, the older word stays with its date."""
    new = result.snapshot
    if new is None or (known and (known.rows, known.given) == (new.rows, new.given)):
        return
    desk.store.keep(desk.app_token, f"frozen:{result.month}", to_json(new))


def _edits(desk: Desk, record_ids: Sequence[str], since: datetime) -> Iterator[Touch]:
    wanted, label = set(record_ids), desk.policy.label
    for edit in desk.store.edits(desk.app_token, since, desk.clock.now() + timedelta(seconds=1)):
        if edit.record_id in wanted:
            pair = " → ".join(shown(desk, edit.field, value) for value in (edit.before, edit.after))
            text = f"{label(edit.field)} {pair}"
            yield Touch(record_id=edit.record_id, text=text, person=edit.operator, at=edit.at)


def _manager_cards(desk: Desk, result: ReportResult, corrected: Sequence[Row], now: datetime) -> list[Effect]:
    card = report_card(result, desk.policy, _addresses(desk), corrected)
    return [
        Effect(
            kind="card",
            # One card per period and state of its figures: a corrected report is told again.
            identity=f"report:{result.month}:{fingerprint(result)}:{manager}",
            target=manager,
            body={"card": card, "event": "report_ready", "name": f"月报 {result.month}", "requirements": []},
            not_before=next_morning(desk.policy, manager, now) if is_quiet(desk.policy, now) else now,
        )
        for manager in desk.policy.managers() or desk.administrators
    ]


def _name(desk: Desk, open_id: str) -> str:
    return desk.people.person(open_id).name or open_id


def _addresses(desk: Desk) -> Addresses:
    tables = {key: key for key in BUTTONS if key in desk.tables.binding.tables}
    blocks = {**tables, **_dashboard(desk)}
    return Addresses(
        record=lambda record_id: desk.link("requirement", record_id),
        places={key: desk.link(block, "") for key, block in blocks.items()},
    )


def _dashboard(desk: Desk) -> dict[str, str]:
    """The block id of 经营看板 where one is remembered; of several the last made."""
    known = Remembered(desk.store, desk.app_token).known()
    ids = [id for id, path in known.items() if path == f"{DASHBOARD}manager"]
    return {"dashboard": ids[-1]} if ids else {}
