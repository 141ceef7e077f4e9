"""A reply to an archived requirement brings it back where an answer may reopen it; else it is a new one."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from feishu_plugin.archived import checksum
from feishu_plugin.records import Value
from feishu_plugin.sync.history.leaving import archive
from feishu_plugin.sync.mailing import send_mails
from feishu_plugin.sync.postbox.replies import put_in_rows
from feishu_plugin.sync.sweep import sweep
from tests.fakes import MemoryTables
from tests.sync.postbox.test_polling import Office
from tests.sync.postbox.written import letter

OVER: Mapping[str, Value] = {"status": "closed", "confirmation": "solved", "score": 5.0}


def archived(**over: Value) -> tuple[Office, str, str]:
    """A requirement that came by mail and ended long ago: its number, and the mail that was sent about it."""
    office = Office()
    sweep(office.base.desk)
    office.comes(letter(message_id="first@x"))
    office.read()
    mine = office.acknowledge()
    if over["status"] == "closed":
        plan = office.base.clock.now()
        office.edit(status="in_progress", owner=("ou_a",), planned_finish=plan, type="inquiry")
        office.edit(status="done", result="已说明")
    office.edit(**over)
    number = str(office.row()["number"])
    office.base.clock.advance(10 * 86_400)
    send_mails(office.base.desk)
    office.work()
    office.base.clock.advance(31 * 86_400)
    assert archive(office.base.desk).archived == 1
    assert office.rows() == []
    return office, number, mine


def comes_back(office: Office) -> None:
    """Time passes in which the reply is tried again."""
    for _ in range(3):
        office.base.clock.advance(60)
        office.work()


def test_not_solved_brings_it_back_and_opens_it_again() -> None:
    office, number, mine = archived(**OVER)
    office.comes(letter("未解决，又出现了", message_id="r@x", In_Reply_To=f"<{mine}>"))
    office.read()
    comes_back(office)

    row = office.row()
    assert (row["number"], row["status"], row["reopen_count"]) == (number, "pending", 1.0)
    assert str(row["feedback"]).endswith("未解决，又出现了")
    assert office.base.tables.rows("archive") == []
    office.comes(letter("补充", message_id="r2@x", In_Reply_To=f"<{mine}>"))
    office.read()
    assert "补充" in str(office.row()["feedback"]), "by the id that it has now"


@pytest.mark.parametrize(
    ("sender", "title", "left"),
    [("wang@example.com", "批量导出", 0), ("li@evil.example", "想问一下", 1)],
)
def test_a_number_in_the_subject_brings_it_back_for_its_customer_only(
    sender: str, title: str, left: int
) -> None:
    office, number, _ = archived(**OVER)
    office.comes(letter("想问一下", message_id="r@x", subject=f"想问一下 {number}", sender=sender))
    office.read()
    comes_back(office)

    assert str(office.row()["title"]).startswith(title)
    assert len(office.base.tables.rows("archive")) == left


def test_of_a_void_one_a_reply_is_a_new_requirement_that_names_it() -> None:
    office, number, mine = archived(status="void", void_reason="invalid")
    office.comes(letter("那批量打印呢", message_id="r@x", subject="Re: 导出", In_Reply_To=f"<{mine}>"))
    office.comes(letter("补充", message_id="r2@x", In_Reply_To="<r@x>"))
    office.read()
    comes_back(office)

    row = office.row()
    assert number in str(row["description"]).split("\n")[0]
    assert str(row["description"]).endswith("那批量打印呢")
    assert row["number"] != number
    assert "补充" in str(row["feedback"])
    assert len(office.base.tables.rows("archive")) == 1


def test_where_nothing_reopens_it_is_a_new_one_too() -> None:
    office, _, mine = archived(**OVER)
    policy = office.base.desk.policy
    office.base.desk.policy = replace(
        policy, moves=tuple(move for move in policy.moves if move.from_status != "closed")
    )
    office.comes(letter("未解决", message_id="r@x", In_Reply_To=f"<{mine}>"))
    office.read()
    comes_back(office)

    assert office.row()["status"] == "pending"
    assert len(office.base.tables.rows("archive")) == 1


def test_one_that_cannot_come_back_keeps_no_reply_waiting_for_ever() -> None:
    office, number, mine = archived(**OVER)
    [row] = office.base.tables.rows("archive")
    content = str(row.get("content")).replace("批量导出", "改过")
    assert checksum(content) != row.get("checksum")
    MemoryTables.update(office.base.tables, "archive", {row.record_id: {"content": content}})
    office.comes(letter("未解决", message_id="r@x", In_Reply_To=f"<{mine}>"))
    office.read()
    for _ in range(12):
        office.base.clock.advance(3600)
        office.work()

    assert number in str(office.row()["description"])
    assert "ou_admin" in office.told("trouble")
    assert put_in_rows(office.base.desk) == 0
