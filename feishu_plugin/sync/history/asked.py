"""Requirements that somebody wants back: asked through the inbox, done by whoever works on the base."""

import logging
from collections.abc import Sequence
from typing import Literal

from feishu_plugin.errors import ArchivedRowError
from feishu_plugin.ports import Hint
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.history.own_columns import ARCHIVE, whole
from feishu_plugin.sync.history.returning import Returned, bring_back
from feishu_plugin.sync.outgoing import tell_administrator

KIND: Literal["restore"] = "restore"
log = logging.getLogger(__name__)


def ask(desk: Desk, archived_rows: Sequence[str]) -> None:
    """Puts the wish into the inbox, where a crash does not lose it; twice at one moment is once."""
    now = desk.clock.now()
    table_id = desk.tables.binding.tables[ARCHIVE].table_id
    desk.store.put(
        [
            Hint(
                app_token=desk.app_token,
                table_id=table_id,
                record_id=one,
                kind=KIND,
                event_id=f"restore:{now.isoformat()}",
                received_at=now,
            )
            for one in archived_rows
        ]
    )


def _tell(desk: Desk, back: Sequence[Returned]) -> None:
    """What could not be filled again, because a column or a linked row is gone meanwhile."""
    for one in back:
        if one.left_out:
            columns = "、".join(one.left_out)
            text = (
                f"{one.number} 已从历史需求数据表恢复，但以下列没有填回：{columns}（列或关联的行已不存在）。"
                f" Restored, but these columns could not be filled again: {columns}."
            )
            tell_administrator(desk, "restore", text)


def restore(desk: Desk, archived_rows: Sequence[str]) -> list[Returned]:
    """Brings back what can be; of what cannot, the administrators hear why."""
    if not archived_rows:
        return []
    base, back = whole(desk), list[Returned]()
    for one in archived_rows:
        try:
            found = bring_back(desk, base, one)
        except ArchivedRowError as error:
            log.error("archived row %s cannot come back: %s", one, error)
            tell_administrator(desk, f"restore:{one}", str(error))
        else:
            back += [found] if found else []
    _tell(desk, back)
    return back
