"""The public side of a form, against a real sandbox process."""

from feishu_plugin.gateway.forms import public_form
from feishu_plugin.gateway.http import Feishu
from feishu_plugin.gateway.structure import BaseStructure


def made(structure: BaseStructure, **settings: object) -> tuple[str, str]:
    """A form view of 需求: (table id, view id)."""
    table = next(table.table_id for table in structure.live() if table.name == "需求")
    view = structure.create_view(table, "满意度", "form")
    structure.update_form(table, view, {"name": "满意度", **settings})
    return table, view


def test_a_shared_form_has_a_link_and_titles(feishu: Feishu, structure: BaseStructure) -> None:
    table, view = made(structure, shared=True, shared_limit="anyone_editable")
    asked = structure.questions(table, view)
    structure.update_question(table, view, asked[0]["field_id"], {"title": "编号 / Number"})
    structure.update_question(table, view, asked[1]["field_id"], {"visible": False})

    url, titles = public_form(feishu, structure.app_token, table, view, "")

    assert url.startswith("https://")
    assert titles[asked[0]["field_id"]] == "编号 / Number"
    assert asked[1]["field_id"] not in titles


def test_a_form_is_found_by_name_when_its_id_is_not_known(feishu: Feishu, structure: BaseStructure) -> None:
    table, _ = made(structure, shared=True, shared_limit="anyone_editable")

    assert public_form(feishu, structure.app_token, table, "vewGone", "满意度")[0].startswith("https://")
    assert public_form(feishu, structure.app_token, table, "vewGone", "别的") == ("", {})


def test_a_form_that_is_not_open_to_anybody_has_no_link(feishu: Feishu, structure: BaseStructure) -> None:
    table, view = made(structure, shared=True, shared_limit="tenant_editable")

    assert public_form(feishu, structure.app_token, table, view, "") == ("", {})
    structure.update_form(table, view, {"shared": False, "shared_limit": "anyone_editable"})
    assert public_form(feishu, structure.app_token, table, view, "") == ("", {})
