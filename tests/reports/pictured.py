"""Results for charts: a busy month, the fullest that can be, the very first, and an empty one."""

from collections.abc import Mapping
from dataclasses import replace

from feishu_plugin.records import Values
from feishu_plugin.reports.result import ReportResult, Row

MONTHS = ("2026-04", "2026-05", "2026-06", "2026-07", "2026-08", "2026-09")
_CREATED = (31, 44, 52, 38, 47, 63)
_RESOLVED = (28, 39, 55, 41, 36, 58)
_KPIS: tuple[Mapping[str, float | None], ...] = (
    {"response_rate": 0.81, "resolution_days": 6.2, "recurrence_rate": 0.08, "satisfaction": 4.1},
    {"response_rate": 0.86, "resolution_days": 5.7, "recurrence_rate": 0.06, "satisfaction": 4.3},
    {"response_rate": 0.93, "resolution_days": 4.9, "recurrence_rate": 0.04, "satisfaction": 4.4},
    {"response_rate": 0.95, "resolution_days": 4.4, "recurrence_rate": 0.03, "satisfaction": None},
    {"response_rate": 0.88, "resolution_days": 5.3, "recurrence_rate": 0.055, "satisfaction": 4.6},
    {"response_rate": 0.92, "resolution_days": 4.7, "recurrence_rate": 0.02, "satisfaction": 4.7},
)
_TARGETS = {
    "response_rate_target": 0.9,
    "resolution_days_target": 5.0,
    "recurrence_rate_target": 0.05,
    "satisfaction_target": 4.5,
}
_CHANNELS = {"电话": 18, "在线客服": 14, "邮件": 9, "社交媒体": 6, "客服工单": 12, "产品内反馈": 4}
_MORE = {
    **{"客户访谈": 3, "问卷": 2, "销售记录": 2, "合作伙伴": 1, "其他": 1, "华东区域线下活动现场收集": 5},
    **{"华东区域线下活动（补录）": 5, "未填": 1},
}
_STATUSES = {"pending": 12, "in_progress": 21, "testing": 7, "done": 30, "closed": 17, "waiting_customer": 4}


def busy() -> ReportResult:
    """A usual month, six months after the start."""
    return ReportResult(
        month=MONTHS[-1],
        figures=(),
        rows={"channel": _channels(_CHANNELS), "timeliness": _timeliness()},
        trend=tuple(
            {"month": month, "created": float(created), "resolved": float(resolved)}
            for month, created, resolved in zip(MONTHS, _CREATED, _RESOLVED, strict=True)
        ),
        kpis=tuple({"month": m, **k, **_TARGETS} for m, k in zip(MONTHS, _KPIS, strict=True)),
        statuses=_STATUSES,
    )


def fullest() -> ReportResult:
    """Fourteen channels, two of them alike in their first letters; every status; figures of five digits."""
    found = busy()
    return replace(
        found,
        rows={**found.rows, "channel": _channels({**_CHANNELS, **_MORE})},
        trend=tuple({**row, "created": 12345.0, "resolved": 9876.0} for row in found.trend),
        statuses={**_STATUSES, "shelved": 2, "void": 1},
    )


def first_month() -> ReportResult:
    """One month, one channel, one priority, one status: no line yet."""
    found = busy()
    return replace(
        found,
        rows={"channel": _channels({"电话": 1}), "timeliness": _timeliness()[:1]},
        trend=found.trend[-1:],
        kpis=found.kpis[-1:],
        statuses={"done": 1},
    )


def nothing() -> ReportResult:
    """A month in which nothing was submitted or finished."""
    empty: Values = {"month": MONTHS[-1], "created": 0.0, "resolved": 0.0}
    return ReportResult(month=MONTHS[-1], figures=(), rows={}, trend=(empty,), kpis=(dict(empty),))


def _channels(counts: Mapping[str, int]) -> tuple[Row, ...]:
    return tuple(
        Row(table="channel", key=f"2026-09 {name}", values={"channel": name, "created": count})
        for name, count in counts.items()
    )


def _timeliness() -> tuple[Row, ...]:
    days = {"高": (1.6, 2.0), "中": (4.42, 4.0), "低": (5.9, 7.0), "未填": (3.0, None)}
    return tuple(
        Row(
            table="timeliness",
            key=f"2026-09 {name}",
            values={"priority": name, "resolution_days": mean, "target": target},
        )
        for name, (mean, target) in days.items()
    )
