"""``replay`` and ``undo``: other rules over what has happened, and taking a mistake back."""

from pathlib import Path
from typing import Annotated

import typer

from feishu_plugin.commands import completing
from feishu_plugin.commands.options import AsJson, Now, instant
from feishu_plugin.commands.printing import say

Since = Annotated[str, typer.Option(help="A day or instant, 2026-09-01. · 起始日期。")]
Until = Annotated[str | None, typer.Option(help="A day (whole) or instant; now if left out. · 截止日期。")]


def replay(
    policy: Annotated[Path, typer.Option(help="A policy file, .json. · 规则文件。")],
    since: Since,
    until: Until = None,
    card: Annotated[
        bool, typer.Option("--card", help="Send it to the administrators. · 发给管理员。")
    ] = False,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Run a changed policy over past moves: put-backs, missed limits, reminders. · 用新规则回放历史。

    Only statuses have a history: other fields are judged with the values they have today. ·
    只有状态有历史，其他字段按现在的值判断。
    """
    from feishu_plugin import settings
    from feishu_plugin.app.compose import office
    from feishu_plugin.app.progress import steps
    from feishu_plugin.app.replay_job import replay as run

    loaded = settings.load()
    with steps("replay"), office(loaded, instant(now)) as found:
        done = run(found, settings.one_base(loaded), policy, since, until, card=card)
    say([done], as_json)


def undo(
    by: Annotated[str, typer.Option(help="Whose edits: a name, e-mail or open_id. · 谁的改动。")],
    between: Annotated[
        tuple[str, str], typer.Option(help="From and to, days or instants. · 起止日期或时间。", metavar="A B")
    ],
    field: Annotated[
        list[str] | None,
        typer.Option(
            help="A column instead of 当前状态; may be repeated. · 要撤销的列，可重复。",
            autocompletion=completing.columns,
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do it; else only preview. · 执行；否则只预览。")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take a person's bulk mistake back; shows what it would do until told --yes. · 撤销一次批量误改。

    Status moves are known from the ledger for ever, edits of other fields for 30 days. What
    somebody went on from is listed and left alone. ·
    状态流转永久可查，其他列保留 30 天；之后又被改过的会列出并保留。
    """
    from feishu_plugin import settings
    from feishu_plugin.app.compose import office
    from feishu_plugin.app.progress import steps
    from feishu_plugin.app.undo_job import undo as run

    loaded = settings.load()
    with steps("undo"), office(loaded) as found:
        done = run(found, settings.one_base(loaded), by, between, field or (), yes=yes)
    say([done], as_json)
