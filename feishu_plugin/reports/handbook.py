"""``docs/kpi.md``: what every figure means, written from the functions and columns themselves.

``python -m feishu_plugin.reports.handbook`` prints it; a test says when the file is stale.
"""

import inspect
import sys
from collections.abc import Iterator

from feishu_plugin import schema
from feishu_plugin.reports.figures import Measure
from feishu_plugin.reports.measures import (
    BREAKDOWN_MEASURES,
    CHANNEL_MEASURES,
    MEASURES,
    TIMELINESS_MEASURES,
)
from feishu_plugin.reports.measures import balance as balance_family
from feishu_plugin.reports.monthly import COMPARED, TRENDS

_UNITS = {
    "share": "%",
    "count": "个 / count",
    "workdays": "工作日 / workdays",
    "hours": "小时 / h",
    "points": "分 / 1-5",
}
_INTRO = """\
# 指标说明 · What the figures mean

<!-- Generated: python -m feishu_plugin.reports.handbook > docs/kpi.md -->

自然月按团队时区的零点划分；目标在“参数设置”表中修改。每个指标都保留其背后的需求清单。

A month is cut at midnight in the team's zone; targets are rows of the parameter table. Every
figure keeps the list of requirements behind it. A figure with nothing to measure is empty.
"""


def render(wanted: schema.Schema) -> str:
    """The whole page as Markdown."""
    return "\n".join([_INTRO, *_balance(), *_tables(wanted), *_trend(wanted)]) + "\n"


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
    }
    for key, measures in shown.items():
        table = wanted.table(key)
        yield f"## {table.zh} · {table.en}"
        yield ""
        for measure in measures:
            yield from _measure(table.field(measure.key), measure)


def _measure(column: schema.Field, measure: Measure) -> Iterator[str]:
    yield f"### {column.zh} · {column.en}"
    yield ""
    if column.note:
        yield column.note.zh
        yield ""
    yield _sentence(measure.find.__doc__)
    yield ""
    yield f"`{measure.key}` · {_UNITS[measure.unit]}{_target(measure)}"
    yield ""


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


def _sentence(text: str | None) -> str:
    return inspect.cleandoc(text or "")


if __name__ == "__main__":
    sys.stdout.write(render(schema.load()))
