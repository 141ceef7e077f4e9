"""The forms and buttons of a card about a refused move, look-alikes, or what is due; pure.

Card JSON 2.0: a form stands at the root, its submit buttons carry their own ``value`` and send
everything that was filled in. Every button names the one person it is for, the base and the
record, because a press arrives with nothing else. Source: open.feishu.cn, "Card JSON 2.0: form".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from feishu_plugin.policy import Policy
from feishu_plugin.ports import Json
from feishu_plugin.reminders.card import bilingual
from feishu_plugin.reminders.notice import Notice
from feishu_plugin.reminders.templates import escape, plain, shorten
from feishu_plugin.rules.actions import Offer
from feishu_plugin.rules.inputs import askable

_MOST_OPTIONS = 60
_MOST_TEXT = 1000
_LONGEST_NAME = 100
"""Of a requirement to merge into: a title may hold 100,000 characters, a card not."""
_CHOICE_LENGTH = 40

_ANSWERS: Mapping[str, tuple[str, str, str]] = {
    "confirm": ("确认按期", "On schedule", "primary"),
    "postpone": ("延期", "Postpone", "default"),
    "progress": ("更新进展", "Write progress", "default"),
    "risk": ("有风险", "At risk", "danger"),
    "snooze": ("稍后提醒", "Remind me later", "default"),
}
"""The buttons of a reminder in their order: what they say in Chinese and English, and how they look."""
_LATER = {
    "1h": ("1 个工作小时后", "In 1 working hour"),
    "4h": ("4 个工作小时后", "In 4 working hours"),
    "tomorrow": ("明天（下个工作日）晨报", "Next working morning"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who gets the card, and which record it speaks of."""

    base: str
    record_id: str
    open_id: str
    manages: bool = False


def offer_elements(policy: Policy, offer: Offer, reader: Reader) -> list[Json]:
    """Forms to complete the move, ask for a release, grant or deny one, merge, or answer a reminder."""
    if offer.kind == "remind":
        return [_remind_form(offer, reader)]
    if offer.kind == "merge":
        return [_merge_form(offer, reader)]
    if offer.kind == "release":
        return [_release_form(offer, reader, "grant_asked")]
    elements = []
    if offer.fields and askable(policy, offer.fields):
        elements.append(_retry_form(policy, offer, reader))
    elements.append(_release_form(offer, reader, "grant") if reader.manages else _ask_form(offer, reader))
    return elements


def _retry_form(policy: Policy, offer: Offer, reader: Reader) -> Json:
    inputs = [element for key in offer.fields for element in field_input(policy, key)]
    button = _submit("retry", "补全后重试", "Complete and retry", "primary", offer, reader)
    return {"tag": "form", "name": "retry_form", "elements": [*inputs, button]}


def _ask_form(offer: Offer, reader: Reader) -> Json:
    reason = text_input("reason", "申请放行的理由（可不填）", "Why it should be let pass (optional)")
    button = _submit("ask", "申请放行", "Ask for a release", "default", offer, reader)
    return {"tag": "form", "name": "ask_form", "elements": [reason, button]}


def _release_form(offer: Offer, reader: Reader, name: str) -> Json:
    elements: list[Json] = [
        text_input("reason", "放行或不放行的理由（必填）", "The reason (required)"),
        _said("有效期至（放行必填）", "Until (required for a release)"),
        {"tag": "date_picker", "name": "until", "placeholder": _plain("选择日期", "Choose a day")},
        _submit("grant", "放行", "Release", "primary", offer, reader),
    ]
    if offer.kind == "release":
        elements.append(_submit("deny", "不放行", "Do not release", "danger", offer, reader))
    return {"tag": "form", "name": f"{name}_form", "elements": elements}


def _merge_form(offer: Offer, reader: Reader) -> Json:
    named = {one: shorten(plain(words), _LONGEST_NAME) for one, words in offer.originals.items()}
    options = [{"text": _plain(name, name), "value": one} for one, name in named.items()]
    choice: Json = {
        "tag": "select_static",
        "name": "original",
        "placeholder": _plain("合并到哪条需求", "Merge into"),
        "options": options,
        "initial_option": next(iter(offer.originals), ""),
    }
    merge = _submit("merge", "合并", "Merge", "primary", offer, reader)
    other = _submit("distinct", "不是重复", "No duplicate", "default", offer, reader)
    return {"tag": "form", "name": "merge_form", "elements": [choice, merge, other]}


def list_elements(notices: Iterable[Notice], reader: Reader, event: str = "") -> list[Json]:
    """The form for a card that lists these notices: one of those that have an answer, and the answer.

    ``event``: all are of this one.
    """
    facts = {n.record_id: n.facts for n in notices if n.offer and n.offer.kind == "remind"}
    choices = {id: f"{f.get('number', '')} {f.get('title', '')}".strip() or id for id, f in facts.items()}
    return _list_form(choices, reader, event) if reader.base else []


def _list_form(choices: Mapping[str, str], reader: Reader, event: str) -> list[Json]:
    offered = dict(list(choices.items())[:_MOST_OPTIONS])
    if not offered:
        return []
    options = [
        {"text": {"tag": "plain_text", "content": shorten(plain(words), _CHOICE_LENGTH)}, "value": one}
        for one, words in offered.items()
    ]
    choice: Json = {
        "tag": "select_static",
        "name": "record",
        "required": True,
        "placeholder": _plain("选择要处理的需求", "Choose a requirement"),
        "options": options,
    }
    if len(offered) == 1:
        choice["initial_option"] = next(iter(offered))
    about = {"base": reader.base, "for": reader.open_id, "records": " ".join(offered)}
    about |= {"event": event} if event else {}
    return [{"tag": "form", "name": "remind_form", "elements": [choice, *_answers(about, _buttons(event))]}]


def _remind_form(offer: Offer, reader: Reader) -> Json:
    about = {"base": reader.base, "record": reader.record_id, "for": reader.open_id, "event": offer.event}
    return {"tag": "form", "name": "remind_form", "elements": _answers(about, _buttons(offer.event))}


def _buttons(event: str) -> list[str]:
    late = event == "overdue"  # nobody can keep a time that is over
    return [do for do in _ANSWERS if not (late and do == "confirm")]


def _answers(about: Mapping[str, str], buttons: Sequence[str]) -> list[Json]:
    """What is filled in for an answer, and the buttons that send it."""
    later = [{"text": _plain(*words), "value": choice} for choice, words in _LATER.items()]
    return [
        text_input("note", "进展、风险或延期的理由", "Progress, risk, or the reason of a delay"),
        _said("新的计划完成时间（延期时填）", "New plan date (to postpone)"),
        {"tag": "date_picker", "name": "until", "placeholder": _plain("选择日期", "Choose a day")},
        _said("何时再提醒（稍后提醒时选）", "When to be reminded (for later)"),
        {"tag": "select_static", "name": "later", "options": later, "initial_option": "1h"},
        *(submit_button(do, *_ANSWERS[do], {**about, "do": do}) for do in buttons),
    ]


def _submit(do: str, zh: str, en: str, type: str, offer: Offer, reader: Reader) -> Json:
    value = {
        "do": do,
        "base": reader.base,
        "record": reader.record_id,
        "for": reader.open_id,
        "from": offer.from_status,
        "to": offer.to_status,
        "by": offer.by,
        "say": offer.say,
        "why": offer.why[:200],
    }
    if offer.originals:
        value["originals"] = " ".join(offer.originals)
    return submit_button(do, zh, en, type, value)


def submit_button(do: str, zh: str, en: str, type: str, value: Mapping[str, str]) -> Json:
    """A button that sends the form it stands in, and this value."""
    return {
        "tag": "button",
        "name": do,
        "type": type,
        "text": _plain(zh, en),
        "form_action_type": "submit",
        "behaviors": [{"type": "callback", "value": dict(value)}],
    }


def field_input(policy: Policy, key: str) -> list[Json]:
    """A label and what fits the type of the field."""
    field, label = policy.inputs[key], policy.label(key)
    said = _said(escape(label), escape(label))
    options = [
        {"text": {"tag": "plain_text", "content": shown}, "value": option}
        for option, shown in list(field.options.items())[:_MOST_OPTIONS]
    ]
    chosen = {"name": key, "placeholder": _plain(f"请选择{label}", label)}
    if field.type == "single_select":
        return [said, {"tag": "select_static", **chosen, "options": options}]
    if field.type == "multi_select":
        return [said, {"tag": "multi_select_static", **chosen, "options": options}]
    if field.type == "datetime":
        return [said, {"tag": "date_picker", **chosen}]
    if field.type == "user":
        return [said, {"tag": "select_person", **chosen}]
    return [text_input(key, label, label)]


def text_input(name: str, zh: str, en: str) -> Json:
    """A line to write in; Feishu's hold 1,000 characters."""
    return {"tag": "input", "name": name, "label": _plain(zh, en), "max_length": _MOST_TEXT}


def _said(zh: str, en: str) -> Json:
    return {"tag": "markdown", **bilingual(zh, en)}


def _plain(zh: str, en: str) -> Json:
    return {"tag": "plain_text", **bilingual(zh, en)}
