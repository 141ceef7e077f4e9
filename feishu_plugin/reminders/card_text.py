"""A card as lines for a terminal: what its reader sees, and every input and button by its name; pure."""

import html
import re
from collections.abc import Callable, Iterator, Mapping

from feishu_plugin.ports import Json

_LINK = re.compile(r"\[([^\]]*)\]\(([^)]*)\)")


def lines_of(card: Json, language: str) -> list[str]:
    """Title, texts, inputs and buttons of a card JSON 2.0 as a reader of ``zh`` or ``en`` sees them."""
    key = {"zh": "zh_cn", "en": "en_us"}[language]
    return [_said(card["header"]["title"], key), *_lines(card["body"], key)]


def unmarked(markdown: str) -> str:
    """Markdown as plain text: links with their address, entities as the characters they show."""
    return html.unescape(_LINK.sub(r"\1（\2）", markdown).replace("**", ""))


def _lines(part: Json, key: str) -> Iterator[str]:
    for element in part.get("elements", ()):
        tag = element["tag"]
        if tag in _INSIDE:
            yield from _lines(element, key)
        elif tag in _SHOWN:
            yield from _SHOWN[tag](element, key).splitlines()
        else:
            yield f"[{tag}]"


def _said(part: Json, key: str) -> str:
    text: str = part.get("i18n_content", {}).get(key, part.get("content", ""))
    return text


def _markdown(element: Json, key: str) -> str:
    return unmarked(_said(element, key))


def _button(element: Json, key: str) -> str:
    words = {"zh_cn": "按钮", "en_us": "button"}[key]
    address = next((b["default_url"] for b in element.get("behaviors", ()) if "default_url" in b), "")
    return f"[{words} {_said(element['text'], key)}{f' → {address}' if address else ''}]"


def _input(element: Json, key: str) -> str:
    words = {"zh_cn": "输入", "en_us": "input"}[key]
    return f"[{words} {_said(element['label'], key)}]"


def _choice(element: Json, key: str) -> str:
    words = {"zh_cn": "选择", "en_us": "choose"}[key]
    options = " / ".join(_said(option["text"], key) for option in element.get("options", ()))
    asked = _said(element.get("placeholder", {}), key)
    return f"[{words} {'：'.join(filter(None, (asked, options)))}]"


_INSIDE = ("form",)
_SHOWN: Mapping[str, Callable[[Json, str], str]] = {
    "markdown": _markdown,
    "hr": lambda element, key: "────",
    "button": _button,
    "input": _input,
    "date_picker": _choice,
    "select_person": _choice,
    "select_static": _choice,
    "multi_select_static": _choice,
}
