"""Month end and farewell: the report tables, the manager's card, what it cost, where to look next."""

import threading
from datetime import datetime
from typing import Any

from rich.console import Console

from feishu_plugin.demo.narrator import Narrator, cell_text
from feishu_plugin.demo.stage import Stage
from feishu_plugin.reports.figures import Measure
from feishu_plugin.reports.measures import MEASURES
from feishu_plugin.reports.wording import amount

_MONTH = "2026-08"
_WRITTEN = ("kpi", "figure", "trend", "channel", "timeliness", "breakdown", "stage_time", "review")
_HIDDEN = ("月份", "周期", "相关需求")


def month_end(stage: Stage, narrator: Narrator, now: datetime) -> None:
    """On the first of the month the report is computed; computing it again changes nothing."""
    stage.go_to(now)
    narrator.day(now, "月报：数字可以点开，重算不变")
    written = sum(len(stage.rows(table)) for table in _WRITTEN)
    narrator.plugin(
        f"1 日早上服务自动写好了上月的报表：{len(_WRITTEN)} 张表共 {written} 行，管理者收到一张卡片"
    )
    narrator.act("管理员", f"feishu-plugin report --month {_MONTH}")
    done = stage.command("report", "--month", _MONTH)
    narrator.plugin(f"再算一次，改动 {len(done['changed_rows'])} 行")
    _balance(narrator, done["figures"])
    _kpis(narrator, done["figures"])
    for table, title in (
        ("trend", "月度需求趋势"),
        ("channel", "渠道需求分布"),
        ("timeliness", "优先级响应时效"),
        ("review", "超期复盘"),
    ):
        rows = list(stage.rows(table).values())
        columns = [c for c in (rows[0] if rows else ()) if cell_text(rows[0].get(c)) and c not in _HIDDEN]
        narrator.table(title, columns[:8], rows)
    narrator.act("管理员", f"feishu-plugin report --month {_MONTH} --explain 需求复现率")
    behind = stage.command("report", "--month", _MONTH, "--explain", "需求复现率")
    _explained(narrator, behind)
    narrator.cards()


def _explained(narrator: Narrator, behind: dict[str, Any]) -> None:
    """Which requirements pulled a figure down."""
    counted = len(behind["records"])
    narrator.plugin(f"{behind['name']} {behind['value']:.1%}：计入 {counted} 条，其中拉低的：")
    for one in behind["records"]:
        if one["failed"]:
            narrator.plugin(f"{one['number']} {one['title']}")


def curtain(stage: Stage, narrator: Narrator) -> None:
    """The state of the base, and what all of it cost."""
    ledger = list(stage.rows("transition").values())
    verdicts = [row.get("判定") for row in ledger]
    counts = {verdict: verdicts.count(verdict) for verdict in dict.fromkeys(verdicts)}
    events, health = stage.stats()["events"], stage.health()
    narrator.say("")
    narrator.say(f"状态流转记录 {len(ledger)} 行：" + "，".join(f"{k} {v}" for k, v in counts.items()))
    narrator.say(f"通知记录 {len(stage.rows('notice'))} 行，卡片 {len(stage.messages())} 张")
    unsent = sum(row.get("送达情况") == "未发送" for row in stage.rows("notice").values())
    narrator.say(f"给客户的邮件 {unsent} 封未发送：演示没有邮件服务器，原因和收件邮箱写在通知记录里")
    narrator.say(
        f"事件 {events['sent']} 个，确认 {events['acknowledged']} 个；服务共调用飞书 {health['calls']} 次"
    )
    narrator.say("接着看：make play 让沙箱一直运行；README.md 说明如何接入真实的飞书租户。")


def wait_for_visitors(stage: Stage, console: Console) -> None:
    """Leaves everything running and says how to get in."""
    health = stage.service.ready["health"] if stage.service else ""
    console.print(f"\n沙箱在 {stage.url} 运行，服务健康页 {health}")
    _page(stage, console)
    console.print(f"base_token {stage.base['base_token']}；各人的 user_access_token：")
    for name, user in stage.people.items():
        console.print(f"  {name} {user['user_access_token']}")
    console.print("按 Ctrl-C 结束。")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        console.print("再见。")


def _page(stage: Stage, console: Console) -> None:
    """Where the page in the browser is; the sandbox itself says how to get one when it has none."""
    address = f"{stage.url}/_sandbox/page/"
    answer = stage.session.get(address, timeout=60)
    line = f"浏览器页面 · page in the browser: {address}" if answer.ok else answer.content.decode().strip()
    console.print(line, highlight=False, soft_wrap=True)


def _kpis(narrator: Narrator, figures: dict[str, dict[str, float]]) -> None:
    rows = [_kpi(measure, figures[measure.key]) for measure in MEASURES if measure.key in figures]
    shown = [row for row in rows if row["目标"] or row["指标"] in _ALSO_SHOWN]
    narrator.table("KPI月报", ("指标", "本月", "目标", "结果", "待定", "未达标需求"), shown)


def _kpi(measure: Measure, figure: dict[str, Any]) -> dict[str, str]:
    met = {True: "达标", False: "未达标"}.get(figure["met"], "")
    target = amount(figure["target"], measure.unit, "zh") if figure["target"] is not None else ""
    return {
        "指标": measure.zh,
        "本月": amount(figure["value"], measure.unit, "zh"),
        "目标": f"{'≤' if measure.at_most else '≥'} {target}" if target else "",
        "结果": met,
        "待定": str(figure["pending"] or ""),
        "未达标需求": str(len(figure["failed"]) or ""),
    }


def _balance(narrator: Narrator, figures: dict[str, dict[str, float]]) -> None:
    value = {key: int(figures[key]["value"] or 0) for key in _BALANCE}
    narrator.plugin(
        "结存：期初 {opening} + 新增 {created} + 重开 {reopened} + 恢复 {resumed} − 完成 {finished} "
        "− 直接关闭 {closed} − 作废 {voided} − 搁置 {shelved} = 期末 {closing}".format(**value)
    )


_ALSO_SHOWN = ("按时率", "当月新增解决率")
_BALANCE = (
    "opening", "created", "reopened", "resumed", "finished", "closed", "voided", "shelved", "closing",
)  # fmt: skip
