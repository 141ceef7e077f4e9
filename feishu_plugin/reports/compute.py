"""One period from facts to rows, with the check that everything adds up; pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from feishu_plugin.errors import ReportError
from feishu_plugin.language import Phrase
from feishu_plugin.records import Values
from feishu_plugin.reports import periods
from feishu_plugin.reports.breakdown import channel_rows, dimension_rows, timeliness_rows, uneven
from feishu_plugin.reports.custom import custom_rows, fingerprint, key_of, sound
from feishu_plugin.reports.detail import figure_rows
from feishu_plugin.reports.facts import Facts
from feishu_plugin.reports.figures import Figure
from feishu_plugin.reports.frozen import snapshot
from feishu_plugin.reports.measures import MEASURES
from feishu_plugin.reports.measures.balance import adds_up, broken
from feishu_plugin.reports.monthly import failing, kpi_row, trend_row
from feishu_plugin.reports.periods import Period
from feishu_plugin.reports.result import Row, Snapshot
from feishu_plugin.reports.review import review_rows
from feishu_plugin.reports.stages import bottleneck_words, stage_rows, stages_of

SHOWN_MONTHS = 6
_LABELLED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """One period, before anything is written."""

    facts: Facts
    figures: tuple[Figure, ...]
    rows: Mapping[str, tuple[Row, ...]]
    trend: tuple[Values, ...]
    """Rows of 月度需求趋势 up to this period, oldest first."""
    snapshot: Snapshot | None
    """None while the period runs: its figures are still to change."""

    @property
    def key(self) -> str:
        """Of the period."""
        return self.facts.period.key

    @property
    def names(self) -> dict[str, str]:
        """Record id to what people call it, of the requirements that missed a target."""
        ids = failing(self.figures)
        return dict(zip(ids, names_of(self.facts, ids), strict=True))

    @property
    def numbers(self) -> dict[str, str]:
        """Record id to 需求编号 of every requirement that a row links."""
        values = [value for rows in self.rows.values() for row in rows for value in row.values.values()]
        ids = sorted({one for value in values if isinstance(value, tuple) for one in value})
        return dict(zip(ids, names_of(self.facts, ids), strict=True))


Causes = Callable[[Facts, Sequence[Row]], str | None]
"""Why work overran in the period, in words, given the rows of 超期复盘 that it makes itself."""


def compute(facts: Facts, trend: dict[str, Values], causes: Causes = lambda facts, rows: None) -> Computed:
    """Everything about one period; its row is added to the trend that the next one is compared with.

    ReportError, naming the requirements, when it does not add up.
    """
    figures = tuple(measure.figure(facts) for measure in MEASURES)
    _require_balance(facts, figures)
    reviews = review_rows(facts, figures) if facts.is_past_month else ()
    rows = {**_rows(facts, figures, trend, causes(facts, reviews)), "review": reviews, **custom_rows(facts)}
    for row in rows.get("trend", ()):
        trend[row.key] = row.values
    return Computed(
        facts=facts,
        figures=figures,
        rows=rows,
        trend=latest(trend, facts.period),
        snapshot=_snapshot(facts, rows) if facts.now >= facts.period.end else None,
    )


def names_of(facts: Facts, ids: Sequence[str]) -> list[str]:
    """What people call these requirements."""
    wanted = {*ids}
    known = {h.record_id: h.requirement.number for h in facts.histories if h.record_id in wanted}
    return [known.get(record_id) or record_id for record_id in ids]


def _rows(
    facts: Facts, figures: Sequence[Figure], trend: Mapping[str, Values], causes: str | None
) -> dict[str, tuple[Row, ...]]:
    key, stages = facts.period.key, stages_of(facts)
    words: Values = {"bottleneck": bottleneck_words(facts, stages), "overdue_causes": causes}
    rows: dict[str, tuple[Row, ...]] = {
        "kpi": (kpi_row(key, figures, words),),
        "figure": figure_rows(key, figures),
        "channel": channel_rows(facts),
        "timeliness": timeliness_rows(facts),
        "breakdown": dimension_rows(facts),
        "stage_time": stage_rows(facts, stages),
    }
    if periods.span_of(key) == "month":
        rows["trend"] = (trend_row(key, figures, trend.get(periods.before(key))),)
    return rows


def _snapshot(facts: Facts, rows: Mapping[str, tuple[Row, ...]]) -> Snapshot:
    key = facts.period.key
    months = periods.span_of(key) == "month"
    custom = {key_of(one): fingerprint(one) for one in sound(facts.policy.definitions)}
    version = facts.policy.version
    return snapshot(key, facts.now, version, rows, with_records=months, custom=custom)


def _require_balance(facts: Facts, figures: Sequence[Figure]) -> None:
    ids = broken(facts)
    if ids or not adds_up(figures):
        named = ", ".join(names_of(facts, ids)[:_LABELLED])
        raise ReportError(
            Phrase(
                f"{facts.period.key} 结存不平，什么也没有写：{len(ids)} "
                f"条需求的流转记录前后不衔接（{named}）",
                f"{facts.period.key} does not balance, nothing was written: the ledger rows of"
                f" {len(ids)} requirements do not follow one another ({named})",
            ),
            ids,
        )
    if parts := uneven(facts, figures):
        raise ReportError(
            Phrase(
                f"{facts.period.key} 结存不平（{', '.join(parts)}），什么也没有写",
                f"{facts.period.key} does not balance by {', '.join(parts)}, nothing was written",
            ),
            ids,
        )


def latest(rows: Mapping[str, Values], period: Period) -> tuple[Values, ...]:
    """The rows of the months up to the end of the period, oldest first; ``rows`` by month."""
    last = periods.last_month(period.key)
    return tuple(rows[month] for month in sorted(rows) if month <= last)[-SHOWN_MONTHS:]
