"""``unarchive``: requirements come back from 历史需求数据表."""

from typing import Annotated

import typer

from feishu_plugin.commands.options import AsJson
from feishu_plugin.commands.printing import say

Numbers = Annotated[
    list[str], typer.Argument(metavar="NUMBER...", help="Numbers of archived requirements. · 需求编号。")
]


def unarchive(numbers: Numbers, as_json: AsJson = False) -> None:
    """Bring archived requirements back into the register. · 把归档的需求恢复到台账。

    Same content, number, status and links; their rows in 历史需求数据表 go when they were read back.
    (`restore` is something else: it makes a whole base from an export.) ·
    内容、编号、状态、关联都不变；核对无误后才删除历史需求数据表里的行。
    （`restore` 是另一回事：从导出还原整个多维表格。）
    """
    from feishu_plugin import settings
    from feishu_plugin.app.compose import office
    from feishu_plugin.app.progress import steps
    from feishu_plugin.app.unarchive_job import unarchive as run

    loaded = settings.load()
    with steps("unarchive"), office(loaded) as found:
        done = run(found, settings.one_base(loaded), numbers)
    say([done], as_json)
