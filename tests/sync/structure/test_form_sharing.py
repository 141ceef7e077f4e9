"""A form for customers is opened to them by ``apply``; a tenant that forbids it loses nothing else."""

import json
from pathlib import Path

import pytest

from feishu_plugin.errors import SchemaError
from feishu_plugin.ports import Json
from feishu_plugin.schema import Schema, parse
from feishu_plugin.sync.structure.apply import apply
from tests.sync.structure.fake_structure import FakeStructure
from tests.sync.structure.small_base import differences

SMALL = Path(__file__).with_name("small_schema.json")


def schema_with(share: str | None, view: int = 3) -> Schema:
    data: Json = json.loads(SMALL.read_text(encoding="utf-8"))
    data["tables"][0]["views"][view]["share"] = share
    return parse(data, "shared")


def form_of(structure: FakeStructure) -> Json:
    (form,) = structure.forms.values()
    return form


@pytest.mark.parametrize(("share", "limit"), [("anyone", "anyone_editable"), ("tenant", "tenant_editable")])
def test_a_form_is_shared_as_the_schema_says(share: str, limit: str) -> None:
    structure = FakeStructure()
    schema = schema_with(share)

    result = apply(structure.base, schema)

    assert result.failed == ()
    assert (form_of(structure)["shared"], form_of(structure)["shared_limit"]) == (True, limit)
    assert differences(schema, structure) == ""


def test_a_form_that_people_closed_is_told_and_opened_again() -> None:
    structure = FakeStructure()
    schema = schema_with("anyone")
    apply(structure.base, schema)
    form_of(structure)["shared"] = False

    assert "share" in differences(schema, structure)
    apply(structure.base, schema)
    assert form_of(structure)["shared"] is True


def test_sharing_is_left_to_people_where_the_schema_says_nothing() -> None:
    structure = FakeStructure()
    schema = schema_with(None)
    apply(structure.base, schema)
    form_of(structure).update(shared=True, shared_limit="tenant_editable")

    assert differences(schema, structure) == ""


def test_a_tenant_that_forbids_links_for_outsiders_has_the_form_all_the_same() -> None:
    structure = FakeStructure(refuses=lambda call, body: call == "update_form" and "shared" in body)
    schema = schema_with("anyone")

    result = apply(structure.base, schema)

    (failure,) = result.failed
    assert failure.change.what == "form"
    assert form_of(structure)["description"] == "感谢 / Thanks"
    assert [q["visible"] for q in structure.questions(*_ids(structure))].count(True) == 2


def _ids(structure: FakeStructure) -> tuple[str, str]:
    (form_id,) = structure.forms
    table = next(t for t in structure.tables.values() if any(v.view_id == form_id for v in t.views))
    return table.table_id, form_id


def test_only_a_form_can_be_shared() -> None:
    with pytest.raises(SchemaError, match="a grid view has no link that others fill in"):
        schema_with("anyone", view=0)
