"""``replay``: other rules over what has happened."""

from pathlib import Path
from typing import Annotated

import typer

from feishu_plugin.commands.options import AsJson, Now, instant, say

Since = Annotated[str, typer.Option(help="A day or instant, 2026-09-01. 起始日期。")]
Until = Annotated[str | None, typer.Option(help="A day (whole) or instant; now if left out. 截止日期。")]


def replay(
    policy: Annotated[Path, typer.Option(help="A policy file, .json. 规则文件。")],
    since: Since,
    until: Until = None,
    card: Annotated[bool, typer.Option("--card", help="Send it to the administrators. 发给管理员。")] = False,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Run a changed policy over past moves: put-backs, missed limits, reminders. 用新规则回放历史。

    Only statuses have a history: other fields are judged with the values they have today.
    只有状态有历史，其他字段按现在的值判断。
    """
    from feishu_plugin import settings
    from feishu_plugin.app.compose import office
    from feishu_plugin.app.replay_job import replay as run

    loaded = settings.load()
    with office(loaded, instant(now)) as found:
        say([run(found, settings.one_base(loaded), policy, since, until, card=card)], as_json)
