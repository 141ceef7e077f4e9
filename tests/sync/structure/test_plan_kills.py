"""Killed at any call, before or after it took effect: the next run ends where an unkilled one does."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from feishu_plugin.gateway.extras import BaseExtras
from feishu_plugin.gateway.http import Feishu
from feishu_plugin.gateway.structure import BaseStructure
from feishu_plugin.ports import Json
from feishu_plugin.schema import load
from feishu_plugin.sync.structure.apply import Consent, apply
from feishu_plugin.sync.structure.live import Base, look
from feishu_plugin.sync.structure.plan import Plan
from tests.sync.structure.fake_extras import FakeIdentities
from tests.sync.structure.fake_life import Killed, Life
from tests.sync.structure.fake_structure import FakeStructure
from tests.sync.structure.filled import fill, snapshot
from tests.sync.structure.generated import RICH, Step, changed, schema_of
from tests.sync.structure.sandbox_base import base_of, new_base
from tests.sync.structure.shapes import shape

FIRST = schema_of(RICH)
STEPS: list[Step] = [
    ("drop field", 8, 1), ("drop option", 3, 0), ("cycle table", 0, 0), ("cycle field", 0, 1),
    ("cycle option", 0, 0), ("cycle view", 0, 1), ("cycle role", 0, 0), ("cycle chart", 0, 0),
    ("add table", 1, 3), ("add field", 0, 2), ("add duplex", 0, 1), ("add option", 0, 1),
    ("add view", 0, 4), ("add role", 0, 1), ("add chart", 0, 1), ("drop view", 2, 0),
    ("retype field", 5, 0), ("move field", 1, 4), ("redraw", 0, 3), ("ask", 0, 4), ("filter view", 0, 1),
]  # fmt: skip
SECOND = schema_of(changed(RICH, STEPS))
PACKAGED = load()


def to_first(structure: FakeStructure) -> None:
    apply(structure.base, FIRST)


def to_second(structure: FakeStructure) -> None:
    """With everything allowed that is destructive now: an administrator looks at the plan again."""
    plan = Plan.of(SECOND, look(structure.base, SECOND))
    costs = frozenset(change.path for change in plan.forbidden)
    assert not apply(structure.base, SECOND, consent=Consent(paths=costs)).failed


@pytest.fixture(scope="module")
def whole() -> Mapping[str, Any]:
    """The calls of an unkilled run from nothing to the first schema and on to the second, and its end."""
    structure = FakeStructure()
    to_first(structure)
    first = len(structure.calls)
    fill(structure.live(), structure.cells)
    to_second(structure)
    assert {"rename_table", "delete_field", "create_role", "update_block"} <= set(structure.calls[first:])
    end = shape(structure.base, SECOND)
    cells = len(snapshot(structure.live(), structure.cells))
    return {"first": first, "calls": len(structure.calls), "end": end, "cells": cells}


@pytest.mark.unmeasured
@pytest.mark.parametrize("before", [False, True], ids=["after", "before"])
@pytest.mark.parametrize("forgets", [False, True], ids=["remembering", "forgetting"])
def test_killed_at_any_call_of_a_first_run(whole: Mapping[str, Any], before: bool, forgets: bool) -> None:
    wanted = FakeStructure()
    to_first(wanted)
    for number in range(1, whole["first"] + 1):
        structure = FakeStructure(dies_at=number, before=before)
        with pytest.raises(Killed):
            to_first(structure)
        if forgets:
            structure.identities.forget()
        assert apply(structure.base, FIRST).failed == ()
        assert shape(structure.base, FIRST) == shape(wanted.base, FIRST), number


@pytest.mark.unmeasured
@pytest.mark.parametrize("before", [False, True], ids=["after", "before"])
def test_killed_at_any_call_of_a_change_of_schema(whole: Mapping[str, Any], before: bool) -> None:
    for number in range(whole["first"] + 1, whole["calls"] + 1):
        structure = FakeStructure(dies_at=number, before=before)
        to_first(structure)
        fill(structure.live(), structure.cells)
        with pytest.raises(Killed):
            to_second(structure)
        to_second(structure)
        assert shape(structure.base, SECOND) == whole["end"], number
        assert len(snapshot(structure.live(), structure.cells)) == whole["cells"]


class Mortal:
    """Passes every method on; counts the changing ones and may end the program at one."""

    def __init__(self, inner: object, life: Life) -> None:
        self._inner, self._life = inner, life

    def __getattr__(self, name: str) -> Any:
        found: Callable[..., Any] = getattr(self._inner, name)
        if name.partition("_")[0] not in ("create", "update", "delete", "rename", "set", "arrange"):
            return found

        def call(*given: object) -> object:
            self._life.begins()
            answer = found(*given)
            self._life.ends(name)
            return answer

        return call


def mortal(base: Base, life: Life) -> Base:
    return Base(
        structure=Mortal(base.structure, life),
        extras=Mortal(base.extras, life),
        identities=base.identities,
    )


def advanced(feishu: Feishu) -> BaseStructure:
    """A new base with advanced permissions on, so that its roles are made as well."""
    structure = new_base(feishu)
    ids: Json = {"app_token": structure.app_token}
    feishu.call("PUT", "/open-apis/bitable/v1/apps/:app_token", ids=ids, body={"is_advanced": True})
    return structure


@pytest.mark.unmeasured
@pytest.mark.parametrize("before", [False, True], ids=["after", "before"])
def test_killed_at_some_calls_over_http(feishu: Feishu, before: bool) -> None:
    life = Life()
    unkilled = base_of(feishu, advanced(feishu))
    assert apply(mortal(unkilled, life), PACKAGED, new_base=True).failed == ()
    wanted = shape(unkilled, PACKAGED)
    assert len(life.calls) > 300, "everything that changes is counted"
    for number in range(40 if before else 80, len(life.calls), 120):
        structure = advanced(feishu)
        base = base_of(feishu, structure)
        with pytest.raises(Killed):
            apply(mortal(base, Life(number, before=before)), PACKAGED, new_base=True)
        lost = Base(
            structure=base.structure,
            extras=BaseExtras(feishu, structure.app_token),
            identities=FakeIdentities(),
        )
        assert apply(lost, PACKAGED).failed == ()
        first = "数据表"  # Feishu's own table: after a kill nobody can prove that no person made it
        assert {key: v for key, v in shape(lost, PACKAGED)["tables"].items() if key != first} == wanted[
            "tables"
        ]
        assert shape(lost, PACKAGED)["dashboards"] == wanted["dashboards"]
