"""The command line: reads options, calls ``app``, prints; heavy imports happen inside commands.

Exit codes: 0 done · 2 there are differences (plan, policy diff) · 1 failed, with one clear line
(``-v``: the cause) · 130 stopped by Ctrl-C, 143 by SIGTERM, with one line that says how to go on.
"""

import io
import sys
from pathlib import Path
from typing import Annotated

import typer

from feishu_plugin import __version__
from feishu_plugin.commands import completing
from feishu_plugin.commands.archive import export, restore
from feishu_plugin.commands.doors import import_
from feishu_plugin.commands.helping import in_one_language
from feishu_plugin.commands.history import unarchive
from feishu_plugin.commands.mistakes import UsageError, tell
from feishu_plugin.commands.options import AsJson, DryRun, Now, ReportFormat, ReportOutput
from feishu_plugin.commands.options import instant as _instant
from feishu_plugin.commands.past import replay, undo
from feishu_plugin.commands.policy import policy
from feishu_plugin.commands.printing import as_text as _json
from feishu_plugin.commands.printing import out, warn
from feishu_plugin.commands.printing import say as _say
from feishu_plugin.commands.setup import doctor, init
from feishu_plugin.commands.state import backup, status
from feishu_plugin.commands.stopping import INTERRUPTED, STOPPING, Stoppable, listen_for_the_end
from feishu_plugin.commands.structure import adopt, apply, plan
from feishu_plugin.errors import FeishuError, PluginError, SettingsError
from feishu_plugin.language import Phrase, speak
from feishu_plugin.terminal import wanted_language

cli = typer.Typer(
    cls=Stoppable,
    help="Customer-requirement management on a Feishu Bitable. · 飞书多维表格上的客户需求管理。",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

cli.add_typer(policy, name="policy")
cli.command()(replay)
cli.command()(undo)
cli.command()(unarchive)
cli.command()(backup)
cli.command()(init)
cli.command()(doctor)
cli.command("import")(import_)
cli.command()(export)
cli.command()(restore)
cli.command()(plan)
cli.command()(apply)
cli.command()(adopt)
cli.command()(status)


@cli.callback()
def _options(
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="Log more and show causes. · 多写日志并给出原因。")
    ] = False,
) -> None:
    from feishu_plugin.app.logs import set_up

    set_up(verbose=verbose)


@cli.command()
def version() -> None:
    """Print the version. · 显示版本。"""
    typer.echo(__version__)


@cli.command()
def sandbox(
    host: Annotated[str, typer.Option(help="Address to listen on. · 监听地址。")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 takes a free port. · 0 表示任选空闲端口。")] = 8900,
    data: Annotated[
        Path | None, typer.Option(help="Keep the state in this SQLite file. · 状态存入此文件。")
    ] = None,
    users: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="JSON list of people. · 人员清单（JSON）。"),
    ] = None,
    print_json: Annotated[
        bool, typer.Option("--print-json", help="One JSON line with credentials. · 用一行 JSON 给出凭证。")
    ] = False,
) -> None:
    """Run a local Feishu for trying things out. · 启动本地飞书沙箱。"""
    from feishu_plugin.sandbox.serve import serve as serve_sandbox

    try:
        serve_sandbox(host, port, data, users, print_json)
    except (OSError, ValueError) as error:
        raise SettingsError(
            Phrase(
                f"沙箱启动不了（{host}:{port}）：{error}；请核对 --host、--port、--data 和 --users",
                f"the sandbox cannot start on {host}:{port}: {error}; "
                "check --host, --port, --data and --users",
            )
        ) from error


@cli.command()
def serve(
    listen: Annotated[
        str | None, typer.Option(help="host:port of the health page and webhook. · 健康页与回调的地址。")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Watch the bases and keep the rules, until stopped. · 常驻运行：监听、执行规则、提醒。"""
    from feishu_plugin import settings
    from feishu_plugin.app.compose import office
    from feishu_plugin.app.figures import Figures
    from feishu_plugin.app.logs import LogWitness, tell_facts
    from feishu_plugin.app.service import Service
    from feishu_plugin.witness import Both

    tell_facts()
    figures = Figures()
    with office(settings.load(listen), witness=Both(LogWitness(), figures)) as found:
        Service(found, figures).run(
            lambda service: out(_json(service.ready) if as_json else service.greeting),
            lambda: warn(STOPPING, colour="yellow"),
        )


@cli.command()
def sync(
    full: Annotated[
        bool, typer.Option(help="Read the whole table, also find deletions. · 读全表，也查删除。")
    ] = False,
    now: Now = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Find and judge changes that no event told. · 补查漏掉的变更。"""
    from feishu_plugin import settings
    from feishu_plugin.app import jobs
    from feishu_plugin.app.compose import office
    from feishu_plugin.app.progress import steps

    with steps("sync"), office(settings.load(), _instant(now)) as found:
        done = [jobs.sync(found, token, full=full, dry_run=dry_run) for token in jobs.bases(found)]
    _say(done, as_json)


@cli.command()
def remind(
    preview: Annotated[
        str | None,
        typer.Option(
            help="Only show this notice (key or name). · 只预览这种通知。", autocompletion=completing.notices
        ),
    ] = None,
    record: Annotated[
        str | None, typer.Option(help="Of this requirement: number or record id. · 需求编号。")
    ] = None,
    to: Annotated[
        str | None, typer.Option(help="As this person sees it: name, e-mail or open_id. · 按此人所见。")
    ] = None,
    now: Now = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Send the reminders that are due now. · 发送此刻到期的提醒。"""
    from feishu_plugin import settings
    from feishu_plugin.app import jobs
    from feishu_plugin.app import preview as previewing
    from feishu_plugin.app.compose import office
    from feishu_plugin.app.planned import planned
    from feishu_plugin.app.progress import steps

    if not preview and (record or to):
        raise typer.BadParameter(
            str(Phrase("--record 和 --to 要与 --preview 一起用", "--record and --to go with --preview EVENT"))
        )
    loaded = settings.load()
    with steps("remind"), office(loaded, _instant(now)) as found:
        if preview:
            done = [previewing.preview(found, settings.one_base(loaded), preview, record, to)]
        else:
            job = planned if dry_run else jobs.remind
            done = [job(found, token) for token in jobs.bases(found)]
    _say(done, as_json)


@cli.command()
def report(
    month: Annotated[
        str | None,
        typer.Option(
            help="yyyy-MM, a quarter yyyy-Qn or a year yyyy; the month before this one if left out."
            " · 月份 yyyy-MM、季度 yyyy-Qn 或年份 yyyy；不写为上个月。",
            autocompletion=completing.months,
        ),
    ] = None,
    kpi: Annotated[
        str | None,
        typer.Option(
            "--explain",
            help="Only list the requirements behind this figure (key or name). · 只列出这个指标对应的需求。",
            autocompletion=completing.figures,
        ),
    ] = None,
    form: ReportFormat = None,
    output: ReportOutput = None,
    now: Now = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Compute a month's KPIs and write the report tables. · 计算月报并写入报表。"""
    from feishu_plugin import settings
    from feishu_plugin.app import jobs
    from feishu_plugin.app.compose import office
    from feishu_plugin.app.progress import steps
    from feishu_plugin.app.report_files import wish_of

    if (kpi and form) or (output and not form):
        raise typer.BadParameter(
            str(
                Phrase(
                    "--output 要与 --format 一起用，--format 不能与 --explain 一起用",
                    "--output goes with --format, and --format not with --explain",
                )
            )
        )
    with steps("report"), office(settings.load(), _instant(now)) as found:
        if kpi:
            done = [jobs.explain(found, token, month, kpi) for token in jobs.bases(found)]
        else:
            tokens = jobs.bases(found)
            wishes = {one: wish_of(form, output, one if len(tokens) > 1 else "") for one in tokens}
            done = [jobs.report(found, one, month, dry_run=dry_run, wish=wishes[one]) for one in tokens]
    _say(done, as_json)


@cli.command()
def demo(
    keep: Annotated[
        bool, typer.Option(help="Leave sandbox and service running at the end. · 结束后保持运行。")
    ] = False,
) -> None:
    """Play a working week on the sandbox, through month end. · 在沙箱里演示一周的工作。"""
    from feishu_plugin.demo.play import play

    play(keep=keep)


def main() -> None:
    """Runs the command line; our own errors are one line, anything else is a bug and shows itself."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # people do paste half an emoji
    try:
        listen_for_the_end()
        speak(wanted_language())
        command = typer.main.get_command(cli)
        in_one_language(command)
        sys.exit(command(prog_name="feishu-plugin", standalone_mode=False) or 0)
    except UsageError as error:
        sys.exit(tell(error))
    except PluginError as error:
        warn(f"feishu-plugin: {_and_what_to_do(error)}", colour="red")
        if "-v" in sys.argv or "--verbose" in sys.argv:
            raise
        sys.exit(1)
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(INTERRUPTED)


def _and_what_to_do(error: PluginError) -> Phrase:
    """Feishu's own words say what, seldom what to do; ``doctor`` does."""
    said = error.phrase
    if not isinstance(error, FeishuError):
        return said
    return Phrase(
        f"{said.zh}；怎么处理请运行 `feishu-plugin doctor`",
        f"{said.en}; `feishu-plugin doctor` says what to do",
    )


if __name__ == "__main__":
    main()
