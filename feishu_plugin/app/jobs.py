"""What the one-shot commands do: sync, remind, report. Each answers a value that prints itself."""

import contextlib
import os
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from feishu_plugin.app.compose import Office, desk_for
from feishu_plugin.app.crew import Crew
from feishu_plugin.app.lease import Lease
from feishu_plugin.app.month_end import explain_figure, month_before, publish_periods, tell_managers
from feishu_plugin.app.pictures.attach import attach_all
from feishu_plugin.app.report_files import Wish, write
from feishu_plugin.app.report_paper import paper_of
from feishu_plugin.app.report_text import data_of, text_of
from feishu_plugin.language import Phrase
from feishu_plugin.reminders.deliver import Delivered
from feishu_plugin.settings import bases as settings_bases
from feishu_plugin.sync import customers, sweep, ticks
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.handler import work_once
from feishu_plugin.sync.mailing import send_mails
from feishu_plugin.sync.outgoing import send_due
from feishu_plugin.sync.restored import reconcile


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a command did: ``text`` for people, ``data`` for machines."""

    text: str
    data: dict[str, Any] = field(default_factory=dict)


def bases(office: Office) -> Sequence[str]:
    """The bases the settings name."""
    return settings_bases(office.settings)


def sync(office: Office, app_token: str, *, full: bool, dry_run: bool) -> Outcome:
    """Sweeps; then works off what was found, unless a running service holds the base."""
    desk = desk_for(office, app_token)
    if dry_run:
        found = sweep.look(desk, full=full)
        return Outcome(text=f"{app_token}: {found.text}", data={"base_token": app_token, **found.data})
    found = sweep.sweep(desk, full=full)
    judged, corrected, left = work_off(desk)
    done = {"judged": judged, "corrected": corrected, "left": left}
    judging = Phrase(
        f"；判定 {judged}，退回 {corrected}" + (f"；{left} 条留给正在运行的服务" if left else ""),
        f"; {judged} judged, {corrected} put back"
        + (f"; {left} hints are left for the running service" if left else ""),
    )
    text = f"{app_token}: {found.text}{judging}"
    return Outcome(text=text, data={"base_token": app_token, **found.data, **done})


def work_off(desk: Desk) -> tuple[int, int, int]:
    """Judges what is open: how many records, how many put back, and how many are left to somebody else."""
    with _alone(desk) as alone:
        if not alone:
            return 0, 0, len(desk.store.pending(desk.app_token, 10_000))
        judged = corrected = 0
        while True:
            done = work_once(desk)
            judged, corrected = judged + done.judged, corrected + done.corrected
            if not done.judged and (done.waiting or not done.hints):
                return judged, corrected, done.waiting


def join_customers(desk: Desk) -> int:
    """Links requirements to customers that were just added, unless a running service hears of them.

    How many hints are left to judge.
    """
    with _alone(desk) as alone:
        return customers.look_again(desk) if alone else 0


@contextlib.contextmanager
def _alone(desk: Desk) -> Iterator[bool]:
    """Holds the base's lease meanwhile; False when a running service holds it and does the work."""
    crew = Crew()
    lease = Lease(desk.store, desk.app_token, f"{socket.gethostname()}:{os.getpid()}:command", crew)
    lease.start()
    try:
        desk.may_write = lease.held
        alone = lease.held()
        if alone:
            reconcile(desk)
        yield alone
    finally:
        lease.give_back()
        crew.close()


def remind(office: Office, app_token: str) -> Outcome:
    """Plans the reminders of this moment and sends them."""
    desk = desk_for(office, app_token)
    catch_up(office, desk)
    told = ticks.remind(desk)
    done = drain(office, desk)
    sent, later = done.cards, done.later
    text = Phrase(
        f"{app_token}：计划 {told} 张卡片，已发 {sent}，稍后再试 {later}",
        f"{app_token}: {told} cards planned, {sent} sent, {later} to be tried again",
    )
    return Outcome(text=str(text), data={"base_token": app_token, "planned": told, "sent": done.cards})


def drain(office: Office, desk: Desk) -> Delivered:
    """Sends everything in the outbox that is due, unless a running service does it."""
    with _alone(desk) as alone:
        if not alone:
            return Delivered()
        send_mails(desk, desk.may_write)
        return send_due(desk, office.messages, desk.may_write)


def report(
    office: Office, app_token: str, month: str | None, *, dry_run: bool, wish: Wish | None = None
) -> Outcome:
    """Computes a month, writes the report tables, and tells the managers once; with a wish writes files."""
    desk = desk_for(office, app_token)
    if not dry_run:
        catch_up(office, desk)
    wanted = month or month_before(desk, desk.clock.now())
    [result] = publish_periods(desk, (wanted,), write=not dry_run)
    missing = ""
    if not dry_run:
        missing = attach_all(desk, [result])
        tell_managers(desk, result)
    told = 0 if dry_run else drain(office, desk).cards
    data = {"base_token": app_token, "cards": told, "no_charts": missing, **data_of(result)}
    hint = [missing] if missing else []
    if wish is None:
        return Outcome(text="\n".join([text_of(result), *hint]), data=data)
    text, files = write(paper_of(desk, result, data), wish)
    return Outcome(text="\n".join([text, *hint]), data={**data, "files": [str(path) for path in files]})


def explain(office: Office, app_token: str, month: str | None, kpi: str) -> Outcome:
    """The requirements behind one figure."""
    desk = desk_for(office, app_token)
    found = explain_figure(desk, month or month_before(desk, desk.clock.now()), kpi)
    return Outcome(text=found.text, data={"base_token": app_token, **found.data})


def catch_up(office: Office, desk: Desk) -> None:
    """Judges what nobody judged yet, so that a command does not depend on a running service."""
    sweep.sweep(desk)
    work_off(desk)
    drain(office, desk)
