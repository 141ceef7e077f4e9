"""What was played with real rows, in words and tables; holds figures only, never a text of the files."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.figures import Json, Row

REPORTS = {
    "kpi": "KPI月报",
    "trend": "月度需求趋势",
    "channel": "渠道需求分布",
    "timeliness": "优先级响应时效",
}
_SHOWN = {
    "opening": "期初 opening",
    "created": "新增 new",
    "reopened": "重开 reopened",
    "resumed": "恢复 resumed",
    "finished": "完成 finished",
    "closed": "直接关闭 closed",
    "voided": "作废 void",
    "shelved": "搁置 shelved",
    "closing": "期末 closing",
    "response_rate": "响应率 response",
    "resolution_days": "解决时效 workdays",
    "on_time_rate": "按时率 on time",
    "satisfaction": "满意度 score",
    "customers": "客户数 customers",
}
_SHARES = frozenset({"response_rate", "on_time_rate"})
_NAMES = {"messages": "来信 Messages", "pool": "需求池 Requirement pool"}
WORKED = "<!-- Worked: python -m benchmarks.worked --data DIR --write docs/examples.md -->"
"""Where the part of the page begins that is computed without a sandbox."""
_HEAD = """\
# 真实数据演练 · A year of real rows

<!-- Written: python -m benchmarks.real_data --data DIR --write docs/examples.md -->

两份真实数据经官方接口进入沙箱里的多维表格：一份是带回复的来信，回复后即登记，随后由虚构的同事处理一年；
一份是团队自己的需求池，服务启动时按原状态接管。同事的操作（含一成左右不合规的改动）由固定种子的骰子决定，
并记在他们自己的日志里。下面只有数字：数据的文字不进入本项目。每个数字都另用一段不依赖本产品的 Python
从原始文件和日志重新数过。

Two sets of real rows go through the official API into a sandbox base: messages with their
replies, registered once they are answered and then worked on by invented colleagues, and a
requirement pool as a team kept it, adopted with its statuses when the service starts. What the
colleagues do, about a tenth of it forbidden, is decided by seeded dice and kept in a journal of
their own. Only figures are shown. Each was counted again by plain Python, from the files and
the journal alone.
"""
_LINES = (
    ("rows_in", "登记行数 Rows brought in"),
    ("numbers", "不同的需求编号 Different numbers given"),
    ("events", "收到的事件 Events"),
    ("service_calls", "服务调用飞书 Calls of the service to Feishu"),
    ("calls_per_move", "每次判定的调用 Calls per judged move"),
    ("seconds", "用时（秒） Seconds for the whole play"),
    ("report_calls", "每次月报的调用 Calls of one monthly report"),
    ("report_seconds", "每次月报用时（秒） Seconds of one monthly report, the process included"),
    ("restated_rows", "重算月报时更新的行 Report rows restated at the end"),
)


def figures(report: Mapping[str, Any]) -> Json:
    """The shown figures of one report, by key."""
    return {key: report["figures"][key]["value"] for key in _SHOWN}


def tables(found: Json) -> dict[str, Sequence[Row]]:
    """Everything that was played, as tables by title."""
    shown: dict[str, Sequence[Row]] = {}
    for name, one in found.items():
        shown[f"{_NAMES[name]}：经过 what happened"] = _course(one)
        shown[f"{_NAMES[name]}：通知 notices by kind"] = _counted("通知 notice", one["cards"])
        shown[f"{_NAMES[name]}：月报 monthly figures"] = _months(one["months"])
        shown[f"{_NAMES[name]}：报表行数 rows of the report tables"] = [
            {REPORTS[table]: count for table, count in one["report_rows"].items()}
        ]
    return shown


def transcript(found: Json) -> str:
    """The same as Markdown, with what came of the second counting."""
    parts = [_HEAD]
    parts += [f"## {title}\n\n{markdown(rows)}\n" for title, rows in tables(found).items()]
    parts.append("## 核对 The second counting\n")
    parts += [f"- {_NAMES[name]}：{_agreement(one)}" for name, one in found.items()]
    return "\n".join(parts) + "\n"


def _course(one: Json) -> list[Row]:
    judged = sum(one["moves"].values())
    course = {**one, "calls_per_move": round(one["service_calls"] / judged, 2) if judged else None}
    rows: list[Row] = [{"项目 what": label, "数 figure": _plain(course[key])} for key, label in _LINES]
    verdicts = [{"项目 what": f"判定 Verdict：{v}", "数 figure": str(n)} for v, n in one["moves"].items()]
    return [*rows[:2], *verdicts, *rows[2:]]


def _months(months: Json) -> list[Row]:
    return [
        {"月份 month": month, **{_SHOWN[key]: _value(key, value) for key, value in values.items()}}
        for month, values in months.items()
    ]


def _value(key: str, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.1%}" if key in _SHARES else f"{value:g}"


def _counted(what: str, counts: Json) -> list[Row]:
    return [{what: name, "数 count": str(count)} for name, count in counts.items()]


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        least, most = value.get("least"), value.get("most")
        return f"{least}" if least == most else f"{least} – {most}"
    return str(value)


def _agreement(one: Json) -> str:
    failed = one["disagreements"]
    done = (
        f"{one['compared']} 个数字重新数过，{one['compared'] - len(failed)} 个一致 ({len(failed)} disagree)"
    )
    return "\n  ".join([done, *(f"- {line}" for line in failed)])


def markdown(rows: Sequence[Row]) -> str:
    """Rows with equal columns as a table."""
    columns = list(rows[0]) if rows else []
    lines = [columns, ["---"] * len(columns), *([str(cell) for cell in row.values()] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
