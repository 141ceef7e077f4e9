"""The guard of a status column as its users would write it themselves, on plain lark-oapi.

One handler for an event: get the record, look up the move, put it back and tell who made it, add
a row to the ledger. It does less than the plugin: no deadlines, no missing columns, no memory
of what it has seen. It answers Feishu at once and works in a thread, so that nothing comes twice.
"""

import json
import os
import queue
import threading
from typing import Any

import lark_oapi as lark
from lark_oapi.api.bitable.v1 import (
    AppTableRecord,
    CreateAppTableRecordRequest,
    GetAppTableRecordRequest,
    ListAppTableFieldRequest,
    UpdateAppTableRecordRequest,
)
from lark_oapi.api.drive.v1 import SubscribeFileRequest
from lark_oapi.api.im.v1 import CreateMessageRequest, CreateMessageRequestBody

APP, SECRET = os.environ["FEISHU_APP_ID"], os.environ["FEISHU_APP_SECRET"]
URL, BASE = os.environ["FEISHU_BASE_URL"], os.environ["FEISHU_BASE_TOKEN"]
REQUIREMENTS, LEDGER = os.environ["REQUIREMENT_TABLE"], os.environ["LEDGER_TABLE"]
STATUS = "当前状态"
MOVES = {
    "待处理": {"处理中", "已搁置", "已作废"},
    "处理中": {"测试验证", "已完成", "待客户配合", "已搁置"},
    "待客户配合": {"处理中"},
    "已搁置": {"待处理"},
    "测试验证": {"处理中", "已完成"},
    "已完成": {"处理中", "已关闭"},
    "已关闭": {"待处理"},
}

client = lark.Client.builder().app_id(APP).app_secret(SECRET).domain(URL).build()
events: queue.Queue[Any] = queue.Queue()
own_writes: set[tuple[str, str]] = set()


def main() -> None:
    """Runs until killed."""
    client.drive.v1.file.subscribe(
        SubscribeFileRequest.builder().file_token(BASE).file_type("bitable").build()
    )
    threading.Thread(target=work, args=status_column(), daemon=True).start()
    builder = lark.EventDispatcherHandler.builder("", "")
    handler = builder.register_p2_drive_file_bitable_record_changed_v1(events.put).build()
    lark.ws.Client(APP, SECRET, event_handler=handler, domain=URL, log_level=lark.LogLevel.ERROR).start()


def status_column() -> tuple[str, dict[str, str]]:
    """The id of the column, and its options by id: events name nothing else."""
    request = ListAppTableFieldRequest.builder().app_token(BASE).table_id(REQUIREMENTS).page_size(100).build()
    [column] = [
        one for one in ok(client.bitable.v1.app_table_field.list(request)).items if one.field_name == STATUS
    ]
    return column.field_id, {option.id: option.name for option in column.property.options}


def work(column: str, options: dict[str, str]) -> None:
    """One event after the other."""
    while True:
        event = events.get().event
        if event.table_id != REQUIREMENTS:
            continue
        for action in event.action_list:
            before, after = (
                next((options.get(v.field_value, "") for v in values or [] if v.field_id == column), "")
                for values in (action.before_value, action.after_value)
            )
            if (action.record_id, after) in own_writes:
                own_writes.remove((action.record_id, after))
            elif before and after and before != after:
                judge(action.record_id, before, after, event.operator_id.open_id)


def judge(record_id: str, before: str, after: str, who: str) -> None:
    """Lets one move pass or puts it back."""
    place = GetAppTableRecordRequest.builder().app_token(BASE).table_id(REQUIREMENTS).record_id(record_id)
    fields = ok(client.bitable.v1.app_table_record.get(place.build())).record.fields
    passes = after in MOVES.get(before, ())
    if not passes and fields[STATUS] == after:
        own_writes.add((record_id, before))
        put_back(record_id, before)
        tell(who, f"「{fields['需求标题']}」不能从{before}改为{after}，已退回")
    note(record_id, before, after, "通过" if passes else "退回")


def put_back(record_id: str, status: str) -> None:
    """Gives a record its status back."""
    record = AppTableRecord.builder().fields({STATUS: status}).build()
    request = (
        UpdateAppTableRecordRequest.builder().app_token(BASE).table_id(REQUIREMENTS).record_id(record_id)
    )
    ok(client.bitable.v1.app_table_record.update(request.request_body(record).build()))


def tell(who: str, text: str) -> None:
    """Sends a card."""
    card = {"elements": [{"tag": "markdown", "content": text}]}
    body = (
        CreateMessageRequestBody.builder().receive_id(who).msg_type("interactive").content(json.dumps(card))
    )
    request = CreateMessageRequest.builder().receive_id_type("open_id").request_body(body.build()).build()
    ok(client.im.v1.message.create(request))


def note(record_id: str, before: str, after: str, verdict: str) -> None:
    """Adds a row to the ledger."""
    row = {"需求": [record_id], "原状态": before, "新状态": after, "判定": verdict}
    record = AppTableRecord.builder().fields(row).build()
    request = CreateAppTableRecordRequest.builder().app_token(BASE).table_id(LEDGER).request_body(record)
    ok(client.bitable.v1.app_table_record.create(request.build()))


def ok(answer: Any) -> Any:
    """What Feishu answered, unless it refused."""
    if not answer.success():
        raise RuntimeError(f"{answer.code} {answer.msg}")
    return answer.data


if __name__ == "__main__":
    main()
