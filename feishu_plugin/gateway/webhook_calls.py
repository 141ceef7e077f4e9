"""Signed calls to the endpoints of the settings: nowhere else, no redirects, no private addresses.

The name is looked up once for each call, every address it has is checked, and the call goes to a
checked one: a name that answers otherwise the second time leads nowhere.
"""

import base64
import hashlib
import hmac
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from feishu_plugin.sync.webhook_calls import WebhookError

TIMEOUT_S = 10.0
_GONE = 410
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where calls go, and what signs them."""

    url: str = field(repr=False)
    key: bytes = field(repr=False)


class SignedWebhooks:
    """The port Webhooks over HTTP; ``trusted``: certificates to trust instead of the usual ones."""

    def __init__(
        self, endpoints: Sequence[Endpoint], timeout_s: float = TIMEOUT_S, trusted: Path | None = None
    ) -> None:
        self._verify: bool | str = str(trusted) if trusted else True
        self._by_id: Mapping[str, Endpoint] = {_id_of(one): one for one in endpoints}
        self._timeout_s = timeout_s

    @property
    def endpoints(self) -> Sequence[str]:
        """Made from address and secret: another one of either is another endpoint."""
        return tuple(self._by_id)

    def shown(self, endpoint: str) -> str:
        """The host: paths of webhooks are secrets at times."""
        return urlsplit(self._by_id[endpoint].url).netloc

    def call(self, endpoint: str, identity: str, payload: bytes, at: datetime) -> None:
        """Any 2xx is a yes; WebhookError for everything else."""
        found = self._by_id[endpoint]
        # The identity names rows and rules: a receiver gets no more than a mark.
        mark = "msg_" + hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        headers = signed(found.key, mark, int(at.timestamp()), payload)
        try:
            code = self._post(found.url, payload, headers)
        except (requests.RequestException, OSError) as error:
            raise WebhookError(f"{self.shown(endpoint)}: {type(error).__name__}") from error
        if not 200 <= code < 300:
            raise WebhookError(f"{self.shown(endpoint)}: HTTP {code}", gone=code == _GONE)

    def _post(self, url: str, payload: bytes, headers: Mapping[str, str]) -> int:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        address = _checked(host, port)
        with requests.Session() as session:
            session.trust_env, session.verify = False, self._verify
            session.mount("https://", _Named(host))
            there = parts._replace(netloc=f"[{address}]:{port}" if ":" in address else f"{address}:{port}")
            answer = session.post(
                there.geturl(),
                data=payload,
                headers={**headers, "Host": parts.netloc},
                timeout=self._timeout_s,
                allow_redirects=False,
                stream=True,  # nobody reads what they answer
            )
            answer.close()
        return answer.status_code


class _Named(HTTPAdapter):
    """Speaks TLS with a host by name, though its address was dialled."""

    def __init__(self, host: str) -> None:
        self._host = host
        super().__init__()

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        """The certificate must be that of the host."""
        super().init_poolmanager(*args, **more, server_hostname=self._host, assert_hostname=self._host)


def signed(key: bytes, mark: str, timestamp: int, payload: bytes) -> dict[str, str]:
    """The headers of Standard Webhooks for this payload."""
    content = f"{mark}.{timestamp}.".encode() + payload
    signature = base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
    return {
        "webhook-id": mark,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{signature}",
        "content-type": "application/json",
        "user-agent": "feishu-plugin",
    }


def _checked(host: str, port: int) -> str:
    """An address of the host; WebhookError when any of them is not of the open internet.

    Hosts on loopback are for trying things out: they must stay there.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(one[4][0]) for one in found]
    wrong = [one for one in addresses if not _allowed(one, local=host in _LOOPBACK)]
    if wrong or not addresses:
        raise WebhookError(f"{host} is at a private address; webhooks go to the open internet only")
    return addresses[0]


def _allowed(address: str, *, local: bool) -> bool:
    found = ip_address(address.partition("%")[0])
    return found.is_loopback if local else found.is_global and not found.is_multicast


def _id_of(endpoint: Endpoint) -> str:
    content = endpoint.url.encode() + b"\0" + endpoint.key
    return hashlib.sha256(content).hexdigest()[:16]
