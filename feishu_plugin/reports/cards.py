"""The manager's card of a month: KPIs against targets, the balance, one chart; pure.

Card JSON 2.0: texts carry both languages (``i18n_content``, chosen by the reader's client),
one Markdown table, one native chart. Stays within 30 KB and far below 200 elements:
requirements are named as far as there is room, and always counted.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping

from feishu_plugin.policy import Policy
from feishu_plugin.ports import Json
from feishu_plugin.records import Values
from feishu_plugin.reports.figures import Figure
from feishu_plugin.reports.measures import MEASURES
from feishu_plugin.reports.result import ReportResult
from feishu_plugin.reports.wording import Language, aim, shown, verdict

Link = Callable[[str], str]
"""From a report table's key, or a requirement's record id, to the address that opens it."""

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
_BUTTONS: Mapping[str, tuple[str, str]] = {
    "kpi": ("KPI月报", "KPIs"),
    "trend": ("月度需求趋势", "Trend"),
    "channel": ("渠道需求分布", "Channels"),
    "timeliness": ("优先级响应时效", "Timeliness"),
}
_SERIES: Mapping[str, str] = {"created": "新增 New", "resolved": "解决 Resolved"}
_MARKDOWN = re.compile(r"[\[\]()<>|*_`~#\\\s]+")


def report_card(result: ReportResult, policy: Policy, link: Link | None = None) -> Json:
    """One card for every manager; ``link`` makes tables and failing requirements open."""
    cards = (_card(result, policy, link, named) for named in NAMED)
    return next((card for card in cards if _size(card) <= MOST_BYTES), _card(result, policy, link, 0))


def _size(card: Json) -> int:
    """In bytes; a card travels as a JSON text inside JSON."""
    return len(json.dumps(json.dumps(card, ensure_ascii=False), ensure_ascii=False).encode())


def _card(result: ReportResult, policy: Policy, link: Link | None, named: int) -> Json:
    elements = [
        _markdown(*(_balance(result, language) for language in LANGUAGES)),
        _markdown(*(_table(result, language) for language in LANGUAGES)),
        *_notes(result, link, named),
        _chart(result),
        *_buttons(link),
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


def _notes(result: ReportResult, link: Link | None, named: int) -> list[Json]:
    """What pulled missed targets down, what is still pending, what could not be counted."""
    lines = [_failing(figure, result, link, named) for figure in _missed(result) if figure.failed]
    lines += [_pending(figure) for figure in result.figures if figure.pending and figure.target is not None]
    if result.undated:
        gone = len(result.undated)
        lines.append(
            (f"{gone} 条需求没有任何日期，未计入。", f"{gone} requirements have no date: not counted.")
        )
    return [_markdown("\n".join(zh for zh, _ in lines), "\n".join(en for _, en in lines))] if lines else []


def _failing(figure: Figure, result: ReportResult, link: Link | None, named: int) -> tuple[str, str]:
    whole = len(figure.failed)
    shown_names = [_opened(record_id, result, link) for record_id in figure.failed[:named]]
    zh, en = "、".join(shown_names), ", ".join(shown_names)
    more_zh, more_en = (" 等", " …") if named and whole > named else ("", "")
    return (
        f"**{_name(figure, 'zh')}**未达标的需求 {whole} 条" + (f"：{zh}{more_zh}" if zh else ""),
        f"**{_name(figure, 'en')}** missed by {whole}" + (f": {en}{more_en}" if en else ""),
    )


def _opened(record_id: str, result: ReportResult, link: Link | None) -> str:
    name = _MARKDOWN.sub(" ", result.names.get(record_id, record_id)).strip()[:60]
    return f"[{name}]({link(record_id)})" if link else name


def _pending(figure: Figure) -> tuple[str, str]:
    return (
        f"{_name(figure, 'zh')}：{figure.pending} 条待定",
        f"{_name(figure, 'en')}: {figure.pending} pending",
    )


def _chart(result: ReportResult) -> Json:
    """New and resolved by month, as a grouped bar chart.

    Source: Feishu card reference, component ``chart``; ``chart_spec`` is VChart's, data only.
    """
    spec = {
        "type": "bar",
        "title": {"text": "新增与解决 New and resolved"},
        "data": {"values": list(_points(result.trend))},
        "xField": ["month", "kind"],
        "yField": "count",
        "seriesField": "kind",
        "legends": {"visible": True, "orient": "bottom"},
        "label": {"visible": True},
    }
    return {"tag": "chart", "aspect_ratio": "16:9", "chart_spec": spec}


def _points(trend: Iterable[Values]) -> Iterable[Json]:
    for row in trend:
        for key, kind in _SERIES.items():
            yield {"month": row["month"], "kind": kind, "count": row.get(key) or 0}


def _buttons(link: Link | None) -> list[Json]:
    if link is None:
        return []
    columns = [
        {"tag": "column", "width": "auto", "elements": [_button(zh, en, link(table))]}
        for table, (zh, en) in _BUTTONS.items()
    ]
    return [{"tag": "column_set", "flex_mode": "flow", "columns": columns}]


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
