"""The list of checks, and how they are run: one after the other, each for so long and no longer."""

import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from feishu_plugin.app.doctor import console, machine, team
from feishu_plugin.app.doctor.case import Case
from feishu_plugin.app.doctor.findings import Diagnosis, Finding
from feishu_plugin.app.setup.words import console_address
from feishu_plugin.errors import FeishuUnreachable, PluginError
from feishu_plugin.language import Phrase

LONGEST_S = 60.0
"""How long one check may take; the child of the long connection alone needs some seconds to start."""

CREDENTIALS = "credentials"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that is looked at. To add one, write its function and its line in ``CHECKS``."""

    key: str
    title: Phrase
    look: Callable[[Case], Iterable[Finding]]
    asks_feishu: bool = True


CHECKS: tuple[Check, ...] = (
    Check(key="versions", title=Phrase("版本", "versions"), look=machine.versions, asks_feishu=False),
    Check(key="store", title=Phrase("数据库", "database"), look=machine.store, asks_feishu=False),
    Check(key=CREDENTIALS, title=Phrase("应用凭证", "credentials"), look=console.credentials),
    Check(key="clock", title=Phrase("时钟", "clock"), look=machine.clock),
    Check(key="bot", title=Phrase("机器人", "bot"), look=console.bot),
    Check(key="scopes", title=Phrase("权限", "scopes"), look=console.scopes),
    Check(key="release", title=Phrase("应用版本", "published version"), look=console.release),
    Check(key="events", title=Phrase("订阅", "subscriptions"), look=console.events),
    Check(key="connection", title=Phrase("长连接", "long connection"), look=console.connection),
    Check(key="bases", title=Phrase("多维表格", "bases"), look=team.bases),
    Check(key="people", title=Phrase("人员", "people"), look=team.people),
    Check(key="contact_fields", title=Phrase("通讯录字段", "contact fields"), look=team.contact_fields),
    Check(key="calendar", title=Phrase("节假日", "calendar"), look=machine.calendar, asks_feishu=False),
    Check(key="quota", title=Phrase("调用次数", "calls"), look=machine.quota, asks_feishu=False),
    Check(key="smtp", title=Phrase("发邮件", "outgoing mail"), look=machine.smtp, asks_feishu=False),
    Check(key="imap", title=Phrase("收邮件", "incoming mail"), look=machine.imap, asks_feishu=False),
)
"""In the order in which a new tenant is set up: what comes first stands in the way of the rest."""


def diagnose(
    case: Case,
    only: Collection[str] = (),
    on_check: Callable[[Check], None] = lambda check: None,
    longest_s: float = LONGEST_S,
) -> Diagnosis:
    """Runs the checks (those named in ``only``, if any); ``on_check`` hears of each before it begins.

    Whatever asks Feishu comes with the credentials: without them any refusal would be misread.
    """
    found = []
    for check in wanted(only):
        on_check(check)
        found.append((check.key, check.title, _findings(check, case, longest_s)))
    return Diagnosis(found=found, console=console_address(case.settings))


def wanted(only: Collection[str]) -> Sequence[Check]:
    """The checks that ``only`` names, all when it names none."""
    named = [check for check in CHECKS if not only or check.key in only]
    also = {CREDENTIALS} if any(check.asks_feishu for check in named) else set()
    return [check for check in CHECKS if check in named or check.key in also]


def _findings(check: Check, case: Case, longest_s: float) -> Sequence[Finding]:
    if check.asks_feishu and case.away:
        return [_SKIPPED]
    done: list[Sequence[Finding] | BaseException] = []
    thread = threading.Thread(target=_look, args=(check, case, done), name=check.key, daemon=True)
    thread.start()
    thread.join(longest_s)
    if not done:
        return [_too_slow(check, case, longest_s)]
    if isinstance(done[0], BaseException):
        raise done[0]
    return done[0]


def _look(check: Check, case: Case, done: list[Sequence[Finding] | BaseException]) -> None:
    try:
        done.append(list(check.look(case)))
    except FeishuUnreachable as error:
        case.away = error.phrase
        done.append([_unasked(case.away)])
    except PluginError as error:
        done.append([Finding.failed(error.phrase, _AS_IT_SAYS)])
    except BaseException as error:  # a bug: it shows itself in the thread that prints
        done.append(error)


_AS_IT_SAYS = Phrase("按提示处理；权限见上", "do as it says; scopes: see above")
_LATER = Phrase("稍后再运行 feishu-plugin doctor", "run again later: feishu-plugin doctor")
_SKIPPED = Finding.unproven(
    Phrase("没有问飞书，原因见上", "Feishu was not asked, see above"),
    Phrase("处理之后再运行 feishu-plugin doctor", "when that is done, run again: feishu-plugin doctor"),
)


def _unasked(why: Phrase) -> Finding:
    return Finding.unproven(Phrase(f"没有问到飞书：{why.zh}", f"Feishu could not be asked: {why.en}"), _LATER)


def _too_slow(check: Check, case: Case, longest_s: float) -> Finding:
    what = Phrase(f"{longest_s:.0f} 秒内没有结果", f"nothing within {longest_s:.0f} s")
    if check.asks_feishu:
        case.away = what
    return Finding.unproven(what, _LATER)
