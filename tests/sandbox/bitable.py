"""Builds bases over HTTP for the tests: a shop with customers and orders of every cell type."""

from typing import Any

from tests.sandbox.conftest import Answer, Sandbox

Json = dict[str, Any]
API = "/open-apis/bitable/v1"

ORDER_FIELDS: list[Json] = [
    {"field_name": "Title", "type": 1},
    {"field_name": "Amount", "type": 2, "property": {"formatter": "0.00"}},
    {"field_name": "State", "type": 3, "property": {"options": [{"name": "Open"}, {"name": "Done"}]}},
    {"field_name": "Tags", "type": 4},
    {"field_name": "Due", "type": 5},
    {"field_name": "Paid", "type": 7},
    {"field_name": "Owner", "type": 11},
    {"field_name": "Phone", "type": 13},
    {"field_name": "Web", "type": 15},
    {"field_name": "Files", "type": 17},
    {"field_name": "Site", "type": 22},
    {"field_name": "Group", "type": 23},
    {"field_name": "Created", "type": 1001},
    {"field_name": "Modified", "type": 1002},
    {"field_name": "Creator", "type": 1003},
    {"field_name": "Modifier", "type": 1004},
    {"field_name": "No", "type": 1005},
]


class Shop:
    """One base made by the app, with a table of customers and a table of orders linked both ways."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.app_token: str = sandbox.app("POST", f"{API}/apps", json={"name": "Shop"}).data["app"][
            "app_token"
        ]
        self.base = f"{API}/apps/{self.app_token}"
        self.customers = self.table("Customers", [{"field_name": "Name", "type": 1}])
        self.orders = self.table("Orders", ORDER_FIELDS)
        link = {"table_id": self.customers, "multiple": False, "back_field_name": "Orders"}
        self.ask("POST", "fields", json={"field_name": "Customer", "type": 21, "property": link})

    def table(self, name: str, fields: list[Json]) -> str:
        """A new table's id."""
        body = {"table": {"name": name, "default_view_name": "All", "fields": fields}}
        return str(self.sandbox.app("POST", f"{self.base}/tables", json=body).data["table_id"])

    def ask(
        self, method: str, path: str, *, table: str | None = None, who: str = "", **kwargs: Any
    ) -> Answer:
        """Calls below a table (orders unless told), as the app or as a person."""
        call = self.sandbox.person(who) if who else self.sandbox.app
        answer: Answer = call(method, f"{self.base}/tables/{table or self.orders}/{path}", **kwargs)
        return answer

    def fields(self, table: str | None = None) -> dict[str, Json]:
        """Field definitions by name."""
        items = self.ask("GET", "fields", table=table, params={"page_size": 100}).data["items"]
        return {item["field_name"]: item for item in items}

    def add(self, *rows: Json, table: str | None = None, who: str = "") -> list[str]:
        """New records; their ids."""
        body = {"records": [{"fields": row} for row in rows]}
        answer = self.ask("POST", "records/batch_create", table=table, who=who, json=body)
        return [record["record_id"] for record in answer.data["records"]]

    def add_one(self) -> str:
        """One empty order, made by the single call; its id."""
        return str(self.ask("POST", "records", json={"fields": {}}).data["record"]["record_id"])

    def upload(self, content: bytes, name: str = "a.txt", **changes: Any) -> Answer:
        """Uploads a file for the cells of this base."""
        form = {"file_name": name, "parent_type": "bitable_file", "parent_node": self.app_token}
        data = {**form, "size": str(len(content)), **changes}
        files = {"file": (name, content)}
        path = "/open-apis/drive/v1/medias/upload_all"
        return self.sandbox.app("POST", path, data=data, files=files)

    def set(self, record_id: str, fields: Json, *, who: str = "") -> Answer:
        """Updates one order."""
        return self.ask("PUT", f"records/{record_id}", who=who, json={"fields": fields})

    def read(self, record_id: str, table: str | None = None) -> Json:
        """The fields of one record in the search shape."""
        body = {"record_ids": [record_id]}
        return dict(
            self.ask("POST", "records/batch_get", table=table, json=body).data["records"][0]["fields"]
        )

    def search(self, body: Json | None = None, **params: Any) -> Json:
        """The payload of a search over orders."""
        return self.ask("POST", "records/search", json=body or {}, params=params).data

    def titles(self, *conditions: Json, conjunction: str = "and", **more: Any) -> list[str]:
        """The titles of the orders that fit the conditions, in the order found."""
        given = {"conjunction": conjunction, "conditions": list(conditions)}
        items = self.search({"filter": given, **more}, page_size=500)["items"]
        return [item["fields"]["Title"][0]["text"] for item in items]


def where(field: str, operator: str, *values: str) -> Json:
    """One filter condition."""
    return {"field_name": field, "operator": operator, "value": list(values)}
