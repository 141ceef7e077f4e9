"""Checks of what is set up in the developer console: credentials, bot, scopes, version, events."""

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta

from feishu_plugin.app.doctor.case import Case
from feishu_plugin.app.doctor.findings import Finding
from feishu_plugin.app.setup.words import CALLBACKS, CONSOLE, EVENTS, PUBLISH
from feishu_plugin.errors import FeishuError, FeishuUnreachable
from feishu_plugin.gateway.application import IN_USE, NOT_INSTALLED, App, app, bot_status
from feishu_plugin.gateway.listener import AppCredentials
from feishu_plugin.gateway.long_connection import LongConnection
from feishu_plugin.gateway.scopes import SCOPES, Scope, importable

_WRONG_APP, _WRONG_SECRETS, _ADDRESS = 99991543, (10003, 10014, 10015), 99991401
_CONNECT = timedelta(seconds=45)
_TAKES_DELIVERIES = "feishu_plugin.app.receiving:accept_for"
_STATUS = {
    0: "还没有安装 not installed yet",
    1: "已停用 stopped",
    3: "等待启用 waits to be switched on",
    4: "升级等待启用 its upgrade waits to be switched on",
    5: "许可已到期 its licence ended",
    6: "套餐到期 the tenant's plan ended",
}
_WAITING = 4
_IDENTITY = {"tenant": "应用身份 app", "user": "用户身份 people"}
_NO_EVENTS = "可能收不到改动 no events may come"
_ASKED = {True: "已申请未生效 asked for, not in force", False: "没有申请 not asked for"}


def credentials(case: Case) -> Iterator[Finding]:
    """Feishu takes App ID and App Secret."""
    try:
        case.feishu.sign_in()
    except FeishuUnreachable as error:
        case.away = str(error)
        yield Finding.failed(
            f"飞书没有应答 Feishu does not answer: {error}",
            f"核对网络、代理和 FEISHU_BASE_URL（{case.settings.base_url}）check network, proxy and address",
        )
    except FeishuError as error:
        case.away = "没有凭证 without credentials nothing can be asked"
        yield Finding.failed(str(error), _credentials_fix(error.code))
    else:
        yield Finding.ok(f"{case.settings.app_id} @ {case.settings.base_url}")


def _credentials_fix(code: int) -> str:
    where = f"{CONSOLE} → 凭证与基础信息"
    if code == _ADDRESS:
        return f"把本机的出口 IP 加入白名单 add this machine's address: {CONSOLE} → 安全设置 → IP 白名单"
    if code in (_WRONG_APP, *_WRONG_SECRETS):
        return f"从 {where} 重新复制 copy anew App ID, App Secret；feishu-plugin init"
    return f"{where}：核对应用状态 look at the state of the app"


def bot(case: Case) -> Iterator[Finding]:
    """The app has a bot, and the tenant uses it."""
    fix = f"{CONSOLE} → 添加应用能力 → 机器人；{PUBLISH}"
    try:
        name, status = bot_status(case.feishu)
    except FeishuUnreachable:
        raise
    except FeishuError as error:
        yield Finding.failed(f"没有机器人 there is no bot: {error}", fix)
        return
    if status == IN_USE:
        yield Finding.ok(f"{name} 已启用 is in use")
    elif status == _WAITING:
        yield Finding.warning(
            f"{name}: {_STATUS[status]}", "请企业管理员启用 the tenant's administrator: 管理后台 → 应用管理"
        )
    else:
        yield Finding.failed(f"{name}: {_STATUS.get(status, status)}", fix)


def scopes(case: Case) -> Iterator[Finding]:
    """Every scope of the list is granted; what is missing is named, with what to import."""
    try:
        granted, asked = case.scopes.granted, case.scopes.asked
    except FeishuUnreachable:
        raise
    except FeishuError as error:
        yield _not_listed(error)
        return
    people_told = any(kind == "user" for kind, _ in granted | asked)
    kinds = ("tenant", "user") if people_told else ("tenant",)
    wanted = [(kind, one) for kind in kinds for one in SCOPES if kind == "tenant" or one.of_people]
    missing = [(kind, one) for kind, one in wanted if (kind, one.name) not in granted]
    yield _lacking(missing, asked) if missing else Finding.ok(f"{len(wanted)} 个都已开通 all are granted")
    if not people_told:
        names = ", ".join(one.name for one in SCOPES if one.of_people)
        yield Finding.unproven(
            f"飞书没有列出用户身份的权限 Feishu lists none of the identity of people: {names}",
            f"{CONSOLE} → 权限管理 → 用户身份权限：{names}；{PUBLISH}",
        )


def _lacking(missing: Sequence[tuple[str, Scope]], asked: Collection[tuple[str, str]]) -> Finding:
    seen = "\n".join(
        f"{one.name}（{_IDENTITY[kind]}）{_ASKED[(kind, one.name) in asked]}："
        f"{one.without if kind == 'tenant' else _NO_EVENTS}"
        for kind, one in missing
    )
    tenant, user = ({one.name for k, one in missing if k == kind} for kind in ("tenant", "user"))
    fix = f"{CONSOLE} → 权限管理 → 批量导入/导出权限，粘贴 paste：\n{importable(tenant, user)}\n{PUBLISH}"
    is_extra = all(one.is_extra for _, one in missing)
    return Finding.warning(seen, fix) if is_extra else Finding.failed(seen, fix)


def _not_listed(error: FeishuError) -> Finding:
    if error.code == NOT_INSTALLED:
        return Finding.failed(f"应用还没有发布 the app was never published: {error}", PUBLISH)
    where = f"{CONSOLE} → 权限管理：与这份清单比较 compare with this list\n{importable()}"
    return Finding.unproven(f"飞书没有列出权限 Feishu lists no scopes: {error}", where)


def release(case: Case) -> Iterator[Finding]:
    """A version is published, and none waits."""
    found = _app(case)
    if isinstance(found, Finding):
        yield found
    elif not found.online:
        yield Finding.failed("还没有发布任何版本 no version was published", PUBLISH)
    elif found.waiting:
        yield Finding.warning(
            "有版本等待审核，改动还没有生效 a version waits to be approved, changes are not in force",
            "请企业管理员审核 the tenant's administrator approves: 管理后台 → 应用审核",
        )
    else:
        yield Finding.ok("已发布，没有待审核的版本 published, nothing waits")


def events(case: Case) -> Iterator[Finding]:
    """Events and callbacks are subscribed, by the way that the settings say."""
    found = _app(case)
    if isinstance(found, Finding):
        yield found
        return
    wanted = "webhook" if case.settings.connection == "webhook" else "websocket"
    yield _subscribed("事件 events", "事件配置", (found.mode, found.events), wanted, EVENTS)
    yield _subscribed("回调 callbacks", "回调配置", (found.callback_mode, found.callbacks), wanted, CALLBACKS)


def _subscribed(
    what: str, page: str, has: tuple[str | None, frozenset[str] | None], wanted: str, names: tuple[str, ...]
) -> Finding:
    mode, subscribed = has
    where = f"{CONSOLE} → 事件与回调 → {page}"
    if mode is None or subscribed is None:
        return Finding.unproven(f"飞书没有说 Feishu does not tell: {what}", f"{where}: {', '.join(names)}")
    if mode.replace("_", "") != wanted:
        how = "使用长连接接收" if wanted == "websocket" else "将事件发送至开发者服务器"
        return Finding.failed(
            f"{what}：订阅方式是 {mode}，设置是 the settings say {wanted}",
            f"{where} → 订阅方式 → {how}（长连接要先连上 while connected: feishu-plugin init）；{PUBLISH}",
        )
    if missing := [name for name in names if name not in subscribed]:
        return Finding.failed(f"{what}：没有 missing {', '.join(missing)}", f"{where} → 添加；{PUBLISH}")
    return Finding.ok(f"{what}：{mode}, {', '.join(names)}")


def _app(case: Case) -> App | Finding:
    try:
        return app(case.feishu)
    except FeishuUnreachable:
        raise
    except FeishuError as error:
        return Finding.unproven(
            f"飞书不让查 Feishu does not let us ask ({error.code})；要查需要权限 it would take the scope "
            "application:application:self_manage，除此之外用不到 nothing else needs it",
            f"{CONSOLE}：请自己看 look there: 版本管理与发布 → 最新版本已发布 the newest is published；"
            f"事件与回调 → {', '.join((*EVENTS, *CALLBACKS))}",
        )


def connection(case: Case) -> Iterator[Finding]:
    """A long connection can be opened; what comes over it meanwhile is stored for ``serve``."""
    if case.settings.connection == "webhook":
        yield Finding.unproven(
            "使用 webhook，从这里看不到飞书能否到达 from here nobody sees whether Feishu reaches the webhook",
            f"{CONSOLE} → 事件与回调 → 事件配置：保存请求地址时飞书会验证 saving the address proves it",
        )
    elif case.worked_on:
        yield Finding.ok("serve 正在运行，不另开连接 serve is at work, no second connection is opened")
    elif case.store is None:
        yield Finding.unproven(
            "收到的事件要有数据库可存 events that come need a database",
            "先处理上面的数据库 see the database above",
        )
    else:
        yield _connected(case)


def _connected(case: Case) -> Finding:
    settings = case.settings
    secret = settings.app_secret.get_secret_value()
    keys = AppCredentials(base_url=settings.base_url, app_id=settings.app_id, app_secret=secret)
    line = LongConnection(keys, _TAKES_DELIVERIES, (settings,))
    line.start()
    try:
        if line.wait_connected(_CONNECT.total_seconds()):
            return Finding.ok("已连上，又断开 opened, and closed again")
        return Finding.failed(
            str(line.error or f"{_CONNECT.seconds} 秒内没有连上 no connection"),
            "放行到飞书的 wss 连接 let wss out；一个应用最多 50 个连接 an app may have 50 connections",
        )
    finally:
        line.stop()
