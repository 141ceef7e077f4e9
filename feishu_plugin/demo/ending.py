"""Month end and farewell: the report tables, the manager's card, what it cost, where to look next."""

import threading
from datetime import datetime

from rich.console import Console

from feishu_plugin.demo.narrator import Narrator, cell_text
from feishu_plugin.demo.stage import Stage

_MONTH = "2026-08"


def month_end(stage: Stage, narrator: Narrator, now: datetime) -> None:
    """On the first of the month the report is computed; computing it again changes nothing."""
    stage.go_to(now)
    narrator.day(now, "月报：数字可以点开，重算不变")
    narrator.act("管理员", f"feishu-plugin report --month {_MONTH}")
    done = stage.command("report", "--month", _MONTH)
    again = stage.command("report", "--month", _MONTH)
    narrator.plugin(f"写入 {len(done['changed_rows'])} 行；再算一次，改动 {len(again['changed_rows'])} 行")
    _balance(narrator, done["figures"])
    for table, title in (
        ("kpi", "KPI月报"),
        ("trend", "月度需求趋势"),
        ("channel", "渠道需求分布"),
        ("timeliness", "优先级响应时效"),
    ):
        rows = list(stage.rows(table).values())
        columns = [c for c in (rows[0] if rows else ()) if cell_text(rows[0].get(c))][:9]
        narrator.table(title, columns, rows)
    narrator.cards()


def curtain(stage: Stage, narrator: Narrator) -> None:
    """The state of the base, and what all of it cost."""
    ledger = list(stage.rows("transition").values())
    verdicts = [row.get("判定") for row in ledger]
    counts = {verdict: verdicts.count(verdict) for verdict in dict.fromkeys(verdicts)}
    events, health = stage.stats()["events"], stage.health()
    narrator.say("")
    narrator.say(f"状态流转记录 {len(ledger)} 行：" + "，".join(f"{k} {v}" for k, v in counts.items()))
    narrator.say(f"通知记录 {len(stage.rows('notice'))} 行，卡片 {len(stage.messages())} 张")
    narrator.say(f"事件 {events['sent']} 个，全部确认；服务共调用飞书 {health['calls']} 次")
    narrator.say("接着看：make play 让沙箱一直运行；README.md 说明如何接入真实的飞书租户。")


def wait_for_visitors(stage: Stage, console: Console) -> None:
    """Leaves everything running and says how to get in."""
    console.print(
        f"\n沙箱在 {stage.url} 运行，服务健康页 {stage.health and stage.service and stage.service.ready['health']}"
    )
    console.print(f"base_token {stage.base['base_token']}；各人的 user_access_token：")
    for name, user in stage.people.items():
        console.print(f"  {name} {user['user_access_token']}")
    console.print("按 Ctrl-C 结束。")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        console.print("再见。")


def _balance(narrator: Narrator, figures: dict[str, dict[str, float]]) -> None:
    value = {key: int(figures[key]["value"] or 0) for key in _BALANCE}
    narrator.plugin(
        "结存：期初 {opening} + 新增 {created} + 重开 {reopened} + 恢复 {resumed} − 完成 {finished} "
        "− 直接关闭 {closed} − 作废 {voided} − 搁置 {shelved} = 期末 {closing}".format(**value)
    )


_BALANCE = (
    "opening", "created", "reopened", "resumed", "finished", "closed", "voided", "shelved", "closing",
)  # fmt: skip
