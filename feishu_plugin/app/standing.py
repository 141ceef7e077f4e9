"""How a running service stands: for the health page, for readiness, and for monitoring.

Only looks. A base that rests because people deleted a column is no fault of the service: it
is told at ``/health`` and to the administrator, and never makes the service unready.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from feishu_plugin.app.base_worker import BaseWorker, healthy
from feishu_plugin.app.compose import Office
from feishu_plugin.errors import PluginError
from feishu_plugin.sync.pauses import can_enforce

OLDEST_S = 60.0
"""A change that waits longer than this to be judged makes the service unready."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A view of the service's own lists: always of this moment."""

    office: Office
    workers: Sequence[BaseWorker]
    waiting: Mapping[str, PluginError]
    """Bases that could not be opened yet, and why."""
    connected: Callable[[], bool]
    """True while events can come in."""
    refusal: Callable[[], PluginError | None]
    """Why Feishu refuses the connection; None when it does not."""

    def health(self) -> dict[str, Any]:
        """What ``/health`` says."""
        return {
            "connected": self.connected(),
            "now": self.office.clock.now().isoformat(),
            "calls": self.office.meter.total,
            "bases": [healthy(worker) for worker in self.workers],
            "waiting": self.causes(),
        }

    def causes(self) -> dict[str, str]:
        """Base to why it is not watched yet."""
        return {token: str(error) for token, error in tuple(self.waiting.items())}

    def reasons(self) -> list[str]:
        """Why the service is not ready, in words; empty when it is."""
        found = [] if self.connected() else [self._not_connected()]
        try:
            return found + self._reasons_of_bases()
        except Exception as error:  # whatever a database may raise: it is what we were asked about
            return [*found, f"数据库没有应答 the database does not answer ({type(error).__name__})"]

    def figures(self) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
        """Gauges of the whole and by base; without a database only those that need none."""
        whole: dict[str, float] = {"connected": self.connected(), "bases_not_opened": len(self.waiting)}
        try:
            bases = {worker.desk.app_token: _figures_of(worker) for worker in tuple(self.workers)}
            counts = self.office.store.counts("")
            stored = {
                "calls_this_month": self.office.meter.this_month(),
                "deliveries_set_aside": counts["set_aside"],
            }
        except Exception:  # monitoring must go on when the database does not
            return {**whole, "database_up": 0}, {}
        return {**whole, **stored, "database_up": 1}, bases

    def _not_connected(self) -> str:
        refused = self.refusal()
        why = f" ({refused})" if refused else ""
        return f"与飞书的长连接没有接通 the long connection to Feishu is down{why}"

    def _reasons_of_bases(self) -> list[str]:
        workers = tuple(self.workers)
        if not workers:
            causes = [f"{token}: {cause}" for token, cause in self.causes().items()]
            return ["；".join(["还没有监听任何多维表格 no base is watched yet", *causes])]
        if not any(self._is_worked_on(worker) for worker in workers):
            return ["没有进程在处理这些多维表格 no process holds the lease of any base"]
        old = {worker.desk.app_token: oldest_waiting_s(worker) for worker in workers}
        return [
            f"{token}: 最早的改动已等待 {age:.0f} 秒 the oldest change has waited {age:.0f} s to be judged"
            for token, age in old.items()
            if age >= OLDEST_S
        ]

    def _is_worked_on(self, worker: BaseWorker) -> bool:
        return worker.holds() or self.office.store.lease_of(worker.desk.app_token) is not None


def oldest_waiting_s(worker: BaseWorker) -> float:
    """Age of the oldest change that this process could judge now, by the business clock; 0 without any.

    Records that were set apart, and bases that lack what a judgement needs, wait for people.
    """
    desk = worker.desk
    if not worker.holds() or not can_enforce(desk.tables.binding):
        return 0.0
    resting = desk.stuck.copy()
    hints = desk.store.pending(desk.app_token, 1 + sum(one.rows for one in resting.values()))
    oldest = next((hint for hint in hints if hint.record_id not in resting), None)
    return max((desk.clock.now() - oldest.received_at).total_seconds(), 0.0) if oldest else 0.0


def _figures_of(worker: BaseWorker) -> dict[str, float]:
    token = worker.desk.app_token
    counts = worker.office.store.counts(token)
    return {
        "lease_held": worker.holds(),
        "open_hints": counts["pending"],
        "oldest_open_hint_seconds": oldest_waiting_s(worker),
        "records_set_apart": len(worker.desk.stuck),
        "outbox_waiting": counts["effects_waiting"],
        "mails_waiting": worker.office.store.mails(token)["mails_waiting"],
        "effects_failed": counts["effects_failed"],
    }
