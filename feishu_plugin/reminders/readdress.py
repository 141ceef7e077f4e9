"""A card made for one person, made over to another: who may press it, and what it says on top; pure.

Card JSON 2.0: the header takes a ``subtitle``. Source: open.feishu.cn, "Card title component".
"""

from typing import Any

from feishu_plugin.ports import Json
from feishu_plugin.reminders.card import bilingual
from feishu_plugin.reminders.templates import plain, shorten

_LONGEST = 100


def readdressed(card: Json, to: str, instead_of: str, zh: str, en: str) -> Json:
    """The card with buttons that only ``to`` may press, saying for whom (``instead_of``, open_id).

    ``zh`` and ``en`` become the line below the title, behind what stands there already.
    """
    made: Json = _for(card, to, instead_of)
    if isinstance(header := made.get("header"), dict):
        made["header"] = {**header, "subtitle": _subtitle(header.get("subtitle") or {}, zh, en)}
    return made


def _subtitle(known: Json, zh: str, en: str) -> Json:
    before = known.get("i18n_content") or {}
    lines = [
        " · ".join(filter(None, (before.get(language), shorten(plain(text), _LONGEST))))
        for language, text in (("zh_cn", zh), ("en_us", en))
    ]
    return {"tag": "plain_text", **bilingual(*lines)}


def _for(part: Any, to: str, instead_of: str) -> Any:
    if isinstance(part, list):
        return [_for(one, to, instead_of) for one in part]
    if not isinstance(part, dict):
        return part
    if part.get("type") == "callback" and "for" in (part.get("value") or {}):
        value = part["value"]
        return {**part, "value": {**value, "for": to, "instead_of": value.get("instead_of") or instead_of}}
    return {key: _for(value, to, instead_of) for key, value in part.items()}
