"""Which requirements are behind a figure, and what each of them gives to it; pure."""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from feishu_plugin.errors import ReportError
from feishu_plugin.language import Phrase, spoken
from feishu_plugin.reports.detail import working_of
from feishu_plugin.reports.facts import Facts
from feishu_plugin.reports.figures import Figure, Measure
from feishu_plugin.reports.measures import MEASURES
from feishu_plugin.reports.wording import aim, amount, shown, verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """One requirement behind a figure."""

    record_id: str
    number: str
    title: str
    amount: float | None
    """Its workdays, hours or points; None when it only counts."""
    failed: bool
    """It pulls the figure away from its target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A figure of one period with everything behind it, those that failed first."""

    period: str
    measure: Measure
    figure: Figure
    behind: tuple[Behind, ...]

    @property
    def data(self) -> dict[str, Any]:
        """For machines."""
        return {
            "month": self.period,
            "kpi": self.figure.key,
            "name": self.measure.zh,
            "value": self.figure.rounded,
            "unit": self.figure.unit,
            "numerator": self.figure.numerator,
            "denominator": self.figure.denominator,
            "target": self.figure.target,
            "met": self.figure.met,
            "pending": self.figure.pending,
            "definition": inspect.cleandoc(self.measure.find.__doc__ or ""),
            "records": [
                {
                    "record_id": one.record_id,
                    "number": one.number,
                    "title": one.title,
                    "amount": one.amount,
                    "failed": one.failed,
                }
                for one in self.behind
            ],
        }

    @property
    def text(self) -> str:
        """For the terminal."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        figure, measure, language = self.figure, self.measure, spoken()
        name, target = Phrase(measure.zh, measure.en), ""
        if figure.target is not None:
            goal = Phrase("，目标", ", target")
            target = f"{goal} {aim(figure, language)}, {verdict(figure, language)}"
        yield f"{self.period} {name}: {shown(figure, language)}{target}"
        yield from (f"  {line}" for line in inspect.cleandoc(measure.find.__doc__ or "").splitlines() if line)
        if working := working_of(figure, language):
            yield f"  {working}"
        if figure.pending:
            yield f"  {figure.pending} {Phrase('条待定', 'pending')}"
        for one in self.behind:
            given = "" if one.amount is None else f"  {amount(one.amount, figure.unit, language)}"
            mark = "✗" if one.failed else " "
            yield f"  {mark} {one.number or one.record_id}  {one.title}{given}"


def explain(facts: Facts, kpi: str) -> Explanation:
    """The figure called ``kpi`` (key, or name in Chinese or English); ReportError when there is none."""
    measure = _measure(kpi)
    figure = measure.figure(facts)
    known = {history.record_id: history.requirement for history in facts.histories}
    failed = set(figure.failed)
    behind = [
        Behind(
            record_id=one,
            number=known[one].number,
            title=known[one].title,
            amount=figure.amounts.get(one),
            failed=one in failed,
        )
        for one in figure.record_ids
    ]
    behind.sort(key=lambda one: (not one.failed, -(one.amount or 0), one.number, one.record_id))
    return Explanation(period=facts.period.key, measure=measure, figure=figure, behind=tuple(behind))


def _measure(kpi: str) -> Measure:
    wanted = kpi.strip().casefold()
    for measure in MEASURES:
        if wanted in (measure.key, measure.zh.casefold(), measure.en.casefold()):
            return measure
    known = "、".join(f"{measure.key} {measure.zh}" for measure in MEASURES)
    raise ReportError(
        Phrase(
            f"报表里没有指标 {kpi!r}；可选：{known}",
            f"{kpi!r} is no figure of the report; choose one of: {known}",
        )
    )
