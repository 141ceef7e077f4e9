"""What ``import`` says: how it understood the file, what became of the rows, and what to do next."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from feishu_plugin.app.import_mapping import Reviewed
from feishu_plugin.language import Phrase
from feishu_plugin.schema import Table
from feishu_plugin.sync.intake.mapping import KEY, FileColumn, Layout
from feishu_plugin.sync.intake.perform import Tally

_DATES = {
    "ymd": Phrase("年-月-日", "y-m-d"),
    "dmy": Phrase("日/月/年", "d/m/y"),
    "mdy": Phrase("月/日/年", "m/d/y"),
}
_REMARK = Phrase("备注", "remark")
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
        key = f"“{mapping.key}”" if mapping.key else Phrase("行内容", "the words of the row")
        yield f"{Phrase('来源键', 'source key')}: {mapping.source}:{key}"

    def _column(self, column: FileColumn) -> Iterator[str]:
        more = [_DATES.get(column.dates, ""), column.note]
        yield f"  {column.name} → {self._target(column)}" + "".join(f"  {one}" for one in more if one)
        if column.options:
            named = {option.key: option.zh for option in self.wanted.field(str(column.to)).options}
            words = (f"{word} → {named.get(key or '') or _REMARK}" for word, key in column.options.items())
            yield "      " + "、".join(words)

    def _target(self, column: FileColumn) -> str:
        if column.to:
            return f"{self.wanted.field(column.to).zh} {column.to}"
        if column.history:
            return f"{Phrase('状态流转记录', 'ledger')}: {column.history}"
        if column.name == self.reviewed.mapping.key:
            return f"{self.wanted.field(KEY).zh} {KEY}"
        return str(_REMARK if column.keep else Phrase("不导入", "left out"))

    def _counts(self) -> Iterator[str]:
        tally = self.tally
        head = Phrase("试算，未写入：", "dry run, nothing written: ") if self.dry_run else ""
        counts = Phrase(
            f"新建 {tally.created}，更新 {tally.updated}，未变 {tally.unchanged}，"
            f"未导入 {tally.left_out}；有保留 {self.in_part}",
            f"created {tally.created}, updated {tally.updated}, unchanged {tally.unchanged}, "
            f"left out {tally.left_out}; in part {self.in_part}",
        )
        yield f"{head}{counts}"
        if self.left:
            left = self.left
            yield str(Phrase(f"{left} 行交给正在运行的服务", f"{left} rows are left to the running service"))

    def _next(self) -> Iterator[str]:
        if self.report:
            yield f"{Phrase('逐行原因', 'each row with its reason')}: {self.report}"
        if self.dry_run or self.reviewed.suggested:
            path = self.reviewed.path
            yield str(
                Phrase(f"对应文件：{path}（可修改后再导入）", f"mapping: {path} (edit it, then import)")
            )


def _layout(layout: Layout) -> str:
    if layout.sheet:
        kind = Phrase(f"工作表 {layout.sheet}", f"sheet {layout.sheet}")
    else:
        mark = _DELIMITERS.get(layout.delimiter, layout.delimiter)
        kind = Phrase(f"{layout.encoding}，分隔符 {mark}", f"{layout.encoding}, delimiter {mark}")
    row = layout.heading_row
    return str(Phrase(f"{kind.zh}，标题在第 {row} 行", f"{kind.en}, headings in row {row}"))
