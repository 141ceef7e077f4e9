"""A preview in words for the terminal, and as plain data for machines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from feishu_plugin.language import Phrase
from feishu_plugin.records import Record
from feishu_plugin.reminders.card import line_of
from feishu_plugin.reminders.card_text import lines_of, unmarked
from feishu_plugin.reminders.notice import Directory
from feishu_plugin.reminders.preview import Preview
from feishu_plugin.reminders.templates import Choice

_LANGUAGES = {"zh": "中文", "en": "English"}
_KINDS = {
    "instant": Phrase("即时", "at once"),
    "digest": Phrase("晨报", "in the morning card"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a preview found for one event and record."""

    base_token: str
    event: str
    name: str
    record: Record | None
    cards: tuple[Preview, ...]
    told: frozenset[str]
    """Identities of notices that were sent already."""
    mails: Mapping[str, Choice]
    """Language to the mail for the customer."""
    people: Directory


def text_of(seen: Seen) -> str:
    """The cards one after the other, each in both languages."""
    record = seen.record
    about = (
        f"{record.get('number') or ''}（{record.record_id}）" if record else Phrase("示例需求", "a sample")
    )
    lines = [f"{seen.name} {seen.event} · {about}"]
    for card in seen.cards:
        lines += ["", *_card_lines(seen, card)]
    for language, choice in seen.mails.items():
        lines += [
            "",
            f"{Phrase('邮件', 'mail')} · {_LANGUAGES[language]} · {Phrase('客户', 'customer')} · "
            f"{_source(choice)}",
        ]
        lines += _boxed([choice.words.title, *choice.words.body.splitlines()])
    return "\n".join([*lines, "", str(Phrase("没有发送任何消息", "nothing was sent"))])


def data_of(seen: Seen) -> dict[str, Any]:
    """``{"base_token", "event", "record_id", "cards": [{"to", "due", "told", …, "card"}], "mails"}``."""
    return {
        "base_token": seen.base_token,
        "event": seen.event,
        "record_id": seen.record.record_id if seen.record else None,
        "cards": [_card_data(seen, card) for card in seen.cards],
        "mails": {
            language: {"title": choice.words.title, "body": choice.words.body, **_row_data(choice)}
            for language, choice in seen.mails.items()
        },
    }


def _card_data(seen: Seen, found: Preview) -> dict[str, Any]:
    notice = found.notice
    return {
        "to": notice.open_id,
        "name": seen.people(notice.open_id).name if notice.open_id else "",
        "audience": notice.audience,
        "kind": notice.kind,
        "meant": found.is_meant,
        "due": found.is_due,
        "told": notice.identity in seen.told,
        "samples": list(found.samples),
        "rows": {language: _row_data(choice) for language, choice in found.rows.items()},
        "card": found.card,
    }


def _row_data(choice: Choice) -> dict[str, Any]:
    return {
        "row": choice.row.name,
        "record_id": choice.row.row_id,
        "packaged": choice.is_packaged,
        "personal": bool(choice.row.people),
        "skipped": [{"record_id": row.row_id, "problem": why} for row, why in choice.skipped],
    }


def _card_lines(seen: Seen, found: Preview) -> Iterator[str]:
    kind, state = _KINDS[found.notice.kind], _state(seen, found)
    yield f"{Phrase('收件人', 'to')}: {_reader(seen, found)} · {kind} · {state}"
    if found.samples:
        yield f"{Phrase('示例内容', 'sample words for')}: {'、'.join(found.samples)}"
    if found.notice.kind == "digest":
        line = unmarked(line_of(seen.event, found.notice.facts))
        yield f"{Phrase('晨报中的一行', 'its line in the morning card')}: {line}"
    for language, words in _LANGUAGES.items():
        choice = found.rows.get(language)
        yield f"{words} · {_source(choice) if choice else Phrase('没有可用的行', 'no row can be used')}"
        yield from _boxed(lines_of(found.card, language) if found.card else [])


def _reader(seen: Seen, found: Preview) -> str:
    open_id = found.notice.open_id
    if not open_id:
        return str(Phrase("（还没有人）", "(nobody yet)"))
    return " ".join(filter(None, (seen.people(open_id).name, open_id)))


def _state(seen: Seen, found: Preview) -> Phrase:
    if not found.is_meant:
        return Phrase("此人不在收件人之列", "this person is not told")
    if not found.is_due:
        return Phrase("现在没有这件事，以下为示例", "not the case now, shown as a sample")
    if found.notice.identity in seen.told:
        return Phrase("已经告知，不会再发", "told already, not sent again")
    return Phrase("现在到期，尚未告知", "due now, not told yet")


def _source(choice: Choice) -> str:
    row = choice.row
    if choice.is_packaged or not row.row_id.startswith("rec"):
        shown = f"{Phrase('出厂模板', 'packaged row')}「{row.name}」"
    else:
        personal = Phrase("，指定人员", ", personal") if row.people else ""
        shown = f"通知模板「{row.name or Phrase('未命名', 'unnamed')}」（{row.row_id}{personal}）"
    broken = (
        f"{Phrase('未采用', 'not used')}「{one.name or one.row_id}」：{why}" for one, why in choice.skipped
    )
    return "；".join([shown, *broken])


def _boxed(lines: list[str]) -> Iterator[str]:
    return (f"  │ {line}" for line in lines)
