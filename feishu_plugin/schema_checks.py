"""What the parts of a schema say of each other: every name that leads nowhere, by its JSON path.

Pure. Each check yields ``(path, text)`` and never stops at the first misfit.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from feishu_plugin.schema_parts import KINDS, Chart, Condition, Dashboard, Field, Role, Table, View

Misfit = tuple[str, str]
Tables = Mapping[str, Table]

_DATES = ("datetime", "created_time", "modified_time")
_FIRST = frozenset({1, 2, 5, 13, 15, 20, 22})
"""Feishu's types that may be the first column of a table."""
_GROUPED = ("grid", "kanban", "gantt")
_UNASKED = frozenset(
    {"formula", "created_time", "modified_time", "created_user", "modified_user", "auto_number"}
)


def misfits(tables: Sequence[Table], roles: Sequence[Role], boards: Sequence[Dashboard]) -> list[Misfit]:
    """Every misfit of a schema whose parts are sound, in the order of the file."""
    known = {table.key: table for table in tables}
    found: list[Misfit] = [*_twice("$.tables", "table", (table.key for table in tables))]
    found += _twice("$.tables", "table name", (table.zh for table in tables))
    for n, table in enumerate(tables):
        found += _table(f"$.tables.{n}", table, known)
    found += _twice("$.roles", "role", (role.key for role in roles))
    found += _twice("$.roles", "role name", (role.zh for role in roles))
    for n, role in enumerate(roles):
        found += _role(f"$.roles.{n}", role, known)
    found += _twice("$.dashboards", "dashboard", (board.key for board in boards))
    found += _twice("$.dashboards", "dashboard name", (board.zh for board in boards))
    for n, board in enumerate(boards):
        for m, chart in enumerate(board.charts):
            found += _chart(f"$.dashboards.{n}.charts.{m}", chart, known)
    return found


def _twice(path: str, what: str, keys: Iterable[str]) -> Iterator[Misfit]:
    listed = list(keys)
    for key in sorted({key for key in listed if listed.count(key) > 1}):
        yield path, f"{what} {key} is there twice"


def _table(path: str, table: Table, known: Tables) -> Iterator[Misfit]:
    first = table.fields[0]
    if KINDS[first.type][0] not in _FIRST:
        yield f"{path}.fields.0", f"a {first.type} cannot be the first field of a table"
    for n, field in enumerate(table.fields):
        yield from _field(f"{path}.fields.{n}", table, field, known)
    for n, view in enumerate(table.views):
        yield from _view(f"{path}.views.{n}", view, table)


def _field(path: str, table: Table, field: Field, known: Tables) -> Iterator[Misfit]:
    is_link, is_select = field.type in ("single_link", "duplex_link"), field.type.endswith("_select")
    if is_link != (field.table is not None):
        yield f"{path}.table", "a link names its table" if is_link else f"a {field.type} links to no table"
    if field.options and not is_select:
        yield f"{path}.options", f"a {field.type} has no options"
    if field.table is not None and field.table not in known:
        yield f"{path}.table", f"{field.key} links to table {field.table}, which is not here"
    elif field.back_key is not None and field.table is not None:
        yield from _partner(path, table, field, known[field.table])
    elif field.type == "duplex_link":
        yield f"{path}.back_key", "a duplex link names its partner column"


def _partner(path: str, table: Table, field: Field, there: Table) -> Iterator[Misfit]:
    partner = there.by_key.get(field.back_key or "")
    if partner is None:
        yield f"{path}.back_key", f"{there.key} has no field {field.back_key}"
    elif (partner.table, partner.back_key) != (table.key, field.key):
        yield f"{path}.back_key", f"{there.key}.{partner.key} does not name {table.key}.{field.key} back"
    elif (field.back is None) == (partner.back is None):
        yield f"{path}.back", f"exactly one of {field.key} and {there.key}.{partner.key} has a back"
    elif field.back is not None and field.back.zh != partner.zh:
        yield f"{path}.back", f"names the partner {field.back.zh}, but it is called {partner.zh}"


def _view(path: str, view: View, table: Table) -> Iterator[Misfit]:
    yield from _conditions(f"{path}.filter", view.filter, table)
    for n, key in enumerate(view.hidden):
        yield from _named(f"{path}.hidden.{n}", key, table)
        if key == table.fields[0].key:
            yield f"{path}.hidden.{n}", "the first field of a table cannot be hidden"
    for name, keys in (("sort", view.sort), ("group", view.group)):
        for n, one in enumerate(keys):
            yield from _named(f"{path}.{name}.{n}.field", one.field, table)
    if view.group and view.type not in _GROUPED:
        yield f"{path}.group", f"a {view.type} view is not grouped"
    yield from _bars(path, view, table)
    yield from _questions(path, view, table)


def _bars(path: str, view: View, table: Table) -> Iterator[Misfit]:
    if view.bars is None:
        return
    if view.type != "gantt":
        yield f"{path}.bars", f"a {view.type} view has no bars"
    for name in ("start", "end", "title"):
        key = getattr(view.bars, name)
        yield from _named(f"{path}.bars.{name}", key, table)
        if name != "title" and key in table.by_key and table.by_key[key].type not in _DATES:
            yield f"{path}.bars.{name}", f"{key} is no date"


def _questions(path: str, view: View, table: Table) -> Iterator[Misfit]:
    if bool(view.questions) != (view.type == "form"):
        yield f"{path}.questions", "a form has questions, and nothing else has"
    if view.share and view.type != "form":
        yield f"{path}.share", f"a {view.type} view has no link that others fill in"
    yield from _twice(f"{path}.questions", "question", (asked.field for asked in view.questions))
    for n, asked in enumerate(view.questions):
        yield from _named(f"{path}.questions.{n}.field", asked.field, table)
        if asked.field in table.by_key and table.by_key[asked.field].type in _UNASKED:
            yield f"{path}.questions.{n}.field", f"{asked.field} is filled by Feishu and cannot be asked"


def _role(path: str, role: Role, known: Tables) -> Iterator[Misfit]:
    for key in role.tables:
        if key not in known:
            yield f"{path}.tables.{key}", f"there is no table {key}"
    for key, fields in role.hidden.items():
        if key not in known:
            yield f"{path}.hidden.{key}", f"there is no table {key}"
        elif role.tables.get(key, role.default) == "full":
            yield f"{path}.hidden.{key}", "who has full rights in a table sees all of it"
        else:
            yield from _each(f"{path}.hidden.{key}", fields, known[key])


def _each(path: str, keys: Sequence[str], table: Table) -> Iterator[Misfit]:
    for n, key in enumerate(keys):
        yield from _named(f"{path}.{n}", key, table)


def _chart(path: str, chart: Chart, known: Tables) -> Iterator[Misfit]:
    table = known.get(chart.table)
    if table is None:
        yield f"{path}.table", f"there is no table {chart.table}"
        return
    for n, series in enumerate(chart.series):
        yield from _named(f"{path}.series.{n}.field", series.field, table)
    for n, group in enumerate(chart.group_by):
        yield from _named(f"{path}.group_by.{n}.field", group.field, table)
    yield from _conditions(f"{path}.filter", chart.filter, table)


def _conditions(path: str, conditions: Sequence[Condition], table: Table) -> Iterator[Misfit]:
    for n, condition in enumerate(conditions):
        yield from _named(f"{path}.{n}.field", condition.field, table)
        field = table.by_key.get(condition.field)
        options = {option.key for option in field.options} if field else set()
        for m, value in enumerate(condition.value if options else ()):
            if value not in options:
                yield f"{path}.{n}.value.{m}", f"{condition.field} has no option {value}"


def _named(path: str, key: str, table: Table) -> Iterator[Misfit]:
    if key not in table.by_key:
        yield path, f"{table.key} has no field {key}"
