"""A live base as a ``Schema``: ours by their stable keys, people's by generated ones, all as they are.

Pure. What the result cannot hold is listed with its reason, never dropped in silence.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from feishu_plugin.binding import LiveTable, find_view
from feishu_plugin.schema import Dashboard, Field, Label, Role, Schema, Table, View
from feishu_plugin.schema_checks import misfits
from feishu_plugin.sync.archive.columns import Columns
from feishu_plugin.sync.archive.known import KnownField, KnownTable, generated, identify, paths_of
from feishu_plugin.sync.archive.views import Column, Settings, Views
from feishu_plugin.sync.structure.questions import LiveForm

Keys = Mapping[str, Collection[str]]
"""Table key to the keys of its columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What is known of a base besides its tables; all of it may be missing."""

    name: str = ""
    forms: Mapping[str, LiveForm] = field(default_factory=dict)
    """By form id, which is the view id."""
    settings: Mapping[str, Settings] = field(default_factory=dict)
    """View id to what base v3 told of it."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """What is known to be there and cannot be described, to the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What a base looks like, in words that hold in any other base."""

    schema: Schema
    left_out: Mapping[str, str] = field(default_factory=dict)
    """``table.column`` or ``table.view``, by the names people read, to the reason."""
    paths: Mapping[str, str] = field(default_factory=dict)
    """Live id to key path, of the tables and columns that the schema holds."""


def snapshot_of(schema: Schema, live: Sequence[LiveTable], around: Around | None = None) -> Snapshot:
    """Describes a live base; ``schema`` only lends its keys, its English and its second language."""
    told = around or Around()
    known = identify(schema, live)
    fields, left_out = _fields(known)
    left_out |= told.left_out
    tables = []
    for table in known:
        views = _Views(table, fields, told)
        tables.append(_table(table, fields, tuple(views.described())))
        left_out |= views.left_out
    name = Label(zh=told.name, en=told.name) if told.name not in ("", schema.base.zh) else schema.base
    held = {table.key: set(table.by_key) for table in tables}
    boards = tuple(_dashboards(schema.dashboards, tables))
    described = Schema(
        base=name,
        tables=tuple(tables),
        roles=tuple(_role(role, held) for role in schema.roles),
        dashboards=boards,
    )
    kept = {id: path for id, path in paths_of(known).items() if "." not in path or id in fields}
    return Snapshot(schema=described, left_out=left_out, paths=kept)


def only(snapshot: Snapshot, wanted: Mapping[str, Collection[str]]) -> Snapshot:
    """The named columns (table id to field ids) with the primary one of each table, without views."""
    tables = []
    for id, ids in wanted.items():
        table = snapshot.schema.table(snapshot.paths[id])
        keys = {snapshot.paths[one].partition(".")[2] for one in ids if one in snapshot.paths}
        fields = tuple(one for n, one in enumerate(table.fields) if n == 0 or one.key in keys)
        tables.append(Table(key=table.key, zh=table.zh, en=table.en, note=table.note, fields=fields))
    return Snapshot(
        schema=Schema(base=snapshot.schema.base, tables=tuple(tables)),
        left_out=snapshot.left_out,
        paths=snapshot.paths,
    )


def _fields(known: Sequence[KnownTable]) -> tuple[dict[str, Field], dict[str, str]]:
    """Live field id to field, and the reasons of the others.

    A formula that refers to a column that is left out is left out itself, and so on.
    """
    reasons: dict[str, str] = {}
    paths = paths_of(known)
    while True:
        columns = Columns(known, paths)
        found = {one.live.field_id: columns.field(one) for table in known for one in table.fields}
        lost = {id: reason for id, reason in found.items() if isinstance(reason, str)}
        paths = {id: path for id, path in paths.items() if id not in lost}
        if lost.keys() == reasons.keys():
            kept = {id: one for id, one in found.items() if isinstance(one, Field)}
            return kept, {_name(known, id): reason for id, reason in lost.items()}
        reasons = lost


def _name(known: Sequence[KnownTable], field_id: str) -> str:
    found = (
        f"{table.live.name}.{one.live.name}"
        for table in known
        for one in table.fields
        if one.live.field_id == field_id
    )
    return next(found)


def _table(known: KnownTable, fields: Mapping[str, Field], views: tuple[View, ...]) -> Table:
    return Table(
        key=known.key,
        zh=known.live.name,
        en=known.wanted.en if known.wanted else known.live.name,
        note=known.wanted.note if known.wanted else None,
        fields=tuple(one for _, one in _held(known, fields)),
        views=views,
    )


def _held(known: KnownTable, fields: Mapping[str, Field]) -> Iterator[tuple[KnownField, Field]]:
    return ((one, fields[one.live.field_id]) for one in known.fields if one.live.field_id in fields)


class _Views:
    """The views of one table, with what is left out of them."""

    def __init__(self, table: KnownTable, fields: Mapping[str, Field], around: Around) -> None:
        self._table, self._around = table, around
        columns: dict[str, Column] = {one.live.field_id: (one, field) for one, field in _held(table, fields)}
        primary = next((field.key for _, field in columns.values()), "")
        self._views = Views(columns, primary)
        self.left_out: dict[str, str] = {}

    def described(self) -> Iterator[View]:
        """Every view that a schema can hold."""
        ours = self._ours()
        taken: set[str] = set()
        for live in self._table.live.views:
            wanted = ours.get(live.view_id)
            key = wanted.key if wanted else generated(live.view_id, taken)
            taken.add(key)
            form, settings = self._around.forms.get(live.view_id), self._around.settings.get(live.view_id, {})
            view = self._views.view(key, live, wanted, form, settings)
            if self._views.lost:
                self.left_out[f"{self._table.live.name}.{live.name}"] = "; ".join(self._views.lost)
            if view is not None:
                yield view

    def _ours(self) -> dict[str, View]:
        """View id to the view of the schema that it is."""
        wanted, live = self._table.wanted, self._table.live
        views = wanted.views if wanted else ()
        return {found.view_id: view for view in views if (found := find_view(view, live.views))}


def _role(role: Role, held: Keys) -> Role:
    hidden = {
        table: tuple(key for key in keys if key in held[table])
        for table, keys in role.hidden.items()
        if table in held
    }
    rights = {table: right for table, right in role.tables.items() if table in held}
    return role.model_copy(update={"tables": rights, "hidden": hidden})


def _dashboards(boards: Sequence[Dashboard], tables: Sequence[Table]) -> Iterator[Dashboard]:
    """The charts that still mean something: people may have removed what one speaks of."""
    sound = len(misfits(tables, (), ()))
    for board in boards:
        alone = (board.model_copy(update={"charts": (chart,)}) for chart in board.charts)
        charts = tuple(one.charts[0] for one in alone if len(misfits(tables, (), (one,))) == sound)
        if charts:
            yield board.model_copy(update={"charts": charts})
