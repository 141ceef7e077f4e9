"""``status`` for people: one screen of 24 lines by 80 columns, or one line for each of several bases."""

import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

import click
from rich.cells import cell_len, set_cell_size

from feishu_plugin.app.verdict import LEVELS, Level, Verdict, worst
from feishu_plugin.language import Phrase
from feishu_plugin.terminal import is_watched

LINES, _LABEL = 24, 10
_COLOURS: Mapping[Level, str] = {"ok": "green", "look": "yellow", "down": "red"}
_MOST_OF_A_KIND = 3
_LETTERS = {
    "requirement": Phrase("新需求", "requirements"),
    "reply": Phrase("回复", "replies"),
}


def screen(facts: Mapping[str, Any], verdict: Verdict, zone: tzinfo) -> str:
    """One base."""
    head = click.style(_fitted(str(verdict.line)), fg=_COLOURS[verdict.level], bold=True)
    rest = [_fitted(f"  {reason.text}") for reason in verdict.reasons[1:4]]
    lines = [_fitted(f"{_padded(label)}{text}") for label, text in _rows(facts, zone) if text]
    told = [*rest, *lines, *(_fitted(line) for line in _troubles(facts))]
    if len(told) >= LINES and is_watched(sys.stdout):
        left = len(told) - LINES + 2
        told = [
            *told[: LINES - 2],
            str(Phrase(f"… 还有 {left} 行，见 --json", f"… {left} more lines: --json")),
        ]
    return "\n".join([head, *told])


def overview(found: Sequence[tuple[Mapping[str, Any], Verdict]], zone: tzinfo) -> str:
    """Several bases: the worst verdict, then a line each."""
    level = worst([verdict.level for _, verdict in found])
    bad = sum(verdict.level != "ok" for _, verdict in found)
    word = LEVELS[level]
    head = Phrase(
        f"{word.zh}：{len(found)} 个多维表格，{bad} 个需要处理"
        if bad
        else f"{word.zh}：{len(found)} 个多维表格",
        f"{word.en}: {len(found)} bases, {bad} to look at" if bad else f"{word.en}: {len(found)} bases",
    )
    lines = (
        click.style(_fitted(_base_line(facts, verdict, zone)), fg=_COLOURS[verdict.level])
        for facts, verdict in found
    )
    return "\n".join([click.style(str(head), fg=_COLOURS[level], bold=True), *lines])


def _base_line(facts: Mapping[str, Any], verdict: Verdict, zone: tzinfo) -> str:
    if verdict.reasons:
        return f"{facts['base_token']} {verdict.line}"
    heard = _at(facts["last_event"], zone) or "—"
    text = Phrase(
        f"待判定 {facts['pending']}，待发 {facts['effects_waiting']}，最近事件 {heard}",
        f"{facts['pending']} to judge, {facts['effects_waiting']} to send, last event {heard}",
    )
    return f"{facts['base_token']} {LEVELS[verdict.level]}: {text}"


def _rows(facts: Mapping[str, Any], zone: tzinfo) -> Iterator[tuple[Phrase, Phrase | str]]:
    yield Phrase("多维表格", "base"), _base(facts)
    yield Phrase("处理进程", "worked by"), _worker(facts["worked_on_by"])
    yield Phrase("连接", "connection"), _connection(facts, zone)
    yield Phrase("待判定", "to judge"), _backlog(facts)
    yield Phrase("最近事件", "last event"), _at(facts["last_event"], zone) or Phrase("还没有", "none yet")
    yield Phrase("最近补查", "last sweep"), _sweep(facts["last_sweep"], zone)
    yield Phrase("补查找回", "recovered"), "、".join(f"{d} {n}" for d, n in facts["recovered"].items())
    yield Phrase("待发送", "to send"), _waiting(facts, zone)
    yield Phrase("已放弃", "given up"), _given_up(facts)
    yield Phrase("邮件", "mails"), _mails(facts)
    yield Phrase("来信", "letters"), _letters(facts)
    yield Phrase("本月调用", "calls"), _calls(facts)


def _base(facts: Mapping[str, Any]) -> Phrase:
    return Phrase(
        f"{facts['base_token']}，规则 {facts['policy']}", f"{facts['base_token']}, rules {facts['policy']}"
    )


def _worker(found: Mapping[str, Any] | None) -> Phrase:
    if found is None:
        return Phrase("没有进程", "no process")
    name, seconds = found["process"], found["for_s"]
    return Phrase(f"{name}（{seconds} 秒内有效）", f"{name} (good for {seconds} s)")


def _connection(facts: Mapping[str, Any], zone: tzinfo) -> Phrase:
    found = facts["connection"]
    if found is None or facts["worked_on_by"] is None:
        return Phrase("未知（没有进程）", "unknown (no process)")
    since = _at(found["since"], zone)
    if found["up"]:
        return Phrase(f"已接通，自 {since}", f"up since {since}")
    return Phrase(f"断开，自 {since}", f"down since {since}")


def _backlog(facts: Mapping[str, Any]) -> Phrase:
    count, oldest, apart = facts["pending"], facts["oldest_pending_s"], facts["records_set_apart"]
    return Phrase(
        f"{count}，最早的已等 {oldest} 秒" + (f"；放到一边 {apart}" if apart else ""),
        f"{count}, the oldest has waited {oldest} s" + (f"; {apart} set apart" if apart else ""),
    )


def _sweep(found: Mapping[str, Any] | None, zone: tzinfo) -> Phrase:
    if found is None:
        return Phrase("还没有", "none yet")
    at, read, back = _at(found["at"], zone), found["read"], found["recovered"]
    adopted, gone = found["adopted"], found["deleted"]
    return Phrase(
        f"{at}：读 {read}，找回 {back}，接纳 {adopted}，删除 {gone}",
        f"{at}: {read} read, {back} recovered, {adopted} adopted, {gone} deleted",
    )


def _waiting(facts: Mapping[str, Any], zone: tzinfo) -> Phrase:
    count, lines, at = facts["effects_waiting"], facts["lines_waiting"], _at(facts["next_try"], zone)
    return Phrase(
        f"{count}" + (f"，下次 {at}" if at else "") + f"；等晨报 {lines}",
        f"{count}" + (f", next {at}" if at else "") + f"; {lines} lines for the morning card",
    )


def _given_up(facts: Mapping[str, Any]) -> Phrase:
    count, today, aside = facts["effects_failed"], facts["effects_failed_today"], facts["set_aside"]
    return Phrase(
        f"{count}（一天内 {today}）；看不懂的推送 {aside}",
        f"{count} ({today} within a day); {aside} deliveries not understood",
    )


def _mails(facts: Mapping[str, Any]) -> Phrase:
    sent, skipped, waiting, failed = (
        facts[f"mails_{one}"] for one in ("sent", "skipped", "waiting", "failed")
    )
    return Phrase(
        f"已发 {sent}，未发 {skipped}，待发 {waiting}，失败 {failed}",
        f"{sent} sent, {skipped} not sent, {waiting} waiting, {failed} failed",
    )


def _letters(facts: Mapping[str, Any]) -> str:
    counts = facts.get("letters", {})
    return ", ".join(f"{_LETTERS.get(what, what)} {number}" for what, number in counts.items())


def _calls(facts: Mapping[str, Any]) -> Phrase:
    used, forecast, allowed = facts["calls_this_month"], facts["calls_forecast"], facts.get("calls_allowed")
    return Phrase(
        f"{used}" + (f" / {allowed}" if allowed else "") + f"，预计全月 {forecast}",
        f"{used}" + (f" of {allowed}" if allowed else "") + f", forecast for the month {forecast}",
    )


def _troubles(facts: Mapping[str, Any]) -> Iterator[str]:
    """What rests, what fails, what was given up: the first of each kind."""
    kinds: Sequence[tuple[Phrase, Sequence[Phrase | str]]] = (
        (Phrase("暂停", "rests"), facts["paused"]),
        (Phrase("会重试", "fails"), [f"{job}: {why}" for job, why in facts["troubles"].items()]),
        (Phrase("邮箱", "mailbox"), [one for one in (facts.get("mailbox_trouble"),) if one]),
        (Phrase("放弃", "given up"), facts["failures"]),
    )
    for label, lines in kinds:
        yield from (f"{_padded(label)}{line}" for line in lines[:_MOST_OF_A_KIND])
        if len(lines) > _MOST_OF_A_KIND:
            more = len(lines) - _MOST_OF_A_KIND
            yield f"{_padded(label)}{Phrase(f'… 还有 {more} 条', f'… and {more} more')}"


def _padded(label: Phrase) -> str:
    return set_cell_size(str(label), _LABEL) + "  "


def _fitted(line: str) -> str:
    """Cut at the edge of a terminal; whole where it is read by something else."""
    line = " ".join(line.splitlines())
    width = shutil.get_terminal_size().columns
    if not is_watched(sys.stdout) or cell_len(line) <= width:
        return line
    return set_cell_size(line, width - 1).rstrip() + "…"


def _at(moment: str | None, zone: tzinfo) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(zone):%Y-%m-%d %H:%M:%S}" if moment else ""
