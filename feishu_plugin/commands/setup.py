"""``init`` and ``doctor``: the first run with a tenant, and what is wrong with it later."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from feishu_plugin.commands.options import AsJson
from feishu_plugin.commands.printing import as_text, out
from feishu_plugin.language import Phrase

if TYPE_CHECKING:
    from feishu_plugin.settings import Settings

Only = Annotated[
    list[str] | None, typer.Option(help="Look at this only; may be repeated. · 只检查这一项，可重复。")
]
AppId = Annotated[
    str,
    typer.Option(
        help="cli_…; the secret comes from the environment or is asked for."
        " · cli_…；密钥取自环境变量，或当场输入。"
    ),
]
Administrators = Annotated[str, typer.Option(help="E-mail addresses, with commas. · 管理员邮箱，逗号分隔。")]
BaseAddress = Annotated[str, typer.Option(help="A base that is there already. · 已有多维表格的地址。")]
BaseName = Annotated[str, typer.Option(help="Name of a base to make. · 新建多维表格的名称。")]
Yes = Annotated[bool, typer.Option("--yes", help="Ask nothing, for scripts. · 不提问，供脚本使用。")]
_NEXT = Phrase("下一步：feishu-plugin serve", "Next: feishu-plugin serve")


def init(
    app_id: AppId = "",
    administrators: Administrators = "",
    base: BaseAddress = "",
    base_name: BaseName = "",
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Set everything up with a tenant, step by step, into .env. · 第一次使用：一步一步连好企业的飞书。

    Every step finds what is done already, so it may be stopped and run again; ends with doctor. ·
    已完成的步骤会跳过，可随时中断再运行；最后运行 doctor。
    """
    from pathlib import Path

    from feishu_plugin.app.progress import steps
    from feishu_plugin.app.setup.env_file import EnvFile
    from feishu_plugin.app.setup.first_run import set_up
    from feishu_plugin.app.setup.run import Run, Wishes
    from feishu_plugin.commands.asking import Terminal

    talk = Terminal(yes=yes, on_stderr=as_json)
    wishes = Wishes(app_id=app_id, administrators=administrators, base=base, base_name=base_name)
    run = Run(talk=talk, wishes=wishes, file=EnvFile(Path(".env")), bar=lambda: steps("apply"))
    loaded = set_up(run)
    talk.say("")
    _diagnose(loaded, (), as_json)
    talk.say(_NEXT)


def doctor(only: Only = None, as_json: AsJson = False) -> None:
    """Check everything the service needs, and say what to do. · 检查运行条件，给出处理办法。

    Writes nothing to Feishu. Exit code 1 when something failed. ·
    不向飞书写入任何内容。有失败项时退出码为 1。
    """
    from feishu_plugin import settings
    from feishu_plugin.app.doctor.checks import CHECKS

    keys = [check.key for check in CHECKS]
    if unknown := sorted(set(only or ()) - set(keys)):
        raise typer.BadParameter(str(_not_there(unknown, keys)))
    _diagnose(settings.load(), only or (), as_json)


def _not_there(unknown: Sequence[str], keys: Sequence[str]) -> Phrase:
    wrong, there = ", ".join(unknown), ", ".join(keys)
    return Phrase(f"--only {wrong}：没有这一项，可选：{there}", f"--only {wrong}: there are {there}")


def _diagnose(loaded: "Settings", only: Collection[str], as_json: bool) -> None:
    from feishu_plugin.app.doctor.case import opened
    from feishu_plugin.app.doctor.checks import diagnose, wanted
    from feishu_plugin.app.progress import steps

    keys = [check.key for check in wanted(only)]
    with opened(loaded) as case, steps("doctor") as on_step:
        found = diagnose(
            case, only, lambda check: on_step(keys.index(check.key), len(keys), str(check.title))
        )
    out(as_text(found.data) if as_json else found.text)
    if found.has_failed:
        raise typer.Exit(1)
