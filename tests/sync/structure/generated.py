"""Arbitrary valid schemas: the rich sample, changed step by step as an administrator edits the file.

A step that would make the schema invalid is left out. References to what a step dropped are
tidied away, as an administrator would after the error message.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from feishu_plugin.errors import SchemaError
from feishu_plugin.schema import Schema, parse

Data = dict[str, Any]
Step = tuple[str, int, int]
"""What is done, to which thing (counted round), and how."""

RICH: Data = json.loads(Path(__file__).with_name("rich_schema.json").read_text(encoding="utf-8"))
NAMES = ("春", "夏", "秋", "冬", "东", "南", "西", "北", "标题", "状态", "全部", "任务")
TYPES = ("text", "number", "single_select", "multi_select", "datetime", "checkbox", "user", "phone")
FIRST = ("text", "number", "datetime", "phone")
VIEWS = ("grid", "kanban", "gallery", "gantt", "form")
CHARTS = ("column", "bar", "pie", "line", "funnel")
RIGHTS = ("none", "read", "edit", "full")
LINES: Mapping[str, Sequence[tuple[str, Sequence[str]]]] = {
    "text": (("isNotEmpty", ()), ("contains", ("急",))),
    "phone": (("isNotEmpty", ()),),
    "number": (("isGreater", ("1",)), ("isNotEmpty", ())),
    "datetime": (("isNotEmpty", ()), ("is", ("Today",))),
    "checkbox": (("is", ("true",)),),
}
"""Conditions that fit a type; of selects the option is chosen, the rest is only empty or not."""


class CannotBe(Exception):
    """The step has nothing to work on."""


def pick(things: Sequence[Any], number: int) -> Any:
    if not things:
        raise CannotBe
    return things[number % len(things)]


def fresh(data: Data, prefix: str) -> str:
    """A key that was never used in this schema: keys are counted on."""
    data["counter"] = data.get("counter", 0) + 1
    return f"{prefix}{data['counter']}"


def called(data: Data, prefix: str, number: int) -> Data:
    return {"key": fresh(data, prefix), "zh": pick(NAMES, number), "en": "Thing"}


def options(data: Data, number: int) -> list[Data]:
    return [called(data, "o", number + n) for n in range(1 + number % 3)]


def lists_of(data: Data, what: str) -> list[list[Data]]:
    """Every list of things of a kind: all fields of a table are one, all options of a field …"""
    tables = data["tables"]
    fields = [table["fields"] for table in tables]
    return {
        "table": [tables],
        "field": fields,
        "option": [field["options"] for group in fields for field in group if field.get("options")],
        "view": [table.setdefault("views", []) for table in tables],
        "role": [data.setdefault("roles", [])],
        "dashboard": [data.setdefault("dashboards", [])],
        "chart": [board["charts"] for board in data["dashboards"]],
    }[what]


def some(data: Data, what: str, number: int) -> tuple[list[Data], int]:
    """One thing, as its list and its place."""
    every = [(group, place) for group in lists_of(data, what) for place in range(len(group))]
    found: tuple[list[Data], int] = pick(every, number)
    return found


def rename(what: str) -> Callable[[Data, int, int], None]:
    def step(data: Data, n: int, m: int) -> None:
        group, place = some(data, what, n)
        group[place]["zh"] = pick(NAMES, m)

    return step


def cycle(what: str) -> Callable[[Data, int, int], None]:
    """Two or three things of one list pass their names on."""

    def step(data: Data, n: int, m: int) -> None:
        group = pick([group for group in lists_of(data, what) if len(group) > 1], n)
        chosen = group[m % len(group) :][:3] if m % len(group) < len(group) - 1 else group[:2]
        names = [thing["zh"] for thing in chosen]
        for thing, name in zip(chosen, names[1:] + names[:1], strict=True):
            thing["zh"] = name

    return step


def move(what: str) -> Callable[[Data, int, int], None]:
    def step(data: Data, n: int, m: int) -> None:
        group, place = some(data, what, n)
        group.insert(m % len(group), group.pop(place))

    return step


def drop(what: str) -> Callable[[Data, int, int], None]:
    def step(data: Data, n: int, m: int) -> None:
        group, place = some(data, what, n)
        # The first column of a table cannot be dropped; now and then somebody tries.
        if what == "field" and place == 0 and m % 4:
            raise CannotBe
        group.pop(place)

    return step


def field_of(data: Data, type: str, n: int) -> Data:
    made = {**called(data, "f", n), "type": type}
    return {**made, "options": options(data, n)} if type.endswith("_select") else made


def add_field(data: Data, n: int, m: int) -> None:
    fields = pick(data["tables"], n)["fields"]
    fields.insert(1 + m % len(fields), field_of(data, pick(TYPES, m), n + m))


def add_link(data: Data, n: int, m: int) -> None:
    here, there = pick(data["tables"], n), pick(data["tables"], m)
    link = {**called(data, "f", n + m), "table": there["key"], "multiple": bool(m % 2)}
    here["fields"].append({**link, "type": "single_link"})


def add_duplex(data: Data, n: int, m: int) -> None:
    here, there = pick(data["tables"], n), pick(data["tables"], m)
    own, back = called(data, "f", n), called(data, "f", m + 1)
    owner = {**own, "type": "duplex_link", "table": there["key"], "back_key": back["key"]}
    owner["back"] = {"zh": back["zh"], "en": "Back"}
    here["fields"].append(owner)
    there["fields"].append({**back, "type": "duplex_link", "table": here["key"], "back_key": own["key"]})


def retype(data: Data, n: int, m: int) -> None:
    group, place = some(data, "field", n)
    old = group[place]
    if old["type"].endswith("_link"):
        raise CannotBe
    kept: Data = {key: old[key] for key in ("key", "zh", "en", "note") if key in old}
    group[place] = {**field_of(data, pick(FIRST if place == 0 else TYPES, m), n), **kept}


def retarget(data: Data, n: int, m: int) -> None:
    links = [f for table in data["tables"] for f in table["fields"] if f["type"] == "single_link"]
    pick(links, n)["table"] = pick(data["tables"], m)["key"]


def widen(data: Data, n: int, m: int) -> None:
    """One value or several."""
    every = [f for table in data["tables"] for f in table["fields"] if f["type"] in ("single_link", "user")]
    pick(every, n)["multiple"] = bool(m % 2)


def describe(data: Data, n: int, m: int) -> None:
    group, place = some(data, "field", n)
    group[place]["note"] = {"zh": pick(NAMES, m), "en": "Note"}


def add_table(data: Data, n: int, m: int) -> None:
    fields = [field_of(data, pick(FIRST, n), n), field_of(data, pick(TYPES, m), n + 1)]
    data["tables"].insert(m % (len(data["tables"]) + 1), {**called(data, "t", m), "fields": fields})


def add_option(data: Data, n: int, m: int) -> None:
    group = pick(lists_of(data, "option"), n)
    group.insert(m % (len(group) + 1), called(data, "o", m))


def add_view(data: Data, n: int, m: int) -> None:
    table, type = pick(data["tables"], n), pick(VIEWS, m)
    view = {**called(data, "v", n + m), "type": type}
    if type == "form":
        asked = table["fields"][: 1 + m % 3]
        view["questions"] = [{"field": f["key"], "title": {"zh": f["zh"], "en": "?"}} for f in asked]
    table.setdefault("views", []).append(view)


def filter_view(data: Data, n: int, m: int) -> None:
    table = pick(data["tables"], n)
    view = pick([view for view in table.get("views", []) if view.get("type") != "form"], m)
    kept = [line for line in view.get("filter", []) if m % 3]
    view["filter"] = [*kept, condition(pick(table["fields"], n + m), m)]
    view["conjunction"] = pick(("and", "or"), n)


def arrange_view(data: Data, n: int, m: int) -> None:
    """Hidden columns, sort and group, in turn."""
    table = pick(data["tables"], n)
    view = pick([view for view in table.get("views", []) if view.get("type") != "form"], m)
    key = pick(table["fields"], n + m)["key"]
    what = pick(("hidden", "sort", "group"), n + m)
    view[what] = [key] if what == "hidden" else [{"field": key, "desc": bool(m % 2)}]


def ask(data: Data, n: int, m: int) -> None:
    """Another question, or the questions in another order."""
    forms = [(t, v) for t in data["tables"] for v in t.get("views", []) if v.get("questions")]
    table, view = pick(forms, n)
    field = pick(table["fields"], m)
    asked = {"field": field["key"], "title": {"zh": pick(NAMES, m), "en": "?"}, "required": bool(m % 2)}
    others = [question for question in view["questions"] if question["field"] != field["key"]]
    view["questions"] = [asked, *others]


def add_role(data: Data, n: int, m: int) -> None:
    data.setdefault("roles", []).append({**called(data, "r", n), "default": pick(RIGHTS, m)})


def allow(data: Data, n: int, m: int) -> None:
    """A right in a table, or a hidden column."""
    role, table = pick(data.get("roles", []), n), pick(data["tables"], m)
    if (n + m) % 2:
        role.setdefault("tables", {})[table["key"]] = pick(RIGHTS, n)
    else:
        role.setdefault("hidden", {})[table["key"]] = [table["fields"][-1]["key"]]


def chart_of(data: Data, n: int, m: int) -> Data:
    table = pick(data["tables"], n)
    chart = {**called(data, "c", m), "type": pick(CHARTS, m), "table": table["key"]}
    return {**chart, "group_by": [{"field": pick(table["fields"], m)["key"]}]}


def add_dashboard(data: Data, n: int, m: int) -> None:
    board = {**called(data, "d", m), "charts": [chart_of(data, n, m)]}
    data.setdefault("dashboards", []).append(board)


def add_chart(data: Data, n: int, m: int) -> None:
    pick(data.get("dashboards", []), n)["charts"].append(chart_of(data, n, m))


def redraw(data: Data, n: int, m: int) -> None:
    """Another type of chart, or other data of the same."""
    group, place = some(data, "chart", n)
    if m % 2:
        group[place]["type"] = pick(CHARTS, m)
    else:
        group[place] = {**chart_of(data, m, n), "key": group[place]["key"], "type": group[place]["type"]}


def restyle(data: Data, n: int, m: int) -> None:
    pick(data.get("dashboards", []), n)["theme"] = pick(("default", "DarkGreen", "deepDark"), m)


def condition(field: Data, number: int) -> Data:
    """A filter line that fits the field."""
    if field.get("options") and number % 2:
        values = [pick(field["options"], number)["key"]]
        return {"field": field["key"], "operator": "is", "value": values}
    operator, fitting = pick(LINES.get(field["type"], (("isNotEmpty", ()),)), number)
    return {"field": field["key"], "operator": operator, "value": list(fitting)}


_KINDS = ("table", "field", "option", "view", "role", "dashboard", "chart")
STEPS: Mapping[str, Callable[[Data, int, int], None]] = {
    **{f"rename {what}": rename(what) for what in _KINDS},
    **{f"cycle {what}": cycle(what) for what in _KINDS},
    **{f"move {what}": move(what) for what in ("table", "field", "option", "view", "chart")},
    **{f"drop {what}": drop(what) for what in _KINDS},
    "add table": add_table,
    "add field": add_field,
    "add link": add_link,
    "add duplex": add_duplex,
    "add option": add_option,
    "add view": add_view,
    "add role": add_role,
    "add dashboard": add_dashboard,
    "add chart": add_chart,
    "retype field": retype,
    "retarget link": retarget,
    "widen": widen,
    "describe": describe,
    "filter view": filter_view,
    "arrange view": arrange_view,
    "ask": ask,
    "allow": allow,
    "redraw": redraw,
    "restyle": restyle,
}


def changed(data: Data, steps: Sequence[Step]) -> Data:
    """The data after every step that leaves it a valid schema."""
    for name, n, m in steps:
        after = deepcopy(data)
        try:
            STEPS[name](after, n, m)
            tidy(after)
            schema_of(after)
        except (CannotBe, SchemaError):
            continue
        data = after
    return data


def schema_of(data: Data) -> Schema:
    """The data as a schema, or SchemaError."""
    return parse({key: value for key, value in data.items() if key != "counter"}, "generated")


def steps(most: int, *, least: int = 0, but: Sequence[str] = ()) -> st.SearchStrategy[list[Step]]:
    """Steps to change a schema by."""
    names = st.sampled_from([name for name in STEPS if name not in but])
    return st.lists(st.tuples(names, st.integers(0, 60), st.integers(0, 60)), min_size=least, max_size=most)


def tidy(data: Data) -> None:
    """Removes what refers to something that is no longer there."""
    tables = {table["key"]: table for table in data["tables"]}
    while gone := [*_loose_links(tables)]:
        for fields, field in gone:
            fields.remove(field)
    for table in data["tables"]:
        by_key = {field["key"]: field for field in table["fields"]}
        _name_partners(tables, table)
        table["views"] = [view for view in table.get("views", []) if _tidy_view(view, by_key)]
    for role in data.get("roles", []):
        _tidy_role(role, tables)
    for board in data.get("dashboards", []):
        board["charts"] = [chart for chart in board["charts"] if _tidy_chart(chart, tables)]
    data["dashboards"] = [board for board in data.get("dashboards", []) if board["charts"]]


def _loose_links(tables: Mapping[str, Data]) -> Iterator[tuple[list[Data], Data]]:
    for table in tables.values():
        for field in table["fields"]:
            there = {other["key"] for other in tables.get(field.get("table", ""), {"fields": ()})["fields"]}
            partner = field.get("back_key")
            if "table" in field and (field["table"] not in tables or (partner and partner not in there)):
                yield table["fields"], field


def _name_partners(tables: Mapping[str, Data], table: Data) -> None:
    for field in table["fields"]:
        if "back" in field:
            there = tables[field["table"]]["fields"]
            partner = next(other for other in there if other["key"] == field["back_key"])
            field["back"] = {"zh": partner["zh"], "en": "Back"}


def _tidy_view(view: Data, fields: Mapping[str, Data]) -> bool:
    """False when the view makes no sense any more."""
    if "filter" in view:
        view["filter"] = [line for line in view["filter"] if _fits(line, fields)]
    first = next(iter(fields))
    if "hidden" in view:
        view["hidden"] = [key for key in view["hidden"] if key in fields and key != first]
    for name in ("sort", "group"):
        if name in view:
            view[name] = [key for key in view[name] if key["field"] in fields]
    if "questions" in view:
        view["questions"] = [asked for asked in view["questions"] if asked["field"] in fields]
    bars = view.get("bars")
    if bars and not all(fields.get(bars[name], {}).get("type") == "datetime" for name in ("start", "end")):
        del view["bars"]
    if view.get("bars") and view["bars"]["title"] not in fields:
        view["bars"]["title"] = first
    return view.get("type") != "form" or bool(view["questions"])


def _fits(line: Data, fields: Mapping[str, Data]) -> bool:
    field = fields.get(line["field"])
    if field is None:
        return False
    if line["operator"] == "is" and field.get("options"):
        return line["value"][0] in {option["key"] for option in field["options"]}
    fitting = LINES.get(field["type"], (("isNotEmpty", ()),))
    return (line["operator"], tuple(line.get("value", ()))) in {(name, tuple(v)) for name, v in fitting}


def _tidy_role(role: Data, tables: Mapping[str, Data]) -> None:
    rights = {key: right for key, right in role.get("tables", {}).items() if key in tables}
    role["tables"] = rights
    role["hidden"] = {
        key: [name for name in names if name in {field["key"] for field in tables[key]["fields"]}]
        for key, names in role.get("hidden", {}).items()
        if key in tables and rights.get(key, role.get("default", "read")) != "full"
    }


def _tidy_chart(chart: Data, tables: Mapping[str, Data]) -> bool:
    if chart["table"] not in tables:
        return False
    fields = {field["key"]: field for field in tables[chart["table"]]["fields"]}
    numbers = {key for key, field in fields.items() if field["type"] == "number"}
    chart["series"] = [one for one in chart.get("series", []) if one["field"] in numbers]
    chart["group_by"] = [one for one in chart.get("group_by", []) if one["field"] in fields]
    chart["filter"] = [line for line in chart.get("filter", []) if _fits(line, fields)]
    return True
