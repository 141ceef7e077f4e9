"""A reviewed file is checked whole: every wrong place is named, by JSON path."""

from typing import Any

import pytest

from feishu_plugin.errors import MappingError
from feishu_plugin.sync.adopt.mapping import check, parse
from feishu_plugin.sync.adopt.suggest import suggest
from tests.sync.adopt.team import SCHEMA, WANTED, column, mapped, mapping, select, table

TITLE, NOTES, STATUS = column("事项"), column("描述"), select("状态", "未开始", "完成")
HERE = table(TITLE, NOTES, STATUS)


def problems(*columns: Any, **choice: Any) -> list[tuple[str, str]]:
    return check(mapping(*columns, **choice), SCHEMA, [HERE])


def test_a_suggestion_survives_its_file() -> None:
    found = suggest("bascn", WANTED, HERE)

    assert parse(found.model_dump(), "adopt.json") == found


def test_a_good_mapping_has_no_problem() -> None:
    options = {"未开始": "pending", "完成": None}

    assert (
        problems(mapped(TITLE, "title"), mapped(NOTES, None), mapped(STATUS, "status", options=options)) == []
    )


def test_everything_wrong_is_told_at_once() -> None:
    gone = column("没有这列")
    options = {"未开始": "done", "完成": "done", "别的": "finished"}
    found = problems(
        mapped(TITLE, "submitter"),
        mapped(NOTES, "descripton"),
        mapped(STATUS, "status", options=options),
        mapped(gone, "status"),
        mapped(TITLE, "title"),
    )

    assert [path for path, _ in found] == [
        "$.columns.0.to",
        "$.columns.1.to",
        "$.columns.2.options.完成",
        "$.columns.2.options.别的",
        "$.columns.2.options.别的",
        "$.columns.3.to",
        "$.columns.3.field_id",
        "$.columns.4.field_id",
    ]
    assert "needs User" in found[0][1]
    assert found[5][1] == "status is there twice"


def test_a_table_that_is_not_there_is_named() -> None:
    found = mapping(mapped(TITLE, "title"))

    assert [path for path, _ in check(found, SCHEMA, [])] == ["$.table.table_id"]
    wrong = found.model_copy(update={"table": found.table.model_copy(update={"to": "requirements"})})
    assert [path for path, _ in check(wrong, SCHEMA, [HERE])] == ["$.table.to"]


def test_a_misspelt_file_is_refused_with_its_paths() -> None:
    data = suggest("bascn", WANTED, HERE).model_dump()
    data["columns"][0]["tо"] = "title"
    data["columns"][1]["label"] = "theirs"
    del data["table"]["table_id"]

    with pytest.raises(MappingError) as caught:
        parse(data, "adopt.json")

    told = str(caught.value)
    assert told.startswith("adopt.json: ")
    for path in ("$.columns.0.tо", "$.columns.1.label", "$.table.table_id"):
        assert path in told
