"""The tenant_access_token of one app at one base URL: fetched once, shared by all threads.

It holds the app secret and shows it to nobody but the token endpoint.
"""

import threading
from collections.abc import Callable
from typing import Any

from feishu_plugin.ports import Json

RENEW_BEFORE_S = 600.0
"""Feishu gives a new token in the last 30 minutes of the old one; both work."""


class TokenRefused(Exception):
    """The token endpoint gave no token; carries its answer and never leaves the gateway."""

    def __init__(self, answer: Any) -> None:
        super().__init__("no tenant_access_token")
        self.answer = answer


class TenantToken:
    """The cached token; sixteen cold threads make one request."""

    def __init__(
        self, app_id: str, app_secret: str, fetch: Callable[[Json], Json], now: Callable[[], float]
    ) -> None:
        self._body = {"app_id": app_id, "app_secret": app_secret}
        self._fetch, self._now = fetch, now
        self._lock = threading.Lock()
        self._token, self._renew_at = "", 0.0

    def __repr__(self) -> str:
        return f"TenantToken(app_id={self._body['app_id']!r})"

    def get(self) -> str:
        """The token, fetched when there is none or it ends soon."""
        with self._lock:
            if not self._token or self._now() >= self._renew_at:
                self._renew()
            return self._token

    def reject(self, token: str) -> None:
        """Forgets a token that Feishu refused, unless another thread already replaced it."""
        with self._lock:
            if token == self._token:
                self._token = ""

    def _renew(self) -> None:
        answer = self._fetch(self._body)
        life = float(answer.get("expire") or 0)
        self._token = str(answer["tenant_access_token"])
        self._renew_at = self._now() + life - min(RENEW_BEFORE_S, life / 2)
