"""指标明细: every figure of KPI月报 with its working and the requirements behind it; pure."""

from collections.abc import Iterator, Sequence

from feishu_plugin.records import Values
from feishu_plugin.reports.figures import Figure
from feishu_plugin.reports.measures import MEASURES
from feishu_plugin.reports.periods import span_of
from feishu_plugin.reports.result import MOST_LINKS, Row
from feishu_plugin.reports.wording import NOTHING, Language, aim, shown, verdict

COLUMNS = (
    *("key", "month", "span", "kpi", "value", "target", "result", "working", "pending", "count"),
    *("records", "failed"),
)
_EXACT = 1e-9
_LABELS = {measure.key: measure.zh for measure in MEASURES}


def figure_rows(key: str, figures: Sequence[Figure]) -> tuple[Row, ...]:
    """Rows ``2026-09 需求响应率``; one that counts more than a cell can link goes on in further rows."""
    return tuple(row for figure in figures for row in _rows(key, figure))


def _rows(key: str, figure: Figure) -> Iterator[Row]:
    ids = figure.record_ids
    for place in range(0, max(len(ids), 1), MOST_LINKS):
        part = place // MOST_LINKS + 1
        name = f"{key} {_LABELS[figure.key]}" + (f"（{part}）" if part > 1 else "")
        head: Values = _head(figure) if part == 1 else {}
        values: Values = {
            **dict.fromkeys(COLUMNS),
            "key": name,
            "month": key,
            "span": span_of(key),
            "kpi": _LABELS[figure.key],
            "records": ids[place : place + MOST_LINKS] or None,
            **head,
        }
        yield Row(table="figure", key=name, values=values)


def _head(figure: Figure) -> Values:
    return {
        "value": shown(figure, "zh"),
        "target": aim(figure, "zh") if figure.target is not None else None,
        "result": verdict(figure, "zh") if figure.met is not None else None,
        "working": working_of(figure),
        "pending": figure.pending or None,
        "count": len(figure.record_ids),
        "failed": figure.failed[:MOST_LINKS] or None,
    }


def working_of(figure: Figure, language: Language = "zh") -> str | None:
    """``37 ÷ 40 = 92.5%``: how a share or a mean comes about; a median is read from the list."""
    if figure.numerator is None or not figure.denominator or figure.value is None:
        return None
    if abs(figure.numerator / figure.denominator - figure.value) > _EXACT:
        return None
    return f"{figure.numerator:g} ÷ {figure.denominator:g} = {shown(figure, language) or NOTHING}"
