"""What monitoring reads at ``/metrics``: counts since the start, and how things stand at this moment.

Labels name endpoints, rules, notices and bases; never people, customers, records or secrets.
The registry belongs to one service: nothing here is shared by the process.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from feishu_plugin.gateway.chat_events import MESSAGE
from feishu_plugin.gateway.events import CARD_ACTION, FIELD_CHANGED, RECORD_CHANGED
from feishu_plugin.witness import Fact

_PREFIX = "feishu_plugin_"
_EVENTS = frozenset({RECORD_CHANGED, FIELD_CHANGED, CARD_ACTION, MESSAGE})
_LATENCY_S = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600)
_CALL_S = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

GAUGES: Mapping[str, str] = {
    "connected": "1 while events can come in: the long connection is up, or the webhook listens.",
    "bases_not_opened": "Bases of the settings that could not be opened yet.",
    "database_up": "1 when the database answered this look; the figures below need it.",
    "calls_this_month": "Calls to Feishu of this calendar month by everything on this database.",
    "deliveries_set_aside": "Deliveries kept because they could not be understood.",
}
"""Without labels."""

BASE_GAUGES: Mapping[str, str] = {
    "lease_held": "1 where this process works on the base.",
    "open_hints": "Changes that wait to be judged.",
    "oldest_open_hint_seconds": "Age of the oldest of them by the business clock; 0 without any.",
    "records_set_apart": "Records that could not be settled and are tried again later.",
    "outbox_waiting": "Cards and rows to be sent or written.",
    "mails_waiting": "Mails to customers that wait.",
    "effects_failed": "Cards, rows and mails given up for good.",
}
"""With the label ``base``."""

Standing = Callable[[], tuple[Mapping[str, float], Mapping[str, Mapping[str, float]]]]
"""How things stand: gauge to value, and base to gauge to value; what is not known is left out."""


class Figures:
    """A witness that counts."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._events = self._counter("events_received", "Deliveries stored or set aside.", "kind")
        self._verdicts = self._counter("verdicts", "Moves that were judged.", "action", "rule")
        self._notices = self._counter("notices", "Tries to send.", "channel", "event", "outcome")
        self._recovered = self._counter("recovered_changes", "Changes that only a sweep found.", "base")
        self._restarts = self._counter("long_connection_restarts", "Times its process was replaced.")
        self._calls = self._counter("feishu_calls", "Answers of Feishu; code -1: none.", "endpoint", "code")
        self._call_seconds = Histogram(
            f"{_PREFIX}feishu_call_seconds",
            "Real time until Feishu answered.",
            ["endpoint"],
            buckets=_CALL_S,
            registry=self._registry,
        )
        self._latency = Histogram(
            f"{_PREFIX}event_to_settled_seconds",
            "From the receipt of an event to its settlement, by the business clock.",
            buckets=_LATENCY_S,
            registry=self._registry,
        )

    def saw(self, what: str, **facts: Fact) -> None:
        """Counts what happened; what no figure is made of passes."""
        match what:
            case "event":
                kind = str(facts["kind"])
                self._events.labels(kind if kind in _EVENTS else "other").inc()
            case "verdict":
                self._verdicts.labels(facts["action"], facts["rule"]).inc()
            case "card" | "mail":
                self._notices.labels(what, facts["event"], facts["outcome"]).inc()
            case "sweep":
                self._recovered.labels(facts["base"]).inc(int(facts["recovered"]) + int(facts["deleted"]))
            case "settled":
                self._latency.observe(max(float(facts["seconds"]), 0.0))
            case "call":
                self._called(str(facts["endpoint"]), int(facts["code"]), float(facts["seconds"]))
            case "restart":
                self._restarts.inc()

    def look_at(self, standing: Standing) -> None:
        """From now on every reading also asks how things stand."""
        self._registry.register(_Standing(standing))

    def text(self) -> bytes:
        """Everything in the text format of Prometheus."""
        return generate_latest(self._registry)

    def _called(self, endpoint: str, code: int, seconds: float) -> None:
        self._calls.labels(endpoint, code).inc()
        self._call_seconds.labels(endpoint).observe(seconds)

    def _counter(self, name: str, says: str, *labels: str) -> Counter:
        return Counter(f"{_PREFIX}{name}", says, labels, registry=self._registry)


class _Standing(Collector):
    def __init__(self, ask: Standing) -> None:
        self._ask = ask

    def describe(self) -> Iterable[Metric]:
        """Registering asks nothing."""
        return [*(_gauge(name, says) for name, says in GAUGES.items()), *_by_base({})]

    def collect(self) -> Iterable[Metric]:
        """One look."""
        values, bases = self._ask()
        for name, says in GAUGES.items():
            if name in values:
                yield _gauge(name, says, values[name])
        yield from _by_base(bases)


def _gauge(name: str, says: str, value: float | None = None) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{_PREFIX}{name}", says, value=value)


def _by_base(bases: Mapping[str, Mapping[str, Any]]) -> Iterable[Metric]:
    for name, says in BASE_GAUGES.items():
        family = GaugeMetricFamily(f"{_PREFIX}{name}", says, labels=["base"])
        for base, values in bases.items():
            if name in values:
                family.add_metric([base], values[name])
        yield family
