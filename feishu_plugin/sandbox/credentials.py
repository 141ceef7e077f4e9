"""Who may call: the app's keys, its tenant tokens, people's tokens.

Tokens are signed, not remembered: one that was issued before a restart stays valid until
its end, as on the real platform. Times are sandbox time.
"""

import hashlib
import hmac
import random
from dataclasses import asdict, dataclass

from feishu_plugin.sandbox.clock import Clock
from feishu_plugin.sandbox.envelope import Caller, Refusal
from feishu_plugin.sandbox.people import People
from feishu_plugin.sandbox.switches import Switches

TOKEN_LIFE_S = 7200
"""A tenant token lives two hours; the SDKs ask anew on every call when it is told 600 s or less."""
RENEWAL_WINDOW_S = 1800
"""With at least this much left the same token is given again, with less a new one."""

_HOW_TO_FIX = (
    "https://open.feishu.cn/document/uAjLw4CM/ugTN1YjL4UTN24CO1UjN/trouble-shooting/how-to-fix-{}-error"
)

TOKEN_MESSAGES = {
    99991661: "Missing access token for authorization. Please make a request with token attached.",
    99991663: "Invalid access token for authorization. Please make a request with token attached.",
    99991668: "Invalid access token for authorization. Please make a request with token attached.",
    99991671: "Invalid access token, token must start with t- or u-.",
    99991677: "Authentication token expired.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What the developer console shows for one app."""

    app_id: str
    app_secret: str
    verification_token: str
    encrypt_key: str
    tenant_key: str

    @classmethod
    def invent(cls, seed: int | None = None) -> "Keys":
        """New keys; Node's SDK accepts only ``cli_`` and 16 hex digits as an app id."""
        dice = random.Random(seed) if seed is not None else random.SystemRandom()
        return cls(
            app_id=f"cli_{dice.getrandbits(64):016x}",
            app_secret=f"{dice.getrandbits(128):032x}",
            verification_token=f"{dice.getrandbits(128):032x}",
            encrypt_key=f"{dice.getrandbits(128):032x}",
            tenant_key=f"{dice.getrandbits(64):016x}",
        )

    def as_json(self) -> dict[str, str]:
        """All five, as ``--data`` keeps them."""
        return asdict(self)


class Credentials:
    """Issues and recognises tokens."""

    def __init__(self, keys: Keys, people: People, clock: Clock, switches: Switches) -> None:
        self.keys, self._people, self._clock, self._switches = keys, people, clock, switches
        self._current = ""
        self._revoked: set[str] = set()

    def tenant_token(self, app_id: object, app_secret: object) -> tuple[str, int]:
        """The token and its seconds to live.

        Raises Refusal 10003 (not two strings), 99991543 (no such app) or 10015 (wrong secret).
        """
        self.check_secret(app_id, app_secret)
        left = self._seconds_left(self._current)
        if not RENEWAL_WINDOW_S <= left <= TOKEN_LIFE_S:
            self._current = self._new()
            left = TOKEN_LIFE_S
        return self._current, int(left)

    def _new(self) -> str:
        """A token of full life; a second less for each one that was revoked this very second."""
        ends_s = int(self._clock.now_s()) + TOKEN_LIFE_S
        while (token := self._sign(ends_s)) in self._revoked:
            ends_s -= 1
        return token

    def revoke(self, header: str | None) -> Refusal:
        """Ends the token of an ``Authorization`` header at once; the refusal its owner gets from now on."""
        token = (header or "").removeprefix("Bearer ").strip()
        if token.startswith("t-"):
            self._revoked.add(token)
            return _refusal(99991663, self._switches.bad_token_status)
        return _refusal(99991677)

    def forget_revoked(self) -> None:
        """Lets revoked tokens be good again: a new world has no past."""
        self._revoked.clear()

    def check_secret(self, app_id: object, app_secret: object) -> None:
        """Raises the Refusal of a wrong pair; see ``tenant_token``."""
        if not (isinstance(app_id, str) and isinstance(app_secret, str) and app_id and app_secret):
            raise Refusal(10003, "invalid param", status=400)
        if app_id != self.keys.app_id:
            raise Refusal(99991543, "app_id or app_secret is invalid", status=400)
        if not hmac.compare_digest(app_secret.encode(), self.keys.app_secret.encode()):
            raise Refusal(10015, "app secret invalid", status=200)

    def caller(self, header: str | None) -> Caller:
        """Who an ``Authorization`` header names.

        Raises Refusal 99991661 (none), 99991671 (neither t- nor u-), 99991663 (bad or old
        tenant token), 99991668 (unknown user token), 99991677 (old user token).
        """
        token = (header or "").removeprefix("Bearer ").strip()
        if not token:
            raise _refusal(99991661)
        if token.startswith("t-"):
            return self._app(token)
        if token.startswith("u-"):
            return self._person(token)
        raise _refusal(99991671)

    def proof_for(self, device_id: str) -> str:
        """The ``access_key`` that lets one device open a long connection: 32 hex digits."""
        return hmac.new(self.keys.app_secret.encode(), device_id.encode(), hashlib.sha256).hexdigest()[:32]

    def _app(self, token: str) -> Caller:
        if self._seconds_left(token) <= 0:
            raise _refusal(99991663, self._switches.bad_token_status)
        return Caller(kind="app", open_id=self._people.bot_open_id)

    def _person(self, token: str) -> Caller:
        person = self._people.by_token(token)
        if person is None or person.is_resigned:
            raise _refusal(99991668)
        if person.token_expires_s is not None and person.token_expires_s <= self._clock.now_s():
            raise _refusal(99991677)
        return Caller(kind="user", open_id=person.open_id)

    def _sign(self, ends_s: int) -> str:
        stamp = f"{ends_s:010x}"
        proof = hmac.new(self.keys.app_secret.encode(), stamp.encode(), hashlib.sha256).hexdigest()
        return f"t-g1{stamp}{proof[:26]}"

    def _seconds_left(self, token: str) -> float:
        """Zero or less for a token that we never signed."""
        try:
            ends_s = int(token[4:14], 16)
        except ValueError:
            return 0.0
        if token != self._sign(ends_s) or token in self._revoked:
            return 0.0
        return ends_s - self._clock.now_s()


def _refusal(code: int, status: int = 400) -> Refusal:
    hint = f"Refer to the documentation to fix the error: {_HOW_TO_FIX.format(code)}"
    return Refusal(code, TOKEN_MESSAGES[code], status=status, extra={"message": hint})
