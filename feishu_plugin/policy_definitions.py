"""Reads a row of 报表定义; pure.

What is wrong is kept in the definition instead of among the problems of the policy: a report
that cannot be understood keeps no rule from being obeyed and no other report from being written.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import cast, get_args

from feishu_plugin.policy import ChartKind, Definition
from feishu_plugin.policy_words import Row, Words

TIMES: Mapping[str, str] = {
    "submitted_month": "提交月份",
    "submitted_weekday": "提交星期",
}
"""Dimensions that are no column: key to what people write."""
SPLITTABLE = ("single_select", "multi_select", "user", "text")
"""Types of columns that tell requirements apart."""
MOST_LETTERS = 100
_FORBIDDEN = "[]:\\/?*"
"""What neither a table of Feishu nor a sheet or file of the same name may be called by."""

_ALIKE = 0.5
"""Many labels are two letters long: one of them wrong is still nearly the name."""


def definition_of(row: Row) -> Definition:
    """The definition of one row, with everything that the row by itself has wrong."""
    name = row.need("name", "报表名称")
    _check_name(row, name)
    found = Definition(
        name=name,
        dimension=_dimension(row),
        measure=row.need("measure", "指标"),
        conditions=row.condition_list("filter"),
        chart=cast(ChartKind, row.one_of("chart", "图表", get_args(ChartKind), "none")),
        problems=tuple(row.problems),
        row_id=row.record.record_id,
    )
    # Whatever stays in the row leaves the team without a policy.
    row.problems.clear()
    return found


def guess(name: str, known: list[str]) -> str:
    """``，是不是「负责人」？`` when one of the known names is nearly this one; else empty."""
    close = get_close_matches(name, known, n=1, cutoff=_ALIKE)
    return f"，是不是「{close[0]}」？" if close else ""


def _check_name(row: Row, name: str) -> None:
    if name in row.words.tables:
        row.problems.append(f"「{name}」是系统已有的数据表，请换一个「报表名称」")
    if len(name) > MOST_LETTERS:
        row.problems.append(f"「报表名称」最多 {MOST_LETTERS} 个字")
    if wrong := [letter for letter in _FORBIDDEN if letter in name]:
        row.problems.append(f"「报表名称」里不能有 {' '.join(wrong)}")


def _dimension(row: Row) -> str:
    text = row.need("dimension", "维度")
    times = {name: key for key, label in TIMES.items() for name in (key, label)}
    key = times.get(text) or row.words.field_key(text)
    if text and key is None:
        row.problems.append(f"需求台账没有「{text}」这一列{guess(text, _labels(row.words))}")
    elif key and key not in TIMES and row.words.types[key] not in SPLITTABLE:
        row.problems.append(
            f"「{text}」不能作维度：请写单选、多选、人员或文本列，或者{'、'.join(TIMES.values())}"
        )
    return key or ""


def _labels(words: Words) -> list[str]:
    splittable = [label for key, label in words.labels.items() if words.types[key] in SPLITTABLE]
    return [*splittable, *TIMES.values()]
