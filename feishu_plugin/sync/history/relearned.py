"""What a database that began anew, or came back from a copy, does not know of archived requirements.

Whoever counts what customers had asks the store; it learns from the archive what it lacks, once.
"""

from collections.abc import Iterator, Sequence

from feishu_plugin.archived import ARCHIVED, content_of
from feishu_plugin.errors import ArchivedRowError
from feishu_plugin.ports import Settlement
from feishu_plugin.records import Accepted, Record
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.history.own_columns import ARCHIVE
from feishu_plugin.sync.history.returning import state_of

_FACT = "archive:known"


def doubt(desk: Desk) -> None:
    """The state is that of an older copy: the archive is to be looked through again."""
    desk.store.keep(desk.app_token, _FACT, {"is_known": False})


def relearn(desk: Desk) -> int:
    """Remembers archived requirements that nobody remembers; how many. Costs no call but the first time."""
    if desk.tables.binding.lacks(ARCHIVE, "content", "checksum"):
        return 0
    fact = desk.store.recall(desk.app_token, _FACT)
    if fact and fact["is_known"]:
        return 0
    is_ours = fact is None and any(True for _ in desk.store.all_accepted(desk.app_token, ARCHIVED))
    learned = 0 if is_ours else sum(_take(desk, page) for page in desk.tables.scan(ARCHIVE))
    desk.store.keep(desk.app_token, _FACT, {"is_known": True})
    return learned


def _take(desk: Desk, page: Sequence[Record]) -> int:
    found = dict(_states(desk, page))
    known = desk.store.accepted(desk.app_token, ARCHIVED, list(found))
    new = {(ARCHIVED, id): state for id, state in found.items() if id not in known}
    if new:
        desk.store.settle(desk.app_token, Settlement(accepted=new))
    return len(new)


def _states(desk: Desk, page: Sequence[Record]) -> Iterator[tuple[str, Accepted]]:
    for row in page:
        try:
            content = content_of(row)
        except ArchivedRowError:
            continue  # whoever wants it back hears of it
        yield content.record.record_id, state_of(desk, content, str(row.get("number")))
