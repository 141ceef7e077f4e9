"""How the developer console is spoken of, by ``init`` and ``doctor`` alike."""

from feishu_plugin.gateway.scopes import importable
from feishu_plugin.settings import Settings

CONSOLE = "开发者后台 developer console"
EVENTS = ("drive.file.bitable_record_changed_v1", "drive.file.bitable_field_changed_v1")
"""Events without which nothing is noticed; each in both identities."""
CALLBACKS = ("card.action.trigger",)
PUBLISH = (
    "版本管理与发布 → 创建版本 → 申请发布，企业管理员审核后生效 "
    "then publish a version; it counts once the tenant's administrator approved"
)


def console_address(settings: Settings) -> str:
    """Where the app is set up: on the host that answers its calls; a sandbox has no console of its own."""
    host = settings.base_url if settings.base_url.startswith("https://open.") else "https://open.feishu.cn"
    return f"{host}/app/{settings.app_id}"


def console_steps(settings: Settings) -> str:
    """What a person does in the console, in this order; nobody else can."""
    return f"""\
请在开发者后台完成下面几步 Now in the developer console:
  {console_address(settings)}

  1. 添加应用能力 → 机器人                                  add the bot
  2. 权限管理 → 批量导入/导出权限，粘贴并确认               import these scopes
{_indented(importable())}
  3. 权限管理 → 通讯录权限范围：用到多维表格的人            contact range: everybody who works in the base
  4. 事件与回调 → 事件配置 → 使用长连接接收事件，保存       events by the long connection, save
     添加事件（应用身份和用户身份）                         add, for both identities:
       {(chr(10) + "       ").join(EVENTS)}
  5. 事件与回调 → 回调配置 → 使用长连接接收回调，保存       callbacks likewise, save
     添加回调                                               add:
       {", ".join(CALLBACKS)}
  6. 版本管理与发布 → 创建版本（可用范围同第 3 步）→ 申请发布，由企业管理员审核
     publish a version (available to the same people); the tenant's administrator approves
"""


def _indented(text: str) -> str:
    return "\n".join(f"     {line}" for line in text.splitlines())
