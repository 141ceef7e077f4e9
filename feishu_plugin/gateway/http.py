"""One call to Feishu: token, pace, retries, and the judgement of the answer by its ``code``.

It never looks at the HTTP status of a JSON answer, never repeats a create that carries no
``client_token``, and never lets the app secret or a token into an error, a log or a repr.
Besides JSON it sends multipart forms and writes the bytes of a file to a sink.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http.cookiejar import DefaultCookiePolicy
from typing import Any, BinaryIO, cast
from urllib.parse import quote

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import NewConnectionError
from urllib3.filepost import encode_multipart_formdata

from feishu_plugin.gateway.answers import NO_CODE, Answer, error_of, is_file, keep, read
from feishu_plugin.gateway.pacing import Pace
from feishu_plugin.gateway.tokens import TenantToken, TokenRefused
from feishu_plugin.ports import Json

DATA_NOT_CHANGE = 1254606
"""Feishu's way of saying that the write changed nothing: as good as done."""
RATE_LIMITED = 99991400
REJECTED_TOKENS = frozenset({99991661, 99991663, 99991664, 99991668, 99991671, 99991677})
NOT_FOUND = frozenset({1254040, 1254041, 1254042, 1254043, 1254044})
"""Replicas lag up to about 10 s behind our own create."""

TRIES: Mapping[int, int] = {
    RATE_LIMITED: 20,
    1254002: 3,  # too large, concurrent or transient: twice more, then the caller halves the batch
    **dict.fromkeys((1254290, 1254291, 1254112, 1254607, 1254608, 1254036), 6),
    **dict.fromkeys((230020, 230049, 11232, 1061045), 6),
}
"""Code that promises nothing was done, to how often a call is tried in all; every other is final."""
NOT_FOUND_TRIES = 5
UNREACHABLE_TRIES = 6
SLOW = {1254607: 2.0, 1254036: 2.0}
"""Codes that need a longer first wait, in seconds (heavy computation, base being copied)."""
LONGEST_RESET_S = 120.0
TIMEOUT_S = (5.0, 30.0)
"""Seconds to connect, and between two bytes of an answer."""
POOL = 16
JSON = "application/json; charset=utf-8"

MOST_TRIES = max(TRIES.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long one caller waits for Feishu."""

    timeout_s: tuple[float, float] = TIMEOUT_S
    most_tries: int = MOST_TRIES
    """1: what does not work at once is told, and nothing is waited for."""


Form = Mapping[str, str | tuple[str, bytes]]
"""The parts of a multipart body: text, or a file name with the bytes."""

Watch = Callable[[str, int, float], None]
"""Endpoint pattern (it names no record, person or base), code, seconds until the answer was read."""

_PLACEHOLDER = re.compile(r":(\w+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    method: str
    endpoint: str
    url: str
    query: Mapping[str, str]
    body: bytes | None
    tier: str
    repeatable: bool
    fresh: bool
    content_type: str = JSON
    sink: BinaryIO | None = None


class Feishu:
    """The app's one connection to Feishu; safe for threads.

    ``meter`` is told the endpoint pattern of every request sent (also repeats and token
    requests), for the monthly quota. ``watch`` is told endpoint, code and seconds of every
    answer (``NO_CODE`` when there was none). ``pace`` is shared by everything that uses this app.
    ``crossing`` is called with ``before …`` and ``after …`` around every request that is answered.
    ``patience`` is for whoever would rather have no answer than wait for one.
    """

    def __init__(
        self,
        base_url: str,
        app_id: str,
        app_secret: str,
        *,
        meter: Callable[[str], None] | None = None,
        watch: Watch | None = None,
        pace: Pace | None = None,
        crossing: Callable[[str], None] | None = None,
        patience: "Patience | None" = None,
    ) -> None:
        self.base_url, self.app_id = base_url.rstrip("/"), app_id
        self.pace = pace or Pace()
        self._meter = meter or (lambda endpoint: None)
        self._watch = watch or (lambda endpoint, code, seconds: None)
        self._crossing = crossing or (lambda boundary: None)
        self._patience = patience or Patience()
        self.told_date = ""
        """The ``Date`` header of the last answer."""
        self._session = _session()
        self._token = TenantToken(app_id, app_secret, self._fetch_token, self.pace.now)

    def __repr__(self) -> str:
        return f"Feishu({self.base_url!r}, {self.app_id!r})"

    def close(self) -> None:
        """Closes the pooled connections."""
        self._session.close()

    def sign_in(self) -> None:
        """Fetches the app's token, once and at once; FeishuError when Feishu does not take app and secret."""
        try:
            self._token.get()
        except TokenRefused as refused:
            answer = cast(Answer, refused.answer)
            raise error_of(answer, answer.endpoint) from None

    def call(
        self,
        method: str,
        path: str,
        *,
        ids: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
        body: Json | None = None,
        tier: str = "T8",
        client_token: str | None = None,
        repeatable: bool | None = None,
        fresh: bool = False,
        raw: bool = False,
        form: Form | None = None,
        sink: BinaryIO | None = None,
    ) -> Json:
        """Performs one call and returns ``data`` (the whole answer when ``raw``).

        ``path`` may hold ``:name`` placeholders, filled from ``ids``; with them it is the name
        of the endpoint for pace, meter and errors. None in ``query`` is left out, None in
        ``body`` is sent (it clears a cell). ``repeatable`` tells whether a call whose answer
        was lost may be sent again: by default everything but a POST without ``client_token``.
        ``fresh`` retries NotFound, for objects that we created a moment ago. ``form`` is sent
        instead of ``body``. Into ``sink`` goes the file of an answer that is one; ``data`` then
        is ``{"name", "mime", "size"}``.

        Raises FeishuError (refused) or FeishuUnreachable (no usable answer after all tries).
        """
        params = _as_query({**(query or {}), "client_token": client_token})
        content, content_type = _content(body, form)
        request = _Request(
            method=method,
            endpoint=f"{method} {path}",
            url=self.base_url + _fill(path, ids or {}),
            query=params,
            body=content,
            content_type=content_type,
            sink=sink,
            tier=tier,
            repeatable=(method != "POST" or client_token is not None) if repeatable is None else repeatable,
            fresh=fresh,
        )
        answer = self._insist(request)
        return answer.body if raw else answer.body.get("data") or {}

    def _insist(self, request: _Request) -> Answer:
        tries = 1
        while (answer := self._authorised(request)).code not in (0, DATA_NOT_CHANGE):
            if tries >= min(_most_tries(answer, request), self._patience.most_tries):
                raise error_of(answer, answer.endpoint or request.endpoint)
            self.pace.pause(self._wait(answer, tries))
            tries += 1
        return answer

    def _wait(self, answer: Answer, tries: int) -> float:
        if answer.code == RATE_LIMITED and answer.reset_s is not None:
            return min(answer.reset_s, LONGEST_RESET_S) + self.pace.back_off(1, first=0.2)
        return self.pace.back_off(tries, first=SLOW.get(answer.code, 1.0))

    def _authorised(self, request: _Request) -> Answer:
        """Sends with the token; a rejected one is re-issued once."""
        try:
            token = self._token.get()
            answer = self._send(request, token)
            if answer.code in REJECTED_TOKENS:
                self._token.reject(token)
                answer = self._send(request, self._token.get())
        except TokenRefused as refused:
            return cast(Answer, refused.answer)
        return answer

    def _fetch_token(self, body: Json) -> Json:
        """One token request; raises TokenRefused with the answer when there is no token in it."""
        path = "/open-apis/auth/v3/tenant_access_token/internal"
        request = _Request(
            method="POST",
            endpoint=f"POST {path}",
            url=self.base_url + path,
            query={},
            body=json.dumps(body).encode(),
            tier="T4",
            repeatable=True,
            fresh=False,
        )
        answer = self._send(request, None)
        if answer.code != 0:
            raise TokenRefused(replace(answer, sent=False, endpoint=request.endpoint))
        return answer.body

    def _send(self, request: _Request, token: str | None) -> Answer:
        self.pace.admit(request.endpoint, request.tier)
        self._meter(request.endpoint)
        began = self.pace.now()
        answer = self._exchange(request, token)
        self._watch(request.endpoint, answer.code, self.pace.now() - began)
        return answer

    def _exchange(self, request: _Request, token: str | None) -> Answer:
        self._crossing(f"before {request.endpoint}")
        try:
            answer = self._carry(request, token)
        except requests.RequestException as error:
            cause = f"no answer from {self.base_url} ({type(error).__name__})"
            return Answer(code=NO_CODE, cause=cause, usable=False, sent=not _never_sent(error))
        self._crossing(f"after {request.endpoint}")
        self.told_date = answer.date or self.told_date
        return answer

    def _carry(self, request: _Request, token: str | None) -> Answer:
        headers = {"Content-Type": request.content_type} if request.body is not None else {}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        with self._session.request(
            request.method,
            request.url,
            params=request.query,
            data=request.body,
            headers=headers,
            timeout=self._patience.timeout_s,
            allow_redirects=False,
            stream=request.sink is not None,
        ) as response:
            if request.sink is not None and is_file(response):
                return keep(response, request.sink)
            return read(response)


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(pool_connections=2, pool_maxsize=POOL, pool_block=True))
    return session


def _fill(path: str, ids: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: quote(ids[found[1]], safe=""), path)


def _content(body: Json | None, form: Form | None) -> tuple[bytes | None, str]:
    """What is sent, and its type."""
    if form is not None:
        return encode_multipart_formdata(form)
    return (None if body is None else _encoded(body)), JSON


def _encoded(body: Json) -> bytes:
    """UTF-8, where half a surrogate pair (people's clients do send them) stays a JSON escape."""
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "backslashreplace")


def _as_query(query: Mapping[str, Any]) -> dict[str, str]:
    texts = {True: "true", False: "false"}
    return {
        key: texts[value] if isinstance(value, bool) else str(value)
        for key, value in query.items()
        if value is not None
    }


def _never_sent(error: requests.RequestException) -> bool:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)


def _most_tries(answer: Answer, request: _Request) -> int:
    if not answer.usable:
        return UNREACHABLE_TRIES if request.repeatable or not answer.sent else 1
    if request.fresh and answer.code in NOT_FOUND:
        return NOT_FOUND_TRIES
    return TRIES.get(answer.code, 1)
