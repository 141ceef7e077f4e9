"""The schema in a team's words: what they keep, what gives way, and what nobody else notices."""

import json
from dataclasses import replace
from typing import Any

from feishu_plugin.binding import LiveField, LiveTable, bind, mark
from feishu_plugin.policy_rows import packaged_policy
from feishu_plugin.schema import Schema, default_path, parse
from feishu_plugin.sync.adopt.adoption import identities, marked_body, marks
from feishu_plugin.sync.adopt.mapping import Adoption
from feishu_plugin.sync.adopt.team_schema import labels_given_way, team_schema
from feishu_plugin.sync.structure import bodies
from tests.sync.adopt.team import SCHEMA, column, mapped, mapping, select, table

DATA = json.loads(default_path().read_text(encoding="utf-8"))
TITLE, AT = column("事项"), column("提出日期", "datetime", date_formatter="yyyy-MM-dd")
STATUS = select("完成状态", "未开始", "已结束", "已搁置")
PRIORITY, BY = select("优先级", "A", "B", "C"), column("提交人")
HERE = table(TITLE, AT, STATUS, PRIORITY, BY, views=("全部",))
MAPPING = mapping(
    mapped(TITLE, "title"),
    mapped(AT, "submitted_at"),
    mapped(STATUS, "status", options={"未开始": "pending", "已结束": "done", "已搁置": None}),
    mapped(PRIORITY, "urgency", options={"A": "high", "B": "medium", "C": "low"}),
    mapped(BY, None),
)


def words(mapping: Adoption = MAPPING, *others: LiveTable, here: LiveTable = HERE) -> tuple[Any, Schema]:
    after = team_schema(DATA, SCHEMA, mapping, [here, *others])
    return after, parse(json.loads(json.dumps(after)), "team")


def test_their_names_are_kept_and_ours_give_way() -> None:
    after, schema = words()
    fields = schema.table("requirement").by_key

    assert schema.table("requirement").zh == "需求池"
    assert (fields["title"].zh, fields["urgency"].zh) == ("事项", "优先级")
    assert (fields["priority"].zh, fields["submitter"].zh) == ("优先级（系统）", "提交人（人员）")
    assert fields["description"].zh == "需求描述"
    assert labels_given_way(DATA, after, "requirement") == [
        ("提交人", "提交人（人员）"),
        ("优先级", "优先级（系统）"),
    ]


def test_a_status_has_their_word_in_every_table_and_a_scale_only_in_theirs() -> None:
    _, schema = words()

    assert schema.label("requirement", "status", "done") == "已结束"
    assert schema.label("workflow", "to_status", "done") == "已结束"
    assert schema.label("requirement", "urgency", "high") == "A"
    assert schema.label("requirement", "effort", "high") == "高"
    assert schema.label("requirement", "status", "shelved") == "已搁置（系统）", (
        "their own option has the name"
    )


def test_a_list_that_stands_in_the_base_already_keeps_its_words() -> None:
    rules = LiveTable(
        table_id="tbl_rules", name="流转规则", fields=(replace(TITLE, description="#workflow.name"),)
    )
    _, schema = words(MAPPING, rules)

    assert schema.label("requirement", "status", "done") == "已结束"
    assert schema.label("workflow", "to_status", "done") == "已完成"


def test_ours_are_used_where_the_review_says_so() -> None:
    columns = [c.model_copy(update={"label": "ours"}) for c in MAPPING.columns]
    _, schema = words(mapping(*columns, label="ours"))

    assert schema.table("requirement").zh == "需求台账"
    assert schema.table("requirement").field("title").zh == "需求标题"
    assert schema.label("requirement", "status", "done") == "已完成"


def test_a_strangers_table_and_view_are_not_taken_for_ours() -> None:
    _, schema = words(MAPPING, LiveTable(table_id="tbl_other", name="客户档案"))

    assert schema.table("customer").zh == "客户档案（系统）"
    assert schema.table("requirement").views[0].zh == "全部（系统）"


def test_formats_and_help_texts_of_theirs_stay() -> None:
    at = replace(AT, description="客户说出口的那天")
    _, schema = words(here=table(TITLE, at, STATUS, PRIORITY, BY))
    field = schema.table("requirement").field("submitted_at")

    assert field.property["date_formatter"] == "yyyy-MM-dd"
    assert field.note is not None
    assert (
        bodies.description("requirement", field)
        == "客户说出口的那天 / Submitted at #requirement.submitted_at"
    )


def test_the_packaged_rules_are_read_in_their_words() -> None:
    required = mapping(mapped(column("处理人", "user", multiple=False), "owner"), *MAPPING.columns)
    here = table(*HERE.fields, column("处理人", "user", multiple=False))
    _, schema = words(required, here=here)
    policy = packaged_policy(schema)

    assert policy.moves == packaged_policy(SCHEMA).moves
    assert policy.parameters == packaged_policy(SCHEMA).parameters
    assert policy.label("status", "done") == "已结束"


def test_the_file_that_was_read_is_not_changed() -> None:
    before = json.dumps(DATA)
    words()

    assert json.dumps(DATA) == before


def as_marked(column: LiveField, body: Any) -> LiveField:
    """The column after Feishu was told ``body``."""
    return replace(column, name=body["field_name"], description=body["description"]["text"])


def test_marked_columns_bind_and_nothing_else_of_them_changes() -> None:
    _, schema = words()
    told = marks(MAPPING, schema, HERE)
    here = table(*(as_marked(f, told[f.field_id]) if f.field_id in told else f for f in HERE.fields))

    assert set(told) == {f.field_id for f in (TITLE, AT, STATUS, PRIORITY)}
    assert told[STATUS.field_id]["property"] == STATUS.property
    assert told[AT.field_id]["property"] == {"date_formatter": "yyyy-MM-dd"}
    bound = bind(schema, "bascn", [here]).tables["requirement"]
    assert {key: field.field_id for key, field in bound.fields.items()} == {
        key: c.field_id for key, c in MAPPING.mapped().items()
    }
    assert bound.fields["status"].option_ids["opt_完成状态_已结束"] == "done"
    assert bound.fields["status"].option_ids["opt_完成状态_已搁置"] == "已搁置"
    assert marks(MAPPING, schema, here) == {}, "doing it again changes nothing"


def test_a_column_that_is_let_go_loses_its_mark_and_keeps_its_text() -> None:
    _, schema = words()
    kept = replace(BY, description=f"谁提的 {mark('requirement', 'contact')}")
    other = replace(TITLE, description=mark("customer", "name"))
    here = table(other, AT, STATUS, PRIORITY, kept)

    assert marks(mapping(mapped(kept, None)), schema, here)[kept.field_id]["description"]["text"] == "谁提的"
    assert marks(mapping(mapped(other, None)), schema, here) == {}, (
        "the mark of another table is not ours to take"
    )
    assert marks(mapping(), schema, here) == {}, "what the file does not name stays"


def test_a_link_is_told_its_table_and_nothing_that_feishu_fills() -> None:
    link = column("相关", "single_link", table_id="tbl_team", multiple=True, table_name="需求池")

    assert marked_body(link, "#requirement.similar")["property"] == {"table_id": "tbl_team", "multiple": True}
    assert "property" not in marked_body(column("附件", "attachment"), "#requirement.attachments")


def test_what_is_remembered_joins_what_was_known() -> None:
    known = {
        "tbl_customer": "customer",
        TITLE.field_id: "requirement.remark",
        BY.field_id: "requirement.contact",
        "fld_added_later": "requirement.priority",
    }
    found = identities(known, MAPPING, HERE)

    assert found["tbl_customer"] == "customer"
    assert found["tbl_team"] == "requirement"
    assert found[TITLE.field_id] == "requirement.title"
    assert BY.field_id not in found
    assert found["fld_added_later"] == "requirement.priority"
    assert found["opt_完成状态_已结束"] == "requirement.status.done"
    assert "opt_完成状态_已搁置" not in found
