"""``plan``, ``apply`` and ``adopt``: the tables of a base."""

from pathlib import Path
from typing import Annotated, Any

import typer

from feishu_plugin.commands import completing
from feishu_plugin.commands.options import AsJson, DryRun
from feishu_plugin.commands.printing import as_text, out, say
from feishu_plugin.language import Phrase

Allowed = Annotated[
    list[str] | None,
    typer.Option(help="Name a drop or type change that may cost cells. · 点名允许会丢数据的变更。"),
]


def plan(
    offline: Annotated[
        bool, typer.Option(help="Compare with an empty base; no call to Feishu. · 与空表格比较，不访问飞书。")
    ] = False,
    allow_destructive: Allowed = None,
    as_json: AsJson = False,
) -> None:
    """Show what `apply` would change. · 查看将要发生的变更。"""
    from feishu_plugin import settings
    from feishu_plugin.app.progress import steps
    from feishu_plugin.app.provision import plan_base

    loaded = None if offline else settings.load()
    token = settings.one_base(loaded) if loaded and loaded.base_tokens else None
    with steps("plan"):
        found = plan_base(loaded, token, frozenset(allow_destructive or ()))
    out(as_text(found.data) if as_json else found)
    if found:
        raise typer.Exit(2)


def apply(
    base_name: Annotated[
        str | None,
        typer.Option(help="Name of the base to create when none is set. · 未设置时要新建的多维表格名称。"),
    ] = None,
    allow_destructive: Allowed = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Bring the base in line with field_schema.json. · 按字段定义建表、补列。"""
    from feishu_plugin import settings
    from feishu_plugin.app.progress import steps
    from feishu_plugin.app.provision import plan_base, provision

    loaded = settings.load()
    token = settings.one_base(loaded) if loaded.base_tokens else None
    allowed = frozenset(allow_destructive or ())
    if dry_run:
        with steps("apply --dry-run"):
            found = plan_base(loaded, token, allowed)
        out(as_text(found.data) if as_json else found)
        return
    with steps("apply") as on_step:
        done = provision(loaded, token, base_name, allowed, on_step)
    out(as_text(done.data) if as_json else done.text)
    if done.applied.failed:
        raise typer.Exit(1)


def adopt(
    mapping: Annotated[
        Path | None, typer.Argument(help="A reviewed mapping file. · 核对过的对应文件。")
    ] = None,
    table: Annotated[str | None, typer.Option(help="Name or id of the table. · 数据表的名称或 id。")] = None,
    as_key: Annotated[
        str,
        typer.Option("--as", help="What it becomes. · 成为系统的哪张表。", autocompletion=completing.tables),
    ] = "requirement",
    base: Annotated[
        str | None,
        typer.Option(
            help="Base or wiki address, or token. · 地址或 token。", autocompletion=completing.bases
        ),
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Where to write the mapping. · 写到哪个文件。")] = None,
    confirm: Annotated[bool, typer.Option("--confirm", help="Make the mapping so. · 按文件接入。")] = False,
    as_json: AsJson = False,
) -> None:
    """Take over a table a team already has, without touching its cells. · 接入已有的数据表，不动单元格。"""
    from feishu_plugin import settings
    from feishu_plugin.app import adopt as adopting
    from feishu_plugin.app.progress import steps

    if mapping is None and confirm:
        raise typer.BadParameter(
            str(
                Phrase(
                    "--confirm 要给出核对过的对应文件", "--confirm needs the mapping file that was reviewed"
                )
            )
        )
    loaded = settings.load()
    with steps("adopt") as on_step:
        if mapping is None:
            done: Any = adopting.suggest_mapping(loaded, base, table, as_key, output)
        else:
            done = adopting.confirm(loaded, mapping, dry_run=not confirm, on_step=on_step)
    say([done], as_json)
