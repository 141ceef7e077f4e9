"""A view's filter as base v3 words it (``["Status", "intersects", ["Doing"]]``) and as v1 keeps it."""

import json
import re
from datetime import datetime
from typing import Any

from feishu_plugin.sandbox.base_v3_dialect import invalid_request, not_found
from feishu_plugin.sandbox.envelope import Json
from feishu_plugin.sandbox.tables import Table

OPERATORS = {
    "==": "is",
    "!=": "isNot",
    ">": "isGreater",
    ">=": "isGreaterEqual",
    "<": "isLess",
    "<=": "isLessEqual",
    "intersects": "contains",
    "disjoint": "doesNotContain",
    "empty": "isEmpty",
    "non_empty": "isNotEmpty",
}
WORDS = {v1: v3 for v3, v1 in OPERATORS.items()}
EXACT_DATE = re.compile(r"ExactDate\((\d{4}-\d{2}-\d{2})\)")


def as_filter_info(table: Table, given: Json) -> Json | None:
    """``{"logic", "conditions": [[field, op, values?]]}`` -> ``filter_info``; None for no conditions."""
    conditions = given.get("conditions")
    if not conditions:
        return None
    if not isinstance(conditions, list) or given.get("logic", "and") not in ("and", "or"):
        raise invalid_request("a filter is {logic: and|or, conditions: [[field, op, values]]}", "conditions")
    return {
        "conjunction": given.get("logic", "and"),
        "conditions": [_condition(table, c) for c in conditions],
    }


def _condition(table: Table, given: Any) -> Json:
    if not isinstance(given, list) or not 2 <= len(given) <= 3 or given[1] not in OPERATORS:
        hint = f"[field, one of {' '.join(OPERATORS)}, values]"
        raise invalid_request(f"cannot read the condition {json.dumps(given)[:80]}", "conditions", hint)
    field = table.fields.get(str(given[0])) or table.field_named(str(given[0]))
    if field is None:
        raise not_found("field", str(given[0]))
    values = given[2] if len(given) == 3 else []
    texts = [text for value in (values if isinstance(values, list) else [values]) for text in _texts(value)]
    value = json.dumps(texts, ensure_ascii=False)
    return {"field_id": field.field_id, "operator": OPERATORS[given[1]], "value": value if texts else ""}


def _texts(value: Any) -> list[str]:
    """A date becomes the two texts that v1 wants; a truth value its small word."""
    match = EXACT_DATE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return [str(value).lower() if isinstance(value, bool) else str(value)]
    day = datetime.fromisoformat(f"{match[1]}T12:00:00+08:00")
    return ["ExactDate", str(int(day.timestamp() * 1000))]


def as_v3_filter(info: Json | None) -> Json:
    """``filter_info`` -> ``{"logic", "conditions"}``."""
    if info is None:
        return {"logic": "and", "conditions": []}
    shown = []
    for item in info["conditions"]:
        values = json.loads(item["value"]) if item["value"] else []
        shown.append([item["field_id"], WORDS[item["operator"]], *([values] if values else [])])
    return {"logic": info["conjunction"], "conditions": shown}
