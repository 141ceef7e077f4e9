"""Which live table, column and option a stable key stands for, whatever people renamed or added."""

from dataclasses import replace

import pytest

from feishu_plugin.binding import (
    Binding,
    LiveField,
    LiveTable,
    bind,
    find_field,
    find_table,
    mark,
    marked,
)
from feishu_plugin.schema import Field, Label, Option, Schema, Table

STATUS = Field(
    key="status",
    zh="当前状态",
    en="Status",
    type="single_select",
    options=(Option(key="open", zh="打开", en="Open"), Option(key="done", zh="完成", en="Done")),
)
TITLE = Field(key="title", zh="标题", en="Title", type="text")
WORK = Table(key="work", zh="工作", en="Work", fields=(TITLE, STATUS))
NOTES = Table(key="notes", zh="笔记", en="Notes", fields=(TITLE,))
SCHEMA = Schema(base=Label(zh="库", en="Base"), tables=(WORK, NOTES))


def live(name: str, field_id: str, description: str = "", *options: tuple[str, str]) -> LiveField:
    listed = [{"id": option_id, "name": shown} for option_id, shown in options]
    kind = 3 if options or "status" in description or name == "当前状态" else 1
    return LiveField(
        field_id=field_id, name=name, type=kind, description=description, property={"options": listed}
    )


OPTIONS = (("optA", "打开"), ("optB", "完成"))
WORK_LIVE = LiveTable(
    table_id="tblWork",
    name="工作",
    fields=(
        live("标题", "fldTitle", "一行 #work.title"),
        live("当前状态", "fldStatus", "#work.status", *OPTIONS),
    ),
)
NOTES_LIVE = LiveTable(table_id="tblNotes", name="笔记", fields=(live("标题", "fldNote"),))


def bound(*tables: LiveTable) -> Binding:
    return bind(SCHEMA, "bascn", tables)


def test_a_complete_base_lacks_nothing() -> None:
    found = bound(NOTES_LIVE, WORK_LIVE)

    assert found.missing == ()
    assert found.app_token == "bascn"
    assert {key: table.table_id for key, table in found.tables.items()} == {
        "work": "tblWork",
        "notes": "tblNotes",
    }
    assert {key: f.field_id for key, f in found.tables["work"].fields.items()} == {
        "title": "fldTitle",
        "status": "fldStatus",
    }


@pytest.mark.parametrize(
    ("description", "found"),
    [
        ("#work.title", ("work", "title")),
        ("给人看的说明\n#work.title  ", ("work", "title")),
        ("#work.title 之后还有字", None),
        ("", None),
        ("#Work.title", None),
        ("#work", None),
    ],
)
def test_a_mark_ends_the_description(description: str, found: tuple[str, str] | None) -> None:
    assert marked(description) == found


def test_a_mark_reads_back() -> None:
    assert marked(f"说明 {mark('work', 'title')}") == ("work", "title")


def test_renamed_tables_and_columns_stay_themselves() -> None:
    renamed = LiveTable(
        table_id="tblWork",
        name="我们的活儿",
        fields=(
            live("名字", "fldTitle", "#work.title"),
            live("到哪儿了", "fldStatus", "#work.status", *OPTIONS),
        ),
    )
    imposter = LiveTable(table_id="tblOther", name="工作", fields=(live("标题", "fldOther"),))

    table = bound(imposter, renamed, NOTES_LIVE).tables["work"]

    assert (table.table_id, table.name) == ("tblWork", "我们的活儿")
    assert table.fields["status"].name == "到哪儿了"


def test_a_marked_column_wins_over_one_with_the_name() -> None:
    columns = [live("标题", "fldPlain"), live("旧标题", "fldMarked", "#work.title")]

    found = find_field("work", TITLE, columns)

    assert found is not None
    assert found.field_id == "fldMarked"


def test_a_column_marked_as_another_field_is_never_taken_by_name() -> None:
    assert find_field("work", TITLE, [live("标题", "fld1", "#work.status")]) is None
    assert find_field("work", TITLE, [live("标题", "fld1", "#notes.title")]) is None


def test_an_unmarked_base_is_found_by_names() -> None:
    plain = LiveTable(
        table_id="tbl1", name="工作", fields=(live("标题", "fld1"), live("当前状态", "fld2", "", *OPTIONS))
    )

    assert find_table(WORK, [NOTES_LIVE, plain]) == plain
    assert bound(plain, NOTES_LIVE).missing == ()


def test_everything_missing_is_listed_once_and_sorted() -> None:
    half = LiveTable(table_id="tbl1", name="工作", fields=(live("当前状态", "fld2", "", OPTIONS[0]),))

    found = bound(half)

    assert found.missing == ("notes", "work.status.done", "work.title")
    assert set(found.tables) == {"work"}
    assert set(found.tables["work"].fields) == {"status"}


def test_an_empty_base_lacks_the_tables_only() -> None:
    assert bound().missing == ("notes", "work")


@pytest.mark.parametrize(
    ("asked", "lacking"),
    [
        (("work",), ()),
        (("work", "status"), ("work.status.done",)),
        (("work", "title"), ("work.title",)),
        (("work", "title", "status"), ("work.status.done", "work.title")),
        (("notes", "title"), ("notes",)),
    ],
)
def test_what_an_operation_lacks(asked: tuple[str, ...], lacking: tuple[str, ...]) -> None:
    half = LiveTable(table_id="tbl1", name="工作", fields=(live("当前状态", "fld2", "", OPTIONS[0]),))

    assert bound(half).lacks(*asked) == lacking


def test_options_are_known_by_id_and_by_name_and_added_ones_stand_for_themselves() -> None:
    added = LiveTable(
        table_id="tbl1",
        name="工作",
        fields=(live("标题", "fld1"), live("当前状态", "fld2", "", *OPTIONS, ("optC", "待评审"))),
    )

    status = bound(added, NOTES_LIVE).tables["work"].fields["status"]

    assert status.option_ids == {"optA": "open", "optB": "done", "optC": "待评审"}
    assert status.option_names == {"open": "打开", "done": "完成"}
    assert [status.option_key(name) for name in ("完成", "待评审")] == ["done", "待评审"]


def test_look_ups_by_live_ids_and_names() -> None:
    found = bound(WORK_LIVE, NOTES_LIVE)
    work = found.by_id("tblWork")

    assert work is not None
    assert work.by_id("fldStatus") == work.fields["status"]
    assert (found.by_id("tblGone"), work.by_id("fldGone")) == (None, None)


def test_a_column_whose_type_people_changed_is_as_good_as_lost() -> None:
    as_text = replace(live("当前状态", "fldStatus", "#work.status"), type=1)
    work = replace(WORK_LIVE, fields=(WORK_LIVE.fields[0], as_text))

    found = bound(NOTES_LIVE, work)

    assert found.missing == ("work.status",)
    assert "status" not in found.tables["work"].fields
