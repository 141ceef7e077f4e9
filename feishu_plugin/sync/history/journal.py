"""What is on its way from the register into the archive, and what must stay: small facts of the store."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from feishu_plugin.records import Record
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.outgoing import tell_administrator

FACT, _HELD, _RETURNED = "archiving", "archiving:held", "archiving:returned"
_MOST_TOLD = 20

Noted = Mapping[str, Mapping[str, str]]
"""Record id in the register to its ``number`` and ``row``, the id of its copy; empty before it is known."""


def noted(desk: Desk) -> Noted:
    """What a run left behind."""
    return desk.store.recall(desk.app_token, FACT) or {}


def note(desk: Desk, leaving: Noted) -> None:
    """Replaces it; kept before the first copy is made."""
    desk.store.keep(desk.app_token, FACT, {origin: dict(one) for origin, one in leaving.items()})


def note_returned(desk: Desk, origin: str, new: str) -> None:
    """A requirement has another record id since it came back."""
    fact = desk.store.recall(desk.app_token, _RETURNED) or {}
    desk.store.keep(desk.app_token, _RETURNED, {**fact, origin: new})


def ids_now(desk: Desk, record_ids: Iterable[str]) -> tuple[str, ...]:
    """The ids by which requirements go today, however often they left and came back."""
    fact: dict[str, str] = desk.store.recall(desk.app_token, _RETURNED) or {}
    found = []
    for one in record_ids:
        while one in fact:
            one = fact[one]
        found.append(one)
    return tuple(found)


def held(desk: Desk) -> set[str]:
    """Record ids that cannot leave; those that were edited since may try again."""
    fact = desk.store.recall(desk.app_token, _HELD) or {}
    states = desk.store.accepted(desk.app_token, "requirement", list(fact))
    return {one for one, state in states.items() if not _is_later(state.record.modified_at, fact[one])}


def hold(desk: Desk, rows: Iterable[Record], why: str) -> None:
    """Keeps rows in the register from now on, and tells the administrators once."""
    found = {row.record_id: row for row in rows}
    if not found:
        return
    fact = desk.store.recall(desk.app_token, _HELD) or {}
    new = {id: row.modified_at or desk.clock.now() for id, row in found.items()}
    desk.store.keep(desk.app_token, _HELD, {**fact, **new})
    numbers = sorted(str(row.get("number")) for row in found.values())
    more = f" 等 {len(numbers)} 条" if len(numbers) > _MOST_TOLD else ""
    text = (
        f"归档时没有通过核对，原记录仍在需求台账，没有删除：{'、'.join(numbers[:_MOST_TOLD])}{more}（{why}）。"
        "请查看这些需求；有人修改后会再试。 Not archived, the rows are still in the register; look at them, "
        "they are tried again after an edit."
    )
    tell_administrator(desk, "archive", text)


def _is_later(at: datetime | None, than: datetime) -> bool:
    return at is not None and at > than
