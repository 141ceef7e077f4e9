"""``import``: requirements that stand in a file."""

from pathlib import Path
from typing import Annotated

import typer

from feishu_plugin.commands.options import AsJson, DryRun, Now, instant
from feishu_plugin.commands.printing import say


def import_(
    file: Annotated[Path, typer.Argument(help="A CSV or XLSX file. · 表格文件。")],
    mapping: Annotated[
        Path | None,
        typer.Option(help="A reviewed mapping; FILE.mapping.json if left out. · 核对过的对应文件。"),
    ] = None,
    now: Now = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Bring the rows of a CSV or XLSX file into 需求台账; again: only what changed. · 导入表格文件。

    Columns and options are matched by likeness and written to FILE.mapping.json for review. Rows
    that were left out or taken in part stand in FILE.errors.csv; exit 1 when some were left out. ·
    列和选项按相似度对应，写入 FILE.mapping.json 供核对。未导入或只导入一部分的行见 FILE.errors.csv；
    有未导入的行时退出码为 1。
    """
    from feishu_plugin import settings
    from feishu_plugin.app.compose import office
    from feishu_plugin.app.import_job import import_file
    from feishu_plugin.app.progress import steps

    loaded = settings.load()
    with office(loaded, instant(now)) as found, steps("import") as on_step:
        token = settings.one_base(loaded)
        done = import_file(found, token, file, mapping, dry_run=dry_run, on_step=on_step)
    say([done], as_json)
    if done.tally.left_out:
        raise typer.Exit(1)
