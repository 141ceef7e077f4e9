"""``doctor`` looks at a tenant where one thing after the other is wrong: it names it and what to do."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from inspect import cleandoc
from pathlib import Path
from sqlite3 import connect
from typing import Any

import pytest
from typer.testing import CliRunner

from feishu_plugin import settings
from feishu_plugin.app.doctor.case import opened
from feishu_plugin.app.doctor.checks import CHECKS, diagnose
from feishu_plugin.app.doctor.findings import SIGNS, Diagnosis, Finding
from feishu_plugin.app.doctor.machine import room, sdk, skew
from feishu_plugin.cli import cli
from feishu_plugin.demo.stage import Stage
from feishu_plugin.gateway.scopes import SCOPES
from feishu_plugin.language import Phrase, in_both, speak
from feishu_plugin.store.store import Store
from tests.e2e.conftest import MONDAY, provisioned
from tests.smtp.server import mail_server

BOSS, ZHOU = "沈国栋", "周子墨"
NEEDED = [scope.name for scope in SCOPES]
SELF = "application:application:self_manage"


@dataclass(slots=True)
class Tenant:
    """A provisioned base, and what a test sets otherwise; undone by ``mend``."""

    stage: Stage
    folder: Path
    routed: bool = False
    """Somebody stands as owner in 分派规则."""

    def put(self, path: str, **values: Any) -> None:
        """Changes what the sandbox is like."""
        answer = self.stage.session.put(f"{self.stage.url}/_sandbox/{path}", json=values, timeout=60)
        assert answer.ok, answer.text

    def person(self, name: str, **flags: bool) -> None:
        self.put(f"people/{self.stage.people[name]['open_id']}", **flags)

    def without(self, *scopes: str, publish: bool = True) -> None:
        granted = [one for one in [*NEEDED, SELF] if one not in scopes]
        self.put("scopes", granted=granted, publish=publish)

    def mend(self) -> None:
        """As it was."""
        self.put("scopes", granted=None)
        self.put("switches", date_offset_s=0.0)
        self.put("faults", rules=[])
        self.put("clock", now=MONDAY.isoformat())
        values = {"published": True, "waiting": False, "activate_status": 2, "user_scopes": None}
        events = ["drive.file.bitable_record_changed_v1", "drive.file.bitable_field_changed_v1"]
        self.put("console", **values, events=events, callbacks=["card.action.trigger"])
        for name in (BOSS, ZHOU):
            self.person(name, is_resigned=False, is_frozen=False)
        if self.routed:
            self.route([])

    def route(self, owners: list[str]) -> None:
        """Names the owners of every row of 分派规则."""
        who = [{"id": self.stage.people[name]["open_id"]} for name in owners]
        self.stage.edit(BOSS, "routing", {rid: {"负责人": who} for rid in self.stage.rows("routing")})
        self.routed = bool(owners)

    def environment(self, **more: str) -> dict[str, str]:
        boss = self.stage.people[BOSS]["email"]
        return {**self.stage.environment, "FEISHU_PLUGIN_ADMINISTRATORS": boss, **more}

    def look(self, key: str, **more: str) -> list[Finding]:
        """What one check finds."""
        with opened(settings.load(also=self.environment(**more))) as case:
            found = diagnose(case, [key]).found
        return [finding for name, _, findings in found if name == key for finding in findings]

    def base_of(self, name: str, perm: str = "") -> str:
        """A base that a person made, with the app in it if ``perm`` says how."""
        token = self.stage.people[name]["user_access_token"]
        made = self.stage.call("POST", "/open-apis/bitable/v1/apps", token, {"name": "别人的"})
        app_token = str(made["app"]["app_token"])
        if perm:
            bot = {"member_type": "openid", "member_id": self._bot(), "perm": perm}
            path = f"/open-apis/drive/v1/permissions/{app_token}/members?type=bitable"
            self.stage.call("POST", path, token, bot)
        return app_token

    def _bot(self) -> str:
        keys = {key: self.stage.sandbox.ready[key] for key in ("app_id", "app_secret")}
        url, session = self.stage.url, self.stage.session
        path = f"{url}/open-apis/auth/v3/tenant_access_token/internal"
        token = session.post(path, json=keys, timeout=60).json()["tenant_access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        found = session.get(f"{url}/open-apis/bot/v3/info", headers=headers, timeout=60).json()
        return str(found["bot"]["open_id"])


@pytest.fixture(scope="module")
def tenants(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tenant]:
    stage = provisioned()
    try:
        yield Tenant(stage, tmp_path_factory.mktemp("doctor"))
    finally:
        stage.close()


@pytest.fixture
def tenant(tenants: Tenant, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tenant]:
    monkeypatch.chdir(tenants.folder)
    yield tenants
    tenants.mend()


Arrange = Callable[[Tenant], "dict[str, str] | None"]


def old_database(tenant: Tenant) -> dict[str, str]:
    """One that an older version left."""
    file = tenant.folder / "old.sqlite3"
    file.unlink(missing_ok=True)
    Store(str(file)).close()
    with connect(file) as database:
        database.execute("UPDATE alembic_version SET version_num = '0001'")
    database.close()
    return {"FEISHU_PLUGIN_DATABASE": str(file)}


def on(path: str, **values: Any) -> Arrange:
    """Something is changed in the sandbox."""
    return lambda tenant: tenant.put(path, **values)


def lacking(*scopes: str, publish: bool = True) -> Arrange:
    """These scopes are not granted (or not any more, once the draft is published)."""
    return lambda tenant: tenant.without(*scopes, publish=publish)


def setting(**values: str) -> Arrange:
    return lambda tenant: values


def person(name: str, **flags: bool) -> Arrange:
    return lambda tenant: tenant.person(name, **flags)


def owned_by_who_left(tenant: Tenant) -> None:
    tenant.route([ZHOU])
    tenant.person(ZHOU, is_resigned=True)


EXAMPLES: list[tuple[str, Arrange, str, str, str]] = [
    # check, what is arranged, result, what the evidence says, what the fix says
    ("versions", setting(), "ok", "lark-oapi", ""),
    ("store", setting(), "ok", "SQLite：可写", ""),
    ("store", setting(FEISHU_PLUGIN_DATABASE="new.sqlite3"), "ok", "第一次使用时建立", ""),
    ("store", setting(FEISHU_PLUGIN_DATABASE="no/such/folder/a.sqlite3"), "failed", "no folder", "DATABASE"),
    ("store", old_database, "warning", "0001", "feishu-plugin backup"),
    ("credentials", setting(), "ok", "cli_", ""),
    ("credentials", setting(FEISHU_APP_SECRET="other"), "failed", "10015", "凭证与基础信息"),
    ("credentials", setting(FEISHU_APP_ID="cli_0"), "failed", "99991543", "feishu-plugin init"),
    ("clock", setting(), "ok", "differs from Feishu", ""),
    ("clock", on("switches", date_offset_s=60.0), "warning", "相差 -", "timedatectl"),
    ("clock", on("switches", date_offset_s=-600.0), "failed", "相差 +", "timedatectl"),
    ("bot", setting(), "ok", "需求助手", ""),
    ("bot", on("console", activate_status=4), "warning", "升级等待启用", "应用管理"),
    ("bot", on("console", activate_status=1), "failed", "已停用", "添加应用能力 → 机器人"),
    ("scopes", lacking(), "ok", "13 个都已开通", ""),
    (
        "scopes",
        lacking("im:message:send_as_bot", "bitable:app"),
        "failed",
        "im:message:send_as_bot（应用身份）没有申请",
        '"tenant": [\n      "bitable:app",\n      "im:message:send_as_bot"\n    ],\n    "user": []',
    ),
    ("scopes", lacking("im:message.p2p_msg:readonly"), "warning", "机器人收不到消息", "批量导入"),
    (
        "scopes",
        on("console", user_scopes=[]),
        "unproven",
        "飞书没有列出用户身份的权限：bitable:app",
        "用户身份权限",
    ),
    (
        "scopes",
        on("console", user_scopes=["im:message"]),
        "failed",
        "bitable:app（用户身份）",
        '"user": [\n',
    ),
    ("scopes", on("console", published=False), "failed", "212100", "申请发布"),
    ("release", setting(), "ok", "已发布", ""),
    ("release", lacking("bitable:app", publish=False), "warning", "等待审核", "应用审核"),
    ("release", on("console", published=False), "failed", "没有发布任何版本", "申请发布"),
    ("release", lacking(SELF), "unproven", SELF, "版本管理与发布"),
    ("events", setting(), "ok", "card.action.trigger", ""),
    ("events", on("console", events=[]), "failed", "bitable_field_changed_v1", "事件配置 → 添加"),
    ("events", on("console", callbacks=[]), "failed", "card.action.trigger", "回调配置 → 添加"),
    (
        "events",
        setting(FEISHU_PLUGIN_CONNECTION="webhook", FEISHU_PLUGIN_LISTEN="a:1", FEISHU_ENCRYPT_KEY="k"),
        "failed",
        "订阅方式是 websocket",
        "将事件发送至开发者服务器",
    ),
    ("events", lacking(SELF), "unproven", SELF, "drive.file.bitable_record_changed_v1"),
    ("connection", setting(), "ok", "已连上", ""),
    (
        "connection",
        on("faults", rules=[{"route": "*ws/endpoint", "kind": "code", "code": 1000040350}]),
        "failed",
        "1000040350",
        "50 个连接",
    ),
    (
        "connection",
        setting(FEISHU_PLUGIN_CONNECTION="webhook", FEISHU_PLUGIN_LISTEN="a:1", FEISHU_ENCRYPT_KEY="k"),
        "unproven",
        "webhook",
        "保存请求地址",
    ),
    ("connection", old_database, "unproven", "数据库", "数据库"),
    ("bases", setting(), "ok", "可管理", ""),
    ("bases", setting(), "warning", "高级权限没有打开", "高级权限 → 打开"),
    ("bases", setting(FEISHU_BASE_TOKEN=""), "failed", "FEISHU_BASE_TOKEN", "feishu-plugin init"),
    ("bases", setting(FEISHU_BASE_TOKEN="bascnNobody1234"), "failed", "91402", "FEISHU_BASE_TOKEN"),
    ("bases", lambda t: {"FEISHU_BASE_TOKEN": t.base_of(ZHOU)}, "failed", "91403", "添加文档应用"),
    ("bases", lambda t: {"FEISHU_BASE_TOKEN": t.base_of(ZHOU, "edit")}, "failed", "1069603", "可管理"),
    (
        "bases",
        lambda t: {"FEISHU_BASE_TOKEN": t.base_of(ZHOU, "full_access")},
        "failed",
        "没有需求台账",
        "feishu-plugin apply",
    ),
    (
        "bases",
        lambda t: {"FEISHU_BASE_TOKEN": t.base_of(ZHOU, "full_access")},
        "warning",
        "没有订阅事件",
        "serve",
    ),
    ("people", setting(), "ok", BOSS, ""),
    ("people", setting(FEISHU_PLUGIN_ADMINISTRATORS=""), "warning", "没有管理员", "ADMINISTRATORS"),
    ("people", setting(FEISHU_PLUGIN_ADMINISTRATORS="no@b.c"), "failed", "no@b.c", "登录邮箱"),
    ("people", setting(FEISHU_PLUGIN_ADMINISTRATORS="ou_0"), "failed", "看不到", "通讯录权限范围"),
    ("people", person(BOSS, is_frozen=True), "failed", "账号已暂停", "换人"),
    ("people", owned_by_who_left, "failed", "周子墨：已离职", "分派规则"),
    ("contact_fields", setting(), "ok", "可读", ""),
    ("contact_fields", setting(FEISHU_PLUGIN_ADMINISTRATORS=""), "unproven", "没有可以看的人", "分派规则"),
    (
        "contact_fields",
        lacking("contact:user.department:readonly"),
        "failed",
        "上级",
        "contact:user.department:readonly",
    ),
    ("calendar", setting(), "ok", "2026-12-31", ""),
    ("calendar", on("clock", now="2026-12-20T09:00:00+08:00"), "warning", "2026-12-31", "chinesecalendar"),
    ("calendar", on("clock", now="2027-02-01T09:00:00+08:00"), "failed", "2026-12-31", "作息日历"),
    ("quota", setting(), "ok", "本月已用", ""),
    ("quota", setting(FEISHU_PLUGIN_CALLS_PER_MONTH="1"), "failed", "1 allowed", "加购"),
    ("quota", old_database, "unproven", "数据库", "数据库"),
    ("smtp", setting(), "ok", "没有设置", ""),
    (
        "smtp",
        setting(
            FEISHU_PLUGIN_SMTP="127.0.0.1:1",
            FEISHU_PLUGIN_SMTP_SECURITY="none",
            FEISHU_PLUGIN_MAIL_FROM="a@b.example",
        ),
        "failed",
        "127.0.0.1:1 cannot be reached",
        "FEISHU_PLUGIN_SMTP",
    ),
    ("imap", setting(), "ok", "没有设置", ""),
    ("imap", setting(FEISHU_PLUGIN_MAILBOX="imap://a:b@127.0.0.1:1"), "failed", "127.0.0.1:1", "MAILBOX"),
]


def named(example: tuple[str, Arrange, str, str, str]) -> str:
    return f"{example[0]}: {example[3]}".encode("ascii", "ignore").decode() + f" {example[2]}"


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_each_check_says_what_is_so_and_what_to_do(
    tenant: Tenant, example: tuple[str, Arrange, str, str, str]
) -> None:
    key, arrange, status, evidence, fix = example

    found = tenant.look(key, **(arrange(tenant) or {}))

    with in_both():
        told = [(one.status, str(one.evidence), str(one.fix)) for one in found]
    assert [one for one in told if one[0] == status and evidence in one[1] and fix in one[2]], told
    assert all(bool(one.fix) == (one.status != "ok") for one in found)


def test_every_check_is_shown_well_and_unwell() -> None:
    shown = {key: {status for one, _, status, _, _ in EXAMPLES if one == key} for key, *_ in EXAMPLES}

    assert set(shown) == {check.key for check in CHECKS}
    assert [key for key, seen in shown.items() if "ok" not in seen] == []
    assert [key for key, seen in shown.items() if not seen & {"failed", "warning"}] == ["versions"]
    assert sdk("1.9.0").status == "warning"


def test_people_are_told_in_their_language_and_machines_in_both() -> None:
    seen, fix = Phrase("已停用", "stopped"), Phrase("请启用", "switch it on")
    findings = [Finding.failed(seen, fix), Finding.ok("cli_1")]
    title, console = Phrase("机器人", "bot"), "https://open.feishu.cn/app/cli_1"
    found = Diagnosis(found=[("bot", title, findings)], console=console)

    speak("zh")
    try:
        chinese, data = found.text, found.data
    finally:
        speak("en")

    assert chinese.splitlines()[:3] == ["✗ 机器人：已停用", "    处理：请启用", "✓ 机器人：cli_1"]
    assert chinese.endswith("结果：✓ 正常 1，! 注意 0，✗ 失败 1，? 无法证实 0")
    assert found.text.splitlines()[:3] == ["✗ bot: stopped", "    fix: switch it on", "✓ bot: cli_1"]
    assert data == found.data
    assert [one["evidence"] for one in data["findings"]] == [
        {"zh": "已停用", "en": "stopped"},
        {"zh": "cli_1", "en": "cli_1"},
    ]
    assert [one["fix"] for one in data["findings"]] == [{"zh": "请启用", "en": "switch it on"}, None]


def test_the_guide_has_a_row_for_every_check() -> None:
    page = (Path(__file__).parents[2] / "docs" / "administrator.md").read_text(encoding="utf-8")
    rows = [
        f"| `{one.key}` | {one.title.zh} {one.title.en} | {cleandoc(one.look.__doc__ or '')} |"
        for one in CHECKS
    ]

    assert [row for row in rows if row not in page] == []


def test_a_mail_server_is_logged_in_to_and_gets_no_mail(tenant: Tenant, tmp_path: Path) -> None:
    with mail_server(tmp_path) as post:
        from_us = {"FEISHU_PLUGIN_SMTP_SECURITY": "none", "FEISHU_PLUGIN_MAIL_FROM": "a@b.example"}
        [found] = tenant.look("smtp", FEISHU_PLUGIN_SMTP=post.address, **from_us)

        assert found.status == "ok"
        assert post.taken() == []


def test_a_full_disk_and_a_date_that_is_none_are_told() -> None:
    assert list(room(50 << 30)) == []
    assert [one.status for one in room(500 << 20)] == ["warning"]
    assert [one.status for one in room(5 << 20)] == ["failed"]
    noon = datetime(2026, 8, 24, 12, tzinfo=UTC)
    late = format_datetime(noon - timedelta(seconds=30))
    assert [one.status for told in ("", late) for one in skew(told, noon)] == ["unproven", "warning"]


def test_a_running_service_is_not_disturbed(tenant: Tenant) -> None:
    store = Store(tenant.stage.environment["FEISHU_PLUGIN_DATABASE"])
    assert store.lease(tenant.stage.base["base_token"], "somebody", 60)
    try:
        [found] = tenant.look("connection")
    finally:
        store.release(tenant.stage.base["base_token"], "somebody")
        store.close()

    assert found.status == "ok"
    assert "no second connection" in str(found.evidence)


def test_nothing_is_written_to_feishu(tenant: Tenant) -> None:
    before = tenant.stage.stats()["requests"]
    with opened(settings.load(also=tenant.environment())) as case:
        found = diagnose(case, [check.key for check in CHECKS if check.key != "connection"])

    new = {name for name, codes in tenant.stage.stats()["requests"].items() if codes != before.get(name)}
    asked = {name for name in new if not name.startswith("GET ") and "_sandbox" not in name}
    assert asked == {
        "POST /open-apis/contact/v3/users/batch_get_id",
        "POST /open-apis/bitable/v1/apps/:app_token/tables/:table_id/records/search",
    } | {name for name in asked if name.endswith("tenant_access_token/internal")}
    assert not found.has_failed, found.text


def test_a_feishu_that_never_answers_is_waited_for_once(tenant: Tenant) -> None:
    never = {"route": "*bot/v3/info", "kind": "timeout-before-commit", "delay_ms": 2000}
    tenant.put("faults", rules=[never])

    with opened(settings.load(also=tenant.environment())) as case:
        found = diagnose(case, ["clock", "scopes", "people", "store"], longest_s=0.5)

    assert {key: [one.status for one in findings] for key, _, findings in found.found} == {
        "store": ["ok"],
        "credentials": ["ok"],
        "clock": ["unproven"],
        "scopes": ["unproven"],
        "people": ["unproven"],
    }


def test_without_feishu_what_can_be_said_is_said(tenant: Tenant) -> None:
    gone = {"FEISHU_BASE_URL": "http://127.0.0.1:9", "FEISHU_PLUGIN_CLOCK": "system"}

    done = CliRunner().invoke(cli, ["doctor"], env=tenant.environment(**gone))

    assert done.exit_code == 1
    assert re.search(r"✗ credentials: Feishu does not answer.*\n    fix: check the network", done.output)
    assert tenant.stage.environment["FEISHU_APP_SECRET"] not in done.output
    assert f"https://open.feishu.cn/app/{tenant.stage.environment['FEISHU_APP_ID']}" in done.output
    assert done.output.count("Feishu was not asked, see above") == 9
    assert done.output.count(f"\n{SIGNS['ok']} ") >= 4


def test_an_unknown_check_is_refused_with_those_that_there_are(tenant: Tenant) -> None:
    done = CliRunner().invoke(cli, ["doctor", "--only", "weather"], env=tenant.environment())

    assert done.exit_code == 2
    assert "contact_fields" in done.output
