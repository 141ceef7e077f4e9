"""The bot about itself."""

from feishu_plugin.sandbox.envelope import Call, Raw, Route
from feishu_plugin.sandbox.world import World


def info(world: World, _: Call) -> Raw:
    """``{"bot": {...}}`` beside code and msg: this old call has no ``data``."""
    bot = {
        "activate_status": world.console.activate_status,
        "app_name": "需求助手",
        "avatar_url": "https://avatar.example.com/bot_72x72.png",
        "ip_white_list": [],
        "open_id": world.people.bot_open_id,
    }
    return Raw(body={"code": 0, "msg": "ok", "bot": bot})


ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        pattern="/open-apis/bot/v3/info",
        handler=info,
        summary="The bot's own open_id and name",
        auth="app",
        rest_style=True,
    ),
)
