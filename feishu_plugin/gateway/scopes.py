"""The scopes the app needs, and nothing more: the one list that the guide, ``init`` and ``doctor`` tell.

``tests/e2e/test_scopes.py`` lives through everything with exactly these, and shows that each is needed.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass

from feishu_plugin.language import Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One permission of the developer console."""

    name: str
    without: Phrase
    """What does not work without it."""
    of_people: bool = False
    """Also for the identity of people (user_access_token)."""
    is_extra: bool = False
    """Everything else works without it."""


_NO_NAMES = Phrase("看不到姓名、部门和上级", "names, departments and leaders are not seen")

SCOPES: tuple[Scope, ...] = (
    Scope(name="bitable:app", without=Phrase("什么都不能用", "nothing works"), of_people=True),
    Scope(name="docs:event:subscribe", without=Phrase("收不到改动", "serve stops: no events")),
    Scope(
        name="docs:permission.member:create",
        without=Phrase("应用新建的多维表格没人看得到", "nobody sees a base that the app made"),
        is_extra=True,
    ),
    Scope(name="im:message:send_as_bot", without=Phrase("卡片发不出去", "cards wait")),
    Scope(
        name="im:message.p2p_msg:readonly",
        without=Phrase("机器人收不到消息", "the bot hears nothing"),
        is_extra=True,
    ),
    Scope(name="contact:contact.base:readonly", without=_NO_NAMES),
    Scope(name="contact:user.base:readonly", without=_NO_NAMES),
    Scope(
        name="contact:user.department:readonly",
        without=Phrase("看不到部门和上级", "no departments and leaders"),
    ),
    Scope(name="contact:user.employee:readonly", without=Phrase("看不出谁已离职", "who left is not seen")),
    Scope(
        name="contact:user.id:readonly",
        without=Phrase("不能按邮箱找人", "nobody is found by e-mail address"),
        is_extra=True,
    ),
    Scope(
        name="contact:department.base:readonly", without=Phrase("看不到部门名称", "no names of departments")
    ),
    Scope(
        name="contact:department.organize:readonly",
        without=Phrase("看不到部门负责人", "no heads of departments"),
    ),
)
"""In the order in which the console is told."""


def importable(tenant: Collection[str] | None = None, user: Collection[str] | None = None) -> str:
    """The JSON that 批量导入/导出权限 takes; of all scopes, or of those named."""
    scopes = {
        "tenant": [one.name for one in SCOPES if tenant is None or one.name in tenant],
        "user": [one.name for one in SCOPES if one.of_people and (user is None or one.name in user)],
    }
    return json.dumps({"scopes": scopes}, indent=2)
