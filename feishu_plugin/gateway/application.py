"""What Feishu says of the app itself: scopes, versions, subscriptions, whether its bot is in use.

Only asks. Sources: open.feishu.cn, application-v6 ``scope/list`` and ``application/get``, and
``bot/v3/info``; ``scope_type``, ``event`` and ``callback`` are in the models of lark-oapi only.
"""

from dataclasses import dataclass

from feishu_plugin.gateway.http import Feishu

APPLICATION = "/open-apis/application/v6"
_GRANTED = 1
IN_USE = 2
"""``activate_status`` of a bot that works."""
NOT_INSTALLED = 212100


@dataclass(frozen=True, slots=True, kw_only=True)
class Scopes:
    """Names by identity (``tenant``, ``user``): what is in force, and what was only asked for."""

    granted: frozenset[tuple[str, str]]
    asked: frozenset[tuple[str, str]]
    """Drafted or not approved: it counts for nothing until a version is published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The app as the developer console has it; None is what Feishu did not tell."""

    online: bool
    """A version was published."""
    waiting: bool
    """A newer version waits to be approved."""
    mode: str | None
    events: frozenset[str] | None
    callback_mode: str | None
    callbacks: frozenset[str] | None


def scopes(feishu: Feishu) -> Scopes:
    """What the tenant granted; needs no scope. FeishuError 212100: the app was never published."""
    listed = feishu.call("GET", f"{APPLICATION}/scopes", tier="T4").get("scopes") or ()
    # Older answers name no identity: then it is the app's.
    named = {(str(s.get("scope_type") or "tenant"), str(s["scope_name"])): s["grant_status"] for s in listed}
    granted = frozenset(one for one, status in named.items() if status == _GRANTED)
    return Scopes(granted=granted, asked=frozenset(named) - granted)


def app(feishu: Feishu) -> App:
    """The app itself; needs application:application:self_manage, which nothing else does."""
    path = f"{APPLICATION}/applications/:app_id"
    found = feishu.call("GET", path, ids={"app_id": "me"}, query={"lang": "zh_cn"}, tier="T9")["app"]
    event, callback = found.get("event") or {}, found.get("callback") or found.get("callback_info") or {}
    events, callbacks = event.get("subscribed_events"), callback.get("subscribed_callbacks")
    return App(
        online=bool(found.get("online_version_id")),
        waiting=bool(found.get("unaudit_version_id")),
        mode=event.get("subscription_type"),
        events=None if events is None else frozenset(events),
        callback_mode=callback.get("callback_type"),
        callbacks=None if callbacks is None else frozenset(callbacks),
    )


def bot_status(feishu: Feishu) -> tuple[str, int]:
    """Name and ``activate_status`` of the bot; needs no scope. -1 when Feishu tells none."""
    bot = feishu.call("GET", "/open-apis/bot/v3/info", tier="T4", raw=True).get("bot") or {}
    return str(bot.get("app_name") or ""), int(bot.get("activate_status", -1))
