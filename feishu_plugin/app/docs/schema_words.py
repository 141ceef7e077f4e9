"""What people read for the terms of the schema: types, fillers, operators, rights; pure data and words."""

from collections.abc import Iterable, Mapping

from feishu_plugin.schema_parts import Condition, Field, FieldType, Label, SortKey, Table, View

TYPES: Mapping[FieldType, str] = {
    "text": "文本 text",
    "email": "邮箱 e-mail",
    "barcode": "条码 barcode",
    "number": "数字 number",
    "currency": "货币 currency",
    "progress": "进度 progress",
    "rating": "评分 rating",
    "single_select": "单选 single select",
    "multi_select": "多选 multi-select",
    "datetime": "日期 date",
    "checkbox": "复选框 checkbox",
    "user": "人员 person",
    "phone": "电话 phone",
    "url": "超链接 link",
    "attachment": "附件 attachment",
    "single_link": "单向关联 one-way link",
    "duplex_link": "双向关联 two-way link",
    "location": "地理位置 location",
    "group_chat": "群组 group chat",
    "formula": "公式 formula",
    "created_time": "创建时间 created time",
    "modified_time": "修改时间 modified time",
    "created_user": "创建人 created by",
    "modified_user": "修改人 modified by",
    "auto_number": "自动编号 auto number",
}
FILLERS: Mapping[str, str] = {
    "person": "人 people",
    "rule": "系统 plugin",
    "override": "系统，人可改 plugin, people may change it",
    "feishu": "飞书 Feishu",
}
VIEW_TYPES: Mapping[str, str] = {
    "grid": "表格 grid",
    "kanban": "看板 kanban",
    "gallery": "画册 gallery",
    "gantt": "甘特 gantt",
    "form": "表单 form",
}
RIGHTS: Mapping[str, str] = {"none": "无 none", "read": "看 read", "edit": "改 edit", "full": "管理 full"}
CHART_TYPES: Mapping[str, str] = {
    "column": "柱状图 column",
    "bar": "条形图 bar",
    "line": "折线图 line",
    "pie": "饼图 pie",
    "ring": "环图 ring",
    "area": "面积图 area",
    "combo": "组合图 combo",
    "funnel": "漏斗图 funnel",
    "statistics": "统计数字 statistics",
}
ROLLUPS: Mapping[str, str] = {
    "SUM": "求和 sum",
    "MAX": "最大 max",
    "MIN": "最小 min",
    "AVERAGE": "平均 mean",
}
OPERATORS: Mapping[str, str] = {
    "is": "=",
    "isNot": "≠",
    "contains": "包含 contains",
    "doesNotContain": "不包含 lacks",
    "isEmpty": "为空 is empty",
    "isNotEmpty": "不为空 is filled",
    "isGreater": ">",
    "isGreaterEqual": "≥",
    "isLess": "<",
    "isLessEqual": "≤",
}
_JOINED: Mapping[str, str] = {"and": " 且 and ", "or": " 或 or "}
_VALUES: Mapping[str, str] = {
    "true": "已勾选 ticked",
    "false": "未勾选 not ticked",
    "CurrentMonth": "本月 this month",
}


def both(label: Label | None) -> str:
    """The label in both languages on two lines, or nothing."""
    return f"{label.zh}\n{label.en}" if label else ""


def labels(table: Table, keys: Iterable[str]) -> str:
    """Fields by their Chinese names."""
    return "、".join(table.field(key).zh for key in keys)


def conditions(found: Iterable[Condition], conjunction: str, table: Table) -> str:
    """A filter in words."""
    return _JOINED[conjunction].join(_condition(one, table.field(one.field)) for one in found)


def _condition(found: Condition, field: Field) -> str:
    names = {option.key: option.zh for option in field.options}
    values = "、".join(names.get(value, _VALUES.get(value, value)) for value in found.value)
    return f"{field.zh} {OPERATORS[found.operator]} {values}".rstrip()


def sort_keys(keys: Iterable[SortKey], table: Table) -> str:
    """A sort or a grouping, with the direction of every key."""
    return "，".join(f"{table.field(one.field).zh} {'↓' if one.desc else '↑'}" for one in keys)


def extras(view: View, table: Table) -> str:
    """What a view has beside filter and sort: bars, questions, and what people set by hand."""
    found = []
    if view.bars:
        start, end = labels(table, [view.bars.start]), labels(table, [view.bars.end])
        found.append(f"时间条 bars: {start} → {end}，{labels(table, [view.bars.title])}")
    if view.questions:
        found.append(f"{len(view.questions)} 个问题 questions")
    if view.by_hand:
        found.append(f"手动设置 by hand: {view.by_hand.zh}\n{view.by_hand.en}")
    return "\n".join(found)
