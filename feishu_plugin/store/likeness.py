"""The index of look-alikes: which records share bands of their fingerprints; knows no text.

A band is one narrow row, so a look reads the newest few of each band and counts. Rows of
deleted records stay: whoever looks finds no accepted state for them.
"""

import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Integer, Select, bindparam, delete, func, select, union_all

from feishu_plugin.store.engine import in_chunks
from feishu_plugin.store.part import Part
from feishu_plugin.store.tables import bands, prints

_OF_A_BAND = 100
"""Records of one band that are looked at: texts that thousands share tell nothing."""
Prints = Mapping[str, Sequence[int]]


class StoredLikeness(Part):
    """``look_alikes`` of the port Work, and the writing side of ``settle``."""

    def look_alikes(self, app_token: str, fingerprint: Sequence[int], limit: int) -> Sequence[str]:
        """Records that share bands with a fingerprint, those that share most first."""
        if not fingerprint:
            return ()
        wanted = _salted(app_token, fingerprint)
        values = {_name(place): band for place, band in enumerate(wanted)}
        with self._database.reading() as connection:
            return connection.scalars(_look(len(wanted)), {**values, "most": limit}).all()

    def fingerprints(self, app_token: str, record_ids: Sequence[str]) -> Mapping[str, Sequence[int]]:
        """The settled fingerprints of these records; those without one are absent."""
        with self._database.reading() as connection:
            found = [_known(connection, app_token, chunk) for chunk in in_chunks(list(record_ids))]
        return {one: _unpacked(packed) for part in found for one, (_, packed) in part.items()}

    def _print(self, connection: Connection, app_token: str, wanted: Prints) -> None:
        """Stores fingerprints; inside the transaction of a settlement."""
        for chunk in in_chunks(list(wanted)):
            known = _known(connection, app_token, chunk)
            changed = {
                one: wanted[one] for one in chunk if known.get(one, (0, b""))[1] != _packed(wanted[one])
            }
            if changed:
                _forget(connection, app_token, [known[one] for one in changed if one in known])
                self._print_new(connection, app_token, changed)

    def _print_new(self, connection: Connection, app_token: str, changed: Prints) -> None:
        rows = [{"app_token": app_token, "record_id": o, "bands": _packed(f)} for o, f in changed.items()]
        insert = self._database.insert(prints).values(rows)
        update = {"bands": insert.excluded.bands}
        stored = insert.on_conflict_do_update(index_elements=["app_token", "record_id"], set_=update)
        found = connection.execute(stored.returning(prints.c.record_id, prints.c.row)).all()
        new = [
            {"band": band, "print": row}
            for record_id, row in found
            for band in _salted(app_token, changed[record_id])
        ]
        if new:
            connection.execute(self._database.insert(bands), new)


def _forget(connection: Connection, app_token: str, known: Sequence[tuple[int, bytes]]) -> None:
    """Takes the bands of an earlier text out of the index."""
    for row, packed in known:
        old = _salted(app_token, _unpacked(packed))
        connection.execute(delete(bands).where(bands.c.band.in_(old), bands.c.print == row))


@cache
def _look(count: int) -> Select[Any]:
    """The question for so many bands; put together once, because that costs more than to ask it."""
    shared = union_all(*(_of_band(place) for place in range(count))).subquery()
    most = (
        select(shared.c.print, func.count().label("count"))
        .group_by(shared.c.print)
        .order_by(func.count().desc(), shared.c.print.desc())
        .limit(bindparam("most", type_=Integer))
        .subquery()
    )
    query = select(prints.c.record_id).join(most, most.c.print == prints.c.row)
    return query.order_by(most.c.count.desc(), prints.c.row.desc())


def _of_band(place: int) -> Select[Any]:
    newest = select(bands.c.print).where(bands.c.band == bindparam(_name(place)))
    return newest.order_by(bands.c.print.desc()).limit(_OF_A_BAND).subquery().select()


def _name(place: int) -> str:
    return f"band{place}"


def _known(connection: Connection, app_token: str, ids: Sequence[str]) -> dict[str, tuple[int, bytes]]:
    query = select(prints.c.record_id, prints.c.row, prints.c.bands).where(
        prints.c.app_token == app_token, prints.c.record_id.in_(ids)
    )
    return {record_id: (row, packed) for record_id, row, packed in connection.execute(query)}


def _salted(app_token: str, fingerprint: Iterable[int]) -> list[int]:
    """Bases share the table and must not find each other's records; each band once."""
    salt = (zlib.crc32(app_token.encode()) & 0x7FFFFFFF) << 32
    return list(dict.fromkeys(salt | band for band in fingerprint))


def _packed(fingerprint: Sequence[int]) -> bytes:
    return struct.pack(f">{len(fingerprint)}I", *fingerprint)


def _unpacked(packed: bytes) -> tuple[int, ...]:
    return struct.unpack(f">{len(packed) // 4}I", packed)
