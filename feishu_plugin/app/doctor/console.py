"""Checks of what is set up in the developer console: credentials, bot, scopes, version, events."""

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta

from feishu_plugin.app.doctor.case import Case
from feishu_plugin.app.doctor.findings import Finding
from feishu_plugin.app.setup.words import CALLBACKS, CONSOLE, EVENTS, PUBLISH, published
from feishu_plugin.errors import FeishuError, FeishuRefused, FeishuUnreachable
from feishu_plugin.gateway.application import IN_USE, NOT_INSTALLED, App, app, bot_status
from feishu_plugin.gateway.listener import AppCredentials
from feishu_plugin.gateway.long_connection import LongConnection
from feishu_plugin.gateway.scopes import SCOPES, Scope, importable
from feishu_plugin.language import Phrase

_WRONG_APP, _WRONG_SECRETS, _ADDRESS = 99991543, (10003, 10014, 10015), 99991401
_CONNECT = timedelta(seconds=45)
_TAKES_DELIVERIES = "feishu_plugin.app.receiving:accept_for"
_STATUS = {
    0: Phrase("还没有安装", "not installed yet"),
    1: Phrase("已停用", "stopped"),
    3: Phrase("等待启用", "waits to be switched on"),
    4: Phrase("升级等待启用", "its upgrade waits to be switched on"),
    5: Phrase("许可已到期", "its licence ended"),
    6: Phrase("套餐到期", "the tenant's plan ended"),
}
_WAITING = 4
_NO_EVENTS = Phrase("可能收不到改动", "no events may come")
_ASKED = {True: Phrase("已申请未生效", "asked for, not in force"), False: Phrase("没有申请", "not asked for")}
_IDENTITY = {
    "tenant": Phrase("应用身份", "the app's identity"),
    "user": Phrase("用户身份", "people's identity"),
}


_EVENTS, _CALLBACKS = Phrase("事件", "events"), Phrase("回调", "callbacks")
_LET_OUT = Phrase(
    "放行到飞书的 wss 连接；一个应用最多 50 个连接",
    "let connections to Feishu by wss out; an app may have 50 connections at most",
)


def credentials(case: Case) -> Iterator[Finding]:
    """Feishu takes App ID and App Secret."""
    try:
        case.feishu.sign_in()
    except FeishuUnreachable as error:
        case.away = why = error.phrase
        url = case.settings.base_url
        yield Finding.failed(
            Phrase(f"飞书没有应答：{why.zh}", f"Feishu does not answer: {why.en}"),
            Phrase(
                f"核对网络、代理和 FEISHU_BASE_URL（{url}）",
                f"check the network, the proxy and FEISHU_BASE_URL ({url})",
            ),
        )
    except FeishuError as error:
        case.away = Phrase("没有可用的凭证", "without credentials nothing can be asked")
        yield Finding.failed(error.phrase, _credentials_fix(error.code))
    else:
        yield Finding.ok(f"{case.settings.app_id} @ {case.settings.base_url}")


def _credentials_fix(code: int) -> Phrase:
    where = f"{CONSOLE} → 凭证与基础信息"
    if code == _ADDRESS:
        listed = f"{CONSOLE} → 安全设置 → IP 白名单"
        return Phrase(f"把本机的出口 IP 加入白名单：{listed}", f"add this machine's address: {listed}")
    if code in (_WRONG_APP, *_WRONG_SECRETS):
        return Phrase(
            f"从 {where} 重新复制 App ID 和 App Secret，再运行 feishu-plugin init",
            f"copy App ID and App Secret anew from {where}, then: feishu-plugin init",
        )
    return Phrase(f"{where}：核对应用状态", f"{where}: look at the state of the app")


def bot(case: Case) -> Iterator[Finding]:
    """The app has a bot, and the tenant uses it."""
    fix = published(f"{CONSOLE} → 添加应用能力 → 机器人")
    try:
        name, status = bot_status(case.feishu)
    except FeishuRefused as error:
        yield Finding.failed(
            Phrase(f"没有机器人：{error.phrase.zh}", f"there is no bot: {error.phrase.en}"), fix
        )
        return
    if status == IN_USE:
        yield Finding.ok(Phrase(f"{name} 已启用", f"{name} is in use"))
        return
    word = _STATUS.get(status, Phrase(f"状态 {status}", f"state {status}"))
    seen = Phrase(f"{name}：{word.zh}", f"{name}: {word.en}")
    if status == _WAITING:
        where = "管理后台 → 应用管理"
        yield Finding.warning(
            seen, Phrase(f"请企业管理员启用：{where}", f"the tenant's administrator switches it on: {where}")
        )
    else:
        yield Finding.failed(seen, fix)


def scopes(case: Case) -> Iterator[Finding]:
    """Every scope of the list is granted; what is missing is named, with what to import."""
    try:
        granted, asked = case.scopes.granted, case.scopes.asked
    except FeishuRefused as error:
        yield _not_listed(error)
        return
    people_told = any(kind == "user" for kind, _ in granted | asked)
    kinds = ("tenant", "user") if people_told else ("tenant",)
    wanted = [(kind, one) for kind in kinds for one in SCOPES if kind == "tenant" or one.of_people]
    missing = [(kind, one) for kind, one in wanted if (kind, one.name) not in granted]
    if missing:
        yield _lacking(missing, asked)
    else:
        yield Finding.ok(Phrase(f"{len(wanted)} 个都已开通", f"all {len(wanted)} are granted"))
    if not people_told:
        names = ", ".join(one.name for one in SCOPES if one.of_people)
        yield Finding.unproven(
            Phrase(
                f"飞书没有列出用户身份的权限：{names}",
                f"Feishu lists no scopes of people's identity: {names}",
            ),
            published(f"{CONSOLE} → 权限管理 → 用户身份权限：{names}"),
        )


def _lacking(missing: Sequence[tuple[str, Scope]], asked: Collection[tuple[str, str]]) -> Finding:
    told = [_without(kind, one, _ASKED[(kind, one.name) in asked]) for kind, one in missing]
    seen = Phrase("\n".join(one.zh for one in told), "\n".join(one.en for one in told))
    tenant, user = ({one.name for k, one in missing if k == kind} for kind in ("tenant", "user"))
    where, scopes = f"{CONSOLE} → 权限管理 → 批量导入/导出权限", importable(tenant, user)
    fix = Phrase(f"{where}，粘贴：\n{scopes}\n{PUBLISH.zh}", f"{where}, paste:\n{scopes}\n{PUBLISH.en}")
    is_extra = all(one.is_extra for _, one in missing)
    return Finding.warning(seen, fix) if is_extra else Finding.failed(seen, fix)


def _without(kind: str, scope: Scope, asked: Phrase) -> Phrase:
    who, name = _IDENTITY[kind], scope.name
    lost = scope.without if kind == "tenant" else _NO_EVENTS
    return Phrase(f"{name}（{who.zh}）{asked.zh}：{lost.zh}", f"{name} ({who.en}), {asked.en}: {lost.en}")


def _not_listed(error: FeishuError) -> Finding:
    if error.code == NOT_INSTALLED:
        seen = Phrase(f"应用还没有发布：{error.phrase.zh}", f"the app was never published: {error.phrase.en}")
        return Finding.failed(seen, PUBLISH)
    where = f"{CONSOLE} → 权限管理"
    return Finding.unproven(
        Phrase(f"飞书没有列出权限：{error.phrase.zh}", f"Feishu lists no scopes: {error.phrase.en}"),
        Phrase(
            f"{where}：与这份清单比较\n{importable()}", f"{where}: compare with this list\n{importable()}"
        ),
    )


def release(case: Case) -> Iterator[Finding]:
    """A version is published, and none waits."""
    found = _app(case)
    if isinstance(found, Finding):
        yield found
    elif not found.online:
        yield Finding.failed(Phrase("还没有发布任何版本", "no version was published"), PUBLISH)
    elif found.waiting:
        yield Finding.warning(
            Phrase(
                "有版本等待审核，改动还没有生效",
                "a version waits to be approved, its changes are not in force",
            ),
            Phrase(
                "请企业管理员审核：管理后台 → 应用审核",
                "the tenant's administrator approves it: 管理后台 → 应用审核",
            ),
        )
    else:
        yield Finding.ok(Phrase("已发布，没有待审核的版本", "published, nothing waits"))


def events(case: Case) -> Iterator[Finding]:
    """Events and callbacks are subscribed, by the way that the settings say."""
    found = _app(case)
    if isinstance(found, Finding):
        yield found
        return
    wanted = "webhook" if case.settings.connection == "webhook" else "websocket"
    yield _subscribed(_EVENTS, "事件配置", (found.mode, found.events), wanted, EVENTS)
    yield _subscribed(_CALLBACKS, "回调配置", (found.callback_mode, found.callbacks), wanted, CALLBACKS)


def _subscribed(
    what: Phrase,
    page: str,
    has: tuple[str | None, frozenset[str] | None],
    wanted: str,
    names: tuple[str, ...],
) -> Finding:
    mode, subscribed = has
    where, listed = f"{CONSOLE} → 事件与回调 → {page}", ", ".join(names)
    if mode is None or subscribed is None:
        seen = Phrase(f"飞书没有说明{what.zh}", f"Feishu does not tell of {what.en}")
        return Finding.unproven(seen, f"{where}: {listed}")
    if mode.replace("_", "") != wanted:
        return Finding.failed(
            Phrase(
                f"{what.zh}：订阅方式是 {mode}，设置是 {wanted}",
                f"{what.en} come by {mode}, the settings say {wanted}",
            ),
            _other_way(where, wanted),
        )
    if missing := ", ".join(name for name in names if name not in subscribed):
        return Finding.failed(
            Phrase(f"{what.zh}：没有 {missing}", f"{what.en} lack {missing}"), published(f"{where} → 添加")
        )
    return Finding.ok(Phrase(f"{what.zh}：{mode}，{listed}", f"{what.en}: {mode}, {listed}"))


def _other_way(where: str, wanted: str) -> Phrase:
    how = "使用长连接接收" if wanted == "websocket" else "将事件发送至开发者服务器"
    there = f"{where} → 订阅方式 → {how}"
    return Phrase(
        f"{there}（长连接要先连上：feishu-plugin init）；{PUBLISH.zh}",
        f"{there} (the long connection must be open meanwhile: feishu-plugin init); {PUBLISH.en}",
    )


def _app(case: Case) -> App | Finding:
    try:
        return app(case.feishu)
    except FeishuRefused as error:
        return _not_asked(error.code)


def _not_asked(code: int) -> Finding:
    scope, names = "application:application:self_manage", ", ".join((*EVENTS, *CALLBACKS))
    return Finding.unproven(
        Phrase(
            f"飞书不让查（{code}）；要查需要权限 {scope}，除此之外用不到",
            f"Feishu does not let us ask ({code}); that would take the scope {scope}, "
            "which nothing else needs",
        ),
        Phrase(
            f"{CONSOLE}：请自己看，版本管理与发布 → 最新版本已发布；事件与回调 → {names}",
            f"look for yourself at {CONSOLE}: 版本管理与发布 → the newest version is published; "
            f"事件与回调 → {names}",
        ),
    )


def connection(case: Case) -> Iterator[Finding]:
    """A long connection can be opened; what comes over it meanwhile is stored for ``serve``."""
    if case.settings.connection == "webhook":
        yield Finding.unproven(
            Phrase(
                "使用 webhook，从这里看不到飞书能否到达",
                "from here nobody sees whether Feishu reaches the webhook",
            ),
            Phrase(
                f"{CONSOLE} → 事件与回调 → 事件配置：保存请求地址时飞书会验证",
                f"{CONSOLE} → 事件与回调 → 事件配置: saving the address proves it",
            ),
        )
    elif case.worked_on:
        yield Finding.ok(
            Phrase("serve 正在运行，不另开连接", "serve is at work, no second connection is opened")
        )
    elif case.store is None:
        yield Finding.unproven(
            Phrase("收到的事件要有数据库可存", "events that come need a database"),
            Phrase("先处理上面的数据库", "see the database above"),
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
            return Finding.ok(Phrase("已连上，又断开", "opened, and closed again"))
        slow = Phrase(f"{_CONNECT.seconds} 秒内没有连上", f"no connection within {_CONNECT.seconds} s")
        return Finding.failed(line.error.phrase if line.error else slow, _LET_OUT)
    finally:
        line.stop()
