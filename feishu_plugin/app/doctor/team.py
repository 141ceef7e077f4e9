"""Checks of the bases and of the people who work in them."""

from collections.abc import Iterator, Sequence
from typing import Any

from feishu_plugin.app.doctor.case import Case
from feishu_plugin.app.doctor.findings import Finding
from feishu_plugin.app.setup.words import CONSOLE, PUBLISH
from feishu_plugin.errors import FeishuError, FeishuUnreachable
from feishu_plugin.gateway.bases import base_facts
from feishu_plugin.gateway.contacts import Contacts
from feishu_plugin.gateway.extras import BaseExtras
from feishu_plugin.gateway.shown import Shown

_NO_BASE, _NOT_SHARED, _NOT_MANAGER = 91402, 91403, 1069603
_SHARE = "在多维表格里 in the base: 更多 (…) → 添加文档应用 → 选择应用 choose the app → 可管理"
_RANGE = f"{CONSOLE} → 权限管理 → 通讯录权限范围；{PUBLISH}"


def bases(case: Case) -> Iterator[Finding]:
    """Each base is there, the app manages it, and its events are asked for."""
    if not case.settings.base_tokens:
        yield Finding.failed(
            "没有设置 FEISHU_BASE_TOKEN no base is set", "feishu-plugin init，或 or: feishu-plugin apply"
        )
    for token in case.settings.base_tokens:
        try:
            yield from _base(case, token)
        except FeishuUnreachable:
            raise
        except FeishuError as error:
            yield Finding.failed(f"{token}: {error}", _base_fix(error.code))


def _base(case: Case, token: str) -> Iterator[Finding]:
    name = base_facts(case.feishu, token).name
    tables = case.tables(token)
    is_subscribed = tables.is_subscribed()
    yield Finding.ok(f"{name} {token}：可管理 the app manages it")
    if "requirement" not in tables.binding.tables:
        yield Finding.failed(f"{name}：没有需求台账 the tables are not there", "feishu-plugin apply")
    if not is_subscribed:
        yield Finding.warning(
            f"{name}：没有订阅事件 its events are not subscribed",
            "serve 启动时会订阅 start serve: it does so",
        )
    yield from _roles(case, name, token)


def _roles(case: Case, name: str, token: str) -> Iterator[Finding]:
    extras = BaseExtras(case.feishu, token)
    if not extras.is_advanced():
        yield Finding.warning(
            f"{name}：高级权限没有打开，能编辑就能改规则 whoever edits may change the rules",
            "更多 (…) → 高级权限 → 打开 switch on；feishu-plugin apply",
        )
        return
    there = {str(one.get("role_name")) for one in extras.roles()}
    ours = [(role.zh, role.en) for role in case.schema.roles]
    if missing := [zh for zh, en in ours if not {zh, en} & there]:
        yield Finding.warning(f"{name}：缺少角色 missing roles {'、'.join(missing)}", "feishu-plugin apply")


def _base_fix(code: int) -> str:
    if code == _NO_BASE:
        return "核对 check FEISHU_BASE_TOKEN（地址 /base/ 之后的部分 what follows /base/ in the address）"
    if code == _NOT_SHARED:
        return _SHARE
    if code == _NOT_MANAGER:
        visits = "也可能是企业关闭了文档访问记录 or the tenant switched 文档访问记录 off"
        return f"可编辑不够 editing is not enough: {_SHARE}；{visits}"
    return "按飞书的提示处理 do as Feishu says；feishu-plugin -v doctor"


def people(case: Case) -> Iterator[Finding]:
    """Everybody whom the service writes to is visible to it and still there."""
    settings = case.settings
    if not settings.administrators:
        yield Finding.warning(
            "没有管理员，出问题时没有人知道 nobody is told of trouble",
            "设置 set FEISHU_PLUGIN_ADMINISTRATORS",
        )
    if lost := _not_found(case):
        yield Finding.failed(
            f"找不到 nobody has the address {', '.join(lost)}",
            "FEISHU_PLUGIN_ADMINISTRATORS 写登录邮箱或 open_id the address people log in with, or an open_id",
        )
    found = [(one, _trouble(one)) for one in case.people]
    yield from (finding for _, finding in found if finding)
    if well := [one.name for one, finding in found if not finding]:
        yield Finding.ok(
            f"{'、'.join(well)}：可见、在职 visible, at work（可用范围查不到，发卡片时才知道 whether "
            "the bot may write to them shows only with a card）"
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
        return Finding.failed(f"{person.open_id}: 看不到 not visible ({person.refusal.code})", _RANGE)
    replace = "在分派规则或 FEISHU_PLUGIN_ADMINISTRATORS 里换人 name somebody else there"
    if person.status.get("is_resigned") or person.status.get("is_exited"):
        return Finding.failed(f"{person.name}：已离职 has left", replace)
    if person.status.get("is_frozen"):
        return Finding.failed(f"{person.name}：账号已暂停 is frozen", replace)
    if person.status.get("is_activated") is False:
        return Finding.warning(
            f"{person.name}：还没有激活账号 has not joined yet", "请本人登录飞书 let them log in"
        )
    return None


def contact_fields(case: Case) -> Iterator[Finding]:
    """What the rules need of people comes: a missing scope drops it without a word."""
    seen = [one for one in case.people if not one.refusal]
    if not seen:
        yield Finding.unproven(
            "没有可以看的人 there is nobody to look at",
            "设置 FEISHU_PLUGIN_ADMINISTRATORS，填写分派规则 name administrators and fill in 分派规则",
        )
        return
    missing = [(what, scope) for what, scope, has in _FIELDS if not any(has(one) for one in seen)]
    for what, scope in missing:
        yield Finding.failed(
            f"看不到{what}，{len(seen)} 人都没有 nobody's is shown",
            f"{CONSOLE} → 权限管理 → {scope}；{PUBLISH}",
        )
    if not missing:
        email = any(one.facts.get("email") or one.facts.get("enterprise_email") for one in seen)
        also = "" if email else "；邮箱不可读，也用不到 e-mail addresses are hidden, and not needed"
        yield Finding.ok(f"姓名、部门、上级、在职状态可读 names, departments, leaders, states{also}")


def _shows(key: str) -> Any:
    return lambda one: key in one.facts


def _shows_department(key: str) -> Any:
    # Where no departments are shown, nothing can be said of their names.
    return lambda one: "department_ids" not in one.facts or key in (one.department or {})


_FIELDS = (
    ("姓名 names", "contact:user.base:readonly", _shows("name")),
    ("部门 departments", "contact:user.department:readonly", _shows("department_ids")),
    ("上级 leaders", "contact:user.department:readonly", _shows("leader_user_id")),
    ("在职状态 states", "contact:user.employee:readonly", _shows("status")),
    ("部门名称 names of departments", "contact:department.base:readonly", _shows_department("name")),
)
"""What is needed of people, the scope it comes with, and how it is seen."""
