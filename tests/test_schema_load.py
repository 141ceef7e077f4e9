"""Broken schema files: every wrong place is named by its JSON path, and nothing else is raised."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feishu_plugin.errors import SchemaError
from feishu_plugin.schema import Schema, load

Json = dict[str, Any]


def good() -> Json:
    """A small file that loads."""
    return {
        "base": {"zh": "库", "en": "Base"},
        "option_sets": {"status": [{"key": "open", "zh": "打开", "en": "Open"}]},
        "tables": [
            {
                "key": "work",
                "zh": "工作",
                "en": "Work",
                "fields": [
                    {"key": "title", "zh": "标题", "en": "Title", "type": "text"},
                    {
                        "key": "status",
                        "zh": "状态",
                        "en": "Status",
                        "type": "single_select",
                        "option_set": "status",
                    },
                    {"key": "next", "zh": "下一个", "en": "Next", "type": "single_link", "table": "work"},
                ],
                "views": [{"key": "all", "zh": "全部", "en": "All"}],
            }
        ],
    }


def field(data: Json, place: int) -> Json:
    found: Json = data["tables"][0]["fields"][place]
    return found


def loaded(tmp_path: Path, data: object) -> Schema:
    file = tmp_path / "schema.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    return load(file)


def test_a_good_file_resolves_its_option_sets(tmp_path: Path) -> None:
    schema = loaded(tmp_path, good())

    assert [option.key for option in schema.table("work").field("status").options] == ["open"]


def _board(key: str) -> Json:
    chart = {"key": "all", "zh": "总数", "en": "All", "type": "statistics", "table": "work"}
    return {"key": key, "zh": "看板", "en": "Board", "charts": [chart]}


BROKEN: dict[str, tuple[Callable[[Json], object], str]] = {
    "no base": (lambda d: d.pop("base"), "$.base: "),
    "no English name of the base": (lambda d: d["base"].pop("en"), "$.base.en: "),
    "an empty label": (lambda d: d["base"].update(zh=""), "$.base.zh: "),
    "an unknown member": (lambda d: d.update(extra=1), "$.extra: "),
    "no tables": (lambda d: d.pop("tables"), "$.tables: "),
    "tables that are no list": (lambda d: d.update(tables={"work": {}}), "$.tables: "),
    "tables that are null": (lambda d: d.update(tables=None), "$.tables: "),
    "a table that is a number": (lambda d: d["tables"].append(1), "$.tables.1: "),
    "a key that is no key": (lambda d: d["tables"][0].update(key="Work 1"), "$.tables.0.key: "),
    "a table without fields": (lambda d: d["tables"][0].update(fields=[]), "$.tables.0.fields: "),
    "fields that are text": (lambda d: d["tables"][0].update(fields="title"), "$.tables.0.fields: "),
    "a field that is a list": (lambda d: d["tables"][0]["fields"].append([]), "$.tables.0.fields.3: "),
    "a field of no type": (lambda d: field(d, 0).update(type="colour"), "$.tables.0.fields.0.type: "),
    "a misspelt member": (lambda d: field(d, 0).update(filledby="rule"), "$.tables.0.fields.0.filledby: "),
    "an unknown filler": (lambda d: field(d, 0).update(filled_by="bot"), "$.tables.0.fields.0.filled_by: "),
    "a long name": (lambda d: field(d, 0).update(zh="长" * 101), "$.tables.0.fields.0.zh: "),
    "an unknown option set": (
        lambda d: field(d, 1).update(option_set="stauts"),
        "$.tables.0.fields.1: Value error, option_sets has no options named stauts",
    ),
    "an option set that is a list": (
        lambda d: field(d, 1).update(option_set=["status"]),
        "$.tables.0.fields.1.option_set: ",
    ),
    "option sets that are a list": (lambda d: d.update(option_sets=[]), "$.option_sets: "),
    "a bad option": (lambda d: d["option_sets"]["status"][0].pop("en"), "$.option_sets.status.0.en: "),
    "a colour beyond Feishu's": (
        lambda d: d["option_sets"]["status"][0].update(color=55),
        "$.option_sets.status.0.color: ",
    ),
    "a view of no type": (
        lambda d: d["tables"][0]["views"][0].update(type="3d"),
        "$.tables.0.views.0.type: ",
    ),
    "a field twice": (
        lambda d: field(d, 1).update(key="title"),
        "$.tables.0: Value error, field title is there twice",
    ),
    "an option twice": (
        lambda data: data["option_sets"]["status"].append({"key": "open", "zh": "又开", "en": "Again"}),
        "$.tables.0.fields.1: Value error, option open is there twice",
    ),
    "an option name twice": (
        lambda data: data["option_sets"]["status"].append({"key": "again", "zh": "打开", "en": "Again"}),
        "$.tables.0.fields.1: Value error, option name 打开 is there twice",
    ),
    "no table": (
        lambda data: data["tables"].clear(),
        "$.tables: Tuple should have at least 1 item",
    ),
    "a first field that Feishu refuses": (
        lambda data: field(data, 0).update(type="checkbox"),
        "$.tables.0.fields.0: a checkbox cannot be the first field of a table",
    ),
    "a role name twice": (
        lambda data: data.update(roles=[{"key": key, "zh": "客服", "en": "Support"} for key in ("a", "b")]),
        "$.roles: role name 客服 is there twice",
    ),
    "a dashboard name twice": (
        lambda data: data.update(dashboards=[_board("a"), _board("b")]),
        "$.dashboards: dashboard name 看板 is there twice",
    ),
    "a table twice": (
        lambda d: d["tables"].append(d["tables"][0]),
        "$.tables: table work is there twice",
    ),
    "a link to nowhere": (
        lambda d: field(d, 2).update(table="nowhere"),
        "$.tables.0.fields.2.table: next links to table nowhere, which is not here",
    ),
}


@pytest.mark.parametrize("defect", BROKEN)
def test_the_place_of_a_defect_is_named(tmp_path: Path, defect: str) -> None:
    data = good()
    breaks, place = BROKEN[defect]
    breaks(data)

    with pytest.raises(SchemaError) as caught:
        loaded(tmp_path, data)

    assert place in str(caught.value)
    assert str(tmp_path / "schema.json") in str(caught.value)


def test_all_defects_are_named_at_once(tmp_path: Path) -> None:
    data = good()
    del data["base"]["zh"]
    field(data, 0)["type"] = "colour"
    field(data, 2)["key"] = "1st"
    data["tables"][0]["views"][0]["key"] = None

    with pytest.raises(SchemaError) as caught:
        loaded(tmp_path, data)

    for place in (
        "$.base.zh",
        "$.tables.0.fields.0.type",
        "$.tables.0.fields.2.key",
        "$.tables.0.views.0.key",
    ):
        assert f"{place}: " in str(caught.value)


@pytest.mark.parametrize("data", [[], 1, None, "schema"])
def test_a_file_that_holds_no_object_is_refused(tmp_path: Path, data: object) -> None:
    with pytest.raises(SchemaError, match=r"\$: "):
        loaded(tmp_path, data)


def test_the_line_of_a_syntax_error_is_named(tmp_path: Path) -> None:
    file = tmp_path / "schema.json"
    file.write_text('{\n "base": {},\n "tables": [,]\n}')

    with pytest.raises(SchemaError, match=r"schema\.json:3: not JSON"):
        load(file)


def test_another_encoding_is_named(tmp_path: Path) -> None:
    file = tmp_path / "schema.json"
    file.write_bytes('{"base": {"zh": "库"}}'.encode("gbk"))

    with pytest.raises(SchemaError, match="not UTF-8"):
        load(file)


def test_a_directory_is_named(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="cannot be read"):
        load(tmp_path)


def test_a_partner_without_a_table_is_named(tmp_path: Path) -> None:
    data = good()
    field(data, 2).update(type="duplex_link", back_key="title")
    del field(data, 2)["table"]

    with pytest.raises(SchemaError, match=r"fields\.2\.table: a link names its table"):
        loaded(tmp_path, data)


@pytest.mark.parametrize("text", ["[" * 5000, "9" * 5000], ids=["an abyss", "an endless number"])
def test_a_file_that_no_parser_likes_is_one_clear_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "schema.json"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(SchemaError, match=r"schema\.json:0: not JSON"):
        load(file)
