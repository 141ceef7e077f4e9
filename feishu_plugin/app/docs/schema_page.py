"""``docs/schema.md``: every table, field, view, role and chart, written from ``field_schema.json``."""

from collections.abc import Iterator, Sequence

from feishu_plugin.app.docs import schema_words as words
from feishu_plugin.app.docs.markdown import GENERATED, anchor, table
from feishu_plugin.schema import Chart, Dashboard, Field, Option, Role, Schema, Table, View

_INTRO = """\
# 数据表 · The base

{generated}

由 `field_schema.json` 生成。团队可以加列、加视图、加选项，也可以给列改名：系统按列说明末尾的标记
（例如 `#requirement.status`）认列。

Written from `field_schema.json`. Teams may add columns, views and options, and rename columns: a column
is known by the mark at the end of its description (for example `#requirement.status`).

- **谁填 Filled by**：需求台账中“系统”的列被手改会放回原值；“系统，人可改”的列空着时由系统填写。
  In 需求台账, what the plugin fills is put back when edited by hand; what people may change is filled when
  left empty.
- **↑ ↓**：升序、降序 ascending, descending。
"""
_FIELDS = ("字段 Field", "键 Key", "类型 Type", "谁填 Filled by", "说明 Help", "选项 Options")
_VIEWS = ("视图 View", "类型 Type", "筛选 Filter", "排序 Sort", "分组 Group", "隐藏 Hidden", "其他 Also")
_QUESTIONS = ("问题 Question", "字段 Field", "必填 Required")
_LINKS = ("从 From", "到 To", "另一侧 Other side", "多条 Several")
_CHARTS = ("图表 Chart", "类型 Type", "数据表 Table", "数值 Values", "分组 Group", "筛选 Filter")
_OPTIONS = ("选项 Option", "English", "键 Key")


def render(schema: Schema) -> str:
    """The whole page as Markdown."""
    sections = [
        _contents(schema),
        *(_table(schema, found) for found in schema.tables),
        _links(schema),
        _roles(schema),
        *(_dashboard(schema, board) for board in schema.dashboards),
        _option_sets(schema),
    ]
    return "\n".join([_INTRO.format(generated=GENERATED), *(line for lines in sections for line in lines)])


def _heading(zh: str, en: str) -> str:
    return f"{zh} · {en}"


def _link(zh: str, en: str) -> str:
    return f"[{zh}](#{anchor(_heading(zh, en))})"


def _table_link(schema: Schema, key: str) -> str:
    found = schema.table(key)
    return _link(found.zh, found.en)


def _set_heading(name: str) -> str:
    return f"选项 · Options {name}"


def _contents(schema: Schema) -> Iterator[str]:
    heads = ("数据表 Table", "键 Key", "用途 What for", "字段 Fields", "视图 Views")
    yield from table(
        heads,
        (
            (
                f"{_link(found.zh, found.en)} {found.en}",
                f"`{found.key}`",
                words.both(found.note),
                str(len(found.fields)),
                str(len(found.views)),
            )
            for found in schema.tables
        ),
    )
    rest = [("关联", "Links"), ("角色", "Roles")]
    rest += [(board.zh, board.en) for board in schema.dashboards] + [("选项", "Options")]
    yield from ["其余 Also: " + " · ".join(f"{_link(zh, en)} {en}" for zh, en in rest), ""]


def _table(schema: Schema, found: Table) -> Iterator[str]:
    yield from [f"## {_heading(found.zh, found.en)}", "", words.both(found.note).replace("\n", "  \n"), ""]
    yield from table(_FIELDS, (_field(schema, field) for field in found.fields))
    yield from table(_VIEWS, (_view(found, view) for view in found.views))
    for view in found.views:
        if view.questions:
            yield from _form(found, view)


def _field(schema: Schema, field: Field) -> tuple[str, ...]:
    goes_to = f" → {schema.table(field.table).zh}" if field.table else ""
    return (
        f"{field.zh}\n{field.en}",
        f"`{field.key}`",
        words.TYPES[field.type] + goes_to,
        words.FILLERS[field.filled_by],
        words.both(field.note),
        _options(field),
    )


def _options(field: Field) -> str:
    names = "、".join(option.zh for option in field.options)
    if field.option_set is None:
        return names
    return f"{names} ([{field.option_set}](#{anchor(_set_heading(field.option_set))}))"


def _view(owner: Table, view: View) -> tuple[str, ...]:
    return (
        f"{view.zh}\n{view.en}",
        words.VIEW_TYPES[view.type],
        words.conditions(view.filter, view.conjunction, owner),
        words.sort_keys(view.sort, owner),
        words.sort_keys(view.group, owner),
        str(len(view.hidden)) if view.hidden else "",
        words.extras(view, owner),
    )


def _form(owner: Table, view: View) -> Iterator[str]:
    yield from [f"### 表单“{view.zh}” · Form: {view.en}", ""]
    if view.intro:
        yield from [words.both(view.intro).replace("\n", "  \n"), ""]
    yield from table(
        _QUESTIONS,
        (
            (words.both(asked.title), owner.field(asked.field).zh, "是 yes" if asked.required else "")
            for asked in view.questions
        ),
    )


def _links(schema: Schema) -> Iterator[str]:
    yield from [f"## {_heading('关联', 'Links')}", ""]
    rows = (
        _linked(schema, found, field)
        for found in schema.tables
        for field in found.fields
        if field.table and (field.back or not field.back_key)
    )
    yield from table(_LINKS, rows)


def _linked(schema: Schema, owner: Table, field: Field) -> tuple[str, ...]:
    other = schema.table(field.table or "")
    partner = other.field(field.back_key).zh if field.back_key else ""
    return (
        f"{_link(owner.zh, owner.en)}.{field.zh}",
        _link(other.zh, other.en),
        partner,
        "是 yes" if field.multiple else "否 no",
    )


def _roles(schema: Schema) -> Iterator[str]:
    yield from [f"## {_heading('角色', 'Roles')}", ""]
    yield from ["“不含”后面的字段这个角色看不到。A role does not see the fields after “不含 without”.", ""]
    for role in schema.roles:
        note = f"：{role.note.zh} {role.note.en}" if role.note else ""
        yield f"- **{role.zh} {role.en}**{note}"
    yield ""
    heads = ("数据表 Table", *(f"{role.zh} {role.en}" for role in schema.roles))
    yield from table(heads, (_rights(found, schema.roles) for found in schema.tables))


def _rights(found: Table, roles: Sequence[Role]) -> tuple[str, ...]:
    return (_link(found.zh, found.en), *(_right(found, role) for role in roles))


def _right(found: Table, role: Role) -> str:
    right = words.RIGHTS[role.tables.get(found.key, role.default)]
    hidden = words.labels(found, role.hidden.get(found.key, ()))
    return f"{right}，不含 without {hidden}" if hidden else right


def _dashboard(schema: Schema, board: Dashboard) -> Iterator[str]:
    yield from [f"## {_heading(board.zh, board.en)}", ""]
    yield from table(_CHARTS, (_chart(schema, chart) for chart in board.charts))


def _chart(schema: Schema, chart: Chart) -> tuple[str, ...]:
    source = schema.table(chart.table)
    series = (f"{source.field(one.field).zh} {words.ROLLUPS[one.rollup]}" for one in chart.series)
    return (
        f"{chart.zh}\n{chart.en}",
        words.CHART_TYPES[chart.type],
        _table_link(schema, chart.table),
        "，".join(series) or "条数 count of rows",
        words.labels(source, [group.field for group in chart.group_by]),
        words.conditions(chart.filter, chart.conjunction, source),
    )


def _option_sets(schema: Schema) -> Iterator[str]:
    yield from [f"## {_heading('选项', 'Options')}", ""]
    for name, options in schema.option_sets.items():
        yield from [f"### {_set_heading(name)}", ""]
        yield from table(_OPTIONS, (_option(option) for option in options))


def _option(option: Option) -> tuple[str, str, str]:
    return option.zh, option.en, f"`{option.key}`"
