"""The request URL for events and card actions: checked, decrypted, persisted, acknowledged.

A delivery that is not authentic is refused and never stored; an authentic one that cannot
be understood is set aside and acknowledged, because a repeat would not mend it.

Age: Feishu's re-pushes end about 7 h 5 min after the first push, and nothing says whether they
carry a new timestamp, so the signed timestamp may be 8 h old (inside that window a replay
is harmless: ids of accepted events are kept longer) and 5 min ahead of our clock.
"""

import base64
import binascii
import hashlib
import hmac
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from Crypto.Cipher import AES
from Crypto.Util.Padding import unpad
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from feishu_plugin.errors import RefusedDelivery
from feishu_plugin.foreign_json import NotJson, parsed
from feishu_plugin.gateway.bodies import BODY_S as BODY_S
from feishu_plugin.gateway.bodies import bounded_body
from feishu_plugin.gateway.receiving import Accept, Reject, deliver
from feishu_plugin.gateway.refusals import AGAIN_S, Refusals
from feishu_plugin.ports import Json

PATH = "/webhook/event"
MOST_BYTES = 1024 * 1024
OLDEST_S, MOST_AHEAD_S = 8 * 3600, 300

_AUTHENTIC = (200, 500)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The two secrets of the console's "encryption strategy"; empty where none is set."""

    encrypt_key: str
    verification_token: str

    def __repr__(self) -> str:
        return "Keys(***)"


def webhook_route(
    accept: Accept,
    encrypt_key: str,
    verification_token: str,
    now: Callable[[], datetime],
    *,
    reject: Reject,
    path: str = PATH,
    body_s: float = BODY_S,
) -> Route:
    """The POST route. Answers 200 (stored, or set aside), 403 (refused), 408 (too slow), 413 (over
    1 MiB), 429 (too much was refused), 500 (not stored: Feishu pushes again)."""
    keys = Keys(encrypt_key=encrypt_key, verification_token=verification_token)
    refusals = Refusals()

    async def look(request: Request) -> Response:
        body = await bounded_body(request, MOST_BYTES, body_s)
        if isinstance(body, str):
            return _closing(408 if body == "too slow" else 413, body)
        return await run_in_threadpool(_answer, body, request.headers, keys, now, accept, reject)

    async def receive(request: Request) -> Response:
        address = request.client.host if request.client else ""
        if refusals.turn_away(address):
            return _closing(429, "too much was refused")
        answer = await look(request)
        told = refusals.proved if answer.status_code in _AUTHENTIC else refusals.refused
        told(address)
        return answer

    return Route(path, receive, methods=["POST"])


def authentic(body: bytes, headers: Mapping[str, str], keys: Keys, now: datetime) -> bytes:
    """The plaintext of a delivery that proves to come from Feishu; raises RefusedDelivery.

    ``headers`` must look names up in lower case. url_verification carries no signature: there
    the encryption or the token is the proof. A signed delivery without any token is authentic.
    """
    if not (keys.encrypt_key or keys.verification_token):
        raise RefusedDelivery("neither encrypt key nor verification token is set, so nothing can be trusted")
    plain = decrypt(_field(body, "encrypt"), keys.encrypt_key) if keys.encrypt_key else body
    challenge = _parsed(plain).get("type") == "url_verification"
    if keys.encrypt_key and not challenge:
        _check_signature(body, headers, keys.encrypt_key)
        _check_age(headers, now)
    token = _token(plain)
    signed = keys.encrypt_key and not token
    if keys.verification_token and not signed and not _same(token, keys.verification_token):
        raise RefusedDelivery("wrong verification token")
    return plain


def decrypt(encrypted: str, encrypt_key: str) -> bytes:
    """``base64(iv[16] + AES-256-CBC(PKCS7, key = SHA-256(encrypt_key)))``; raises RefusedDelivery."""
    try:
        data = base64.b64decode(encrypted, validate=True)
        cipher = AES.new(hashlib.sha256(encrypt_key.encode()).digest(), AES.MODE_CBC, data[:16])
        return unpad(cipher.decrypt(data[16:]), AES.block_size)
    except (ValueError, binascii.Error):
        raise RefusedDelivery("cannot be decrypted with our encrypt key") from None


def signature(timestamp: str, nonce: str, encrypt_key: str, body: bytes) -> str:
    """``hex(sha256(timestamp + nonce + encrypt_key + raw body))``, the body still encrypted."""
    return hashlib.sha256(f"{timestamp}{nonce}{encrypt_key}".encode() + body).hexdigest()


def _answer(
    body: bytes,
    headers: Mapping[str, str],
    keys: Keys,
    now: Callable[[], datetime],
    accept: Accept,
    reject: Reject,
) -> Response:
    try:
        plain = authentic(body, headers, keys, now())
    except RefusedDelivery as refused:
        log.warning("webhook delivery refused: %s", refused)
        return JSONResponse({"msg": "refused"}, 403)
    found = _parsed(plain)
    if found.get("type") == "url_verification":
        return JSONResponse({"challenge": found.get("challenge")})
    try:
        return JSONResponse(deliver(plain, accept, reject) or {})
    except Exception:
        log.exception("webhook delivery not stored; Feishu will push it again")
        return JSONResponse({"msg": "not stored"}, 500)


def _closing(status: int, msg: str) -> Response:
    """An answer before the body was read: the rest of it is not waited for."""
    headers = {"Connection": "close", "Retry-After": f"{AGAIN_S:.0f}"}
    return JSONResponse({"msg": msg}, status, headers)


def _check_signature(body: bytes, headers: Mapping[str, str], encrypt_key: str) -> None:
    timestamp = headers.get("x-lark-request-timestamp", "")
    nonce = headers.get("x-lark-request-nonce", "")
    given = headers.get("x-lark-signature", "")
    if not _same(given, signature(timestamp, nonce, encrypt_key, body)):
        raise RefusedDelivery("wrong signature")


def _check_age(headers: Mapping[str, str], now: datetime) -> None:
    try:
        age = now.timestamp() - int(headers.get("x-lark-request-timestamp", ""))
    except ValueError:
        raise RefusedDelivery("the signed timestamp is no number") from None
    if not -MOST_AHEAD_S <= age <= OLDEST_S:
        raise RefusedDelivery(f"the signed timestamp is {age:.0f} s old")


def _token(plain: bytes) -> str:
    """``header.token`` of envelope 2.0, ``token`` of envelope 1.0 and url_verification."""
    found = _parsed(plain)
    header = found.get("header")
    token = (header if isinstance(header, dict) else found).get("token")
    return token if isinstance(token, str) else ""


def _field(body: bytes, name: str) -> str:
    found = _parsed(body).get(name)
    if not isinstance(found, str):
        raise RefusedDelivery(f"the body has no {name!r}, but an encrypt key is set")
    return found


def _parsed(text: bytes) -> Json:
    """The JSON object; empty when the text is none (a token check then fails)."""
    try:
        found = parsed(text)
    except NotJson:
        return {}
    return found if isinstance(found, dict) else {}


def _same(given: str, wanted: str) -> bool:
    # JSON may carry lone surrogates, which plain UTF-8 refuses.
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), wanted.encode())
