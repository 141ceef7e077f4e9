"""Puts the charts of a period into its row of KPI月报, once per state of its figures."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from io import BytesIO

from feishu_plugin.app.pictures.canvas import can_draw
from feishu_plugin.app.pictures.drawing import png
from feishu_plugin.errors import FeishuError
from feishu_plugin.language import Phrase
from feishu_plugin.ports import Uploads
from feishu_plugin.reports.charts import Chart, charts
from feishu_plugin.reports.result import ReportResult
from feishu_plugin.sync.desk import Desk

TABLE, COLUMN = "kpi", "charts"
NOT_INSTALLED = Phrase(
    "没有附上图表：请安装 feishu-plugin[pictures]", "no charts attached: install feishu-plugin[pictures]"
)


def attach_all(desk: Desk, results: Iterable[ReportResult]) -> str:
    """Attaches what changed; why nothing could be attached, empty when nothing is missing.

    Pictures are an extra: a report is complete without them, so that Feishu's refusal stops nothing.
    """
    if desk.uploads is None or desk.tables.binding.lacks(TABLE, COLUMN):
        return ""
    if not can_draw():
        return str(NOT_INSTALLED)
    try:
        for result in results:
            _attach(desk, desk.uploads, result)
    except FeishuError as error:
        return str(Phrase(f"没有附上图表：{error}", f"no charts attached: {error}"))
    return ""


def _attach(desk: Desk, uploads: Uploads, result: ReportResult) -> None:
    """An unchanged period uploads nothing; a row that people made anew gets its pictures again."""
    fact, made = f"pictures:{result.month}", charts(result, desk.policy)
    for row in desk.tables.find(TABLE, "month", result.month)[:1]:
        state = {"digest": _digest(made), "record_id": row.record_id}
        if desk.store.recall(desk.app_token, fact) == state or not (made or row.get(COLUMN)):
            continue
        tokens = tuple(_upload(uploads, result.month, chart) for chart in made)
        desk.tables.update(TABLE, {row.record_id: {COLUMN: tokens or None}})
        desk.store.keep(desk.app_token, fact, state)


def _upload(uploads: Uploads, month: str, chart: Chart) -> str:
    picture = png(chart)
    return uploads.upload(f"{month} {chart.key}.png", len(picture), BytesIO(picture))


def _digest(made: Sequence[Chart]) -> str:
    text = json.dumps([chart.element for chart in made], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
