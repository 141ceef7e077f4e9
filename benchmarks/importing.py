"""``import FILE`` as a process: seconds and the most memory, by rows of the file; sandbox beside it.

A dry run reads, understands and compares everything and writes nothing: it shows that memory does not
grow with the file. The other runs write, judge, and then find that there is nothing left to do.
"""

import csv
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import Workbook

from benchmarks.figures import Json, options, show
from benchmarks.stages import staged
from feishu_plugin.demo.stage import Stage

HEAD = ("单号", "需求标题", "需求描述", "当前状态", "紧急程度", "提交时间", "客户名称", "楼层")
STATUSES, LEVELS = ("待处理", "处理中", "已完成", "已关闭"), ("高", "中", "低")
TEXT = "用户反馈在导出较大的报表时页面会长时间没有反应，希望能够在后台完成并在完成后通知。"


def row(number: int) -> tuple[str, ...]:
    return (
        f"T-{number}",
        f"需求 {number}：导出很慢",
        f"{TEXT}（{number}）" * 2,
        STATUSES[number % 4],
        LEVELS[number % 3],
        f"2026/{number % 12 + 1}/{number % 28 + 1}",
        f"客户 {number % 700}",
        f"{number % 30}F",
    )


def csv_file(file: Path, rows: int) -> Path:
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(HEAD)
        writer.writerows(row(n) for n in range(rows))
    return file


def xlsx_file(file: Path, rows: int) -> Path:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("需求")
    sheet.append(HEAD)
    for number in range(rows):
        sheet.append(row(number))
    book.save(file)
    return file


def imported(stage: Stage, file: Path, *words: str) -> Json:
    """One run of the command: seconds, the most memory, what became of the rows."""
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "feishu_plugin.cli", "import", str(file), *words, "--json"],
        env=dict(stage.environment),
        stdout=subprocess.PIPE,
        cwd=stage.folder,
    )
    assert process.stdout is not None
    told = json.loads(process.stdout.read())
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return {
        "file": file.suffix,
        "run": " ".join(words) or "import",
        "rows": sum(told[key] for key in ("created", "updated", "unchanged", "left_out")),
        "created": told["created"],
        "unchanged": told["unchanged"],
        "seconds": round(time.monotonic() - begun, 1),
        "cpu_s": round(used.ru_utime + used.ru_stime, 1),
        "most_mb": round(used.ru_maxrss / 1024, 1),
    }


def measure(rows: int, written: int) -> list[Json]:
    """Dry runs of a tenth of the rows and of all of them, then two true runs of ``written`` rows."""
    with TemporaryDirectory() as folder, staged() as stage:
        stage.provision("导入")
        kept = Path(folder)
        found = []
        for count in (rows // 10, rows):
            found.append(imported(stage, csv_file(kept / f"{count}.csv", count), "--dry-run"))
            found.append(imported(stage, xlsx_file(kept / f"{count}.xlsx", count), "--dry-run"))
        file = csv_file(kept / "written.csv", written)
        found += [imported(stage, file), imported(stage, file)]
    return found


def main() -> None:
    """Prints the figures."""
    chosen = options(__doc__ or "", rows=100_000, written=5_000).parse_args()
    found = measure(chosen.rows, chosen.written)
    show({"runs": found}, {"import FILE": found}, as_json=chosen.json)


if __name__ == "__main__":
    main()
