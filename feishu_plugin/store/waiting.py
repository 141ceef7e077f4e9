"""Which bases have something to do, asked for all of them at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from feishu_plugin.store.part import Part
from feishu_plugin.store.tables import LINE, OPEN, WAITING, inbox, outbox

HINT = "hint"
"""Beside the kinds of effects: a change that nobody judged yet."""


class StoredWaiting(Part):
    """Reads only."""

    def waiting(self, now: datetime) -> Mapping[str, Collection[str]]:
        """app_token to what waits there: ``hint``, and the kinds of effects whose time has come.

        Lines are left out: their cards fold them.
        """
        found: dict[str, set[str]] = defaultdict(set)
        with self._database.reading() as connection:
            for app_token in connection.scalars(_WITH_HINTS):
                found[app_token].add(HINT)
            for app_token, kind in connection.execute(_WITH_EFFECTS, {"now": now}):
                found[app_token].add(kind)
        return found


def _with_hints() -> Select[Any]:
    """From one base to the next by the index of open hints: a long backlog costs no more than a short one."""
    bases = select(func.min(inbox.c.app_token).label("app_token")).where(OPEN).cte("bases", recursive=True)
    after = select(func.min(inbox.c.app_token)).where(OPEN, inbox.c.app_token > bases.c.app_token)
    bases = bases.union_all(select(after.scalar_subquery()).where(bases.c.app_token.is_not(None)))
    return select(bases.c.app_token).where(bases.c.app_token.is_not(None))


_WITH_HINTS = _with_hints()
_WITH_EFFECTS = (
    select(outbox.c.app_token, outbox.c.kind)
    .where(WAITING, outbox.c.next_try <= bindparam("now"), outbox.c.kind != LINE)
    .distinct()
)
