"""The app about itself: the scopes it was granted, its versions and subscriptions (application v6).

Sources: open.feishu.cn, application-v6 ``scope/list`` and ``application/get``. ``scope_type`` is in the
models of the official SDK and in answers that people published, not in the reference.
"""

from collections.abc import Iterable

from feishu_plugin.sandbox.console import wrong_with
from feishu_plugin.sandbox.control_routes import control_route, wrong
from feishu_plugin.sandbox.envelope import Call, Json, Raw, Refusal, Route
from feishu_plugin.sandbox.scopes import every_scope
from feishu_plugin.sandbox.world import World

GRANTED, NOT_GRANTED = 1, 2
_ENABLED, _DISABLED = 1, 0


def list_scopes(world: World, _: Call) -> Json:
    """``{"scopes": [{scope_name, grant_status, scope_type}]}``: asked for and granted (1) or not (2)."""
    if not world.console.published:
        raise Refusal(212100, "app not install", status=400)
    tenant = _statuses(world.scopes.in_force, world.scopes.draft, "tenant")
    user = world.console.user_scopes
    kept = None if user is None else frozenset(user)
    return {"scopes": [*tenant, *_statuses(kept, kept, "user")]}


def _statuses(granted: frozenset[str] | None, draft: frozenset[str] | None, kind: str) -> list[Json]:
    in_force, asked = _named(granted), _named(draft)
    return [
        {
            "scope_name": scope,
            "grant_status": GRANTED if scope in in_force else NOT_GRANTED,
            "scope_type": kind,
        }
        for scope in sorted(in_force | asked)
    ]


def _named(scopes: Iterable[str] | None) -> frozenset[str]:
    return every_scope() if scopes is None else frozenset(scopes)


def application(world: World, call: Call) -> Json:
    """``{"app": {...}}`` for ``me`` or the app's own id; ``lang`` is required."""
    if not call.query.get("lang"):
        raise Refusal(99992402, "field validation failed", status=400, detail="lang is required")
    if call.params["app_id"] not in ("me", world.credentials.keys.app_id):
        raise Refusal(210504, "no such app in tenant", status=400)
    return {"app": _shown(world)}


def _shown(world: World) -> Json:
    console, app_id = world.console, world.credentials.keys.app_id
    drafted = world.scopes.draft != world.scopes.in_force or console.waiting
    online = {"online_version_id": f"oav_{app_id[-16:]}1"} if console.published else {}
    waiting = {"unaudit_version_id": f"oav_{app_id[-16:]}2"} if drafted else {}
    return {
        "app_id": app_id,
        "app_name": "需求助手",
        "status": _ENABLED if console.published else _DISABLED,
        "scene_type": 0,
        **online,
        **waiting,
        "event": {"subscription_type": console.mode, "subscribed_events": list(console.events)},
        "callback": {"callback_type": console.mode, "subscribed_callbacks": list(console.callbacks)},
    }


def read_console(world: World, _: Call) -> Raw:
    """Published version, subscriptions, scopes of the people's identity."""
    return Raw(body=world.console.as_json())


def set_console(world: World, call: Call) -> Raw:
    """PUT some of it; ``mode`` websocket is refused while no long connection is open, as there."""
    body = call.body if isinstance(call.body, dict) else {"": ""}
    if cause := wrong_with(body):
        raise wrong(cause)
    if body.get("mode") == "websocket" and not world.delivery.connections:
        raise wrong("使用长连接接收事件: 未检测到应用连接信息，请确保长连接建立成功后再保存配置")
    world.console.take(body)
    return read_console(world, call)


_APPLICATION = "/open-apis/application/v6"

ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        pattern=f"{_APPLICATION}/scopes",
        handler=list_scopes,
        summary="Scopes the tenant granted",
        auth="app",
        rest_style=True,
    ),
    Route(
        method="GET",
        pattern=f"{_APPLICATION}/applications/:app_id",
        handler=application,
        summary="The app: versions, subscribed events and callbacks",
        auth="app",
        tier="T9",
        rest_style=True,
    ),
    control_route("GET", "console", read_console, "What the developer console shows"),
    control_route("PUT", "console", set_console, "Set up the app in the developer console"),
)
