"""Feishu accepts a change and keeps only part of it: found by reading back, repaired or told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from feishu_plugin.binding import options_of
from feishu_plugin.ports import Json
from feishu_plugin.schema import load
from feishu_plugin.sync.structure.apply import apply
from feishu_plugin.sync.structure.live import look
from feishu_plugin.sync.structure.plan import Plan
from tests.sync.structure.fake_extras import FakeExtras
from tests.sync.structure.fake_structure import FakeStructure
from tests.sync.structure.generated import RICH, schema_of

SAMPLE, PACKAGED = schema_of(RICH), load()


class Lossy(FakeStructure):
    """Loses something of a column, a view or a form whenever it is written: ``once`` or always."""

    def __init__(self, loses: str, *, once: bool) -> None:
        super().__init__()
        self._loses, self._once, self.lost = loses, once, 0

    def create_field(self, table_id: str, body: Json) -> str:
        if self._strikes("column"):
            return "fldLost"
        return super().create_field(table_id, self._without(body))

    def update_field(self, table_id: str, field_id: str, body: Json) -> None:
        super().update_field(table_id, field_id, self._without(body))

    def create_table(self, name: str, default_view_name: str, fields: Sequence[Json]) -> str:
        return super().create_table(name, default_view_name, [self._without(body) for body in fields])

    def create_view(self, table_id: str, name: str, view_type: str) -> str:
        return "vewLost" if self._strikes("view") else super().create_view(table_id, name, view_type)

    def update_view(self, table_id: str, view_id: str, body: Json) -> None:
        if not self._strikes("view property"):
            super().update_view(table_id, view_id, body)

    def update_question(self, table_id: str, form_id: str, field_id: str, body: Json) -> None:
        if not self._strikes("question"):
            super().update_question(table_id, form_id, field_id, body)

    def _without(self, body: Json) -> Json:
        options = body.get("property", {}).get("options")
        if options and self._strikes("option"):
            return {**body, "property": {**body["property"], "options": options[:-1]}}
        if self._strikes("description"):
            return {**body, "description": {"disable_sync": True, "text": ""}}
        if "formatter" in body.get("property", {}) and self._strikes("property"):
            return {**body, "property": {"formatter": "0"}}
        return body

    def _strikes(self, what: str) -> bool:
        if what != self._loses or (self._once and self.lost):
            return False
        self.lost += 1
        return True


class LossyExtras(FakeExtras):
    """The same for what only base v3 and advanced permissions have."""

    loses, once, lost = "", False, 0

    def create_block(self, dashboard_id: str, body: Json) -> str:
        return super().create_block(dashboard_id, body) if not self._strikes("chart") else "chtLost"

    def update_block(self, dashboard_id: str, block_id: str, body: Json) -> None:
        super().update_block(dashboard_id, block_id, body)
        self._spoil(dashboard_id, block_id)

    def set_view_setting(self, table_id: str, view_id: str, name: str, body: Json) -> None:
        if not self._strikes(name):
            super().set_view_setting(table_id, view_id, name, body)

    def create_role(self, body: Json) -> str:
        return super().create_role({**body, "table_roles": body["table_roles"][self._strikes("right") :]})

    def update_role(self, role_id: str, body: Json) -> None:
        kept = body["table_roles"][self._strikes("right") :]
        super().update_role(role_id, {**body, "table_roles": kept})

    def dashboard(self, dashboard_id: str) -> Json:
        """``data_config`` of a new chart may be gone from the start."""
        for block_id in self.boards[dashboard_id]["blocks"] if self.lost == 0 else ():
            self._spoil(dashboard_id, block_id)
        return super().dashboard(dashboard_id)

    def _spoil(self, dashboard_id: str, block_id: str) -> None:
        if self._strikes("chart data"):
            self.boards[dashboard_id]["blocks"][block_id]["data_config"] = {}

    def _strikes(self, what: str) -> bool:
        if what != self.loses or (self.once and self.lost):
            return False
        self.lost += 1
        return True


def lossy(loses: str, *, once: bool) -> FakeStructure:
    structure = Lossy(loses, once=once)
    extras = LossyExtras(structure.tables, structure.life)
    extras.loses, extras.once = loses, once
    structure.extras = extras
    return structure


LOSSES = (
    "column", "description", "option", "property", "view", "view property", "question",
    "chart", "chart data", "sort", "group", "timebar", "right",
)  # fmt: skip


@pytest.mark.parametrize("loses", LOSSES)
def test_what_is_lost_once_is_repaired(loses: str) -> None:
    structure = lossy(loses, once=True)
    result = apply(structure.base, SAMPLE)
    assert (structure.lost, structure.extras.lost) != (0, 0), "the loss must have happened"  # type: ignore[attr-defined]
    assert result.failed == ()
    assert not Plan.of(SAMPLE, look(structure.base, SAMPLE))


@pytest.mark.parametrize("loses", LOSSES)
def test_what_is_lost_every_time_is_told_and_never_called_done(loses: str) -> None:
    structure = lossy(loses, once=False)
    result = apply(structure.base, SAMPLE)
    left = Plan.of(SAMPLE, look(structure.base, SAMPLE))
    assert left, "the loss must be seen by the next plan"
    assert {failure.change for failure in result.failed} == {*left.changes, *left.refused}
    assert not {failure.change for failure in result.failed} & set(result.done)
    assert all(failure.reason for failure in result.failed)


@pytest.mark.parametrize("keeps", [1, 2, 7, 14])
def test_columns_lost_from_a_wide_table_come_back(keeps: int) -> None:
    structure = FakeStructure(keeps=keeps)
    result = apply(structure.base, PACKAGED)
    assert result.failed == ()
    assert not Plan.of(PACKAGED, look(structure.base, PACKAGED))


def _lose_description(structure: FakeStructure) -> None:
    _change(structure, "期限", description="")


def _lose_option(structure: FakeStructure) -> None:
    options = options_of(structure.field(structure.table("任务").table_id, "状态"))
    _change(structure, "状态", property={"options": options[1:]})


def _lose_property(structure: FakeStructure) -> None:
    _change(structure, "工时", property={})


def _lose_filter(structure: FakeStructure) -> None:
    table = structure.table("任务")
    structure.tables[table.table_id] = replace(
        table, views=tuple(replace(view, property={}) for view in table.views)
    )


def _lose_settings(structure: FakeStructure) -> None:
    structure.extras.settings.clear()


def _lose_chart_data(structure: FakeStructure) -> None:
    for board in structure.extras.boards.values():
        for block in board["blocks"].values():
            block["data_config"] = {}


def _lose_rights(structure: FakeStructure) -> None:
    for role in structure.extras.custom.values():
        role["table_roles"] = []


DAMAGES: Mapping[str, Callable[[FakeStructure], None]] = {
    "description": _lose_description,
    "option": _lose_option,
    "property": _lose_property,
    "filter": _lose_filter,
    "settings": _lose_settings,
    "chart data": _lose_chart_data,
    "rights": _lose_rights,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_lost_later_is_seen_by_the_next_plan_and_repaired(damage: str) -> None:
    structure = FakeStructure()
    apply(structure.base, SAMPLE)
    DAMAGES[damage](structure)
    assert Plan.of(SAMPLE, look(structure.base, SAMPLE)), "the loss must be seen"
    assert apply(structure.base, SAMPLE).failed == ()
    assert not Plan.of(SAMPLE, look(structure.base, SAMPLE))


def _change(structure: FakeStructure, column: str, **changes: Any) -> None:
    table = structure.table("任务")
    fields = [replace(field, **changes) if field.name == column else field for field in table.fields]
    structure.tables[table.table_id] = replace(table, fields=tuple(fields))
