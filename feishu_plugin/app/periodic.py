"""What a base at work does again and again, and how often.

Each run is noted in the store by its slot of time (``clockwork``): replicas and restarts neither
double nor miss it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from feishu_plugin.app.month_end import publish_if_due
from feishu_plugin.reminders.calendar_end import calendar_ends
from feishu_plugin.sync import faq, faq_drafts, recovered, ticks
from feishu_plugin.sync.dealings import show_dealings
from feishu_plugin.sync.history.leaving import archive_when_worth_it
from feishu_plugin.sync.history.relearned import relearn
from feishu_plugin.sync.loads import show_loads
from feishu_plugin.sync.pauses import can_enforce, lost_statuses

if TYPE_CHECKING:
    from feishu_plugin.app.base_worker import BaseWorker


@dataclass(frozen=True, slots=True)
class Job:
    """What is done, given the worker of the base and the business time."""

    every: timedelta
    run: Callable[["BaseWorker", datetime], None]


def _due(worker: "BaseWorker", now: datetime) -> None:
    worker.go_on_listening()
    if ticks.hint_at_due(worker.desk):
        worker.wake()


def _remind(worker: "BaseWorker", now: datetime) -> None:
    if ticks.remind(worker.desk):
        worker.wake_deliveries()


def _sweep(worker: "BaseWorker", now: datetime) -> None:
    binding = worker.desk.tables.binding
    if lost_statuses(binding) or not can_enforce(binding):
        # The event that told of the mended column may be one of those that got lost.
        worker.look_at_structure()
    worker.sweep_now()


def _report(worker: "BaseWorker", now: datetime) -> None:
    if publish_if_due(worker.desk, worker.sweep_now):
        worker.wake_deliveries()


def _tell_recovered(worker: "BaseWorker", now: datetime) -> None:
    if recovered.tell(worker.desk):
        worker.wake_deliveries()


def _show_loads(worker: "BaseWorker", now: datetime) -> None:
    show_loads(worker.desk)


def _show_dealings(worker: "BaseWorker", now: datetime) -> None:
    relearn(worker.desk)
    show_dealings(worker.desk)


def _archive(worker: "BaseWorker", now: datetime) -> None:
    if archive_when_worth_it(worker.desk).differing:
        worker.wake_deliveries()


def _keep_tidy(worker: "BaseWorker", now: datetime) -> None:
    worker.office.store.sweep_old(now)
    worker.office.people.forget()


def _look_at_calls(worker: "BaseWorker", now: datetime) -> None:
    worker.tell_administrator("calls", [text for text in (worker.office.budget(now).warning,) if text])


def _look_at_calendar(worker: "BaseWorker", now: datetime) -> None:
    ends = calendar_ends(worker.desk.policy, now)
    worker.tell_administrator("calendar", [text for text in (ends,) if text])


def _learn(worker: "BaseWorker", now: datetime) -> None:
    told = worker.school.step(worker.desk, now)
    worker.tell_administrator("learning", [told] if told else [])


def _keep_knowledge(worker: "BaseWorker", now: datetime) -> None:
    if faq.compare(worker.desk):
        worker.wake()
    if faq_drafts.draft_when_due(worker.desk).drafts:
        worker.wake_deliveries()


def _look_at_structure(worker: "BaseWorker", now: datetime) -> None:
    worker.look_at_structure()


JOBS: Mapping[str, Job] = {
    "due": Job(timedelta(minutes=1), _due),
    "remind": Job(timedelta(minutes=1), _remind),
    "sweep": Job(timedelta(minutes=10), _sweep),
    "report": Job(timedelta(minutes=5), _report),
    "recovered": Job(timedelta(minutes=10), _tell_recovered),
    "loads": Job(timedelta(days=1), _show_loads),
    "customers": Job(timedelta(days=1), _show_dealings),
    "archive": Job(timedelta(days=1), _archive),
    "upkeep": Job(timedelta(hours=6), _keep_tidy),
    "calls": Job(timedelta(hours=1), _look_at_calls),
    "calendar": Job(timedelta(days=1), _look_at_calendar),
    "learn": Job(timedelta(minutes=10), _learn),
    "knowledge": Job(timedelta(days=1), _keep_knowledge),
    "drift": Job(timedelta(days=1), _look_at_structure),
}
