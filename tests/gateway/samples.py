"""A small schema with every field type, and how a base that was made from it looks."""

from collections.abc import Mapping
from typing import Any

from hypothesis import HealthCheck, settings

from feishu_plugin.binding import BoundField
from feishu_plugin.schema import FieldType, Schema

Json = dict[str, Any]

unhurried = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
"""Property tests on a machine that others use as well."""

STATUSES = (("pending", "待处理"), ("in_progress", "处理中"), ("done", "已完成"))


def label(text: str) -> Json:
    return {"zh": text, "en": text}


def field(key: str, type: str, zh: str, **more: Any) -> Json:
    return {"key": key, "zh": zh, "en": key, "type": type, **more}


def options(*pairs: tuple[str, str]) -> list[Json]:
    return [{"key": key, "zh": zh, "en": key} for key, zh in pairs]


SCHEMA = Schema.model_validate(
    {
        "base": label("样例"),
        "tables": [
            {
                "key": "customer",
                **label("客户"),
                "fields": [field("name", "text", "客户名称"), field("email", "email", "邮箱")],
            },
            {
                "key": "requirement",
                **label("需求"),
                "fields": [
                    field("title", "text", "标题"),
                    field("status", "single_select", "状态", options=options(*STATUSES)),
                    field("tags", "multi_select", "标签", options=options(("fast", "快"), ("slow", "慢"))),
                    field("score", "number", "评分"),
                    field("at", "datetime", "时间"),
                    field("ticked", "checkbox", "勾选"),
                    field("owner", "user", "负责人"),
                    field("phone", "phone", "电话"),
                    field("site", "url", "网址"),
                    field("customer", "single_link", "客户", table="customer"),
                    field("modified_at", "modified_time", "最后修改时间"),
                ],
            },
        ],
    }
)

TYPE_NUMBERS: Mapping[str, int] = {
    "text": 1,
    "email": 1,
    "number": 2,
    "single_select": 3,
    "multi_select": 4,
    "datetime": 5,
    "checkbox": 7,
    "user": 11,
    "phone": 13,
    "url": 15,
    "single_link": 18,
    "modified_time": 1002,
}


def bodies(table: str, *, without: tuple[str, ...] = ()) -> list[Json]:
    """Feishu's bodies for creating the fields of a table."""
    fields = [f for f in SCHEMA.table(table).fields if f.type not in without]
    return [_body(f.key, f.zh, f.type, [o.zh for o in f.options], table) for f in fields]


def _body(key: str, name: str, type: str, names: list[str], table: str) -> Json:
    body: Json = {
        "field_name": name,
        "type": TYPE_NUMBERS[type],
        "description": {"disable_sync": True, "text": f"#{table}.{key}"},
    }
    if names:
        body["property"] = {"options": [{"name": n, "color": i} for i, n in enumerate(names)]}
    if type == "email":
        body["ui_type"] = "Email"
    return body


def bound(type: FieldType, key: str = "it") -> BoundField:
    """A bound field of a type, with two options."""
    return BoundField(
        key=key,
        field_id="fldSample01",
        name="列",
        type=type,
        option_names={"pending": "待处理", "done": "已完成"},
        option_ids={"optPending": "pending", "optDone": "done", "optOwn": "自己加的"},
    )
