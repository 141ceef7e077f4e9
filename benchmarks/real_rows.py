"""Real tables as rows of the register: which header stands for which column, which label for which option.

Reads CSV files of a folder that is not part of the project, and keeps nothing of them.
"""

import csv
import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.figures import Json

ZONE = ZoneInfo("Asia/Shanghai")
FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"
"""Where the files lie when they are there at all: beside the repository."""
MESSAGES, POOL = "zh_messages_with_replies.csv.gz", "requirement_pool_27.csv"

_TELLING = {"投诉": "投诉", "举报": "投诉", "建议": "建议", "咨询": "服务咨询", "请问": "服务咨询"}
"""Words of a title that tell the type; without one it is a problem report."""
_POOL_COLUMNS = {
    "需求描述": "需求描述",
    "产品模块": "使用产品",
    "优先级": "紧急程度",
    "需求来源": "需求来源",
    "说明": "需求类型",
    "需求状态": "当前状态",
    "备注": "备注",
}
"""Header of the pool to column of the register."""
_POOL_LABELS: Mapping[str, Mapping[str, str]] = {
    "紧急程度": {"A": "高", "B": "中", "C": "低"},
    "需求来源": {"用户网上意见": "社交媒体", "": "其他"},
    "需求类型": {"Bug修复": "问题反馈", "": "功能优化"},
    "当前状态": {"已完成": "已完成", "": "待处理"},
}
"""Label of the pool to option of the register; the empty label stands for every other one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A row on its way into the register, and what the file says of it."""

    asked: datetime
    answered: datetime | None
    who: str
    cells: Json

    @property
    def kind(self) -> str:
        """需求类型 as people read it."""
        return str(self.cells["需求类型"])


def missing(folder: Path) -> list[str]:
    """The names of the files that the folder lacks."""
    return [name for name in (MESSAGES, POOL) if not (folder / name).exists()]


def messages(folder: Path, most: int) -> list[Arrival]:
    """The first messages of the file; 首次响应时间 is when the reply was given."""
    with gzip.open(folder / MESSAGES, "rt", encoding="utf-8-sig", newline="") as lines:
        return [_message(row) for _, row in zip(range(most), csv.DictReader(lines), strict=False)]


def pool(folder: Path) -> list[Arrival]:
    """A requirement pool as a team kept it in a spreadsheet, with the statuses it had."""
    with (folder / POOL).open(encoding="utf-8-sig", newline="") as lines:
        return [_pooled(row) for row in csv.DictReader(lines)]


def milliseconds(at: datetime) -> int:
    """An instant as a date cell holds it."""
    return round(at.timestamp() * 1000)


def _message(row: Mapping[str, str]) -> Arrival:
    asked, answered = _time(row["asked_at"]), _time(row["replied_at"])
    kind = next((kind for word, kind in _TELLING.items() if word in row["title"]), "问题反馈")
    cells = {
        "需求标题": row["title"].strip(),
        "需求描述": row["body"].strip(),
        "过往处理记录": row["reply"].strip(),
        "客户名称": row["user"],
        "需求来源": "在线客服",
        "需求类型": kind,
        "提交时间": milliseconds(asked),
        "首次响应时间": milliseconds(answered),
        "录入渠道键": f"messages:{row['id']}",
    }
    return Arrival(asked=asked, answered=answered, who=row["user"], cells=cells)


def _pooled(row: Mapping[str, str]) -> Arrival:
    asked = _time(row["提交时间"].replace("-", "/"))
    cells: Json = {"需求标题": row["需求描述"][:30], "提交时间": milliseconds(asked)}
    for header, column in _POOL_COLUMNS.items():
        labels = _POOL_LABELS.get(column)
        text = row[header].strip()
        cells[column] = labels.get(text, labels.get("", text)) if labels else text
    return Arrival(asked=asked, answered=None, who="", cells={k: v for k, v in cells.items() if v != ""})


def _time(text: str) -> datetime:
    return datetime.strptime(text, "%Y/%m/%d %H:%M:%S").replace(tzinfo=ZONE)
