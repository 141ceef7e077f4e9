"""CSV files as people have them: whatever encoding, whatever sign between the cells; streamed."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from feishu_plugin.errors import IntakeError
from feishu_plugin.language import Phrase

Row = tuple[int, tuple[str, ...]]
"""Number of the row as a spreadsheet shows it (1 is the first), and its cells."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_TRIED = ("utf-8", "gb18030")
"""In this order: text in UTF-8 is seldom also GB18030, but GB18030 is hardly ever UTF-8."""
_DELIMITERS = ",;\t|"
_CHUNK = 1 << 20
_SAMPLE = 1 << 18
"""Characters that are looked at to find the delimiter."""


def encoding_of(path: Path) -> str:
    """The encoding in which the whole file is text; IntakeError when there is none."""
    with path.open("rb") as file:
        start = file.read(4096)
        for mark, encoding in _BOMS:
            if start.startswith(mark):
                return encoding
        if b"\0" in start:
            # Signs such as comma and line end have their zero byte second in little-endian text.
            return "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"
        file.seek(0)
        return _decodable(path, iter(lambda: file.read(_CHUNK), b""))


def _decodable(path: Path, chunks: Iterator[bytes]) -> str:
    alive = {name: codecs.getincrementaldecoder(name)() for name in _TRIED}
    for chunk in chunks:
        for name in list(alive):
            if not _takes(alive[name], chunk):
                del alive[name]
        if not alive:
            break
    found = [name for name in alive if _takes(alive[name], b"", final=True)]
    if not found:
        raise IntakeError(
            Phrase(
                f"{path}：不是 UTF-8、UTF-16 或 GB18030 文本；请存成“CSV UTF-8”或 .xlsx",
                f"{path}: its bytes are no text in UTF-8, UTF-16 or GB18030; "
                "save it as “CSV UTF-8” or as .xlsx",
            )
        )
    return found[0]


def _takes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def delimiter_of(path: Path, encoding: str) -> str:
    """The sign that gives the same number of cells in most rows; a comma when none does."""
    with path.open(encoding=encoding, newline="") as file:
        sample = file.read(_SAMPLE)
    scores = {sign: _evenness(sample, sign) for sign in _DELIMITERS}
    best = max(scores, key=lambda sign: scores[sign])
    return best if scores[best][0] >= 0.5 else ","


def _evenness(sample: str, sign: str) -> tuple[float, int]:
    """The share of rows that have the most usual width, and that width; (0, 0) when it is one cell."""
    try:
        rows = [row for row in csv.reader(io.StringIO(sample, newline=""), delimiter=sign) if any(row)]
    except csv.Error:
        return 0.0, 0
    if len(sample) == _SAMPLE:
        rows = rows[:-1]  # it may be cut
    widths = Counter(len(row) for row in rows if len(row) > 1)
    if not widths:
        return 0.0, 0
    [(width, count)] = widths.most_common(1)
    return round(count / len(rows), 1), width


def rows(path: Path, encoding: str, delimiter: str) -> Iterator[Row]:
    """Every row in turn; IntakeError names the line that cannot be read."""
    try:
        with path.open(encoding=encoding, newline="") as file:
            lines = _Lines(file)
            reader = csv.reader(lines, delimiter=delimiter)
            try:
                for number, cells in enumerate(reader, start=1):
                    held = lines.taken()
                    # Only the last row can hold a mark that nobody closed: it then has all the rest in it.
                    if not lines.more():
                        _refuse_open_mark(held, delimiter)
                    yield number, tuple(cell.replace("\0", "") for cell in cells)
            except csv.Error as error:
                raise IntakeError(
                    Phrase(
                        f"{path}：第 {reader.line_num} 行：{error}；是不是引号没有收尾？",
                        f"{path}: line {reader.line_num}: {error}; is a quotation mark open?",
                    )
                ) from error
    except (UnicodeError, LookupError) as error:
        raise IntakeError(
            Phrase(
                f"{path}：不是 {encoding} 文本（{error}）；请改正对应文件",
                f"{path}: is not text in {encoding} ({error}); correct the mapping",
            )
        ) from error


class _Lines:
    """The lines of a file, and those that the row in hand is made of."""

    def __init__(self, file: Iterator[str]) -> None:
        self._file = file
        self._ahead = next(file, None)
        self._held: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._ahead is None:
            raise StopIteration
        line, self._ahead = self._ahead, next(self._file, None)
        self._held.append(line)
        return line

    def taken(self) -> list[str]:
        """The lines since the last time."""
        held, self._held = self._held, []
        return held

    def more(self) -> bool:
        """False after the last line."""
        return self._ahead is not None


def _refuse_open_mark(lines: list[str], delimiter: str) -> None:
    """csv.Error when the text ends within quotation marks; other liberties are people's own."""
    try:
        for _ in csv.reader(lines, delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        if "end of data" in str(error):
            raise
