"""Fields in the words of base v3 (``text``, ``select``, …) and back into v1's type numbers."""

from typing import Any

from feishu_plugin.sandbox.base_v3_dialect import invalid_request
from feishu_plugin.sandbox.bases import Base
from feishu_plugin.sandbox.envelope import Json
from feishu_plugin.sandbox.field_types import LINKS, SELECTS, Type
from feishu_plugin.sandbox.fields import Field

PLAIN: dict[str, Type] = {
    "text": Type.TEXT,
    "number": Type.NUMBER,
    "datetime": Type.DATE,
    "created_at": Type.CREATED_TIME,
    "updated_at": Type.MODIFIED_TIME,
    "user": Type.USER,
    "created_by": Type.CREATED_USER,
    "updated_by": Type.MODIFIED_USER,
    "formula": Type.FORMULA,
    "auto_number": Type.AUTO_NUMBER,
    "attachment": Type.ATTACHMENT,
    "location": Type.LOCATION,
    "checkbox": Type.CHECKBOX,
}
WORDS = {
    **{number: word for word, number in PLAIN.items()},
    Type.SINGLE_SELECT: "select",
    Type.MULTI_SELECT: "select",
    Type.PHONE: "text",
    Type.URL: "text",
    Type.SINGLE_LINK: "link",
    Type.DUPLEX_LINK: "link",
    Type.GROUP_CHAT: "group_chat",
    Type.LOOKUP: "lookup",
}
STYLES: dict[str, tuple[Type, str]] = {
    "plain": (Type.TEXT, "Text"),
    "email": (Type.TEXT, "Email"),
    "barcode": (Type.TEXT, "Barcode"),
    "phone": (Type.PHONE, "Phone"),
    "url": (Type.URL, "Url"),
}
NUMBERS = {"plain": "Number", "currency": "Currency", "progress": "Progress", "rating": "Rating"}


def as_v3(base: Base, field: Field) -> Json:
    """``{id, name, type, …}`` with what v3 tells of the type."""
    shown: Json = {
        "id": field.field_id,
        "name": field.name,
        "type": WORDS.get(Type(field.type), "not_support"),
    }
    if field.type in SELECTS:
        options = [{"id": option["id"], "name": option["name"]} for option in field.options()]
        shown.update(multiple=field.type == Type.MULTI_SELECT, options=options)
    elif field.type in LINKS:
        shown.update(link_table=field.setting("table_id"), bidirectional=field.type == Type.DUPLEX_LINK)
    elif field.type == Type.FORMULA:
        shown["expression"] = field.setting("formula_expression", "")
    elif field.type == Type.NUMBER:
        shown["style"] = {"type": field.ui_type.lower() if field.ui_type != "Number" else "plain"}
    elif shown["type"] == "text":
        shown["style"] = {"type": next(word for word, style in STYLES.items() if style[1] == field.ui_type)}
    return shown


def as_v1(base: Base, given: Any, old: Field | None = None) -> Json:
    """The body of v1's field create or update; 800010701 for a type that v3 does not know or make."""
    word = given.get("type") if isinstance(given, dict) else None
    if word in ("select", "link"):
        body = _select(given, old) if word == "select" else _link(base, given)
    elif word in PLAIN:
        body = _plain(str(word), given)
    else:
        known = ", ".join(sorted((*PLAIN, "select", "link")))
        raise invalid_request(f"Invalid discriminator: type {word!r}", "type", f"one of {known}")
    return {"field_name": given.get("name"), **body}


def _style(given: Json) -> Json:
    style = given.get("style") or {}
    return style if isinstance(style, dict) else {"type": style}


def _plain(word: str, given: Json) -> Json:
    style = _style(given)
    if word == "text":
        number, ui_type = STYLES.get(str(style.get("type", "plain")), STYLES["plain"])
        return {"type": int(number), "ui_type": ui_type}
    if word == "number":
        return _number(style)
    if word == "formula":
        return {"type": 20, "property": {"formula_expression": given.get("expression", "")}}
    if word == "user":
        return {"type": 11, "property": {"multiple": given.get("multiple", True) is True}}
    return {"type": int(PLAIN[word])}


def _number(style: Json) -> Json:
    ui_type = NUMBERS.get(str(style.get("type", "plain")), "Number")
    formats = {"Currency": "0.00", "Progress": "0%"}
    prop: Json = {"formatter": formats[ui_type]} if ui_type in formats else {}
    if ui_type == "Currency":
        prop["currency_code"] = style.get("currency_code", "CNY")
    return {"type": 2, "ui_type": ui_type, **({"property": prop} if prop else {})}


def _select(given: Json, old: Field | None) -> Json:
    listed = given.get("options") or []
    if not isinstance(listed, list):
        raise invalid_request("options must be a list", "options")
    ids = old.option_ids if old is not None else {}
    options = []
    for item in listed:
        name = item.get("name") if isinstance(item, dict) else item
        options.append({"name": name, **({"id": ids[name]} if isinstance(name, str) and name in ids else {})})
    return {"type": 4 if given.get("multiple") else 3, "property": {"options": options}}


def _link(base: Base, given: Json) -> Json:
    wanted = str(given.get("link_table"))
    table = base.tables.get(wanted) or base.named(wanted)
    if table is None:
        raise invalid_request(f"table {wanted!r} does not exist", "link_table")
    return {"type": 21 if given.get("bidirectional") else 18, "property": {"table_id": table.table_id}}
