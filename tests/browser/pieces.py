"""Cards with what the sandbox accepts and the plugin's own cards do not use today."""

from typing import Any

Json = dict[str, Any]


def plain(content: str, **more: Any) -> Json:
    """A plain text object."""
    return {"tag": "plain_text", "content": content, **more}


def v2(*elements: Json, **header: Any) -> Json:
    """A card of JSON 2.0."""
    return {"schema": "2.0", "header": {"title": plain("T"), **header}, "body": {"elements": list(elements)}}


OPTIONS = [{"text": plain("One"), "value": "1"}, {"text": plain("Two"), "value": "2"}]
CALL = [{"type": "callback", "value": {"do": "x"}}]
TEXT = (
    "line one\nline two <font color='red'>red **bold**</font> <text_tag color='green'>tag</text_tag>"
    " <at id=all></at> [link](https://example.com)\n- item\n- item `code`\n\n> quoted"
    "\n<b>kept</b><script>alert(1)</script>"
)
COLUMNS = {
    "tag": "column_set",
    "flex_mode": "bisect",
    "columns": [
        {
            "tag": "column",
            "width": "weighted",
            "weight": 1,
            "elements": [{"tag": "markdown", "content": "a"}],
        },
        {"tag": "column", "width": "auto", "elements": [{"tag": "div", "text": plain("b")}]},
    ],
}
TABLE = {
    "tag": "table",
    "page_size": 1,
    "columns": [
        {"name": "who", "display_name": "Who", "data_type": "persons"},
        {"name": "n", "display_name": "N", "data_type": "number", "format": {"precision": 1, "symbol": "¥"}},
        {"name": "o", "display_name": "O", "data_type": "options"},
        {"name": "d", "display_name": "D", "data_type": "date"},
        {"name": "m", "display_name": "M", "data_type": "lark_md"},
    ],
    "rows": [
        {
            "who": ["ou_x"],
            "n": 1200,
            "o": [{"text": "opt", "color": "red"}],
            "d": 1785500000000,
            "m": "**x**",
        },
        {"n": 2},
    ],
}
FIELDS: list[Json] = [
    {"tag": "multi_select_static", "name": "many", "options": OPTIONS, "placeholder": plain("Many")},
    {
        "tag": "select_static",
        "name": "one",
        "options": OPTIONS,
        "required": True,
        "placeholder": plain("One"),
    },
    {
        "tag": "picker_datetime",
        "name": "when",
        "placeholder": plain("When"),
        "initial_datetime": "2026-04-17 09:30",
    },
    {"tag": "picker_time", "name": "time", "placeholder": plain("Time")},
    {
        "tag": "input",
        "name": "long",
        "input_type": "multiline_text",
        "label": plain("Long"),
        "default_value": "d",
    },
    {"tag": "checker", "name": "done", "text": plain("Done"), "checked": True},
]
FORM: Json = {
    "tag": "form",
    "name": "f",
    "elements": [
        *FIELDS,
        {
            "tag": "button",
            "name": "send",
            "text": plain("Send form"),
            "form_action_type": "submit",
            "behaviors": CALL,
        },
    ],
}
PANEL: Json = {
    "tag": "collapsible_panel",
    "expanded": True,
    "header": {"title": plain("Panel")},
    "elements": [{"tag": "markdown", "content": "inside"}, {"tag": "hr"}],
}
ASKING: Json = {
    "tag": "button",
    "type": "danger",
    "text": plain("Ask first"),
    "behaviors": CALL,
    "confirm": {"title": plain("Sure?"), "text": plain("It cannot be undone")},
}
OTHERS: list[Json] = [
    {"tag": "overflow", "options": OPTIONS},
    {"tag": "person", "user_id": "ou_x"},
    {
        "tag": "interactive_container",
        "behaviors": CALL,
        "elements": [{"tag": "markdown", "content": "press me"}],
    },
    {"tag": "button", "text": plain("Off"), "disabled": True, "behaviors": CALL},
    {"tag": "div", "text": {"tag": "lark_md", "content": "**lark**"}},
]
V1: Json = {
    "header": {"title": plain("Old"), "template": "red"},
    "elements": [
        {"tag": "div", "text": plain("text"), "fields": [{"is_short": True, "text": plain("field")}]},
        {"tag": "action", "actions": [{"tag": "button", "text": plain("Old press"), "value": {"a": 1}}]},
        {"tag": "note", "elements": [plain("note")]},
        {"tag": "hr"},
    ],
}
TAGS = [{"tag": "text_tag", "text": plain("urgent"), "color": "red"}]
PIECES: dict[str, Json] = {
    "texts": v2(
        {"tag": "markdown", "content": TEXT}, subtitle=plain("S"), template="violet", text_tag_list=TAGS
    ),
    "holders": v2(COLUMNS, PANEL, TABLE),
    "acting": v2(ASKING, *OTHERS),
    "form": v2(FORM),
    "old": V1,
}
