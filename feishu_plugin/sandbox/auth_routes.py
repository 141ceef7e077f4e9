"""Token endpoints: flat bodies without ``data``, taken with or without a Content-Type."""

from feishu_plugin.sandbox.envelope import Call, Raw, Route
from feishu_plugin.sandbox.world import World


def _issue(world: World, call: Call) -> tuple[str, int]:
    body = call.body if isinstance(call.body, dict) else {}
    return world.credentials.tenant_token(body.get("app_id"), body.get("app_secret"))


def tenant_access_token(world: World, call: Call) -> Raw:
    """``{"app_id","app_secret"}`` -> ``{"tenant_access_token","expire"}``; errors: see Credentials."""
    token, expire = _issue(world, call)
    return Raw(body={"code": 0, "msg": "ok", "tenant_access_token": token, "expire": expire})


def app_access_token(world: World, call: Call) -> Raw:
    """The same token twice, as the documented example shows it."""
    token, expire = _issue(world, call)
    return Raw(
        body={
            "code": 0,
            "msg": "ok",
            "app_access_token": token,
            "tenant_access_token": token,
            "expire": expire,
        }
    )


ROUTES: tuple[Route, ...] = (
    Route(
        method="POST",
        pattern="/open-apis/auth/v3/tenant_access_token/internal",
        handler=tenant_access_token,
        summary="Issue a tenant token (self-built app)",
        auth="none",
        rest_style=True,
    ),
    Route(
        method="POST",
        pattern="/open-apis/auth/v3/app_access_token/internal",
        handler=app_access_token,
        summary="Issue an app token (self-built app)",
        auth="none",
        rest_style=True,
    ),
)
