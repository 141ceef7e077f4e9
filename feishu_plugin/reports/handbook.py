"""``docs/kpi.md``: what every figure means, written from the functions and columns themselves.

``python -m feishu_plugin.reports.handbook`` prints it; a test says when the file is stale.
"""

import inspect
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence

from feishu_plugin import schema
from feishu_plugin.reports.custom import MEASURED, MOST_VALUES
from feishu_plugin.reports.figures import Measure
from feishu_plugin.reports.measures import (
    BREAKDOWN_MEASURES,
    CHANNEL_MEASURES,
    MEASURES,
    STAGE_MEASURES,
    TIMELINESS_MEASURES,
)
from feishu_plugin.reports.measures import balance as balance_family
from feishu_plugin.reports.monthly import COMPARED, TRENDS
from feishu_plugin.reports.review import overdue, overdue_causes
from feishu_plugin.reports.stages import bottleneck

_UNITS = {
    "share": "%",
    "count": "个 / count",
    "workdays": "工作日 / workdays",
    "hours": "小时 / h",
    "points": "分 / 1-5",
}
TEXTS: Mapping[str, Mapping[str, Callable[..., object]]] = {
    "kpi": {"bottleneck": bottleneck, "overdue_causes": overdue_causes},
}
"""Columns in words, by table: the function that says what they mean."""
_SOURCE = "Source: "
_NAMED = re.compile(r"`([a-z_.]+)`")
_INTRO = """\
# 指标说明 · What the figures mean

<!-- Generated: python -m feishu_plugin.reports.handbook > docs/kpi.md -->

自然月按团队时区的零点划分；目标在“参数设置”表中修改。每个指标都保留其背后的需求清单。

A month is cut at midnight in the team's zone; targets are rows of the parameter table. Every
figure keeps the list of requirements behind it. A figure with nothing to measure is empty.
Every entry says its formula, its unit and the columns and parameters it is made from.
"""
_CUSTOM = f"""\
报表定义里的一行就是一张新的数据表，不用写代码：下次出报表（每月 1 日，或 `feishu-plugin report`）时按
“报表名称”建表并写入，之后每个周期更新同样的行。列是月份取值、月份、周期（月、季、年）、取值、数值、分子、
分母、相关需求；算法就是上面的指标，只是只看一部分需求。

- 取值和筛选按需求**现在**的内容算；一条需求只归入一个取值，多选或多人时归入第一个，所以各行不重复计数。
- 没有可算的取值不列；超过 {MOST_VALUES} 个取值时，需求最少的合为一行“（其余）”。
- 数据表、列、图表改名照常更新。改“报表名称”等于另一张报表。删掉或停用定义，数据表和图表都保留，不再更新。
- 已结束的月份同其他报表：数字变化先写更正记录；改了维度、指标或筛选也算变化，原因写明是定义改过。新定义第一次
  算以前的月份是新增，不写更正记录。
- 写错的一行在“校验结果”里说明，其他报表照常。
- 图表加在经营看板（需要 base v3；没有就只有表），月份之间的比率取平均；月报卡片不变。开了高级权限的表格，
  请管理员给各角色加上新表的权限。

One row makes one more table, without code: the next report makes it and from then on keeps its rows. The
figures are those above, over a part of the requirements: dimension and filter look at what a requirement
says now, and each belongs to one value, of several to the first. Tables, columns and charts may be renamed;
another 报表名称 is another report. A definition that is removed or disabled leaves its table and chart as
they are. Closed months follow the rule of the other reports: what changes, by late edits or by another
definition, is said in 更正记录 first; the first figures of a new definition correct nothing. A bad row is
told in 校验结果 and stops no other report. Where advanced permissions are on, give the roles their rights
to the new table.
"""


def render(wanted: schema.Schema) -> str:
    """The whole page as Markdown."""
    return (
        "\n".join(
            [_INTRO, *_balance(), *_tables(wanted), *_trend(wanted), *_reviews(wanted), *_custom(wanted)]
        )
        + "\n"
    )


def explained(tell: Callable[..., object]) -> tuple[str, tuple[str, ...]]:
    """What a function means, and the columns (``table.field``) and parameters it is made from.

    The last paragraph of its docstring names them; ValueError without one.
    """
    meaning, found, sources = _sentence(tell.__doc__).rpartition(_SOURCE)
    if not found:
        raise ValueError(f"{tell.__name__} does not say where its numbers come from")
    return meaning.strip(), tuple(_NAMED.findall(sources))


def _balance() -> Iterator[str]:
    yield "## 结存 · The balance"
    yield ""
    yield _sentence(balance_family.__doc__)
    yield ""


def _tables(wanted: schema.Schema) -> Iterator[str]:
    shown = {
        "kpi": MEASURES,
        "channel": CHANNEL_MEASURES,
        "timeliness": TIMELINESS_MEASURES,
        "breakdown": BREAKDOWN_MEASURES,
        "stage_time": STAGE_MEASURES,
    }
    for key, measures in shown.items():
        table = wanted.table(key)
        yield f"## {table.zh} · {table.en}"
        yield ""
        for measure in measures:
            unit = f"{_UNITS[measure.unit]}{_target(measure)}"
            yield from _entry(wanted, table.field(measure.key), unit, measure.find)
        for column, tell in TEXTS.get(key, {}).items():
            yield from _entry(wanted, table.field(column), "文字 / words", tell)


def _entry(
    wanted: schema.Schema, column: schema.Field, unit: str, tell: Callable[..., object]
) -> Iterator[str]:
    meaning, sources = explained(tell)
    yield f"### {column.zh} · {column.en}"
    yield ""
    if column.note:
        yield column.note.zh
        yield ""
    yield meaning
    yield ""
    yield f"`{column.key}` · {unit}  "
    yield f"来源 Source: {_sources(wanted, sources)}"
    yield ""


def _sources(wanted: schema.Schema, names: Sequence[str]) -> str:
    """``需求台账 提交时间、满意度评分；状态流转记录 时间；参数 parameters `recurrence_days```."""
    found: dict[str, list[str]] = {}
    for name in names:
        key, _, column = name.partition(".")
        table = wanted.table(key) if column else None
        place, word = (table.zh, table.field(column).zh) if table else ("参数 parameters", f"`{name}`")
        found.setdefault(place, []).append(word)
    return "；".join(f"{place} {'、'.join(words)}" for place, words in found.items())


def _target(measure: Measure) -> str:
    if measure.target is None:
        return ""
    return f" · 目标 target {'≤' if measure.at_most else '≥'} `{measure.target}`"


def _trend(wanted: schema.Schema) -> Iterator[str]:
    table = wanted.table("trend")
    yield f"## {table.zh} · {table.en}"
    yield ""
    for key in (*TRENDS, *(f"{key}_change" for key in COMPARED)):
        column = table.field(key)
        yield f"- {column.zh} · {column.en}" + (f": {column.note.zh}" if column.note else "")


def _reviews(wanted: schema.Schema) -> Iterator[str]:
    table = wanted.table("review")
    yield ""
    yield f"## {table.zh} · {table.en}"
    yield ""
    yield _sentence(overdue.__doc__)
    yield ""
    for key in ("stage", "stage_days", "overrun_days", "standing"):
        column = table.field(key)
        yield f"- {column.zh} · {column.en}" + (f": {column.note.zh}" if column.note else "")


def _custom(wanted: schema.Schema) -> Iterator[str]:
    table = wanted.table("report_definition")
    yield ""
    yield f"## {table.zh} · {table.en}"
    yield ""
    yield _CUSTOM.rstrip()
    yield ""
    for field in table.fields:
        yield f"- {field.zh} · {field.en}" + (f": {field.note.zh} {field.note.en}" if field.note else "")
    yield ""
    yield f"指标 Figures: {'、'.join(measure.zh for measure in MEASURED.values())}"


def _sentence(text: str | None) -> str:
    return inspect.cleandoc(text or "")


if __name__ == "__main__":
    sys.stdout.write(render(schema.load()))
