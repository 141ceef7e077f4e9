"""A child process that works on a base through the official Python SDK; prints what it saw as JSON.

Run as ``python lark_records.py BASE_URL APP_ID APP_SECRET``. The SDK stays in here because
importing it emits warnings that the test run treats as errors.
"""

import json
import sys
from typing import Any

import lark_oapi as lark
from lark_oapi.api.bitable.v1 import (
    AppTableCreateHeader,
    AppTableRecord,
    BatchCreateAppTableRecordRequest,
    BatchCreateAppTableRecordRequestBody,
    Condition,
    CreateAppRequest,
    CreateAppTableRequest,
    CreateAppTableRequestBody,
    FilterInfo,
    ListAppTableFieldRequest,
    ListAppTableRecordRequest,
    ReqApp,
    ReqTable,
    SearchAppTableRecordRequest,
    SearchAppTableRecordRequestBody,
)


def checked(answer: Any) -> Any:
    """The payload, or the end of the process with code, message and log id."""
    if not answer.success():
        raise SystemExit(f"{answer.code} {answer.msg} {answer.get_log_id()}")
    return answer.data


def main() -> None:
    """Creates a base, a table and records, then reads them three ways."""
    url, app_id, app_secret = sys.argv[1:]
    client = lark.Client.builder().app_id(app_id).app_secret(app_secret).domain(url).build()
    bitable = client.bitable.v1
    app = checked(
        bitable.app.create(
            CreateAppRequest.builder().request_body(ReqApp.builder().name("SDK").build()).build()
        )
    ).app
    headers = [
        AppTableCreateHeader.builder().field_name("Title").type(1).build(),
        AppTableCreateHeader.builder().field_name("State").type(3).build(),
    ]
    table = ReqTable.builder().name("T").default_view_name("All").fields(headers).build()
    body = CreateAppTableRequestBody.builder().table(table).build()
    made = checked(
        bitable.app_table.create(
            CreateAppTableRequest.builder().app_token(app.app_token).request_body(body).build()
        )
    )
    where = {"app_token": app.app_token, "table_id": made.table_id}
    told = {**where, **work(bitable, **where)}
    sys.stdout.write(json.dumps(told))


def work(bitable: Any, app_token: str, table_id: str) -> dict[str, Any]:
    """Writes two records and reads fields and records."""
    rows = [
        AppTableRecord.builder().fields({"Title": title, "State": state}).build()
        for title, state in (("a", "Open"), ("b", "Done"))
    ]
    body = BatchCreateAppTableRecordRequestBody.builder().records(rows).build()
    create = BatchCreateAppTableRecordRequest.builder().app_token(app_token).table_id(table_id)
    created = checked(bitable.app_table_record.batch_create(create.request_body(body).build())).records
    condition = Condition.builder().field_name("State").operator("is").value(["Done"]).build()
    chosen = FilterInfo.builder().conjunction("and").conditions([condition]).build()
    search = SearchAppTableRecordRequest.builder().app_token(app_token).table_id(table_id)
    wanted = SearchAppTableRecordRequestBody.builder().filter(chosen).automatic_fields(True).build()
    found = checked(bitable.app_table_record.search(search.request_body(wanted).build())).items
    listing = ListAppTableRecordRequest.builder().app_token(app_token).table_id(table_id).page_size(1)
    listed = checked(bitable.app_table_record.list(listing.build()))
    fields = ListAppTableFieldRequest.builder().app_token(app_token).table_id(table_id).build()
    return {
        "created": [record.record_id for record in created],
        "found": [(record.record_id, record.fields, record.created_by.id) for record in found],
        "listed": [listed.total, listed.has_more, listed.items[0].fields],
        "fields": [
            (field.field_name, field.type) for field in checked(bitable.app_table_field.list(fields)).items
        ],
    }


if __name__ == "__main__":
    main()
