"""The month's report: written by the service on the 1st, or by the command at any time.

Figures come from the tables alone, so running it again changes nothing that did not change.
"""

from datetime import datetime, timedelta

from feishu_plugin.app.report_text import fingerprint
from feishu_plugin.errors import ReportError
from feishu_plugin.ports import Effect, Settlement
from feishu_plugin.reminders.quiet import is_quiet, next_morning
from feishu_plugin.reports import publish
from feishu_plugin.reports.cards import report_card
from feishu_plugin.reports.result import ReportResult
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.outgoing import tell_administrator

_FACT = "reported"


def month_before(desk: Desk, now: datetime) -> str:
    """The last month that is over, as ``yyyy-MM``."""
    first = desk.policy.worktime.local_day(now).replace(day=1)
    return f"{first - timedelta(days=1):%Y-%m}"


def publish_month(desk: Desk, month: str, *, write: bool) -> ReportResult:
    """Computes a month; with ``write`` brings the tables up to date and puts the managers' cards out."""
    now = desk.clock.now()
    [result] = publish.run_all(
        desk.tables, desk.policy, (month,), now, write=write, name=lambda open_id: _name(desk, open_id)
    )
    if write:
        desk.store.settle(desk.app_token, Settlement(effects=_manager_cards(desk, result, now)))
    return result


def publish_if_due(desk: Desk) -> bool:
    """Publishes the last month once, from the morning of the 1st on; True when it was due.

    A month that does not add up is told to the administrator and tried again later.
    """
    now = desk.clock.now()
    worktime, opens = desk.policy.worktime, desk.policy.parameters.digest_at
    month = month_before(desk, now)
    reported = desk.store.recall(desk.app_token, _FACT)
    if reported is None:
        # The first start: months that were over before us are the command's business.
        desk.store.keep(desk.app_token, _FACT, {"month": month})
        return False
    if now < worktime.at(worktime.local_day(now).replace(day=1), opens) or reported["month"] == month:
        return False
    try:
        publish_month(desk, month, write=True)
    except ReportError as error:
        tell_administrator(desk, f"report:{month}", str(error))
    else:
        desk.store.keep(desk.app_token, _FACT, {"month": month})
    return True


def _manager_cards(desk: Desk, result: ReportResult, now: datetime) -> list[Effect]:
    card = report_card(result, desk.policy, lambda key: _link(desk, key))
    return [
        Effect(
            kind="card",
            # One card per month and state of its figures: a corrected report is told again.
            identity=f"report:{result.month}:{fingerprint(result)}:{manager}",
            target=manager,
            body={"card": card, "event": "report_ready", "name": f"月报 {result.month}", "requirements": []},
            not_before=next_morning(desk.policy, manager, now) if is_quiet(desk.policy, now) else now,
        )
        for manager in desk.policy.managers() or desk.administrators
    ]


def _name(desk: Desk, open_id: str) -> str:
    return desk.people.person(open_id).name or open_id


def _link(desk: Desk, key: str) -> str:
    """A report table opens as a whole, anything else is a requirement."""
    is_table = key in desk.tables.binding.tables
    return desk.link(key, "") if is_table else desk.link("requirement", key)
