"""The command line: reads options, calls ``app``, prints; heavy imports happen inside commands.

Exit codes: 0 done · 2 there are differences (plan, policy diff) · 1 failed, with one clear line
(``-v``: the cause).
"""

import io
import sys
from pathlib import Path
from typing import Annotated

import typer

from feishu_plugin import __version__
from feishu_plugin.commands.doors import import_
from feishu_plugin.commands.history import unarchive
from feishu_plugin.commands.options import AsJson, DryRun, Now, ReportFormat, ReportOutput
from feishu_plugin.commands.options import as_text as _json
from feishu_plugin.commands.options import instant as _instant
from feishu_plugin.commands.options import say as _say
from feishu_plugin.commands.past import replay, undo
from feishu_plugin.commands.policy import policy
from feishu_plugin.commands.setup import doctor, init
from feishu_plugin.commands.state import backup
from feishu_plugin.errors import PluginError

cli = typer.Typer(
    help="Customer-requirement management on a Feishu Bitable. 飞书多维表格上的客户需求管理。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Allowed = Annotated[
    list[str] | None,
    typer.Option(help="Name a drop or type change that may cost cells. 点名允许会丢数据的变更。"),
]

cli.add_typer(policy, name="policy")
cli.command()(replay)
cli.command()(undo)
cli.command()(unarchive)
cli.command()(backup)
cli.command()(init)
cli.command()(doctor)
cli.command("import")(import_)


@cli.callback()
def _options(
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Log more and show causes.")] = False,
) -> None:
    from feishu_plugin.app.logs import set_up

    set_up(verbose=verbose)


@cli.command()
def version() -> None:
    """Print the version. 显示版本。"""
    typer.echo(__version__)


@cli.command()
def sandbox(
    host: str = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 takes a free port. 0 表示任选空闲端口。")] = 8900,
    data: Annotated[Path | None, typer.Option(help="Keep the state in this SQLite file.")] = None,
    users: Annotated[Path | None, typer.Option(help="JSON list of people.")] = None,
    print_json: Annotated[bool, typer.Option("--print-json", help="One JSON line with credentials.")] = False,
) -> None:
    """Run a local Feishu for trying things out. 启动本地飞书沙箱。"""
    from feishu_plugin.sandbox.serve import serve as serve_sandbox

    serve_sandbox(host, port, data, users, print_json)


@cli.command()
def plan(
    offline: Annotated[bool, typer.Option(help="Compare with an empty base; no call to Feishu.")] = False,
    allow_destructive: Allowed = None,
    as_json: AsJson = False,
) -> None:
    """Show what `apply` would change. 查看将要发生的变更。"""
    from feishu_plugin import settings
    from feishu_plugin.app.provision import plan_base

    loaded = None if offline else settings.load()
    token = settings.one_base(loaded) if loaded and loaded.base_tokens else None
    found = plan_base(loaded, token, frozenset(allow_destructive or ()))
    typer.echo(_json(found.data) if as_json else str(found))
    if found:
        raise typer.Exit(2)


@cli.command()
def apply(
    base_name: Annotated[
        str | None, typer.Option(help="Name of the base to create when none is set.")
    ] = None,
    allow_destructive: Allowed = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Bring the base in line with field_schema.json. 按字段定义建表、补列。"""
    from feishu_plugin import settings
    from feishu_plugin.app.progress import steps
    from feishu_plugin.app.provision import plan_base, provision

    loaded = settings.load()
    token = settings.one_base(loaded) if loaded.base_tokens else None
    allowed = frozenset(allow_destructive or ())
    if dry_run:
        found = plan_base(loaded, token, allowed)
        typer.echo(_json(found.data) if as_json else str(found))
        return
    with steps("apply") as on_step:
        done = provision(loaded, token, base_name, allowed, on_step)
    typer.echo(_json(done.data) if as_json else done.text)
    if done.applied.failed:
        raise typer.Exit(1)


@cli.command()
def export(
    file: Annotated[Path, typer.Argument(help="The archive to write, .zip. 要写入的归档文件。")],
    as_json: AsJson = False,
) -> None:
    """Write tables, rows and attachments of the base into one archive. 导出整个多维表格。"""
    from feishu_plugin import settings
    from feishu_plugin.app.archive import export_base
    from feishu_plugin.app.compose import gateway
    from feishu_plugin.app.progress import steps

    loaded = settings.load()
    token = settings.one_base(loaded)
    with steps("export") as on_step:
        done = export_base(gateway(loaded), loaded, token, file, on_step)
    _say([done], as_json)


@cli.command()
def restore(
    file: Annotated[Path, typer.Argument(help="An archive of `export`. 导出的归档文件。")],
    base_name: Annotated[
        str | None, typer.Option(help="Name of a base to create; else the set base, if it is empty.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a base equal to an archive. 从归档还原多维表格。"""
    from feishu_plugin import settings
    from feishu_plugin.app.archive import restore_base
    from feishu_plugin.app.compose import gateway
    from feishu_plugin.app.progress import steps

    loaded = settings.load()
    token = None if base_name else settings.one_base(loaded)
    with steps("restore") as on_step:
        done = restore_base(gateway(loaded), loaded, token, base_name, file, on_step)
    _say([done], as_json)
    if done.failed:
        raise typer.Exit(1)


@cli.command()
def adopt(
    mapping: Annotated[
        Path | None, typer.Argument(help="A reviewed mapping file. 核对过的对应文件。")
    ] = None,
    table: Annotated[str | None, typer.Option(help="Name or id of the table. 数据表的名称或 id。")] = None,
    as_key: Annotated[str, typer.Option("--as", help="What it becomes. 成为系统的哪张表。")] = "requirement",
    base: Annotated[str | None, typer.Option(help="Base or wiki address, or token. 地址或 token。")] = None,
    output: Annotated[Path | None, typer.Option(help="Where to write the mapping. 写到哪个文件。")] = None,
    confirm: Annotated[bool, typer.Option("--confirm", help="Make the mapping so. 按文件接入。")] = False,
    as_json: AsJson = False,
) -> None:
    """Take over a table a team already has, without touching its cells. 接入已有的数据表，不动单元格。"""
    from feishu_plugin import settings
    from feishu_plugin.app import adopt as adopting
    from feishu_plugin.app.progress import steps

    if mapping is None and confirm:
        raise typer.BadParameter("--confirm needs the mapping file that was reviewed")
    loaded = settings.load()
    if mapping is None:
        _say([adopting.suggest_mapping(loaded, base, table, as_key, output)], as_json)
        return
    with steps("adopt") as on_step:
        _say([adopting.confirm(loaded, mapping, dry_run=not confirm, on_step=on_step)], as_json)


@cli.command()
def serve(
    listen: Annotated[str | None, typer.Option(help="host:port of the health page and webhook.")] = None,
    as_json: AsJson = False,
) -> None:
    """Watch the bases and keep the rules, until stopped. 常驻运行：监听、执行规则、提醒。"""
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
            lambda service: typer.echo(_json(service.ready) if as_json else service.greeting)
        )


@cli.command()
def sync(
    full: Annotated[bool, typer.Option(help="Read the whole table, also find deletions.")] = False,
    now: Now = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Find and judge changes that no event told. 补查漏掉的变更。"""
    from feishu_plugin import settings
    from feishu_plugin.app import jobs
    from feishu_plugin.app.compose import office

    with office(settings.load(), _instant(now)) as found:
        _say([jobs.sync(found, token, full=full, dry_run=dry_run) for token in jobs.bases(found)], as_json)


@cli.command()
def remind(
    preview: Annotated[
        str | None, typer.Option(help="Only show this notice (key or name). 只预览这种通知。")
    ] = None,
    record: Annotated[
        str | None, typer.Option(help="Of this requirement: number or record id. 需求编号。")
    ] = None,
    to: Annotated[
        str | None, typer.Option(help="As this person sees it: name, e-mail or open_id. 按此人所见。")
    ] = None,
    now: Now = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Send the reminders that are due now. 发送此刻到期的提醒。"""
    from feishu_plugin import settings
    from feishu_plugin.app import jobs
    from feishu_plugin.app import preview as previewing
    from feishu_plugin.app.compose import office
    from feishu_plugin.app.planned import planned

    if not preview and (record or to):
        raise typer.BadParameter("--record and --to go with --preview EVENT")
    loaded = settings.load()
    with office(loaded, _instant(now)) as found:
        if preview:
            _say([previewing.preview(found, settings.one_base(loaded), preview, record, to)], as_json)
        else:
            job = planned if dry_run else jobs.remind
            _say([job(found, token) for token in jobs.bases(found)], as_json)


@cli.command()
def report(
    month: Annotated[
        str | None,
        typer.Option(
            help="yyyy-MM, a quarter yyyy-Qn or a year yyyy; the month before this one if left out."
        ),
    ] = None,
    kpi: Annotated[
        str | None,
        typer.Option("--explain", help="Only list the requirements behind this figure (key or name)."),
    ] = None,
    form: ReportFormat = None,
    output: ReportOutput = None,
    now: Now = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Compute a month's KPIs and write the report tables. 计算月报并写入报表。"""
    from feishu_plugin import settings
    from feishu_plugin.app import jobs
    from feishu_plugin.app.compose import office
    from feishu_plugin.app.report_files import wish_of

    if (kpi and form) or (output and not form):
        raise typer.BadParameter("--output goes with --format, and --format not with --explain")
    with office(settings.load(), _instant(now)) as found:
        if kpi:
            _say([jobs.explain(found, token, month, kpi) for token in jobs.bases(found)], as_json)
        else:
            tokens = jobs.bases(found)
            wishes = {one: wish_of(form, output, one if len(tokens) > 1 else "") for one in tokens}
            done = [jobs.report(found, one, month, dry_run=dry_run, wish=wishes[one]) for one in tokens]
            _say(done, as_json)


@cli.command()
def status(as_json: AsJson = False) -> None:
    """Show who works, what waits, what failed and what rests. 查看运行状态。"""
    from feishu_plugin import settings
    from feishu_plugin.app import jobs
    from feishu_plugin.app import status as standing
    from feishu_plugin.app.compose import office

    with office(settings.load()) as found:
        _say([standing.status(found, token) for token in jobs.bases(found)], as_json)


@cli.command()
def demo(
    keep: Annotated[bool, typer.Option(help="Leave sandbox and service running at the end.")] = False,
) -> None:
    """Play a working week on the sandbox, through month end. 在沙箱里演示一周的工作。"""
    from feishu_plugin.demo.play import play

    play(keep=keep)


def main() -> None:
    """Runs the command line; our own errors are one line, anything else is a bug and shows itself."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # people do paste half an emoji
    try:
        cli(standalone_mode=True)
    except PluginError as error:
        typer.echo(f"feishu-plugin: {error}", err=True)
        if "-v" in sys.argv or "--verbose" in sys.argv:
            raise
        sys.exit(1)


if __name__ == "__main__":
    main()
