"""The card that asks whoever wrote to the bot whether it shall become a requirement; pure."""

from feishu_plugin.policy import Policy
from feishu_plugin.ports import Json
from feishu_plugin.reminders.card import bilingual, markdown
from feishu_plugin.reminders.offers import field_input, submit_button, text_input

REGISTER, LEAVE = "register", "leave"
"""What the two buttons do."""
_LONGEST_TITLE, _LONGEST_TEXT = 100, 1000


def question_card(policy: Policy, text: str, base: str, message_id: str, open_id: str) -> Json:
    """The form, filled with what was written; what Feishu's input cannot hold is said to be cut."""
    if not text:
        return _card(markdown(*_NOTHING))
    lines = text.splitlines()
    title = next(line.strip() for line in lines if line.strip())[:_LONGEST_TITLE]
    about = {"base": base, "record": message_id, "for": open_id}
    elements = [
        {**text_input("title", "需求标题", "Title"), "required": True, "default_value": title},
        {
            **text_input("description", "需求描述", "Description"),
            "input_type": "multiline_text",
            "default_value": text[:_LONGEST_TEXT],
        },
        text_input("customer_name", "客户名称", "Customer"),
        *field_input(policy, "type"),
        *field_input(policy, "urgency"),
        submit_button(REGISTER, "登记为需求", "Register", "primary", {**about, "do": REGISTER}),
        submit_button(LEAVE, "不登记", "Do not register", "default", {**about, "do": LEAVE}),
    ]
    cut = markdown(*_CUT) if len(text) > _LONGEST_TEXT else []
    return _card([*cut, {"tag": "form", "name": "register_form", "elements": elements}])


_NOTHING = (
    "发一段文字给我，就可以登记为需求。图片和文件请在登记之后加到记录的“附件”里。",
    "Write me a text and it can become a requirement. Please add pictures and files to its 附件 later.",
)
_CUT = (
    "文字较长，这里只显示前 1000 字；登记后全文在“客户原话”里。",
    "The text is long: its first 1,000 characters stand here, all of it will stand in 客户原话.",
)


def _card(elements: list[Json]) -> Json:
    title = bilingual("登记需求", "Register a requirement")
    return {
        "schema": "2.0",
        "config": {"update_multi": True, "enable_forward": False, "summary": title},
        "header": {"template": "blue", "title": {"tag": "plain_text", **title}},
        "body": {"elements": elements},
    }
