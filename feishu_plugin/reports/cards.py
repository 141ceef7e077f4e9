"""The manager's card of a month: KPIs against targets, the balance, the charts; pure.

Card JSON 2.0: texts carry both languages (``i18n_content``, chosen by the reader's client),
one Markdown table, up to five native charts. Stays within 30 KB and far below 200 elements:
requirements are named as far as there is room, and always counted; then charts go, the least
important first, and last the buttons. The figures always stay.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from feishu_plugin.policy import Policy
from feishu_plugin.ports import Json
from feishu_plugin.reports.charts import charts
from feishu_plugin.reports.figures import Figure
from feishu_plugin.reports.measures import MEASURES
from feishu_plugin.reports.result import ReportResult, Row
from feishu_plugin.reports.wording import Language, aim, shown, verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """What the card makes open."""

    record: Callable[[str], str]
    """From a requirement's record id to the address that opens it."""
    places: Mapping[str, str] = field(default_factory=dict)
    """Address by key of ``BUTTONS``, of those that the base has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    """How much of what may be left out the card still has."""

    named: int
    charts: int
    buttons: int


NAMED = (5, 3, 1)
"""How many requirements are named per missed target: the most that still fits."""
MOST_BYTES = 29 * 1024
"""Of the card inside its request, a little under Feishu's 30 KB."""

LANGUAGES: tuple[Language, Language] = ("zh", "en")

_BY_KEY = {measure.key: measure for measure in MEASURES}
_BALANCE: Mapping[Language, str] = {
    "zh": "**需求结存**　期初 {opening} ＋新增 {created} ＋重开 {reopened} ＋恢复 {resumed}"
    " －完成 {finished} －直接关闭 {closed} －作废 {voided} －搁置 {shelved} ＝ **期末 {closing}**",
    "en": "**Open requirements**: opening {opening} + new {created} + reopened {reopened}"
    " + resumed {resumed} − finished {finished} − closed directly {closed} − voided {voided}"
    " − shelved {shelved} = **closing {closing}**",
}
_HEADS: Mapping[Language, str] = {
    "zh": "| 指标 | 本月 | 目标 | 结果 |",
    "en": "| KPI | This month | Target | Result |",
}
BUTTONS: Mapping[str, tuple[str, str]] = {
    "dashboard": ("经营看板", "Dashboard"),
    "kpi": ("KPI月报", "KPIs"),
    "figure": ("指标明细", "Figures"),
    "review": ("超期复盘", "Reviews"),
    "trend": ("月度需求趋势", "Trend"),
    "channel": ("渠道需求分布", "Channels"),
    "timeliness": ("优先级响应时效", "Timeliness"),
    "breakdown": ("维度统计", "Breakdown"),
    "stage_time": ("环节耗时", "Time per status"),
    "restatement": ("更正记录", "Corrections"),
}
"""Key of a table, or ``dashboard``, to what its button says; the most asked for first."""
_MOST_CHARTS = 5
_FEW_BUTTONS = 3
_MOST_CORRECTED = 6
"""Periods that are named as corrected."""
_MARKDOWN = re.compile(r"[\[\]()<>|*_`~#\\\s:@&$]+")


def report_card(
    result: ReportResult,
    policy: Policy,
    opens: Addresses | None = None,
    corrected: Sequence[Row] = (),
) -> Json:
    """One card for every manager; ``opens`` makes tables and failing requirements open.

    ``corrected``: rows of 更正记录 that the same run added to other periods.
    """
    rows = (*corrected, *result.restated)
    card = {}
    for room in _rooms():
        card = _card(result, policy, opens, rows, room)
        if _size(card) <= MOST_BYTES:
            break
    return card


def _rooms() -> Iterator[_Room]:
    """From everything to the least there is."""
    whole = len(BUTTONS)
    yield from (_Room(named=named, charts=_MOST_CHARTS, buttons=whole) for named in NAMED)
    yield from (_Room(named=1, charts=some, buttons=whole) for some in range(_MOST_CHARTS - 1, -1, -1))
    yield from (_Room(named=0, charts=0, buttons=some) for some in (whole, _FEW_BUTTONS, 0))


def _size(card: Json) -> int:
    """In bytes; a card travels as a JSON text inside JSON."""
    return len(json.dumps(json.dumps(card, ensure_ascii=False), ensure_ascii=False).encode())


def _card(
    result: ReportResult, policy: Policy, opens: Addresses | None, corrected: Sequence[Row], room: _Room
) -> Json:
    elements = [
        _markdown(*(_balance(result, language) for language in LANGUAGES)),
        _markdown(*(_table(result, language) for language in LANGUAGES)),
        *_notes(result, opens, corrected, room.named),
        *(chart.element for chart in charts(result, policy)[: room.charts]),
        *_buttons(opens, room.buttons),
        _markdown(*_footer(policy), text_size="notation"),
    ]
    return {
        "schema": "2.0",
        "config": {
            "update_multi": True,
            "enable_forward": True,
            "width_mode": "fill",
            "summary": _text(*_title(result)),
        },
        "header": {
            "template": "orange" if _missed(result) else "green",
            "title": {"tag": "plain_text", **_text(*_title(result))},
        },
        "body": {"elements": elements},
    }


def _text(zh: str, en: str) -> Json:
    return {"content": zh, "i18n_content": {"zh_cn": zh, "en_us": en}}


def _markdown(zh: str, en: str, **attributes: str) -> Json:
    return {"tag": "markdown", **_text(zh, en), **attributes}


def _title(result: ReportResult) -> tuple[str, str]:
    zh, en = ("（未完月）", " (running)") if result.running else ("", "")
    return f"需求管理月报 {result.month}{zh}", f"Requirements in {result.month}{en}"


def _missed(result: ReportResult) -> list[Figure]:
    return [figure for figure in result.figures if figure.met is False]


def _name(figure: Figure, language: Language) -> str:
    measure = _BY_KEY[figure.key]
    return measure.zh if language == "zh" else measure.en


def _balance(result: ReportResult, language: Language) -> str:
    return _BALANCE[language].format_map({f.key: shown(f, language) for f in result.figures})


def _table(result: ReportResult, language: Language) -> str:
    lines = [_HEADS[language], "|---|---|---|---|"]
    for figure in result.figures:
        if figure.unit != "count":
            cells = (_name(figure, language), shown(figure, language), aim(figure, language))
            lines.append(f"| {' | '.join(cells)} | {_result(figure, language)} |")
    return "\n".join(lines)


def _result(figure: Figure, language: Language) -> str:
    word = verdict(figure, language)
    if figure.met is None:
        return word
    return f"<font color='{'green' if figure.met else 'red'}'>{word}</font>"


def _notes(result: ReportResult, opens: Addresses | None, corrected: Sequence[Row], named: int) -> list[Json]:
    """What pulled missed targets down, what is pending, what was not counted, what was told wrong before."""
    lines = [_failing(figure, result, opens, named) for figure in _missed(result) if figure.failed]
    lines += [_pending(figure) for figure in result.figures if figure.pending and figure.target is not None]
    if result.undated:
        gone = len(result.undated)
        lines.append(
            (f"{gone} 条需求没有任何日期，未计入。", f"{gone} requirements have no date: not counted.")
        )
    if corrected:
        lines.append(_correction(corrected))
    return [_markdown("\n".join(zh for zh, _ in lines), "\n".join(en for _, en in lines))] if lines else []


def _correction(rows: Sequence[Row]) -> tuple[str, str]:
    periods = sorted({str(row.values["month"]) for row in rows})
    named = periods[-_MOST_CORRECTED:]
    zh, en = "、".join(named), ", ".join(named)
    more_zh, more_en = (" 等", " …") if len(periods) > len(named) else ("", "")
    return (
        f"**更正**：{zh}{more_zh} 已公布的数字有 {len(rows)} 处更正，原因见更正记录。",
        f"**Corrected**: {len(rows)} published figures of {en}{more_en}; the reasons are in Corrections.",
    )


def _failing(figure: Figure, result: ReportResult, opens: Addresses | None, named: int) -> tuple[str, str]:
    whole = len(figure.failed)
    shown_names = [_opened(record_id, result, opens) for record_id in figure.failed[:named]]
    zh, en = "、".join(shown_names), ", ".join(shown_names)
    more_zh, more_en = (" 等", " …") if named and whole > named else ("", "")
    return (
        f"**{_name(figure, 'zh')}** 未达标的需求 {whole} 条" + (f"：{zh}{more_zh}" if zh else ""),
        f"**{_name(figure, 'en')}** missed by {whole}" + (f": {en}{more_en}" if en else ""),
    )


def _opened(record_id: str, result: ReportResult, opens: Addresses | None) -> str:
    name = _MARKDOWN.sub(" ", result.names.get(record_id, record_id)).strip()[:60]
    return f"[{name}]({opens.record(record_id)})" if opens else name


def _pending(figure: Figure) -> tuple[str, str]:
    return (
        f"{_name(figure, 'zh')}：{figure.pending} 条待定",
        f"{_name(figure, 'en')}: {figure.pending} pending",
    )


def _buttons(opens: Addresses | None, most: int) -> list[Json]:
    places = opens.places if opens else {}
    there = [(key, texts) for key, texts in BUTTONS.items() if key in places][:most]
    columns = [
        {"tag": "column", "width": "auto", "elements": [_button(zh, en, places[key])]}
        for key, (zh, en) in there
    ]
    return [{"tag": "column_set", "flex_mode": "flow", "columns": columns}] if columns else []


def _button(zh: str, en: str, url: str) -> Json:
    return {
        "tag": "button",
        "type": "default",
        "size": "small",
        "text": {"tag": "plain_text", **_text(zh, en)},
        "behaviors": [{"type": "open_url", "default_url": url}],
    }


def _footer(policy: Policy) -> tuple[str, str]:
    zone, version = policy.worktime.zone.key, policy.version or "–"
    return (
        f"自然月按 {zone} 零点划分；规则版本 {version}。",
        f"Months are cut at midnight in {zone}; policy {version}.",
    )
