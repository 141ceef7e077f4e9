"""Delivery by HTTP to the app's own URL: encryption, signature and url_verification.

One POST per push and no redirect is followed; deciding when to push again is delivery's business.
"""

import asyncio
import base64
import hashlib
import http.client
import json
import secrets
from urllib.parse import urlsplit

from Crypto.Cipher import AES
from Crypto.Util.Padding import pad

from feishu_plugin.sandbox.clock import Clock
from feishu_plugin.sandbox.credentials import Keys
from feishu_plugin.sandbox.delivery import ACK_LIMIT_S, Answer
from feishu_plugin.sandbox.envelope import Json
from feishu_plugin.sandbox.events import Event

VERIFY_LIMIT_S = 1.0
"""The app must echo the challenge within one second."""


def encrypt(plain: bytes, encrypt_key: str, iv: bytes) -> str:
    """base64(iv + AES-256-CBC(PKCS7, key = SHA-256(encrypt_key)))."""
    cipher = AES.new(hashlib.sha256(encrypt_key.encode()).digest(), AES.MODE_CBC, iv)
    return base64.b64encode(iv + cipher.encrypt(pad(plain, AES.block_size))).decode()


def sign(timestamp: str, nonce: str, encrypt_key: str, body: bytes) -> str:
    """hex(sha256(timestamp + nonce + encrypt_key + raw body)); the body as it is sent."""
    return hashlib.sha256(f"{timestamp}{nonce}{encrypt_key}".encode() + body).hexdigest()


class Webhook:
    """The request URL of the app; ``encrypted`` means an Encrypt Key is set in the console."""

    def __init__(self, url: str, *, encrypted: bool, keys: Keys, clock: Clock) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"not an http(s) URL: {url!r}")
        self.url, self.encrypted = url, encrypted
        self._keys, self._clock = keys, clock

    async def push(self, event: Event) -> Answer:
        """Posts one envelope; only HTTP 200 counts as acknowledged."""
        return await self._post(event.payload, ACK_LIMIT_S)

    async def close(self) -> None:
        """There is no connection to close."""

    async def verify(self) -> bool:
        """Asks for the challenge; True when the app echoes it in time."""
        challenge = secrets.token_hex(16)
        question = {
            "challenge": challenge,
            "token": self._keys.verification_token,
            "type": "url_verification",
        }
        try:
            async with asyncio.timeout(VERIFY_LIMIT_S):
                answer = await self._post(json.dumps(question).encode(), VERIFY_LIMIT_S)
        except TimeoutError:
            return False
        return answer.kind == "ok" and _challenge(answer.data) == challenge

    async def _post(self, plain: bytes, limit_s: float) -> Answer:
        body = self._seal(plain)
        headers = {"Content-Type": "application/json; charset=utf-8", **self._signature(body)}
        return await asyncio.to_thread(_exchange, self.url, body, headers, limit_s)

    def _seal(self, plain: bytes) -> bytes:
        if not self.encrypted:
            return plain
        sealed = encrypt(plain, self._keys.encrypt_key, secrets.token_bytes(AES.block_size))
        # Node's SDK signs its own JSON.stringify of the body, so the real service sends no blanks
        return json.dumps({"encrypt": sealed}, separators=(",", ":")).encode()

    def _signature(self, body: bytes) -> dict[str, str]:
        if not self.encrypted:
            return {}
        timestamp, nonce = str(int(self._clock.now_s())), str(secrets.randbelow(10**9))
        return {
            "X-Lark-Request-Timestamp": timestamp,
            "X-Lark-Request-Nonce": nonce,
            "X-Lark-Signature": sign(timestamp, nonce, self._keys.encrypt_key, body),
        }

    def as_json(self) -> Json:
        """What ``GET /_sandbox/webhook`` shows."""
        return {"url": self.url, "encrypt": self.encrypted}


def _exchange(url: str, body: bytes, headers: dict[str, str], limit_s: float) -> Answer:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=limit_s)
    try:
        connection.request(
            "POST", parts.path + (f"?{parts.query}" if parts.query else "") or "/", body, headers
        )
        response = connection.getresponse()
        return Answer(kind="ok" if response.status == 200 else "failed", data=response.read())
    except TimeoutError:
        return Answer(kind="timeout")
    except (OSError, http.client.HTTPException):
        return Answer(kind="failed")
    finally:
        connection.close()


def _challenge(answer: bytes) -> str | None:
    try:
        found = json.loads(answer)
    except ValueError:
        return None
    return found.get("challenge") if isinstance(found, dict) else None
