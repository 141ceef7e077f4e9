"""How the developer console is spoken of, by ``init`` and ``doctor`` alike.

Its pages and buttons are named as it names them, in Chinese: so they are found.
"""

from feishu_plugin.gateway.scopes import importable
from feishu_plugin.language import Phrase
from feishu_plugin.settings import Settings

CONSOLE = "开发者后台"
EVENTS = ("drive.file.bitable_record_changed_v1", "drive.file.bitable_field_changed_v1")
"""Events without which nothing is noticed; each in both identities."""
CALLBACKS = ("card.action.trigger",)
PUBLISH = Phrase(
    "版本管理与发布 → 创建版本 → 申请发布，企业管理员审核后生效",
    "版本管理与发布 → 创建版本 → 申请发布: it counts once the tenant's administrator approved the version",
)


def console_address(settings: Settings) -> str:
    """Where the app is set up: on the host that answers its calls; a sandbox has no console of its own."""
    host = settings.base_url if settings.base_url.startswith("https://open.") else "https://open.feishu.cn"
    return f"{host}/app/{settings.app_id}"


def published(where: str) -> Phrase:
    """Something to set in the console, which counts with the next version."""
    return Phrase(f"{where}；{PUBLISH.zh}", f"{where}; {PUBLISH.en}")


def console_steps(settings: Settings) -> Phrase:
    """What a person does in the console, in this order; nobody else can."""
    address = console_address(settings)
    return Phrase(
        f"""\
请在开发者后台完成下面几步：
  {address}

  1. 添加应用能力 → 机器人
  2. 权限管理 → 批量导入/导出权限，粘贴并确认：
{_SCOPES}
  3. 权限管理 → 通讯录权限范围：用到多维表格的人
  4. 事件与回调 → 事件配置 → 使用长连接接收事件，保存；添加事件（应用身份和用户身份）：
{_EVENTS}
  5. 事件与回调 → 回调配置 → 使用长连接接收回调，保存；添加回调：
{_CALLBACKS}
  6. 版本管理与发布 → 创建版本（可用范围同第 3 步）→ 申请发布，由企业管理员审核
""",
        f"""\
Please do this in the developer console (开发者后台):
  {address}

  1. 添加应用能力 → 机器人: add the bot
  2. 权限管理 → 批量导入/导出权限: paste and confirm
{_SCOPES}
  3. 权限管理 → 通讯录权限范围: everybody who works in the base
  4. 事件与回调 → 事件配置 → 使用长连接接收事件: save; then add, for both identities (应用身份, 用户身份)
{_EVENTS}
  5. 事件与回调 → 回调配置 → 使用长连接接收回调: save; then add
{_CALLBACKS}
  6. 版本管理与发布 → 创建版本 (available to the people of step 3) → 申请发布:
     the tenant's administrator approves it
""",
    )


def _indented(text: str) -> str:
    return "\n".join(f"     {line}" for line in text.splitlines())


_SCOPES = _indented(importable())
_EVENTS, _CALLBACKS = _indented("\n".join(EVENTS)), _indented("\n".join(CALLBACKS))
