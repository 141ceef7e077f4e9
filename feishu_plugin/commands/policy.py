"""``policy export / import / diff / whatif``: the team's rules as a file that can be reviewed."""

from pathlib import Path
from typing import Annotated

import typer

from feishu_plugin.commands import completing
from feishu_plugin.commands.options import AsJson, DryRun
from feishu_plugin.commands.printing import as_text, out, say, warn
from feishu_plugin.commands.stopping import Stoppable
from feishu_plugin.errors import SettingsError
from feishu_plugin.language import Phrase

policy = typer.Typer(
    cls=Stoppable,
    help="The rules of a base as a file: export, compare, try, import. · 规则文件：导出、比较、试算、导入。",
    no_args_is_help=True,
)

PolicyFile = Annotated[Path, typer.Argument(help="A policy file, .json. · 规则文件。")]
MaybeFile = Annotated[Path | None, typer.Argument(help="A policy file, .json. · 规则文件。")]


@policy.command()
def export(
    file: Annotated[
        Path | None, typer.Argument(help="The file to write; standard output if left out. · 要写入的文件。")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the rules in force as a reviewed file. · 导出当前规则。"""
    from feishu_plugin import settings
    from feishu_plugin.app import policy_jobs
    from feishu_plugin.app.compose import office
    from feishu_plugin.app.progress import steps

    loaded = settings.load()
    with steps("policy export"), office(loaded) as found:
        done = policy_jobs.export(found, settings.one_base(loaded), file)
    if file is None and not as_json:
        typer.echo(done.file, nl=False)
    if as_json:
        out(as_text(done.data))
    elif file is None:
        warn(done.note)
    else:
        out(done.note)


@policy.command(name="import")
def import_(
    file: PolicyFile,
    prune: Annotated[bool, typer.Option(help="Remove rows the file lacks. · 删除文件里没有的行。")] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Bring the policy tables in line with a file; one bad row, and nothing is written. · 导入规则。"""
    from feishu_plugin import settings
    from feishu_plugin.app import policy_jobs
    from feishu_plugin.app.compose import office
    from feishu_plugin.app.progress import steps

    loaded = settings.load()
    token = settings.one_base(loaded)
    with steps("policy import"), office(loaded) as found:
        done = policy_jobs.import_(found, token, file, prune=prune, dry_run=dry_run)
    say([done], as_json)


@policy.command()
def diff(file: MaybeFile = None, as_json: AsJson = False) -> None:
    """Compare the base with a file, or with the packaged rules; exit code 2 when they differ. · 比较规则。"""
    from feishu_plugin import settings
    from feishu_plugin.app import policy_jobs
    from feishu_plugin.app.compose import office
    from feishu_plugin.app.progress import steps

    loaded = settings.load()
    with steps("policy diff"), office(loaded) as found:
        done = policy_jobs.diff(found, settings.one_base(loaded), file)
    say([done], as_json)
    if done.data["changes"]:
        raise typer.Exit(2)


@policy.command()
def whatif(
    file: MaybeFile = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="A parameter, key=value; may be repeated. · 试改一个参数，可重复。",
            autocompletion=completing.parameters,
        ),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Show at most so many. · 最多显示几条。")] = None,
    as_json: AsJson = False,
) -> None:
    """Show how open requirements would be ranked under other rules. · 试算优先级排序的变化。"""
    from feishu_plugin import settings
    from feishu_plugin.app import policy_jobs
    from feishu_plugin.app.compose import office
    from feishu_plugin.app.progress import steps

    if file is None and not set_:
        raise SettingsError(
            Phrase(
                "policy whatif：请给出规则文件，或用 --set key=value 写出参数",
                "policy whatif: name a policy file, or parameters as --set key=value",
            )
        )
    loaded = settings.load()
    with steps("policy whatif"), office(loaded) as found:
        done = policy_jobs.whatif(found, settings.one_base(loaded), file, set_ or (), limit)
    say([done], as_json)
