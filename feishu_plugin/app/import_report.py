"""The rows of an import that were left out or taken in part, for whoever mends the file: a CSV beside it."""

import csv
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from feishu_plugin.app.report_files import in_csv
from feishu_plugin.app.whole_file import written_whole
from feishu_plugin.errors import IntakeError
from feishu_plugin.language import Phrase
from feishu_plugin.sync.intake.perform import Remark

_HEAD = ("行号 row", "结果 result", "原因 reason")
_LEFT_OUT, _IN_PART = "未导入 left out", "部分 in part"


class ErrorReport:
    """Begins with the first row that goes into it; a report of an earlier run goes away."""

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        self.path, self._names = path, names
        self._place = ExitStack()
        self.rows = 0
        self._writer: Any = None

    def __enter__(self) -> Self:
        """Removes the last run's report: it would tell of rows that were mended."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise self._refusal(error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Puts the file into its place, if there is one; none is left of work that was stopped."""
        self._place.__exit__(kind, error, trace)

    def add(self, remarks: Iterable[Remark]) -> None:
        """Writes rows with their reasons and as they stand in the file."""
        for one in remarks:
            said = _LEFT_OUT if one.left_out else _IN_PART
            self._write([one.row.number, said, one.why, *one.row.cells])
            self.rows += 1

    def _write(self, cells: Sequence[Any]) -> None:
        writer = self._writer or self._begun()
        writer.writerow([in_csv(cell) for cell in cells])

    def _begun(self) -> Any:
        try:
            # With a mark at its beginning, or Excel would not read the Chinese in it.
            beside = self._place.enter_context(written_whole(self.path))
            file = self._place.enter_context(
                beside.open("w", encoding="utf-8-sig", newline="", errors="replace")
            )
        except OSError as error:
            raise self._refusal(error) from error
        self._writer = csv.writer(file)
        self._writer.writerow([in_csv(cell) for cell in (*_HEAD, *self._names)])
        return self._writer

    def _refusal(self, error: OSError) -> IntakeError:
        return IntakeError(
            Phrase(
                f"{self.path}：写不了（{error.strerror}）；请把文件复制到别处",
                f"{self.path}: cannot be written ({error.strerror}); copy the file elsewhere",
            )
        )
