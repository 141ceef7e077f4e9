"""The structure of one base: its tables, fields, views and forms, read whole, changed one by one.

Bodies are Feishu's own (bitable v1). It decides nothing; what should change is ``sync``'s business.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from feishu_plugin.binding import LiveField, LiveTable, LiveView
from feishu_plugin.errors import FeishuUnreachable
from feishu_plugin.gateway.http import Feishu
from feishu_plugin.gateway.pacing import fresh_token
from feishu_plugin.ports import Json

BASES = "/open-apis/bitable/v1/apps"
BASE = f"{BASES}/:app_token"
TABLES = f"{BASE}/tables"
TABLE = f"{TABLES}/:table_id"
FIELDS, FIELD = f"{TABLE}/fields", f"{TABLE}/fields/:field_id"
VIEWS, VIEW = f"{TABLE}/views", f"{TABLE}/views/:view_id"
FORM = f"{TABLE}/forms/:form_id"
QUESTIONS, QUESTION = f"{FORM}/fields", f"{FORM}/fields/:field_id"

CREATE_TRIES = 4
LIST_PAGE = 100
"""Most items in one page of tables, fields, views and questions."""


def create_base(feishu: Feishu, name: str, time_zone: str) -> tuple[str, str]:
    """Creates a base in the app's own space; returns (app_token, url).

    ``time_zone`` (IANA) fixes the day boundaries of date filters. A lost answer is not
    repeated, because Feishu would make a second base: FeishuUnreachable.
    """
    body = {"name": name, "time_zone": time_zone}
    app = feishu.call("POST", BASES, body=body, tier="T2")["app"]
    return str(app["app_token"]), str(app.get("url") or "")


def list_tables(feishu: Feishu, app_token: str, *, fresh: bool = False) -> list[LiveTable]:
    """Every table of a base with its fields, without views."""
    found = pages(feishu, TABLES, {"app_token": app_token}, fresh=fresh)
    return [
        LiveTable(
            table_id=table["table_id"],
            name=table["name"],
            fields=list_fields(feishu, app_token, table["table_id"], fresh=fresh),
        )
        for table in found
    ]


def list_fields(
    feishu: Feishu, app_token: str, table_id: str, *, fresh: bool = False
) -> tuple[LiveField, ...]:
    """Every column of a table, in order."""
    ids = {"app_token": app_token, "table_id": table_id}
    return tuple(_live_field(item) for item in pages(feishu, FIELDS, ids, fresh=fresh))


def pages(feishu: Feishu, path: str, ids: Mapping[str, str], *, fresh: bool = False) -> Iterator[Json]:
    """All items of a paged list."""
    token: str | None = None
    while True:
        query = {"page_size": LIST_PAGE, "page_token": token}
        page = feishu.call("GET", path, ids=ids, query=query, tier="T8", fresh=fresh)
        yield from page.get("items") or ()
        token = page.get("page_token")
        # Samples show a page_token on the last page as well; only has_more counts.
        if not page.get("has_more") or not token:
            return


class BaseStructure:
    """``ports.Structure`` of one base. ``new`` tells that the base was made a moment ago."""

    def __init__(self, feishu: Feishu, app_token: str, *, new: bool = False) -> None:
        self._feishu, self.app_token = feishu, app_token
        self._made = {app_token} if new else set()

    def live(self) -> Sequence[LiveTable]:
        """Every table with its fields and views (views with their ``property``)."""
        new = self.app_token in self._made
        return [
            LiveTable(
                table_id=table.table_id,
                name=table.name,
                fields=table.fields,
                views=tuple(self._views(table.table_id)),
            )
            for table in list_tables(self._feishu, self.app_token, fresh=new)
        ]

    def create_table(self, name: str, default_view_name: str, fields: Sequence[Json]) -> str:
        """Returns the table id; ``fields[0]`` becomes the primary field."""
        table = {"name": name, "default_view_name": default_view_name, "fields": list(fields)}

        def make() -> str:
            return str(self._write("POST", TABLES, body={"table": table})["table_id"])

        return self._once(make, TABLES, {}, ("name", name, "table_id"))

    def rename_table(self, table_id: str, name: str) -> None:
        """Gives a table a new name."""
        self._write("PATCH", TABLE, {"table_id": table_id}, body={"name": name})

    def delete_table(self, table_id: str) -> None:
        """Deletes a table and everything in it; 1254034 when it is the last one."""
        self._write("DELETE", TABLE, {"table_id": table_id})

    def create_field(self, table_id: str, body: Json) -> str:
        """Returns the field id."""
        field = self._write("POST", FIELDS, {"table_id": table_id}, body=body, client_token=fresh_token())
        return self._remember(field["field"]["field_id"])

    def update_field(self, table_id: str, field_id: str, body: Json) -> None:
        """Overwrites a field whole: options that are not in the body are lost."""
        self._write("PUT", FIELD, {"table_id": table_id, "field_id": field_id}, body=body)

    def delete_field(self, table_id: str, field_id: str) -> None:
        """Deletes a column and its cells; 1254046 for the primary field."""
        self._write("DELETE", FIELD, {"table_id": table_id, "field_id": field_id})

    def create_view(self, table_id: str, name: str, view_type: str) -> str:
        """Returns the view id (of a form view it is the form id as well)."""
        ids = {"table_id": table_id}

        def make() -> str:
            body = {"view_name": name, "view_type": view_type}
            return str(self._write("POST", VIEWS, ids, body=body)["view"]["view_id"])

        return self._once(make, VIEWS, ids, ("view_name", name, "view_id"))

    def update_view(self, table_id: str, view_id: str, body: Json) -> None:
        """Sets ``view_name`` and ``property`` (filter_info, hidden_fields)."""
        self._write("PATCH", VIEW, {"table_id": table_id, "view_id": view_id}, body=body)

    def delete_view(self, table_id: str, view_id: str) -> None:
        """Deletes a view; 1254023 when it is the last one."""
        self._write("DELETE", VIEW, {"table_id": table_id, "view_id": view_id})

    def form(self, table_id: str, form_id: str) -> Json:
        """``{name, description, shared, shared_url, shared_limit, submit_limit_once}``."""
        form: Json = self._read(FORM, {"table_id": table_id, "form_id": form_id})["form"]
        return form

    def update_form(self, table_id: str, form_id: str, body: Json) -> None:
        """Changes the form's settings."""
        self._write("PATCH", FORM, {"table_id": table_id, "form_id": form_id}, body=body)

    def questions(self, table_id: str, form_id: str) -> Sequence[Json]:
        """``[{field_id, title, description, required, visible}]`` in order."""
        ids = {"app_token": self.app_token, "table_id": table_id, "form_id": form_id}
        return list(pages(self._feishu, QUESTIONS, ids, fresh=form_id in self._made))

    def update_question(self, table_id: str, form_id: str, field_id: str, body: Json) -> None:
        """Changes one question."""
        ids = {"table_id": table_id, "form_id": form_id, "field_id": field_id}
        self._write("PATCH", QUESTION, ids, body=body)

    def _views(self, table_id: str) -> Iterator[LiveView]:
        ids = {"app_token": self.app_token, "table_id": table_id}
        for view in pages(self._feishu, VIEWS, ids):
            whole = self._read(VIEW, {"table_id": table_id, "view_id": view["view_id"]})["view"]
            yield LiveView(
                view_id=view["view_id"],
                name=view["view_name"],
                type=view["view_type"],
                property=whole.get("property") or {},
            )

    def _read(self, path: str, ids: Mapping[str, str]) -> Json:
        fresh = not self._made.isdisjoint(ids.values())
        return self._feishu.call("GET", path, ids={**ids, "app_token": self.app_token}, fresh=fresh)

    def _write(self, method: str, path: str, ids: Mapping[str, str] | None = None, **options: Any) -> Json:
        named = {**(ids or {}), "app_token": self.app_token}
        fresh = not self._made.isdisjoint(named.values())
        with self._feishu.pace.writer(self.app_token):
            return self._feishu.call(method, path, ids=named, tier="T7", fresh=fresh, **options)

    def _once(
        self, make: Callable[[], str], path: str, ids: Mapping[str, str], label: tuple[str, str, str]
    ) -> str:
        """Makes an object that takes no ``client_token``: a lost answer is looked up by its unique name."""
        key, name, id = label
        for _ in range(CREATE_TRIES - 1):
            with suppress(FeishuUnreachable):
                return self._remember(make())
            for item in pages(self._feishu, path, {**ids, "app_token": self.app_token}):
                if item[key] == name:
                    return self._remember(str(item[id]))
        return self._remember(make())

    def _remember(self, made: str) -> str:
        self._made.add(made)
        return made


def _live_field(item: Json) -> LiveField:
    return LiveField(
        field_id=item["field_id"],
        name=item["field_name"],
        type=int(item["type"]),
        ui_type=item.get("ui_type") or "",
        description=_description(item.get("description")),
        is_primary=bool(item.get("is_primary")),
        property=item.get("property") or {},
    )


def _description(found: Any) -> str:
    """A string in lists, an object in answers to writes, segments when asked for as an array."""
    if isinstance(found, Mapping):
        return _description(found.get("text"))
    if isinstance(found, list):
        return "".join(_description(part) for part in found)
    return found if isinstance(found, str) else ""
