"""One working day of a base, the same on the sandbox and on a real tenant; it sends nobody anything.

Run as ``python -m … '{"base_url", "app_id", "app_secret"}'``. Prints one JSON object: the body of every
answer by name. The base is the app's own and is deleted at the end, whatever happened in between.
"""

import json
import sys
import uuid
from typing import Any

from tests.contract.lark.judge import Json, Judge, model

FIELDS: tuple[Json, ...] = (
    {"field_name": "Title", "type": 1},
    {"field_name": "Amount", "type": 2},
    {"field_name": "State", "type": 3},
    {"field_name": "Tags", "type": 4},
    {"field_name": "Due", "type": 5},
    {"field_name": "Paid", "type": 7},
    {"field_name": "Web", "type": 15},
    {"field_name": "Created", "type": 1001},
    {"field_name": "No", "type": 1005},
)
ROW: Json = {
    "Title": "a",
    "Amount": 1.5,
    "State": "Open",
    "Tags": ["x", "y"],
    "Due": 1767225600000,
    "Paid": True,
    "Web": {"text": "site", "link": "https://example.com"},
}


class Day:
    """The calls of the day and what was answered to each."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self.told: Json = {}
        self.where: Json = {}

    def call(self, name: str, call: str, **values: Any) -> Any:
        """One successful call, its whole body kept under this name."""
        response = self._judge.ask(call, **self.where, **values)
        self.told[name] = json.loads(response.raw.content)
        assert response.code == 0, self.told[name]
        return response.data

    def refused(self, name: str, call: str, **values: Any) -> None:
        """One call that must fail; its body is kept."""
        self.told[name] = json.loads(self._judge.ask(call, **self.where, **values).raw.content)
        assert self.told[name]["code"] != 0, self.told[name]

    def structure(self) -> None:
        """A table with fields; ``where`` then names base and table."""
        headers = [model("bitable.v1", "AppTableCreateHeader", **field) for field in FIELDS]
        table = model("bitable.v1", "ReqTable", name="Orders", default_view_name="All", fields=headers)
        body = model("bitable.v1", "CreateAppTableRequestBody", table=table)
        made = self.call("create table", "bitable.v1.app_table.create", request_body=body)
        self.call("get base", "bitable.v1.app.get")
        self.call("list tables", "bitable.v1.app_table.list")
        self.where = {**self.where, "table_id": made.table_id}
        self.call("list fields", "bitable.v1.app_table_field.list", page_size=100)
        self.call("list views", "bitable.v1.app_table_view.list")

    def records(self) -> None:
        """Writes, reads and refusals."""
        rows = [
            model("bitable.v1", "AppTableRecord", fields=ROW),
            model("bitable.v1", "AppTableRecord", fields={"Title": "b"}),
        ]
        body = model("bitable.v1", "BatchCreateAppTableRecordRequestBody", records=rows)
        token = str(uuid.uuid4())
        create = "bitable.v1.app_table_record.batch_create"
        made = self.call("create records", create, client_token=token, request_body=body).records
        cleared = {"records": [{"record_id": made[0].record_id, "fields": {"Due": None}}]}
        self.call("clear a cell", "bitable.v1.app_table_record.batch_update", request_body=cleared)
        ids = [record.record_id for record in made]
        asked = model(
            "bitable.v1", "BatchGetAppTableRecordRequestBody", record_ids=ids, automatic_fields=True
        )
        self.call("get records", "bitable.v1.app_table_record.batch_get", request_body=asked)
        condition = model("bitable.v1", "Condition", field_name="State", operator="is", value=["Open"])
        chosen = model("bitable.v1", "FilterInfo", conjunction="and", conditions=[condition])
        search = model("bitable.v1", "SearchAppTableRecordRequestBody", filter=chosen)
        self.call("search", "bitable.v1.app_table_record.search", page_size=1, request_body=search)
        self.call("legacy list", "bitable.v1.app_table_record.list", page_size=1)
        unknown = model("bitable.v1", "AppTableRecord", fields={"Titel": "x"})
        self.refused("unknown field", "bitable.v1.app_table_record.create", request_body=unknown)
        wrong = model("bitable.v1", "AppTableRecord", fields={"Title": 5})
        self.refused("wrong value", "bitable.v1.app_table_record.create", request_body=wrong)


def main() -> None:
    """Plays the day."""
    judge = Judge(json.loads(sys.argv[1]), asynchronous=False)
    day = Day(judge)
    app = day.call(
        "create base",
        "bitable.v1.app.create",
        request_body=model("bitable.v1", "ReqApp", name="contract test"),
    )
    day.where = {"app_token": app.app.app_token}
    try:
        day.structure()
        day.records()
    finally:
        judge.good("drive.v1.file.delete", file_token=app.app.app_token, type="bitable")
    sys.stdout.write(json.dumps(day.told) + "\n")


if __name__ == "__main__":
    main()
