"""``status`` and ``backup``: what the state database says, and the database as a file."""

from pathlib import Path
from typing import Annotated

import typer

from feishu_plugin.commands.options import AsJson
from feishu_plugin.commands.printing import as_text, out, say
from feishu_plugin.language import Phrase

StateFile = Annotated[Path | None, typer.Argument(help="The file to write, or to restore. · 备份文件。")]

_USAGE = Phrase(
    "请给出要写入的文件，或文件加 --restore，或单独用 --restored",
    "give a FILE to write, a FILE with --restore, or --restored alone",
)


def backup(
    file: StateFile = None,
    restore: Annotated[
        bool, typer.Option("--restore", help="Put the file back in place of the database. · 用备份还原。")
    ] = False,
    restored: Annotated[
        bool, typer.Option("--restored", help="Only note that pg_restore put it back. · 已用其他工具还原。")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Restore although somebody holds a lease. · 正在使用也还原。")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Copy the state database while serve runs, or put a copy back. · 备份或还原状态数据库。

    After a restore the next serve or sync first compares with the base: what was judged and told
    since the backup is not judged or told again. ·
    还原后，下次 serve 或 sync 先与多维表格核对，备份之后已经判定和通知过的不会重来。
    """
    from feishu_plugin import settings
    from feishu_plugin.app import backup as backups
    from feishu_plugin.app.progress import steps

    if (file is None) != restored or (restore and restored):
        raise typer.BadParameter(str(_USAGE))
    loaded = settings.load()
    with steps("backup"):
        if file is None:
            done = backups.mark(loaded, force=force)
        elif restore:
            done = backups.restore(loaded, file, force=force)
        else:
            done = backups.back_up(loaded, file)
    say([done], as_json)


def status(as_json: AsJson = False) -> None:
    """Is it working? One screen from the database alone; exit code 1 when it is not. · 一屏看清是否正常。

    Asks nothing of Feishu, so it answers at once, beside a running service or without any. ·
    只读数据库，不访问飞书，立即回答；不正常时退出码为 1。
    """
    from feishu_plugin import settings
    from feishu_plugin.app import status as standing
    from feishu_plugin.app.status_text import overview, screen
    from feishu_plugin.app.verdict import verdict

    loaded = settings.load()
    with standing.watchtower(loaded) as tower:
        tokens = settings.bases(loaded)
        zone = standing.policy_of(tower, tokens[0]).worktime.zone
        found = [(facts, verdict(facts)) for facts in (standing.facts(tower, one) for one in tokens)]
    if as_json:
        for facts, judged in found:
            out(as_text({"verdict": judged.level, "reasons": [r.text for r in judged.reasons], **facts}))
    else:
        out(screen(*found[0], zone) if len(found) == 1 else overview(found, zone))
    if any(judged.level == "down" for _, judged in found):
        raise typer.Exit(1)
