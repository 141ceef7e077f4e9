"""Options that several commands share."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from feishu_plugin.language import Phrase

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines. · 输出 JSON。")]
Now = Annotated[str | None, typer.Option("--now", help="Pretend it is this instant (ISO). · 指定当前时间。")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Write nothing, only say. · 只说明，不写入。")]
ReportFormat = Annotated[
    Literal["csv", "xlsx", "json", "md"] | None,
    typer.Option(
        "--format", help="Also write it for people outside Feishu. · 另存为文件，供飞书之外的人阅读。"
    ),
]
ReportOutput = Annotated[
    Path | None,
    typer.Option(
        help="File, or folder for csv; without it md and json are printed, the others go here."
        " · 文件（csv 为文件夹）；不写时 md 和 json 直接打印，其余写到当前文件夹。"
    ),
]


def instant(text: str | None) -> datetime | None:
    """The instant of ``--now`` in UTC; without an offset it is the machine's local time."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            str(
                Phrase(
                    f"--now {text}：请写一个时刻，如 2026-09-01T09:00:00+08:00",
                    f"--now {text}: write an instant such as 2026-09-01T09:00:00+08:00",
                )
            )
        ) from None
    return (at if at.tzinfo else at.astimezone()).astimezone(UTC)
