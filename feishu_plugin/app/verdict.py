"""Is it working? One verdict over the facts of a base, each reason with what to do about it. Only judges."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from feishu_plugin.language import Phrase

Level = Literal["ok", "look", "down"]
LEVELS: Mapping[Level, Phrase] = {
    "ok": Phrase("正常", "OK"),
    "look": Phrase("注意", "LOOK"),
    "down": Phrase("不正常", "NOT WORKING"),
}
OLDEST_S = 60
"""A change that waits longer than this to be judged says that nobody judges."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Something that is not as it should be, and what to do."""

    level: Level
    text: Phrase


@dataclass(frozen=True, slots=True)
class Verdict:
    """The worst of the reasons, and all of them, the worst first."""

    level: Level
    reasons: Sequence[Reason]

    @property
    def line(self) -> Phrase:
        """The first line of ``status``."""
        word = LEVELS[self.level]
        if not self.reasons:
            return Phrase(
                f"{word.zh}：服务在运行，能收到改动，没有积压",
                f"{word.en}: the service runs, hears of changes, and nothing piles up",
            )
        first = self.reasons[0].text
        return Phrase(f"{word.zh}：{first.zh}", f"{word.en}: {first.en}")


def verdict(facts: Mapping[str, Any]) -> Verdict:
    """Over what ``status.facts`` tells of a base."""
    reasons = [*_down(facts), *_look(facts)]
    return Verdict("ok" if not reasons else reasons[0].level, reasons)


def worst(levels: Sequence[Level]) -> Level:
    """Of several bases."""
    return max(levels, key=tuple(LEVELS).index, default="ok")


def _down(facts: Mapping[str, Any]) -> Iterator[Reason]:
    connection = facts["connection"]
    if facts["worked_on_by"] is None:
        yield Reason(
            "down",
            Phrase(
                "没有进程在处理；请运行 feishu-plugin serve",
                "no process works on it; run `feishu-plugin serve`",
            ),
        )
    elif connection and not connection["up"]:
        yield Reason(
            "down",
            Phrase(
                "与飞书的长连接断了，改动靠补查发现；请查网络、应用凭证和 serve 的日志",
                "no connection to Feishu, sweeps find changes; look at network, app and log",
            ),
        )
    if _is_stuck(facts):
        waited = facts["oldest_pending_s"]
        yield Reason(
            "down",
            Phrase(
                f"最早的改动 {waited} 秒还没判定；请看 serve 的日志",
                f"the oldest change has waited {waited} s to be judged; look at the log of serve",
            ),
        )
    if facts.get("calls_allowed", facts["calls_this_month"] + 1) <= facts["calls_this_month"]:
        yield Reason(
            "down",
            Phrase(
                "本月的飞书调用次数已用完；请升级套餐或等到下月 1 日",
                "the calls of this month are used up; change the plan or wait for the 1st",
            ),
        )


def _is_stuck(facts: Mapping[str, Any]) -> bool:
    """What was set apart, or rests because a column is lost, waits for people: no fault of the service."""
    waits_for_people = facts["records_set_apart"] or facts["paused"]
    return facts["oldest_pending_s"] >= OLDEST_S and not waits_for_people and bool(facts["worked_on_by"])


def _look(facts: Mapping[str, Any]) -> Iterator[Reason]:
    for is_so, text in _LOOKS:
        if count := is_so(facts):
            yield Reason("look", Phrase(text.zh.format(count), text.en.format(count)))


def _over(facts: Mapping[str, Any]) -> int:
    """The forecast, where it is more than is allowed and a tenth was used; else 0."""
    allowed, used = facts.get("calls_allowed", 0), facts["calls_this_month"]
    return facts["calls_forecast"] if 0.1 * allowed <= used < allowed < facts["calls_forecast"] else 0


_LOOKS = (
    (
        lambda facts: len(facts["paused"]),
        Phrase(
            "{} 项规则暂停；请看下面的原因，运行 feishu-plugin apply",
            "{} rules rest; see why below and run `feishu-plugin apply`",
        ),
    ),
    (
        lambda facts: facts["records_set_apart"],
        Phrase(
            "{} 条记录飞书不收，已放到一边；见给管理员的系统提醒",
            "{} records that Feishu does not take are set apart; see the 系统提醒 cards",
        ),
    ),
    (
        lambda facts: len(facts["troubles"]),
        Phrase(
            "{} 个定时任务失败，正在重试；原因见下", "{} periodic jobs failed and are tried again; see below"
        ),
    ),
    (
        lambda facts: facts["effects_failed_today"],
        Phrase(
            "一天内有 {} 条没有送达；见「通知记录·未送达」",
            "{} given up within a day; see 通知记录 · 未送达",
        ),
    ),
    (
        lambda facts: int(bool(facts.get("mailbox_trouble"))),
        Phrase(
            "邮箱读不到；请检查 FEISHU_PLUGIN_MAILBOX",
            "the mailbox cannot be read; check FEISHU_PLUGIN_MAILBOX",
        ),
    ),
    (
        _over,
        Phrase(
            "照此速度本月要调用 {} 次，超过允许；补查和报表已放慢",
            "at this pace {} calls this month, more than allowed; sweeps and reports wait",
        ),
    ),
)
"""How many of it, and what is said then."""
