"""``docs/rules.md``: the packaged policy in words and as a diagram, and what each rule does.

Written from ``policy.json`` and from the rules' own docstrings and examples.
"""

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from inspect import cleandoc

from feishu_plugin.app.docs.markdown import GENERATED, table
from feishu_plugin.policy import Condition, Limit, Move, Policy, Route, Template
from feishu_plugin.records import Values
from feishu_plugin.rules.decide import RULES
from feishu_plugin.rules.workflow import role_label
from feishu_plugin.schema import Schema

_INTRO = """\
# 默认规则 · The rules as packaged

{generated}

新建的多维表格以这些规则开始；之后以表格中“流转规则”“时限规则”“分派规则”“通知模板”“参数设置”
“作息日历”“报表定义”各表的内容为准，改表即生效。

A new base begins with these rules. From then on the policy tables of the base are the truth:
what people change there is obeyed at once.
"""


def render(schema: Schema, policy: Policy, rows: Mapping[str, Sequence[Values]]) -> str:
    """The whole page as Markdown."""
    words = _Words(schema, policy)
    sections = (
        _workflow(words),
        _limits(words),
        _routes(words),
        _notices(words),
        _parameters(rows),
        _definitions(words, rows),
        _rules(),
    )
    return "\n".join([_INTRO.format(generated=GENERATED), *(line for lines in sections for line in lines)])


class _Words:
    """What people read for the keys of the policy."""

    def __init__(self, schema: Schema, policy: Policy) -> None:
        self._schema, self.policy = schema, policy

    def options(self, table: str, field: str, keys: Sequence[str]) -> str:
        return "、".join(self._schema.label(table, field, key) for key in keys)

    def fields(self, keys: Sequence[str]) -> str:
        return "、".join(self.policy.label(key) for key in keys)

    def status(self, key: str) -> str:
        return self.policy.label("status", key)

    def conditions(self, move: Move) -> str:
        types = [self.options("requirement", "type", move.types)] if move.types else []
        return "；".join([*types, *(self._condition(found) for found in move.conditions)])

    def roles(self, move: Move) -> str:
        return "、".join(role_label(self.policy, role) for role in move.roles)

    def _condition(self, found: Condition) -> str:
        field = self.policy.label(found.field)
        if found.compare == "empty":
            return f"{field}{'不为空' if found.negate else '为空'}"
        values = "/".join(self.policy.label(found.field, value) for value in found.values)
        equal = "≠" if found.negate else "="
        return f"{field}{equal if found.compare == 'is' else found.compare}{values}"


def diagram(policy: Policy, words: _Words) -> Iterator[str]:
    """The moves as a Mermaid state diagram; a row that is off is not drawn."""
    moves = [move for move in policy.moves if move.mode != "off"]
    yield "stateDiagram-v2"
    for status in dict.fromkeys(s for move in moves for s in (move.from_status, move.to_status)):
        yield f'    state "{words.status(status)}" as {status}'
    yield f"    [*] --> {policy.parameters.initial_status}"
    for move in moves:
        label = _label(words, move)
        yield f"    {move.from_status} --> {move.to_status}" + (f" : {label}" if label else "")


def _label(words: _Words, move: Move) -> str:
    """Under which conditions, by whom, and how strictly."""
    said = [words.conditions(move), words.roles(move)]
    marks = ("（自动）" if move.automatic else "") + ("（观察）" if move.mode == "observe" else "")
    return "；".join(part for part in said if part) + marks


def _workflow(words: _Words) -> Iterator[str]:
    yield from ["## 状态流转 · Workflow", "", "```mermaid", *diagram(words.policy, words), "```", ""]
    heads = (
        "原状态 From",
        "新状态 To",
        "条件 Condition",
        "需要填写 Needs",
        "角色 Roles",
        "方式 Mode",
        "联动 Also",
    )
    yield from table(heads, (_move(words, move) for move in words.policy.moves))


def _move(words: _Words, move: Move) -> tuple[str, ...]:
    stayed = f"停留满 {move.after_days:g} 个工作日" if move.after_days else ""
    by_rule = ("由系统流转" if stayed else "由系统立即流转") if move.automatic else ""
    stay = "，".join(filter(None, (stayed, by_rule)))
    return (
        words.status(move.from_status),
        words.status(move.to_status),
        "；".join(part for part in (words.conditions(move), stay) if part),
        words.fields(move.required),
        words.roles(move),
        words.options("workflow", "mode", (move.mode,)),
        words.options("workflow", "effects", move.effects),
    )


def _limits(words: _Words) -> Iterator[str]:
    yield from ["## 时限 · Time limits", ""]
    heads = (
        "类别 Class",
        "优先级 Priority",
        "首次响应 Response",
        "启动 Start",
        "解决 Resolve",
        "进展 Progress",
    )
    yield from table(heads, (_limit(words, limit) for limit in words.policy.limits))
    types = words.options("requirement", "type", words.policy.parameters.service_types)
    yield from [f"服务类 Service: {types}；其余为开发类 the others are development。", ""]


def _limit(words: _Words, limit: Limit) -> tuple[str, ...]:
    hours = "" if limit.response_hours is None else f"{limit.response_hours:g} 小时 h"
    return (
        words.options("sla", "type_class", (limit.type_class,)),
        words.options("sla", "priority", (limit.priority,)),
        hours or _days(limit.response_days),
        _days(limit.start_days),
        _days(limit.resolve_days),
        _days(limit.progress_days),
    )


def _days(days: float | None) -> str:
    return "–" if days is None else f"{days:g} 工作日 workdays"


def _routes(words: _Words) -> Iterator[str]:
    yield from ["## 分派 · Routing", ""]
    heads = ("顺序 Order", "条件 Criteria", "责任部门 Department", "协作部门 With")
    yield from table(heads, (_route(words, route) for route in words.policy.routes))


def _route(words: _Words, route: Route) -> tuple[str, ...]:
    criteria = (
        ("types", route.types),
        ("sources", route.sources),
        ("customer_levels", route.customer_levels),
    )
    said = [words.options("routing", field, keys) for field, keys in criteria if keys]
    return (
        f"{route.order:g}",
        "；".join(said) or "其余 everything else",
        words.options("routing", "department", (route.department,)),
        words.options("routing", "co_departments", route.co_departments),
    )


def _notices(words: _Words) -> Iterator[str]:
    yield from ["## 通知 · Notices", ""]
    rows = dict.fromkeys(_notice(words, template) for template in words.policy.templates)
    yield from table(("事件 Event", "对象 Audience", "方式 Kind", "渠道 Media"), rows)


def _notice(words: _Words, template: Template) -> tuple[str, ...]:
    parts = (
        ("event", (template.event,)),
        ("audience", template.audience),
        ("kind", (template.kind,)),
        ("media", (template.channel,)),
    )
    return tuple(words.options("template", field, keys) for field, keys in parts)


def _parameters(rows: Mapping[str, Sequence[Values]]) -> Iterator[str]:
    yield from ["## 参数 · Parameters", ""]
    shown = ((f"`{row['key']}`", str(row.get("value", "")), str(row["note"])) for row in rows["parameter"])
    yield from table(("参数 Key", "值 Value", "说明 Note"), shown)


def _definitions(words: _Words, rows: Mapping[str, Sequence[Values]]) -> Iterator[str]:
    yield from ["## 报表定义 · Custom reports", ""]
    yield from [
        "怎么写见[指标说明](kpi.md#报表定义--custom-reports)。How to write one: see the page of the figures.",
        "",
    ]
    heads = ("报表名称 Name", "维度 Split by", "指标 Figure", "筛选 Filter", "图表 Chart", "停用 Disabled")
    yield from table(heads, (_definition(words, row) for row in rows["report_definition"]))


def _definition(words: _Words, row: Values) -> tuple[str, ...]:
    said = (str(row.get(key) or "") for key in ("name", "dimension", "measure", "filter"))
    chart = words.options("report_definition", "chart", (str(row.get("chart") or "none"),))
    return (*said, chart, "✓" if row.get("disabled") else "")


def _rules() -> Iterator[str]:
    yield from ["## 规则 · What each rule does", ""]
    yield from [
        "每条规则按下列顺序看到前一条处理后的记录。Each rule sees the record as the one before left it.",
        "",
    ]
    for name in RULES:
        module = import_module(f"feishu_plugin.rules.{name}")
        yield from [f"### {name}", "", cleandoc(module.__doc__ or "").removeprefix("Rule: "), ""]
        yield from (f"- {example.says}" for example in module.EXAMPLES)
        yield ""
