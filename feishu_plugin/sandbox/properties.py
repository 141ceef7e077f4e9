"""Checks what a client sends as a field's ``property`` and completes it as Feishu shows it.

Pure: it looks at the request and the old field only. Linked tables are resolved in links.py.
Errors are 1254080-1254096 by type, 1254015 for types without a code of their own.
"""

from collections.abc import Callable, Mapping
from typing import Any

from feishu_plugin.sandbox.envelope import Json, Refusal
from feishu_plugin.sandbox.field_types import TYPES, Type
from feishu_plugin.sandbox.fields import COLORS, Field
from feishu_plugin.sandbox.ids import new_id
from feishu_plugin.sandbox.parsing import invalid

NUMBER_FORMATTERS = frozenset(
    (
        "0",
        "0.0",
        "0.00",
        "0.000",
        "0.0000",
        "1,000",
        "1,000.00",
        "%",
        "0%",
        "0.00%",
        "¥",
        "¥0.00",
        "$",
        "$0.00",
    )
)
CURRENCY_FORMATTERS = frozenset(("0", "0.0", "0.00", "0.000", "0.0000"))
# fmt: off
CURRENCIES = frozenset((
    "CNY", "USD", "EUR", "GBP", "AED", "AUD", "BRL", "CAD", "CHF", "HKD", "INR", "IDR", "JPY",
    "KRW", "MOP", "MXN", "MYR", "PHP", "PLN", "RUB", "SGD", "THB", "TRY", "TWD", "VND",
))
# fmt: on
PROGRESS_FORMATTERS = frozenset(("0", "0.0", "0.00", "0%", "0.0%", "0.00%"))
SYMBOLS = frozenset(("star", "heart", "thumbsup", "fire", "smile", "lightning", "flower", "number"))
DATE_FORMATTERS = frozenset(
    ("yyyy/MM/dd", "yyyy-MM-dd HH:mm", "yyyy/MM/dd HH:mm", "yyyy-MM-dd", "MM-dd", "MM/dd/yyyy", "dd/MM/yyyy")
)
SERIAL_TIMES = frozenset(("yyyyMMdd", "yyyyMM", "yyyy", "MMdd", "MM", "dd"))
OPTIONS_MOST = 20_000


class Wrong(Exception):
    """The property breaks the rule that the message tells."""


def complete(type: int, ui_type: str, given: Any, old: Field | None) -> Json | None:
    """The property to keep for a field of this type; raises the type's property Refusal."""
    try:
        if given is not None and not isinstance(given, dict):
            raise Wrong("the property must be an object")
        rule = RULES.get(ui_type)
        if rule is not None:
            return rule(given or {}, old)
        if given is not None and type == Type.ATTACHMENT:  # the gateway itself refuses this one
            raise invalid("property", "the property of an attachment field must be null")
        if given is not None:
            raise Wrong("the property must be null")
        return None
    except (Wrong, AttributeError, TypeError) as wrong:
        # a list where an object belongs, or the reverse, is a wrong property like any other
        kind = TYPES[type]
        raise Refusal(kind.property_code, kind.property_name, detail=str(wrong)) from None


def _choice(given: Mapping[str, Any], key: str, allowed: frozenset[str], default: str | None) -> str:
    value = given.get(key) or default
    if value not in allowed:
        raise Wrong(f"{key} must be one of {', '.join(sorted(allowed))}")
    return str(value)


def _boolean(given: Mapping[str, Any], key: str, default: bool) -> bool:
    value = given.get(key)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise Wrong(f"{key} must be true or false")
    return value


def _barcode(given: Json, _old: Field | None) -> Json:
    modes = given.get("allowed_edit_modes") or {}
    return {
        "allowed_edit_modes": {
            "manual": _boolean(modes, "manual", True),
            "scan": _boolean(modes, "scan", True),
        }
    }


def _number(given: Json, _old: Field | None) -> Json:
    return {"formatter": _choice(given, "formatter", NUMBER_FORMATTERS, "0.0")}


def _currency(given: Json, _old: Field | None) -> Json:
    return {
        "formatter": _choice(given, "formatter", CURRENCY_FORMATTERS, None),
        "currency_code": _choice(given, "currency_code", CURRENCIES, None),
    }


def _progress(given: Json, _old: Field | None) -> Json:
    custom = _boolean(given, "range_customize", False)
    least, most = given.get("min"), given.get("max")
    if custom and not (isinstance(least, int | float) and isinstance(most, int | float) and least < most):
        raise Wrong("min and max are required when range_customize is true")
    return {
        "formatter": _choice(given, "formatter", PROGRESS_FORMATTERS, None),
        "range_customize": custom,
        "min": least if custom else 0,
        "max": most if custom else 1,
    }


def _rating(given: Json, _old: Field | None) -> Json:
    least, most = given.get("min", 1), given.get("max", 5)
    if least not in (0, 1) or not isinstance(most, int) or not 1 <= most <= 10:
        raise Wrong("min must be 0 or 1, max an integer from 1 to 10")
    symbol = _choice(given.get("rating") or {}, "symbol", SYMBOLS, "star")
    return {"formatter": "0", "min": least, "max": most, "rating": {"symbol": symbol}}


def _select(given: Json, old: Field | None) -> Json:
    listed = given.get("options") or []
    if not isinstance(listed, list) or len(listed) > OPTIONS_MOST:
        raise Wrong(f"options must be a list of at most {OPTIONS_MOST}")
    known = {} if old is None else {option["id"]: option for option in old.options()}
    options: list[Json] = []
    for item in listed:
        previous = options[-1]["color"] if options else COLORS - 1
        options.append(_option(item, known, (previous + 1) % COLORS))
    if len({option["name"] for option in options}) < len(options):
        raise Wrong("option names must differ")
    return {"options": options}


def _option(item: Any, known: Mapping[str, Json], color: int) -> Json:
    if not isinstance(item, dict) or not isinstance(item.get("name"), str):
        raise Wrong("every option needs a name")
    name = item["name"].strip()
    if not name:
        raise Refusal(1254026, "EmptyOptionName")
    option_id = item.get("id")
    if option_id and option_id not in known:
        raise Wrong(f"option id {option_id} is unknown; new options carry no id")
    given = item.get("color", known[option_id]["color"] if option_id else color)
    if not isinstance(given, int) or not 0 <= given < COLORS:
        raise Wrong("color must be from 0 to 54")
    return {"id": option_id or new_id("opt"), "name": name, "color": given}


def _date(given: Json, _old: Field | None) -> Json:
    return {**_time(given, None), "auto_fill": _boolean(given, "auto_fill", False)}


def _time(given: Json, _old: Field | None) -> Json:
    return {"date_formatter": _choice(given, "date_formatter", DATE_FORMATTERS, "yyyy/MM/dd")}


def _multiple(given: Json, _old: Field | None) -> Json:
    return {"multiple": _boolean(given, "multiple", True)}


def _location(given: Json, _old: Field | None) -> Json:
    allowed = frozenset(("only_mobile", "not_limit"))
    return {
        "location": {"input_type": _choice(given.get("location") or {}, "input_type", allowed, "not_limit")}
    }


def _link(given: Json, _old: Field | None) -> Json:
    if not isinstance(given.get("table_id"), str):
        raise Wrong("table_id is required")
    kept = {key: given[key] for key in ("table_id", "back_field_name", "back_field_id") if given.get(key)}
    return {**kept, "multiple": _boolean(given, "multiple", True)}


def _formula(given: Json, _old: Field | None) -> Json:
    expression = given.get("formula_expression", "")
    if not isinstance(expression, str):
        raise Wrong("formula_expression must be a string")
    kept = {key: given[key] for key in ("type",) if key in given}
    return {"formatter": given.get("formatter") or "", "formula_expression": expression, **kept}


def _auto_number(given: Json, _old: Field | None) -> Json:
    serial = given.get("auto_serial") or {"type": "auto_increment_number"}
    if serial.get("type") == "auto_increment_number":
        return {"auto_serial": {"type": "auto_increment_number"}}
    if serial.get("type") != "custom" or not isinstance(serial.get("options"), list) or not serial["options"]:
        raise Wrong("auto_serial.type must be auto_increment_number or custom with options")
    return {"auto_serial": {"type": "custom", "options": [_serial_part(part) for part in serial["options"]]}}


SERIAL_PARTS: dict[str, Callable[[str], bool]] = {
    "system_number": lambda value: value.isdigit() and 1 <= int(value) <= 9,
    "fixed_text": lambda value: 0 < len(value) <= 20,
    "created_time": SERIAL_TIMES.__contains__,
}


def _serial_part(part: Json) -> Json:
    kind, value = part.get("type"), part.get("value")
    fits = SERIAL_PARTS.get(str(kind))
    if fits is None or not isinstance(value, str) or not fits(value):
        raise Wrong(f"auto_serial option {kind} does not accept {value!r}")
    return {"type": kind, "value": value}


RULES: dict[str, Callable[[Json, Field | None], Json | None]] = {
    "Barcode": _barcode,
    "Number": _number,
    "Currency": _currency,
    "Progress": _progress,
    "Rating": _rating,
    "SingleSelect": _select,
    "MultiSelect": _select,
    "DateTime": _date,
    "User": _multiple,
    "SingleLink": _link,
    "DuplexLink": _link,
    "Formula": _formula,
    "Location": _location,
    "GroupChat": _multiple,
    "CreatedTime": _time,
    "ModifiedTime": _time,
    "AutoNumber": _auto_number,
}
"""By ui_type; the ones that are missing accept no property."""
