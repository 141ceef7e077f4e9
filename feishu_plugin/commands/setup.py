"""``init`` and ``doctor``: the first run with a tenant, and what is wrong with it later."""

from typing import Annotated

import typer

from feishu_plugin.commands.options import AsJson, as_text

Only = Annotated[
    list[str] | None, typer.Option(help="Look at this only; may be repeated. 只检查这一项，可重复。")
]


def doctor(only: Only = None, as_json: AsJson = False) -> None:
    """Check everything the service needs, and say what to do. 检查运行条件，给出处理办法。

    Writes nothing to Feishu. Exit code 1 when something failed.
    不向飞书写入任何内容。有失败项时退出码为 1。
    """
    from feishu_plugin import settings
    from feishu_plugin.app.doctor.case import opened
    from feishu_plugin.app.doctor.checks import CHECKS, diagnose
    from feishu_plugin.app.progress import steps

    keys = [check.key for check in CHECKS]
    if unknown := sorted(set(only or ()) - set(keys)):
        raise typer.BadParameter(f"--only {', '.join(unknown)}: there are {', '.join(keys)}")
    with opened(settings.load()) as case, steps("doctor") as on_step:
        found = diagnose(
            case, only or (), lambda check: on_step(keys.index(check.key), len(keys), check.title)
        )
    typer.echo(as_text(found.data) if as_json else found.text)
    if found.has_failed:
        raise typer.Exit(1)
