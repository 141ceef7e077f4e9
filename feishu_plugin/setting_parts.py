"""Values of settings that are more than one word: who is told by a webhook, who may bring requirements."""

import base64
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import SecretStr

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpoint:
    """Where status changes are told, and what signs them."""

    url: str
    secret: SecretStr
    """``whsec_`` and 24 to 64 bytes in base64."""

    @property
    def key(self) -> bytes:
        """The bytes of the secret; empty when it is none."""
        text = self.secret.get_secret_value()
        try:
            key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
        except ValueError:
            return b""
        return key if text.startswith("whsec_") and 24 <= len(key) <= 64 else b""

    @property
    def is_safe(self) -> bool:
        """True for https, and for plain http on loopback."""
        try:
            parts = urlsplit(self.url)
            reachable = bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
        except ValueError:
            return False
        return reachable and (
            parts.scheme == "https" or (parts.scheme, parts.hostname in LOOPBACK) == ("http", True)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeKey:
    """An API key: who shows it, and the base that takes what they bring."""

    name: str
    key: SecretStr
    base: str
