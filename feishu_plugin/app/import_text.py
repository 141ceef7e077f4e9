"""What ``import`` says: how it understood the file, what became of the rows, and what to do next."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from feishu_plugin.app.import_mapping import Reviewed
from feishu_plugin.schema import Table
from feishu_plugin.sync.intake.mapping import KEY, FileColumn, Layout
from feishu_plugin.sync.intake.perform import Tally

_DATES = {"ymd": "年-月-日 y-m-d", "dmy": "日/月/年 d/m/y", "mdy": "月/日/年 m/d/y"}
_DELIMITERS = {"\t": "Tab"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """An import that was done, or with ``dry_run`` would be."""

    base: str
    wanted: Table
    reviewed: Reviewed
    tally: Tally
    report: Path | None
    """Where the rows stand that were left out or taken in part; None when there are none."""
    in_part: int
    left: int
    """Rows that the running service judges."""
    dry_run: bool

    @property
    def data(self) -> dict[str, Any]:
        """``{"base_token", "mapping_file", "created", "updated", "unchanged", "left_out", "in_part", …}``."""
        tally = self.tally
        return {
            "base_token": self.base,
            "dry_run": self.dry_run,
            "mapping_file": str(self.reviewed.path),
            "mapping": self.reviewed.mapping.model_dump(),
            "created": tally.created,
            "updated": tally.updated,
            "unchanged": tally.unchanged,
            "left_out": tally.left_out,
            "in_part": self.in_part,
            "report": str(self.report) if self.report else None,
            "left": self.left,
        }

    @property
    def text(self) -> str:
        """For people: the columns where nobody reviewed them yet, the counts, what to do next."""
        understood = self._understood() if self.dry_run or self.reviewed.suggested else ()
        return "\n".join([*understood, *self._counts(), *self._next()])

    def _understood(self) -> Iterator[str]:
        mapping = self.reviewed.mapping
        yield _layout(mapping.layout)
        for column in mapping.columns:
            yield from self._column(column)
        key = f"“{mapping.key}”" if mapping.key else "行内容 the words of the row"
        yield f"来源键 source key: {mapping.source}:{key}"

    def _column(self, column: FileColumn) -> Iterator[str]:
        more = [_DATES.get(column.dates, ""), column.note]
        yield f"  {column.name} → {self._target(column)}" + "".join(f"  {one}" for one in more if one)
        if column.options:
            named = {option.key: option.zh for option in self.wanted.field(str(column.to)).options}
            left = "备注 remark"
            words = (f"{word} → {named.get(key or '', left)}" for word, key in column.options.items())
            yield "      " + "、".join(words)

    def _target(self, column: FileColumn) -> str:
        if column.to:
            return f"{self.wanted.field(column.to).zh} {column.to}"
        if column.history:
            return f"状态流转记录 ledger: {column.history}"
        if column.name == self.reviewed.mapping.key:
            return f"{self.wanted.field(KEY).zh} {KEY}"
        return "备注 remark" if column.keep else "不导入 left out"

    def _counts(self) -> Iterator[str]:
        tally = self.tally
        head = "试算，未写入 dry run, nothing written: " if self.dry_run else ""
        yield (
            f"{head}新建 created {tally.created}，更新 updated {tally.updated}，"
            f"未变 unchanged {tally.unchanged}，未导入 left out {tally.left_out}；"
            f"有保留 in part {self.in_part}"
        )
        if self.left:
            yield f"{self.left} 行交给正在运行的服务 rows are left to the running service"

    def _next(self) -> Iterator[str]:
        if self.report:
            yield f"逐行原因 each row with its reason: {self.report}"
        if self.dry_run or self.reviewed.suggested:
            yield f"对应文件 mapping: {self.reviewed.path}（可修改后再导入 edit it, then import）"


def _layout(layout: Layout) -> str:
    if layout.sheet:
        kind = f"工作表 sheet {layout.sheet}"
    else:
        kind = f"{layout.encoding}，分隔符 delimiter {_DELIMITERS.get(layout.delimiter, layout.delimiter)}"
    return f"{kind}，标题在第 {layout.heading_row} 行 headings in row {layout.heading_row}"
