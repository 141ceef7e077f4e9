"""``unarchive``: asks for archived requirements by number, and brings them back unless a service does."""

from collections.abc import Sequence

from feishu_plugin.app.compose import Office, desk_for
from feishu_plugin.app.jobs import Outcome, drain, work_off
from feishu_plugin.archived import content_of
from feishu_plugin.errors import ArchivedRowError
from feishu_plugin.language import Phrase
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.history.asked import ask
from feishu_plugin.sync.history.own_columns import ARCHIVE, REGISTER
from feishu_plugin.sync.history.returning import find_archived


def unarchive(office: Office, app_token: str, numbers: Sequence[str]) -> Outcome:
    """ArchivedRowError, before anything is written, for a number that is not there or was altered."""
    desk = desk_for(office, app_token)
    wanted = [one.strip() for one in dict.fromkeys(numbers)]
    rows = {number: _row_of(desk, number) for number in wanted}
    ask(desk, list(rows.values()))
    work_off(desk)
    drain(office, desk)
    back = {number: _back(desk, number) for number in wanted}
    lines = (_line(desk, number, record_id) for number, record_id in back.items())
    return Outcome(text="\n".join(lines), data={"base_token": app_token, "restored": back})


def _row_of(desk: Desk, number: str) -> str:
    """The archive's row, whose content was looked through."""
    found = find_archived(desk, number)
    row = desk.tables.read(ARCHIVE, [found]).get(found) if found else None
    if row is None:
        back = _back(desk, number)
        raise ArchivedRowError(
            Phrase(
                f"{number}：历史需求数据表里没有；{'已在需求台账' if back else '台账里也没有'}",
                f"{number}: it is not in the archive, "
                f"{'it is in the register' if back else 'nor in the register'}",
            )
        )
    content_of(row)
    return row.record_id


def _back(desk: Desk, number: str) -> str | None:
    """The record id in the register, once the archive's row is gone."""
    here = desk.tables.find(REGISTER, "number", number)
    return here[0].record_id if here and find_archived(desk, number) is None else None


def _line(desk: Desk, number: str, record_id: str | None) -> str:
    if record_id is None:
        return str(
            Phrase(f"{number}：交给正在运行的服务，稍后恢复", f"{number}: is left to the running service")
        )
    return f"{number}: {Phrase('已恢复', 'is back')}: {desk.link(REGISTER, record_id)}"
