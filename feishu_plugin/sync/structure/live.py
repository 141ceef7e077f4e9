"""A base as it was read: everything the schema can speak of, with the keys remembered of its ids."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from feishu_plugin.binding import LiveTable, find_table, find_view
from feishu_plugin.errors import FeishuError, FeishuRefused
from feishu_plugin.identity import Known, recognise, with_marks
from feishu_plugin.language import Phrase
from feishu_plugin.ports import Json
from feishu_plugin.schema import Schema, Table, View
from feishu_plugin.structure_ports import Extras, Identities, Structure
from feishu_plugin.sync.structure.order import is_in_order
from feishu_plugin.sync.structure.questions import LiveForm
from feishu_plugin.sync.structure.view_settings import asked_settings

_NOT_ADVANCED = Phrase(
    "高级权限未开启，开启后再运行 apply 即可", "advanced permissions are off: turn them on, then apply again"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveDashboard:
    """A dashboard with its blocks ``{block_id, name, type, data_config}``; blocks only where they matter."""

    dashboard_id: str
    name: str
    theme: str = ""
    blocks: Sequence[Json] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A base as it was read. What a tenant does not answer is empty and told in ``lacking``."""

    tables: Sequence[LiveTable] = ()
    forms: Mapping[str, LiveForm] = field(default_factory=dict)
    """By form id, which is the view id."""
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """View id to the settings of base v3 that were asked for."""
    dashboards: Sequence[LiveDashboard] = ()
    roles: Sequence[Json] = ()
    lacking: Mapping[str, Phrase] = field(default_factory=dict)
    """``base_v3`` and ``roles``: why the tenant does not have it."""
    known: Known = field(default_factory=dict)
    """What is remembered of ids, and what marks tell of ids that nobody remembers yet."""

    def names(self) -> set[str]:
        """The table names that are taken."""
        return {table.name for table in self.tables}


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """The two sides of a base that provisioning talks to, and what is remembered of its ids."""

    structure: Structure
    extras: Extras
    identities: Identities


def look(base: Base, schema: Schema) -> Live:
    """Reads the base whole; of forms, view settings, charts and roles what the schema speaks of."""
    there = base.structure.live()
    known = with_marks(base.identities.known(), there)
    tables = recognise(there, known)
    asking = _Asking(base.extras)
    return Live(
        tables=tables,
        forms=_forms(base.structure, schema, tables),
        settings=asking.settings(schema, tables),
        dashboards=asking.dashboards(schema, known),
        roles=asking.roles(schema),
        lacking=asking.lacking,
        known=known,
    )


def look_at_boards(base: Base, schema: Schema) -> tuple[LiveDashboard, ...]:
    """Only the dashboards; none where the tenant has no base v3."""
    return _Asking(base.extras).dashboards(schema, base.identities.known())


def _forms(structure: Structure, schema: Schema, tables: Sequence[LiveTable]) -> dict[str, LiveForm]:
    forms = {}
    for _, here, view in _views(schema, tables):
        found = find_view(view, here.views)
        if found and found.type == view.type == "form":
            form = structure.form(here.table_id, found.view_id)
            asked = tuple(structure.questions(here.table_id, found.view_id))
            forms[found.view_id] = LiveForm(form=form, questions=asked)
    return forms


def _views(schema: Schema, tables: Sequence[LiveTable]) -> list[tuple[Table, LiveTable, View]]:
    pairs = ((table, find_table(table, tables)) for table in schema.tables)
    return [(table, here, view) for table, here in pairs if here for view in table.views]


class _Asking:
    """Asks for what a tenant may not have; the first refusal ends the asking and is kept as the reason."""

    def __init__(self, extras: Extras) -> None:
        self.extras = extras
        self.lacking: dict[str, Phrase] = {}

    def settings(self, schema: Schema, tables: Sequence[LiveTable]) -> dict[str, dict[str, Any]]:
        """Only settings that the schema wants are asked for: each costs a call."""
        found: dict[str, dict[str, Any]] = {}
        for table, here, view in _views(schema, tables):
            live = find_view(view, here.views)
            first = view is table.views[0] and not is_in_order(table, here)
            for name in asked_settings(view, arranged=first) if live and live.type == view.type else ():
                answer = self._v3(name, here.table_id, live.view_id if live else "")
                if answer is not None and live:
                    found.setdefault(live.view_id, {})[name] = answer
        return found

    def _v3(self, name: str, table_id: str, view_id: str) -> Any:
        if "base_v3" in self.lacking:
            return None
        try:
            return self.extras.view_setting(table_id, view_id, name)
        except FeishuError as error:
            # Also no answer at all: bitable v1 would have ended the run before.
            self.lacking["base_v3"] = error.phrase
            return None

    def dashboards(self, schema: Schema, known: Known) -> tuple[LiveDashboard, ...]:
        """All dashboards by name; blocks of those the schema wants."""
        if not schema.dashboards or "base_v3" in self.lacking:
            return ()
        names = {board.zh for board in schema.dashboards}
        try:
            return tuple(self._dashboard(item, names, known) for item in self.extras.dashboards())
        except FeishuError as error:
            # Also no answer at all: bitable v1 would have ended the run before.
            self.lacking["base_v3"] = error.phrase
            return ()

    def _dashboard(self, item: Json, names: set[str], known: Known) -> LiveDashboard:
        id, name = item["dashboard_id"], item["name"]
        ours = name in names or id in known
        whole = self.extras.dashboard(id) if ours else {}
        return LiveDashboard(
            dashboard_id=id, name=name, theme=whole.get("theme", ""), blocks=tuple(whole.get("blocks", ()))
        )

    def roles(self, schema: Schema) -> tuple[Json, ...]:
        """The roles, where advanced permissions are on."""
        if not schema.roles:
            return ()
        try:
            if self.extras.is_advanced():
                return tuple(self.extras.roles())
            self.lacking["roles"] = _NOT_ADVANCED
        except FeishuRefused as error:
            self.lacking["roles"] = error.phrase
        return ()
