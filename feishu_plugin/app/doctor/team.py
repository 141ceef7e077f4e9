"""Checks of the bases and of the people who work in them."""

from collections.abc import Iterator, Sequence
from typing import Any

from feishu_plugin.app.doctor.case import Case
from feishu_plugin.app.doctor.findings import Finding
from feishu_plugin.app.setup.words import CONSOLE, published
from feishu_plugin.errors import FeishuRefused
from feishu_plugin.gateway.bases import base_facts
from feishu_plugin.gateway.contacts import Contacts
from feishu_plugin.gateway.extras import BaseExtras
from feishu_plugin.gateway.shown import Shown
from feishu_plugin.language import Phrase

_NO_BASE, _NOT_SHARED, _NOT_MANAGER = 91402, 91403, 1069603
_SHARE = Phrase(
    "在多维表格里：更多 (…) → 添加文档应用 → 选择应用 → 可管理",
    "in the base: 更多 (…) → 添加文档应用 → choose the app → 可管理",
)
_APPLY = "feishu-plugin apply"
_REPLACE = Phrase(
    "在分派规则或 FEISHU_PLUGIN_ADMINISTRATORS 里换人",
    "name somebody else in 分派规则 or FEISHU_PLUGIN_ADMINISTRATORS",
)


def bases(case: Case) -> Iterator[Finding]:
    """Each base is there, the app manages it, and its events are asked for."""
    if not case.settings.base_tokens:
        yield Finding.failed(
            Phrase("没有设置 FEISHU_BASE_TOKEN", "no base is set (FEISHU_BASE_TOKEN)"),
            Phrase(f"feishu-plugin init，或 {_APPLY}", f"feishu-plugin init, or {_APPLY}"),
        )
    for token in case.settings.base_tokens:
        try:
            yield from _base(case, token)
        except FeishuRefused as error:
            yield Finding.failed(
                Phrase(f"{token}：{error.phrase.zh}", f"{token}: {error.phrase.en}"), _base_fix(error.code)
            )


def _base(case: Case, token: str) -> Iterator[Finding]:
    name = base_facts(case.feishu, token).name
    tables = case.tables(token)
    is_subscribed = tables.is_subscribed()
    yield Finding.ok(Phrase(f"{name} {token}：可管理", f"{name} {token}: the app manages it"))
    if "requirement" not in tables.binding.tables:
        yield Finding.failed(Phrase(f"{name}：没有需求台账", f"{name}: the tables are not there"), _APPLY)
    if not is_subscribed:
        yield Finding.warning(
            Phrase(f"{name}：没有订阅事件", f"{name}: its events are not subscribed"),
            Phrase("serve 启动时会订阅", "start serve: it subscribes them"),
        )
    yield from _roles(case, name, token)


def _roles(case: Case, name: str, token: str) -> Iterator[Finding]:
    extras = BaseExtras(case.feishu, token)
    if not extras.is_advanced():
        yield Finding.warning(
            Phrase(
                f"{name}：高级权限没有打开，能编辑就能改规则",
                f"{name}: 高级权限 is off, whoever edits may change the rules",
            ),
            Phrase(f"更多 (…) → 高级权限 → 打开；{_APPLY}", f"更多 (…) → 高级权限 → switch on; {_APPLY}"),
        )
        return
    there = {str(one.get("role_name")) for one in extras.roles()}
    ours = [(role.zh, role.en) for role in case.schema.roles]
    if missing := "、".join(zh for zh, en in ours if not {zh, en} & there):
        yield Finding.warning(
            Phrase(f"{name}：缺少角色 {missing}", f"{name}: lacks the roles {missing}"), _APPLY
        )


def _base_fix(code: int) -> Phrase:
    if code == _NO_BASE:
        return Phrase(
            "核对 FEISHU_BASE_TOKEN（地址里 /base/ 之后的部分）",
            "check FEISHU_BASE_TOKEN (what follows /base/ in the address)",
        )
    if code == _NOT_SHARED:
        return _SHARE
    if code == _NOT_MANAGER:
        return Phrase(
            f"可编辑不够：{_SHARE.zh}；也可能是企业关闭了文档访问记录",
            f"editing is not enough: {_SHARE.en}; or the tenant switched 文档访问记录 off",
        )
    return Phrase("按飞书的提示处理；feishu-plugin -v doctor", "do as Feishu says; feishu-plugin -v doctor")


def people(case: Case) -> Iterator[Finding]:
    """Everybody whom the service writes to is visible to it and still there."""
    settings = case.settings
    if not settings.administrators:
        yield Finding.warning(
            Phrase("没有管理员，出问题时没有人知道", "no administrators: nobody is told of trouble"),
            Phrase("设置 FEISHU_PLUGIN_ADMINISTRATORS", "set FEISHU_PLUGIN_ADMINISTRATORS"),
        )
    if lost := ", ".join(_not_found(case)):
        yield Finding.failed(
            Phrase(f"没有人用这个邮箱登录：{lost}", f"nobody has the address {lost}"),
            Phrase(
                "FEISHU_PLUGIN_ADMINISTRATORS 写登录邮箱或 open_id",
                "FEISHU_PLUGIN_ADMINISTRATORS takes the addresses people log in with, or open_ids",
            ),
        )
    found = [(one, _trouble(one)) for one in case.people]
    yield from (finding for _, finding in found if finding)
    if well := "、".join(one.name for one, finding in found if not finding):
        yield Finding.ok(
            Phrase(
                f"{well}：可见、在职（可用范围查不到，发卡片时才知道）",
                f"{well}: visible, at work (whether the bot may write to them shows only with a card)",
            )
        )


def _not_found(case: Case) -> Sequence[str]:
    named = case.settings.administrators
    if len(case.administrators) == len(named):
        return ()
    emails = [one for one in named if "@" in one]
    known = Contacts(case.feishu, {}).by_email(emails)
    return [one for one in emails if one not in known]


def _trouble(person: Shown) -> Finding | None:
    if person.refusal:
        who, code = person.open_id, person.refusal.code
        return Finding.failed(
            Phrase(f"{who}：看不到（{code}）", f"{who}: not visible ({code})"),
            published(f"{CONSOLE} → 权限管理 → 通讯录权限范围"),
        )
    name, status = person.name, person.status
    if status.get("is_resigned") or status.get("is_exited"):
        return Finding.failed(Phrase(f"{name}：已离职", f"{name} has left"), _REPLACE)
    if status.get("is_frozen"):
        return Finding.failed(Phrase(f"{name}：账号已暂停", f"{name}: the account is frozen"), _REPLACE)
    if status.get("is_activated") is False:
        return Finding.warning(
            Phrase(f"{name}：还没有激活账号", f"{name} has not joined yet"),
            Phrase("请本人登录飞书", "let them log in to Feishu"),
        )
    return None


def contact_fields(case: Case) -> Iterator[Finding]:
    """What the rules need of people comes: a missing scope drops it without a word."""
    seen = [one for one in case.people if not one.refusal]
    if not seen:
        yield Finding.unproven(
            Phrase("没有可以看的人", "there is nobody to look at"),
            Phrase(
                "设置 FEISHU_PLUGIN_ADMINISTRATORS，填写分派规则",
                "set FEISHU_PLUGIN_ADMINISTRATORS and fill in 分派规则",
            ),
        )
        return
    missing = [(what, scope) for what, scope, has in _FIELDS if not any(has(one) for one in seen)]
    for what, scope in missing:
        yield Finding.failed(
            Phrase(
                f"看不到{what.zh}，{len(seen)} 人都没有",
                f"{what.en} are not shown, of none of {len(seen)} people",
            ),
            published(f"{CONSOLE} → 权限管理 → {scope}"),
        )
    if not missing:
        email = any(one.facts.get("email") or one.facts.get("enterprise_email") for one in seen)
        yield Finding.ok(
            Phrase(
                "姓名、部门、上级、在职状态可读" + ("" if email else "；邮箱不可读，也用不到"),
                "names, departments, leaders and states are shown"
                + ("" if email else "; e-mail addresses are hidden, and not needed"),
            )
        )


def _shows(key: str) -> Any:
    return lambda one: key in one.facts


def _shows_department(key: str) -> Any:
    # Where no departments are shown, nothing can be said of their names.
    return lambda one: "department_ids" not in one.facts or key in (one.department or {})


_FIELDS = (
    (Phrase("姓名", "names"), "contact:user.base:readonly", _shows("name")),
    (Phrase("部门", "departments"), "contact:user.department:readonly", _shows("department_ids")),
    (Phrase("上级", "leaders"), "contact:user.department:readonly", _shows("leader_user_id")),
    (Phrase("在职状态", "states"), "contact:user.employee:readonly", _shows("status")),
    (
        Phrase("部门名称", "names of departments"),
        "contact:department.base:readonly",
        _shows_department("name"),
    ),
)
"""What is needed of people, the scope it comes with, and how it is seen."""
