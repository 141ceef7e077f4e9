"""The web form for requirements: anybody may fill it in, so what it takes is little and slow.

Each form that is served carries a sealed mark of its own; sent twice (a second press, a reload) it is
one requirement. The mark proves nothing about who sends it.
"""

import hashlib
import hmac
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from pydantic import SecretStr
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from feishu_plugin.app.intake import form_of
from feishu_plugin.app.intake_desk import IntakeDesk
from feishu_plugin.app.intake_form_page import FIELDS, TOKEN, TRAP, form_page, policy, word_page
from feishu_plugin.app.intake_pace import Pace
from feishu_plugin.app.intake_submission import MOST_BYTES, Unfit, cells_of
from feishu_plugin.errors import StoreError
from feishu_plugin.gateway.bodies import BODY_S, bounded_body
from feishu_plugin.setting_parts import IntakeKey
from feishu_plugin.settings import FORM_DOOR

PATH = "/intake/form"
BURST, PER_SECOND = 30, 0.2
"""Of everybody together: who fills the base by the form does it with 12 rows a minute at most."""
OLDEST = timedelta(hours=24)
"""How long a form may lie open before it is sent."""

_RECEIVED = ("已收到，谢谢", "Received, thank you")
_REFUSED = {
    408: ("请求太慢，请重试", "Too slow, please try again"),
    409: ("这份表单已提交过其他内容", "This form was sent before with something else in it"),
    410: ("表单已过期或无效，请填写新的表单", "This form is too old or not ours, please fill in a new one"),
    413: ("内容过多", "That is too much"),
    422: ("内容无法识别", "This cannot be read"),
    429: ("提交过多，请稍后再试", "Too many at once, please try again later"),
    503: (
        "暂时无法保存，请稍后返回上一页重新提交",
        "Cannot be stored now, please go back and send it again later",
    ),
}


class Marks:
    """Sealed marks of forms: ours, and how old. ``secret`` is the App Secret."""

    def __init__(self, secret: SecretStr, now: Callable[[], datetime]) -> None:
        self._key = hashlib.sha256(b"intake form\0" + secret.get_secret_value().encode()).digest()
        self._now = now

    def new(self) -> str:
        """A mark that never was before."""
        mark = f"{uuid.uuid4().hex}.{self._now().timestamp():.0f}"
        return f"{mark}.{self._seal(mark)}"

    def mark_of(self, token: str) -> str:
        """The mark of a form we served within the last 24 hours; empty for any other."""
        mark, _, seal = token.rpartition(".")
        if not hmac.compare_digest(seal.encode("utf-8", "surrogatepass"), self._seal(mark).encode()):
            return ""
        age = self._now().timestamp() - float(mark.rpartition(".")[2])
        return mark if age <= OLDEST.total_seconds() else ""

    def _seal(self, mark: str) -> str:
        return hmac.new(self._key, mark.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def form_routes(
    desk: IntakeDesk,
    marks: Marks,
    base: str,
    origins: Sequence[str] = (),
    pace: Pace | None = None,
    body_s: float = BODY_S,
) -> list[BaseRoute]:
    """``GET`` and ``POST`` of the form; what it brings goes to ``base``, ``origins`` may frame it."""
    form = _Form(desk, marks, base, pace or Pace(burst=BURST, per_second=PER_SECOND), body_s)
    headers = {
        "Content-Security-Policy": policy(origins),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }

    async def blank(request: Request) -> Response:
        return HTMLResponse(form_page(desk.schema, marks.new()), headers=headers)

    async def submit(request: Request) -> Response:
        code, page = await form.submit(request)
        closing = {"Connection": "close"} if code in (408, 413, 429) else {}
        return HTMLResponse(page, code, headers | closing)

    return [Route(PATH, blank, methods=["GET"]), Route(PATH, submit, methods=["POST"])]


class _Form:
    def __init__(self, desk: IntakeDesk, marks: Marks, base: str, pace: Pace, body_s: float) -> None:
        self._desk, self._marks, self._pace, self._body_s = desk, marks, pace, body_s
        self._who = IntakeKey(name=FORM_DOOR, key=SecretStr(""), base=base)

    async def submit(self, request: Request) -> tuple[int, str]:
        """The status and the page of the answer."""
        if not self._pace.allows(FORM_DOOR):
            return _refused(429)
        body = await bounded_body(request, MOST_BYTES, self._body_s)
        if isinstance(body, str):
            return _refused(408 if body == "too slow" else 413)
        try:
            typed = form_of(body)
        except Unfit:
            return _refused(422)
        token = typed.pop(TOKEN, "")
        mark = self._marks.mark_of(token)
        # Not dropped in silence: a browser may have filled in the trap for somebody honest.
        if typed.pop(TRAP, "") or not typed.keys() <= FIELDS.keys():
            return _refused(422)
        return await run_in_threadpool(self._take, mark, token, typed) if mark else _refused(410)

    def _take(self, mark: str, token: str, typed: dict[str, str]) -> tuple[int, str]:
        try:
            taken = self._desk.take(self._who, mark, cells_of(typed, self._desk.schema))
        except Unfit as error:
            return 422, form_page(self._desk.schema, token, typed, error.problems)
        except StoreError:
            return _refused(503)
        return _refused(409) if taken.how == "else" else (200, word_page(*_RECEIVED))


def _refused(code: int) -> tuple[int, str]:
    return code, word_page(*_REFUSED[code])
