"""The clocks: the machine's own, and the sandbox's for demos and tests."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import requests

from feishu_plugin.errors import SettingsError
from feishu_plugin.language import Phrase
from feishu_plugin.ports import Clock
from feishu_plugin.settings import Settings


class SystemClock:
    """The machine's time."""

    def now(self) -> datetime:
        """The instant in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """An instant given on the command line (``--now``)."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """Always the same instant."""
        return self._now


class SandboxClock:
    """The time of a local sandbox, so that a month can pass in seconds.

    The offset to the machine's clock is asked once and again whenever the sandbox's clock is
    moved (``watch``); a frozen clock stands still.
    """

    def __init__(self, base_url: str) -> None:
        self._url = f"{base_url}/_sandbox/clock"
        self._session = requests.Session()
        self._session.trust_env = False
        self._turns = -1
        self._told = self._asked_at = datetime.now(UTC)
        self._frozen = False
        try:
            self._take(self._session.get(self._url, timeout=10).json())
        except (requests.RequestException, ValueError) as error:
            raise SettingsError(
                Phrase(
                    f"FEISHU_PLUGIN_CLOCK=sandbox：{base_url} 没有沙箱应答；请先运行 feishu-plugin sandbox",
                    f"FEISHU_PLUGIN_CLOCK=sandbox: no sandbox answers at {base_url}; "
                    "run `feishu-plugin sandbox` first",
                )
            ) from error

    def now(self) -> datetime:
        """The sandbox's instant in UTC."""
        return self._told if self._frozen else self._told + (datetime.now(UTC) - self._asked_at)

    def watch(self, moved: Callable[[], None], stop: threading.Event) -> None:
        """Calls ``moved`` whenever the sandbox's clock jumps; returns when ``stop`` is set."""
        while not stop.is_set():
            try:
                answer = self._session.get(
                    self._url, params={"after": self._turns, "timeout_s": 2}, timeout=10
                ).json()
            except (requests.RequestException, ValueError):
                stop.wait(0.5)
                continue
            if self._take(answer):
                moved()

    def _take(self, answer: dict[str, object]) -> bool:
        jumped = answer["turns"] != self._turns
        self._told, self._asked_at = datetime.fromisoformat(str(answer["now"])), datetime.now(UTC)
        self._frozen, self._turns = bool(answer["frozen"]), int(str(answer["turns"]))
        return jumped


def clock_for(settings: Settings, now: datetime | None = None) -> Clock:
    """The clock that the settings (or ``--now``) ask for."""
    if now is not None:
        return FixedClock(now)
    return SandboxClock(settings.base_url) if settings.clock == "sandbox" else SystemClock()
