"""``backup``: the state database as a file, and back."""

from pathlib import Path
from typing import Annotated

import typer

from feishu_plugin.commands.options import AsJson, say

StateFile = Annotated[Path | None, typer.Argument(help="The file to write, or to restore. 备份文件。")]


def backup(
    file: StateFile = None,
    restore: Annotated[
        bool, typer.Option("--restore", help="Put the file back in place of the database. 用备份还原。")
    ] = False,
    restored: Annotated[
        bool, typer.Option("--restored", help="Only note that pg_restore put it back. 已用其他工具还原。")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Restore although somebody holds a lease. 正在使用也还原。")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Copy the state database while serve runs, or put a copy back. 备份或还原状态数据库。

    After a restore the next serve or sync first compares with the base: what was judged and told
    since the backup is not judged or told again.
    还原后，下次 serve 或 sync 先与多维表格核对，备份之后已经判定和通知过的不会重来。
    """
    from feishu_plugin import settings
    from feishu_plugin.app import backup as backups

    if (file is None) != restored or (restore and restored):
        raise typer.BadParameter("give a FILE to write, a FILE with --restore, or --restored alone")
    loaded = settings.load()
    if file is None:
        say([backups.mark(loaded, force=force)], as_json)
    elif restore:
        say([backups.restore(loaded, file, force=force)], as_json)
    else:
        say([backups.back_up(loaded, file)], as_json)
