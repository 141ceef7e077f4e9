"""The charts of a period as VChart specs, for the manager's card; pure.

Feishu takes data only (no functions) and has no translations inside a chart: every text of
ours is in both languages, names from the base (channels, statuses, priorities) stay as they
are. What a label shall say therefore stands in the data. A chart without data is left out.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from feishu_plugin.policy import Policy
from feishu_plugin.ports import Json
from feishu_plugin.records import Values
from feishu_plugin.reports.breakdown import PRIORITIES
from feishu_plugin.reports.figures import Measure
from feishu_plugin.reports.measures import CREATED, MEASURES, RESOLVED
from feishu_plugin.reports.result import ReportResult, Row

BLUE, GREEN, GREY, DARK = "#3370FF", "#34C724", "#BBBFC4", "#245BDB"
COLOURS = (
    *(BLUE, GREEN, "#FF8800", "#7F3BF5", "#14C0FF", "#F54A45", "#FFC60A", "#00D6B9", "#E13DB0"),
    *("#B3D600", "#4954E6", GREY),
)
"""Told apart by people who do not see all colours alike, too, as far as twelve can be."""
MOST_SLICES = 12
_MOST_NAME = 8
"""Letters of a name: two labels of a pie share the width of a telephone."""
_MOST_TOLD = 1000
"""From here on a figure is wider than its bar: the axis tells it instead."""
_FEWEST_MONTHS = 2
"""Of a line: the points of one month hide one another, and the table of the card tells them."""
_ABOVE = 1.15
"""Room for the figure over the highest bar; without it VChart turns the figure into the bar."""
_REST, _TARGET, _ACTUAL = "其余 Rest", "目标 Target", "实际 Actual"
_BEST = 200.0

_SMALL: Json = {"style": {"fontSize": 10}}
"""Six months, or two names of a legend, stand side by side on a telephone."""
_LEGEND: Json = {
    "visible": True,
    "orient": "bottom",
    "maxRow": 6,
    "autoPage": False,
    "padding": {"top": 6},
    "item": {"padding": 1, "spaceCol": 6, "spaceRow": 1, "shape": {"style": {"size": 8}}, "label": _SMALL},
}
_FIGURE: Json = {
    "style": {"fontSize": 10, "fill": "#646A73"},
    "overlap": {"strategy": [], "avoidBaseMark": False},
}
_GROUND: Json = {"orient": "bottom", "type": "band", "label": _SMALL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One chart; ``aspect_ratio`` is the room it needs to be readable on a telephone."""

    key: str
    aspect_ratio: str
    spec: Json

    @property
    def element(self) -> Json:
        """The component of a card.

        Source: Feishu card reference, component ``chart``; ``chart_spec`` is VChart's, data only.
        """
        return {"tag": "chart", "aspect_ratio": self.aspect_ratio, "chart_spec": self.spec}


def charts(result: ReportResult, policy: Policy) -> tuple[Chart, ...]:
    """Those that have something to show, the most important first."""
    made = (
        _flow(result.trend),
        _attainment(result.kpis),
        _timeliness(result.rows.get("timeliness", ())),
        _channels(result.rows.get("channel", ())),
        _statuses(result.statuses, policy),
    )
    return tuple(chart for chart in made if chart is not None)


def _flow(trend: Sequence[Values]) -> Chart | None:
    """New and resolved by month."""
    points = [
        {"month": row["month"], "kind": _both(measure), "count": row.get(measure.key) or 0}
        for row in trend
        for measure in (CREATED, RESOLVED)
    ]
    if not any(point["count"] for point in points):
        return None
    title = "新增与解决 New and resolved"
    return _bars("flow", title, points, ("month", "kind", "count"), (BLUE, GREEN))


def _timeliness(rows: Iterable[Row]) -> Chart | None:
    """Mean workdays by priority beside the target of each."""
    points = [
        {"priority": row.values["priority"], "kind": kind, "days": value}
        for row in rows
        if row.values.get("resolution_days") is not None
        for kind, value in ((_ACTUAL, row.values["resolution_days"]), (_TARGET, row.values.get("target")))
        if value is not None
    ]
    title = "平均解决工作日 Workdays to resolve"
    return _bars("timeliness", title, points, ("priority", "kind", "days"), (BLUE, GREY)) if points else None


def _bars(
    key: str, title: str, points: Sequence[Json], fields: tuple[str, str, str], colours: Sequence[str]
) -> Chart:
    """Bars side by side; ``fields`` name the group, the kind and the length of a bar."""
    group, kind, length = fields
    top = max(point[length] for point in points)
    told = top < _MOST_TOLD
    spec = {
        "type": "bar",
        **_frame(title, colours),
        "data": {"values": points},
        "xField": [group, kind],
        "yField": length,
        "seriesField": kind,
        "axes": [
            _GROUND,
            {"orient": "left", "visible": not told, "max": round(top * _ABOVE, 2) or 1, "label": _SMALL},
        ],
        "legends": _LEGEND,
        "label": {**_FIGURE, "visible": told},
    }
    return Chart(key=key, aspect_ratio="4:3", spec=spec)


def _attainment(kpis: Sequence[Values]) -> Chart | None:
    """Every KPI in per cent of its target, because their units differ; 100 is the target."""
    points: list[Json] = [
        {"month": str(row["month"]), "kpi": _both(measure), "percent": percent}
        for row in kpis
        for measure in _aimed()
        if (percent := _percent(row, measure)) is not None
    ]
    months = dict.fromkeys(point["month"] for point in points)
    if len(months) < _FEWEST_MONTHS:
        return None
    target = [{"month": month, "kpi": _TARGET, "percent": 100.0} for month in months]
    spec = {
        "type": "line",
        **_frame("指标达成率 % KPIs, % of target", (GREY, *COLOURS[:-1])),
        "data": {"values": [*target, *points]},
        "xField": "month",
        "yField": "percent",
        "seriesField": "kpi",
        "axes": [_GROUND, {"orient": "left", "label": _SMALL}],
        "legends": _LEGEND,
    }
    return Chart(key="kpis", aspect_ratio="4:3", spec=spec)


def _aimed() -> Iterator[Measure]:
    """The measures with a target; those of one priority have a chart of their own."""
    return (one for one in MEASURES if one.target and one.key.partition("_")[2] not in PRIORITIES)


def _percent(row: Values, measure: Measure) -> float | None:
    """Value ÷ target; where less is better 2 − value ÷ target: at the target both are 100."""
    value, target = row.get(measure.key), row.get(f"{measure.key}_target")
    if not isinstance(value, int | float) or not isinstance(target, int | float) or target <= 0:
        return None
    reached = 2 - value / target if measure.at_most else value / target
    return round(min(max(reached * 100, 0.0), _BEST), 1)


def _channels(rows: Iterable[Row]) -> Chart | None:
    """New requirements by channel."""
    counts = {str(row.values["channel"]): _count(row.values.get("created")) for row in rows}
    parts = _largest(counts, MOST_SLICES)
    if not parts:
        return None
    whole = sum(count for _, count in parts)
    points = [
        {"channel": name, "count": count}
        for name, count in _named((name, f"{count} · {count / whole:.0%}", count) for name, count in parts)
    ]
    spec = {
        "type": "pie",
        **_frame("新增需求的渠道 New by channel", COLOURS),
        "data": {"values": points},
        "categoryField": "channel",
        "valueField": "count",
        "innerRadius": 0.5,
        "outerRadius": 0.9,
        "label": {"visible": False},
        "legends": _LEGEND,
    }
    return Chart(key="channels", aspect_ratio="1:1", spec=spec)


def _statuses(counts: Mapping[str, int], policy: Policy) -> Chart | None:
    """Where the requirements of the period stood at its end, the most first."""
    named = {policy.label("status", status): count for status, count in counts.items()}
    parts = _largest(named, len(named))
    if not parts:
        return None
    points = [{"status": name, "count": count} for name, count in parts]
    spec = {
        "type": "funnel",
        **_frame("需求所处状态 Requirements by status", (DARK,)),
        "data": {"values": points},
        "categoryField": "status",
        "valueField": "count",
        "minSize": "45%",
        "gap": 2,
        "label": {"visible": True, "style": {"fontSize": 12, "fill": "#FFFFFF", "stroke": DARK}},
        "legends": {"visible": False},
    }
    return Chart(key="statuses", aspect_ratio="4:3", spec=spec)


def _frame(title: str, colours: Sequence[str]) -> Json:
    style = {"fontSize": 13}
    return {"title": {"text": title, "textStyle": style}, "color": list(colours), "padding": 8}


def _both(measure: Measure) -> str:
    return f"{measure.zh} {measure.en}"


def _count(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0


def _largest(counts: Mapping[str, int], most: int) -> list[tuple[str, int]]:
    """Not empty, largest first; what is too many is one part at the end."""
    parts = sorted(
        ((name, count) for name, count in counts.items() if count), key=lambda part: (-part[1], part[0])
    )
    if len(parts) <= most:
        return parts
    rest = sum(count for _, count in parts[most - 1 :])
    return [*parts[: most - 1], (_REST, rest)]


def _named(parts: Iterable[tuple[str, str, int]]) -> Iterator[tuple[str, int]]:
    """Short names with their figure; two that are the same when short are told apart."""
    seen: Counter[str] = Counter()
    for name, figure, count in parts:
        short = name if len(name) <= _MOST_NAME or name == _REST else f"{name[: _MOST_NAME - 1]}…"
        seen[short] += 1
        again = f"({seen[short]})" if seen[short] > 1 else ""
        yield f"{short}{again} {figure}", count
