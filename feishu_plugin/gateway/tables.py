"""The records of one base, by stable keys: typed reads, batched writes, one writer at a time.

It translates and carries; it judges nothing and never answers an event. Batches: 500 rows
a write, 100 ids a batch_get, 500 rows a page (bitable v1; a batch is all or nothing).
"""

import hashlib
import logging
import threading
import uuid
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from feishu_plugin.binding import Binding, BoundField, BoundTable, LiveTable, bind
from feishu_plugin.errors import BindingError, FeishuError
from feishu_plugin.gateway import cells
from feishu_plugin.gateway.http import Feishu
from feishu_plugin.gateway.structure import TABLE, list_tables
from feishu_plugin.identity import recognise, seen
from feishu_plugin.language import Phrase
from feishu_plugin.ports import Json
from feishu_plugin.records import Record, Values
from feishu_plugin.schema import FieldType, Schema
from feishu_plugin.structure_ports import Identities

RECORDS = f"{TABLE}/records"
FILE = "/open-apis/drive/v1/files/:file_token"

WRITE_BATCH, READ_BATCH, PAGE = 500, 100, 500

NEWEST_BY: tuple[FieldType, ...] = ("modified_time", "created_time")
STALE_NAMES = frozenset({1254045, 1254024, 1254018, 1254016})
"""Field name not found (write, field_names, filter, sort): somebody renamed a column."""
RECORD_NOT_FOUND = 1254043
TOO_LARGE = 1254002
USER_ID = {"user_id_type": "open_id"}

T = TypeVar("T")
log = logging.getLogger(__name__)


class BaseTables:
    """``ports.Tables`` of one base; safe for threads."""

    def __init__(
        self,
        feishu: Feishu,
        schema: Schema,
        app_token: str,
        *,
        new: bool = False,
        identities: Identities | None = None,
    ) -> None:
        self._feishu, self._schema, self.app_token, self._new = feishu, schema, app_token, new
        self._identities = identities
        self._binding: Binding | None = None
        self.live: Sequence[LiveTable] = ()
        """The tables and columns as they were last listed, without views."""
        self._names: dict[str, set[str]] = {}
        self._made: deque[str] = deque(maxlen=4 * WRITE_BATCH)
        self._lock = threading.RLock()

    @property
    def binding(self) -> Binding:
        """How keys map to the live base; listed on first use, refreshed by ``rebind``."""
        with self._lock:
            return self._binding or self.rebind()

    def rebind(self) -> Binding:
        """Lists tables and fields again (after a field event, 1254045, or on start)."""
        with self._lock:
            live = self._recognised(list_tables(self._feishu, self.app_token, fresh=self._new))
            self.live = live
            self._names = {table.table_id: _names(table) for table in live}
            self._binding = bind(self._schema, self.app_token, live)
            return self._binding

    def _recognised(self, live: Sequence[LiveTable]) -> Sequence[LiveTable]:
        """What was renamed since we saw it first keeps its key; what is new is remembered."""
        if self._identities is None:
            return live
        known = recognise(live, self._identities.known())
        self._identities.learn(seen(self._schema, known))
        return known

    def read(self, table: str, record_ids: Sequence[str]) -> Mapping[str, Record]:
        """The named rows (100 ids a call); rows that no longer exist are absent."""
        found: dict[str, Record] = {}
        for ids in _chunks(list(dict.fromkeys(record_ids)), READ_BATCH):
            body = {"record_ids": ids, "automatic_fields": True, **USER_ID}
            data = self._call(table, "POST", "/batch_get", body=body, tier="T8", repeatable=True)
            found.update({r.record_id: r for r in self._records(table, data.get("records"))})
            if hidden := set(data.get("forbidden_record_ids") or ()) - set(found):
                log.warning("%s: %s rows are hidden from the app (advanced permissions)", table, len(hidden))
        return found

    def scan(self, table: str, *, newest_first: bool = False) -> Iterator[Sequence[Record]]:
        """All rows, a page of up to 500 at a time; by last change when ``newest_first``.

        Without a bound ``modified_time`` field by creation, without both in Feishu's own order.
        """

        def query(bound: BoundTable) -> Json:
            moments = {f.type: f.name for f in bound.fields.values() if f.type in NEWEST_BY}
            changed = next((moments[type] for type in NEWEST_BY if type in moments), None)
            return {"sort": [{"field_name": changed, "desc": True}]} if newest_first and changed else {}

        return self._search(table, query)

    def scan_columns(self, table: str, keys: Collection[str]) -> Iterator[Sequence[Record]]:
        """All rows, a page of up to 500 at a time, with these fields only; in Feishu's own order."""
        return self._search(table, lambda bound: {"field_names": [_field(bound, key).name for key in keys]})

    def scan_cells(self, table: str) -> Iterator[Sequence[tuple[Record, Mapping[str, cells.Cell]]]]:
        """All rows in Feishu's own order, each with its cells as Feishu shows them, by field key."""
        for items in self._pages(table, lambda bound: {}):
            records = self._records(table, items)
            names = {field.name: field.key for field in self._table(table).fields.values()}
            shown = ({names[n]: cell for n, cell in i["fields"].items() if n in names} for i in items)
            yield list(zip(records, shown, strict=True))

    def find(self, table: str, key: str, value: str) -> Sequence[Record]:
        """Rows whose field ``key`` is ``value`` (text, option key, open_id or record id)."""

        def query(bound: BoundTable) -> Json:
            field = _field(bound, key)
            wanted = field.option_names.get(value, value)
            condition = {"field_name": field.name, "operator": "is", "value": [wanted]}
            return {"filter": {"conjunction": "and", "conditions": [condition]}}

        return [record for page in self._search(table, query) for record in page]

    def update(self, table: str, changes: Mapping[str, Values]) -> None:
        """Merges values into rows (``record_id`` to values; None clears), up to 500 a call.

        Rows that were deleted meanwhile are left out and logged.
        """
        for ids in _chunks(list(changes), WRITE_BATCH):
            self._update({record_id: changes[record_id] for record_id in ids}, table)

    def create(self, table: str, rows: Sequence[Values], identity: str) -> Sequence[str]:
        """Adds rows, once per identity (becomes ``client_token``); returns the record ids."""
        made: list[str] = []
        for number, chunk in enumerate(_chunks(list(rows), WRITE_BATCH)):
            made += self._create(table, chunk, token_of(f"{identity}#{number}"))
        self._made.extend(made)
        return made

    def remove(self, table: str, record_ids: Sequence[str]) -> None:
        """Deletes rows, up to 500 a call; rows that are gone already are left out."""
        for ids in _chunks(list(dict.fromkeys(record_ids)), WRITE_BATCH):
            try:
                self._delete(table, ids)
            except FeishuError as error:
                alive = list(self.read(table, ids)) if error.code == RECORD_NOT_FOUND else ids
                if len(alive) == len(ids):
                    raise
                self.remove(table, alive)

    def _delete(self, table: str, ids: Sequence[str]) -> None:
        self._bound(table, lambda bound: self._write(bound, "/batch_delete", {"records": list(ids)}))

    def subscribe(self) -> None:
        """Asks Feishu for this base's events; needs the right to manage it (1069603)."""
        self._drive("POST", "/subscribe", "T4")

    def is_subscribed(self) -> bool:
        """True when this app is subscribed; Feishu allows 10 such questions a minute."""
        return bool(self._drive("GET", "/get_subscribe", "T1").get("is_subscribe"))

    def _drive(self, method: str, action: str, tier: str) -> Json:
        return self._feishu.call(
            method,
            FILE + action,
            ids={"file_token": self.app_token},
            query={"file_type": "bitable"},
            tier=tier,
            repeatable=True,
        )

    def _update(self, changes: Mapping[str, Values], table: str) -> None:
        def write(bound: BoundTable) -> Json:
            new = not set(self._made).isdisjoint(changes)
            return self._write(bound, "/batch_update", _updates(bound, changes), fresh=new)

        try:
            self._bound(table, write)
        except FeishuError as error:
            for part in self._smaller(table, changes, error):
                self._update(part, table)

    def _smaller(
        self, table: str, changes: Mapping[str, Values], error: FeishuError
    ) -> list[dict[str, Values]]:
        """What to try instead of a refused batch; raises the error when nothing smaller is left."""
        ids = list(changes)
        if error.code == TOO_LARGE and len(ids) > 1:
            half = len(ids) // 2
            return [{i: changes[i] for i in part} for part in (ids[:half], ids[half:])]
        if error.code == RECORD_NOT_FOUND:
            alive = self.read(table, ids)
            if len(alive) < len(ids):
                log.warning("%s: %s rows were deleted before they were written", table, len(ids) - len(alive))
                return [{i: changes[i] for i in alive}] if alive else []
        raise error

    def _create(self, table: str, rows: Sequence[Values], client_token: str) -> list[str]:
        def write(bound: BoundTable) -> Json:
            body = {"records": [{"fields": _cells(bound, row)} for row in rows]}
            return self._write(bound, "/batch_create", body, client_token=client_token)

        return [str(record["record_id"]) for record in self._bound(table, write)["records"]]

    def _write(self, bound: BoundTable, action: str, body: Json, **options: Any) -> Json:
        with self._feishu.pace.writer(self.app_token):
            return self._feishu.call(
                "POST",
                RECORDS + action,
                ids={"app_token": self.app_token, "table_id": bound.table_id},
                query=USER_ID,
                body=body,
                tier="T9",
                repeatable=True,
                **options,
            )

    def _search(self, table: str, query: Callable[[BoundTable], Json]) -> Iterator[Sequence[Record]]:
        return (self._records(table, items) for items in self._pages(table, query))

    def _pages(self, table: str, query: Callable[[BoundTable], Json]) -> Iterator[Sequence[Json]]:
        page_token: str | None = None
        while True:
            paging = {**USER_ID, "page_size": PAGE, "page_token": page_token}

            def page(bound: BoundTable, paging: Json = paging) -> Json:
                return self._feishu.call(
                    "POST",
                    f"{RECORDS}/search",
                    ids={"app_token": self.app_token, "table_id": bound.table_id},
                    query=paging,
                    body={"automatic_fields": True, **query(bound)},
                    tier="T8",
                    repeatable=True,
                )

            data = self._bound(table, page)
            yield data.get("items") or ()
            page_token = data.get("page_token")
            if not data.get("has_more") or not page_token:
                return

    def _call(self, table: str, method: str, action: str, **options: Any) -> Json:
        ids = {"app_token": self.app_token, "table_id": self._table(table).table_id}
        return self._feishu.call(method, RECORDS + action, ids=ids, **options)

    def _bound(self, table: str, operation: Callable[[BoundTable], T]) -> T:
        """Runs an operation that uses names; a name that Feishu does not know is looked up once."""
        try:
            return operation(self._table(table))
        except FeishuError as error:
            if error.code not in STALE_NAMES:
                raise
        except BindingError:
            pass
        self.rebind()
        return operation(self._table(table))

    def _table(self, key: str) -> BoundTable:
        try:
            return self.binding.tables[key]
        except KeyError:
            raise BindingError(
                Phrase(
                    f"多维表格 {self.app_token} 没有数据表 {key!r}；请运行 feishu-plugin apply",
                    f"the base {self.app_token} has no table {key!r}; run apply",
                )
            ) from None

    def _records(self, table: str, items: Sequence[Json] | None) -> list[Record]:
        """Decodes rows; an unknown column name means a rename that no event told yet."""
        bound = self._table(table)
        unknown = {name for item in items or () for name in item["fields"]} - self._names.get(
            bound.table_id, set()
        )
        if unknown:
            self.rebind()
            bound = self._table(table)
            self._names.setdefault(bound.table_id, set()).update(unknown)
        return [_record(bound, item) for item in items or ()]


def token_of(identity: str) -> str:
    """A ``client_token`` that is always the same for an identity, in the UUID v4 form Feishu asks for."""
    return str(uuid.UUID(bytes=hashlib.sha256(identity.encode()).digest()[:16], version=4))


def _names(table: LiveTable) -> set[str]:
    return {field.name for field in table.fields}


def _chunks(items: Sequence[T], size: int) -> Iterator[list[T]]:
    for start in range(0, len(items), size):
        yield list(items[start : start + size])


def _updates(bound: BoundTable, changes: Mapping[str, Values]) -> Json:
    rows = ({"record_id": id, "fields": _cells(bound, values)} for id, values in changes.items())
    return {"records": list(rows)}


def _cells(bound: BoundTable, values: Values) -> Json:
    fields = {key: _field(bound, key) for key in values}
    return {field.name: cells.encode(field, values[key]) for key, field in fields.items()}


def _field(bound: BoundTable, key: str) -> BoundField:
    try:
        return bound.fields[key]
    except KeyError:
        raise BindingError(
            Phrase(
                f"数据表「{bound.name}」没有字段 {bound.key}.{key}；请运行 feishu-plugin apply",
                f"the table {bound.name} has no field {bound.key}.{key}; run apply",
            )
        ) from None


def _record(bound: BoundTable, item: Json) -> Record:
    shown = item["fields"]
    values = {f.key: cells.decode(f, shown[f.name]) for f in bound.fields.values() if f.name in shown}
    return Record(
        record_id=item["record_id"],
        values={key: value for key, value in values.items() if value is not None},
        created_at=cells.moment(item.get("created_time")),
        created_by=_who(item.get("created_by")),
        modified_at=cells.moment(item.get("last_modified_time")),
        modified_by=_who(item.get("last_modified_by")),
    )


def _who(person: Any) -> str | None:
    return (person.get("id") or None) if isinstance(person, Mapping) else None
