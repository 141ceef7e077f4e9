"""``export`` and ``restore``: the whole base in one file, and back."""

from pathlib import Path
from typing import Annotated

import typer

from feishu_plugin.commands.options import AsJson
from feishu_plugin.commands.printing import say


def export(
    file: Annotated[Path, typer.Argument(help="The archive to write, .zip. · 要写入的归档文件。")],
    as_json: AsJson = False,
) -> None:
    """Write tables, rows and attachments of the base into one archive. · 导出整个多维表格。"""
    from feishu_plugin import settings
    from feishu_plugin.app.archive import export_base
    from feishu_plugin.app.compose import gateway
    from feishu_plugin.app.progress import steps

    loaded = settings.load()
    token = settings.one_base(loaded)
    with steps("export") as on_step:
        done = export_base(gateway(loaded), loaded, token, file, on_step)
    say([done], as_json)


def restore(
    file: Annotated[Path, typer.Argument(help="An archive of `export`. · 导出的归档文件。")],
    base_name: Annotated[
        str | None,
        typer.Option(
            help="Name of a base to create; else the set base, if it is empty."
            " · 新建的名称；否则用已设置的空表格。"
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a base equal to an archive. · 从归档还原多维表格。"""
    from feishu_plugin import settings
    from feishu_plugin.app.archive import restore_base
    from feishu_plugin.app.compose import gateway
    from feishu_plugin.app.progress import steps

    loaded = settings.load()
    token = None if base_name else settings.one_base(loaded)
    with steps("restore") as on_step:
        done = restore_base(gateway(loaded), loaded, token, base_name, file, on_step)
    say([done], as_json)
    if done.failed:
        raise typer.Exit(1)
