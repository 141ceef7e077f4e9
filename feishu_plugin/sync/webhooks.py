"""Makes the webhook calls that are due: again by schedule, never to an endpoint that wants none.

A call whose answer was lost is made again under the same ``webhook-id``, by which its receiver
knows it. An endpoint that said 410, or failed to the last try, is stopped until its address or its
secret changes, and the administrators hear of it once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from feishu_plugin.ports import PendingEffect
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.outgoing import tell_administrator
from feishu_plugin.sync.webhook_calls import WebhookError, Webhooks, next_try, payload_of

_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """What one draining of the webhooks came to."""

    made: int = 0
    later: int = 0
    given_up: int = 0


def call_webhooks(desk: Desk, go_on: Callable[[], bool] = lambda: True) -> Called:
    """Makes every call that is due, oldest first, while ``go_on`` says so.

    One that fails keeps the other calls to its endpoint waiting for the next round, and those to
    others not: nobody waits long for somebody else's dead server.
    """
    now = desk.clock.now()
    failing: set[str] = set()
    made = later = given_up = 0
    for one in desk.store.webhooks_due(desk.app_token, now, _PAGE):
        if not go_on():
            break
        if one.effect.target in failing:
            continue
        outcome = _call(desk, desk.webhooks, one, now)
        made, later, given_up = (
            made + (outcome == "made"),
            later + (outcome == "later"),
            given_up + (outcome == "given up"),
        )
        failing |= {one.effect.target} if outcome == "later" else set()
    return Called(made=made, later=later, given_up=given_up)


def _call(desk: Desk, webhooks: Webhooks | None, one: PendingEffect, now: datetime) -> str:
    endpoint, store = one.effect.target, desk.store
    if webhooks is None or endpoint not in webhooks.endpoints:
        store.failed([one.row], None, "the settings name this endpoint no more")
        return "given up"
    if stopped := store.recall(desk.app_token, _fact(endpoint)):
        store.failed([one.row], None, f"the endpoint was stopped: {stopped['cause']}")
        return "given up"
    try:
        webhooks.call(endpoint, one.effect.identity, payload_of(one.effect.body), now)
    except WebhookError as error:
        again = None if error.gone else next_try(one.effect.identity, one.tries, now)
        if again is None:
            _stop(desk, webhooks, endpoint, error)
        store.failed([one.row], again, str(error))
        return "later" if again else "given up"
    store.done([one.row], now)
    return "made"


def _stop(desk: Desk, webhooks: Webhooks, endpoint: str, error: WebhookError) -> None:
    desk.store.keep(desk.app_token, _fact(endpoint), {"cause": str(error)})
    text = (
        f"状态变更推送已停止：{webhooks.shown(endpoint)}（{error}）；修复后请更换地址或密钥以重新启用 "
        "webhook stopped: mend the endpoint, then give it another address or secret"
    )
    tell_administrator(desk, f"webhook:{endpoint}", text)


def _fact(endpoint: str) -> str:
    return f"webhook {endpoint}"
