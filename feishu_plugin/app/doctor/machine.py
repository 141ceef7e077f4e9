"""Checks of this machine: versions, clock, database, calendar, calls, mail."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from platform import python_version

from feishu_plugin import __version__
from feishu_plugin.app.budget import budget
from feishu_plugin.app.clocks import SystemClock
from feishu_plugin.app.doctor.case import Case
from feishu_plugin.app.doctor.findings import Finding
from feishu_plugin.app.mail import mailbox_for, mailer_for
from feishu_plugin.errors import MailboxError, MailError
from feishu_plugin.gateway.application import bot_status
from feishu_plugin.gateway.mailbox import ImapMailbox
from feishu_plugin.language import Phrase
from feishu_plugin.policy_rows import packaged_policy
from feishu_plugin.store.looking import StoreFacts
from feishu_plugin.worktime import WorkTime

_TESTED_SDK = "1.7."
_SKEW_S, _WORST_SKEW_S = 10.0, 120.0
_ROOM, _LEAST_ROOM = 1 << 30, 100 << 20


def versions(_: Case) -> Iterator[Finding]:
    """Python, lark-oapi and this program."""
    yield sdk(version("lark-oapi"))


def sdk(found: str) -> Finding:
    """The long connection touches private parts of lark-oapi, which other versions may not have."""
    seen = f"feishu-plugin {__version__}, Python {python_version()}, lark-oapi {found}"
    if found.startswith(_TESTED_SDK):
        return Finding.ok(seen)
    return Finding.warning(
        Phrase(
            f"{seen}；长连接只在 {_TESTED_SDK}x 上测试过",
            f"{seen}; the long connection was tested with {_TESTED_SDK}x only",
        ),
        f'pip install "lark-oapi=={_TESTED_SDK}*"',
    )


def store(case: Case) -> Iterator[Finding]:
    """The state database: there, writable, of this version, with room to grow."""
    facts = case.store_facts
    if not isinstance(facts, StoreFacts):
        yield Finding.failed(
            facts.phrase,
            Phrase(
                "改 FEISHU_PLUGIN_DATABASE，再运行 feishu-plugin doctor",
                "change FEISHU_PLUGIN_DATABASE and run again: feishu-plugin doctor",
            ),
        )
        return
    kind, version = facts.kind, facts.version
    if version is None:
        yield Finding.ok(
            Phrase(f"{kind}：还没有数据，第一次使用时建立", f"{kind}: not there yet, made at the first use")
        )
    elif facts.is_current:
        yield Finding.ok(Phrase(f"{kind}：可写，结构 {version}", f"{kind}: writable, schema {version}"))
    else:
        yield _of_another_version(kind, version)
    if facts.free_bytes is not None:
        yield from room(facts.free_bytes)


def _of_another_version(kind: str, version: str) -> Finding:
    return Finding.warning(
        Phrase(
            f"{kind}：结构是 {version}，不是这个版本的",
            f"{kind}: its schema is {version}, not that of this version",
        ),
        Phrase(
            "先 feishu-plugin backup FILE；下次 serve 启动时自动升级",
            "feishu-plugin backup FILE first; the next start of serve upgrades it",
        ),
    )


def room(free: int) -> Iterator[Finding]:
    """Nothing while there is room; ``free`` in bytes."""
    if free >= _ROOM:
        return
    left = free >> 20
    seen = Phrase(f"数据库所在磁盘只剩 {left} MB", f"only {left} MB are left on the disk of the database")
    fix = Phrase(
        "清理磁盘，或把数据库移到别处（docs/administrator.md 第 11 节）",
        "free some, or move the database (docs/administrator.md, section 11)",
    )
    yield Finding.failed(seen, fix) if free < _LEAST_ROOM else Finding.warning(seen, fix)


def clock(case: Case) -> Iterator[Finding]:
    """The machine's clock against the Date header of Feishu's answers."""
    here = SystemClock()
    before = here.now()
    bot_status(case.feishu)
    middle = before + (here.now() - before) / 2
    yield from skew(case.feishu.told_date, middle)


def skew(told: str, here: datetime) -> Iterator[Finding]:
    """Judges a Date header (whole seconds) against the machine's instant of that answer."""
    try:
        there = parsedate_to_datetime(told)
    except ValueError:
        fix = Phrase("请自己核对时间：timedatectl", "compare the time by hand: timedatectl")
        yield Finding.unproven(Phrase("飞书的应答没有 Date", "Feishu's answer has no Date"), fix)
        return
    there = there if there.tzinfo else there.replace(tzinfo=UTC)
    seconds = (here - there).total_seconds() - 0.5  # the header has cut off half a second on average
    apart = f"{round(seconds):+d}"
    seen = Phrase(f"本机与飞书相差 {apart} 秒", f"this machine differs from Feishu by {apart} s")
    command = "timedatectl set-ntp true"
    fix = Phrase(f"打开时间同步：{command}", f"switch time synchronisation on: {command}")
    if abs(seconds) <= _SKEW_S:
        yield Finding.ok(seen)
    else:
        yield Finding.failed(seen, fix) if abs(seconds) > _WORST_SKEW_S else Finding.warning(seen, fix)


def calendar(case: Case) -> Iterator[Finding]:
    """The statutory calendar covers the coming weeks, for every base."""
    policies = [case.policy(token) for token in case.readable_bases] or [packaged_policy(case.schema)]
    last = {one.worktime.announced_until: one for one in policies}
    for policy in last.values():
        yield horizon(policy.worktime, case.now, timedelta(days=policy.parameters.calendar_days))


def horizon(worktime: WorkTime, now: datetime, warn: timedelta) -> Finding:
    """How far the announced holidays reach; warned of from ``warn`` before their end on."""
    last, today = worktime.announced_until, worktime.local_day(now)
    if last is None:
        return Finding.ok(Phrase("不使用法定节假日", "no statutory calendar is used"))
    seen = Phrase(f"法定节假日数据到 {last}", f"the statutory calendar ends on {last}")
    command = "pip install -U chinesecalendar"
    fix = Phrase(
        f"国家公布下一年安排后：{command}，重启 serve；或先写进作息日历",
        f"once the next year is announced: {command}, and start serve anew; "
        "or write the days into 作息日历 now",
    )
    if today > last:
        return Finding.failed(seen, fix)
    return Finding.warning(seen, fix) if today >= last - warn else Finding.ok(seen)


def quota(case: Case) -> Iterator[Finding]:
    """The calls of this month, and what they come to by its end."""
    if case.meter is None:
        yield Finding.unproven(
            Phrase(
                "调用次数记在数据库里，数据库还不能用",
                "calls are counted in the database, which cannot be used yet",
            ),
            Phrase("先处理上面的数据库", "see the database above"),
        )
        return
    found = budget(case.meter.this_month(), case.now, case.settings.calls_per_month)
    used, forecast, most = found.used, found.forecast, found.most
    seen = Phrase(
        f"本月已用 {used}，预计全月 {forecast}" + (f"，每月可用 {most}" if most else ""),
        f"{used} used this month, {forecast} forecast" + (f", {most} allowed" if most else ""),
    )
    if found.is_strained:
        fix = Phrase(
            "补查和报表会放慢，规则照常；请加购额度，或改 FEISHU_PLUGIN_CALLS_PER_MONTH",
            "sweeps and reports slow down, rules do not; buy more calls, "
            "or correct FEISHU_PLUGIN_CALLS_PER_MONTH",
        )
        yield Finding.failed(seen, fix) if found.is_spent else Finding.warning(seen, fix)
    else:
        yield Finding.ok(seen)


def smtp(case: Case) -> Iterator[Finding]:
    """The mail server takes the user; nothing is sent."""
    mailer = mailer_for(case.settings)
    if mailer is None:
        yield Finding.ok(Phrase("没有设置，不给客户发邮件", "not set up: customers get no mail"))
        return
    try:
        mailer.check()
    except MailError as error:
        names = "FEISHU_PLUGIN_SMTP, _SMTP_SECURITY, _SMTP_USER, _SMTP_CA"
        yield Finding.failed(error.phrase, Phrase(f"核对 {names}", f"check {names}"))
    else:
        server = case.settings.smtp
        yield Finding.ok(
            Phrase(f"{server} 已连接并登录，没有发信", f"{server}: connected, logged in, nothing sent")
        )


def imap(case: Case) -> Iterator[Finding]:
    """Each mailbox opens; nothing is read."""
    if not case.settings.mailboxes:
        yield Finding.ok(Phrase("没有设置，不收邮件", "not set up: no mail is read"))
    for token in case.settings.mailboxes:
        box = mailbox_for(case.settings, token)
        assert isinstance(box, ImapMailbox)
        try:
            box.check()
        except MailboxError as error:
            fix = Phrase("核对 FEISHU_PLUGIN_MAILBOX", "check FEISHU_PLUGIN_MAILBOX")
            yield Finding.failed(error.phrase, fix)
        else:
            yield Finding.ok(Phrase(f"{box.door}：已登录，没有读信", f"{box.door}: logged in, nothing read"))
