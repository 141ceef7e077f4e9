"""Letters in a mailbox become requirements and replies, each once, whatever breaks in between."""

from collections.abc import Generator, Mapping
from datetime import datetime, timedelta
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feishu_plugin.errors import FeishuError, FeishuRefused, FeishuUnreachable, MailboxError
from feishu_plugin.records import Value
from feishu_plugin.reminders.deliver import deliver
from feishu_plugin.sync.mailing import send_mails
from feishu_plugin.sync.postbox.box import Fetched, Position
from feishu_plugin.sync.postbox.marks import mark_of, thread_of
from feishu_plugin.sync.postbox.polling import COUNTS, STATE, read_on
from feishu_plugin.sync.postbox.replies import put_in_rows
from tests import builders
from tests.fakes import RecordingMessages
from tests.sync.base import Base
from tests.sync.postbox.written import bounce, letter
from tests.sync.test_mailing import Mailroom

DOOR = "mail:service@star.example"


class Folder:
    """``box.Mailbox`` in memory; ``broken`` ends the connection before the letter of that number."""

    door, days, minutes = DOOR, 7, 1.0

    def __init__(self) -> None:
        self.lying: list[tuple[datetime, bytes, int]] = []
        self.validity, self.broken = 7, 0
        self.fetched = 0

    def letters(self, after: Position | None, since: datetime) -> Generator[Fetched, None, None]:
        known = after.uid if after and after.validity == self.validity else 0
        for uid, (at, content, size) in enumerate(self.lying, start=1):
            if uid == self.broken:
                raise MailboxError("mailbox cannot be reached")
            if uid <= known or (not known and at < since):
                continue
            self.fetched += 1
            whole = size <= len(content)
            yield Fetched(
                position=Position(validity=self.validity, uid=uid), content=content, size=size, is_whole=whole
            )


class Files:
    """``ports.Uploads`` that takes what it is not told to refuse."""

    def __init__(self) -> None:
        self.taken: dict[str, bytes] = {}
        self.refusal: FeishuError | None = None

    def upload(self, name: str, size: int, content: BinaryIO) -> str:
        if self.refusal:
            raise self.refusal
        self.taken[f"box{len(self.taken)}"] = content.read()
        return f"box{len(self.taken) - 1}"


class Office:
    """A base with a mailbox, a mailroom and a place for files."""

    def __init__(self) -> None:
        self.base, self.folder, self.files, self.room = Base(), Folder(), Files(), Mailroom()
        self.base.desk.uploads, self.base.desk.mailbox, self.base.desk.mailer = (
            self.files,
            self.folder,
            self.room,
        )
        self.base.desk.administrators = ("ou_admin",)
        self.go_to("2026-09-01 10:00")
        self.judged: set[str] = set()

    def go_to(self, moment: str) -> None:
        self.base.clock.advance((builders.local(moment) - self.base.clock.now()).total_seconds())

    def comes(self, content: bytes, *, size: int = 0, days_ago: int = 0) -> None:
        """A letter arrives."""
        at = self.base.clock.now() - timedelta(days=days_ago)
        self.folder.lying.append((at, content, size or len(content)))

    def read(self) -> Mapping[str, int]:
        """One look, and all that follows from it until everything is in its row and judged."""
        found = read_on(self.base.desk, self.folder).letters
        self.work()
        return dict(found)

    def work(self) -> None:
        desk, outbox = self.base.desk, self.base.store.outbox
        for _ in range(2):
            messages = RecordingMessages()
            now = desk.clock.now()
            deliver(outbox, outbox.put, self.base.tables, messages, desk.people.person, now, desk.app_token)
            for row in self.base.tables.rows("requirement"):
                if row.record_id not in self.judged:
                    self.judged.add(row.record_id)
                    self.base.changed(row.record_id, None, "ou_bot")
            self.base.settle()
            put_in_rows(desk)
            self.base.settle()

    def rows(self) -> list[Mapping[str, Value]]:
        return [row.values for row in self.base.tables.rows("requirement")]

    def row(self) -> Mapping[str, Value]:
        [row] = self.rows()
        return row

    def edit(self, **values: Value) -> None:
        [row] = self.base.tables.rows("requirement")
        self.base.edit(row.record_id, "ou_person", **values)
        self.base.settle()

    def told(self, event: str) -> list[str]:
        return [card.target for card in self.base.store.outbox.cards if card.body.get("event") == event]

    def acknowledge(self) -> str:
        """The customer gets the receipt; its message id."""
        self.base.clock.advance(600)
        send_mails(self.base.desk)
        self.work()
        return f"{mark_of(self.room.sent[-1].identity)}@star.example"


def test_a_letter_becomes_a_requirement_of_its_customer() -> None:
    office = Office()
    customer = office.base.tables.put(
        "customer", {"name": "星河公司", "email": "wang@example.com", "level": "vip", "industry": "物流"}
    )
    office.comes(letter("请增加批量导出。\n\n-- \n王敏", files={"图.png": b"png"}))

    assert office.read() == {"requirement": 1}
    row = office.row()
    expected = {
        "title": "批量导出",
        "description": "请增加批量导出。",
        "source": "mail",
        "customer": (customer,),
        "customer_name": "星河公司",
        "customer_level": "vip",
        "industry": "物流",
        "contact": "王敏",
        "contact_way": "wang@example.com",
        "attachments": ("box0",),
        "import_key": f"{DOOR}:a1@example.com",
    }
    assert expected.items() <= row.items()
    assert office.files.taken == {"box0": b"png"}
    assert row["number"]


def test_of_two_customers_with_one_address_none_is_chosen() -> None:
    office = Office()
    for name in ("甲", "乙"):
        office.base.tables.put("customer", {"name": name, "email": "wang@example.com"})
    office.comes(letter())
    office.read()
    assert (office.row().get("customer"), office.row()["customer_name"]) == (None, "王敏")


def test_no_letter_comes_twice() -> None:
    office = Office()
    for number in range(3):
        office.comes(letter(subject=f"需求 {number}", message_id=f"m{number}@x"))
    office.comes(letter(subject="再发一次", message_id="m1@x"))
    assert office.read() == {"requirement": 3, "known": 1}
    assert office.read() == {}

    office.folder.validity += 1
    assert office.read() == {"known": 4}
    office.base.store.facts.clear()
    assert office.read() == {"known": 4}
    assert len(office.rows()) == 3


def test_only_what_came_lately_is_taken_from_an_old_mailbox() -> None:
    office = Office()
    office.comes(letter(message_id="old@x"), days_ago=30)
    office.comes(letter(message_id="new@x"), days_ago=3)
    assert office.read() == {"requirement": 1}


def test_a_mailbox_that_was_away_for_long_and_numbered_anew_loses_nothing() -> None:
    office = Office()
    office.comes(letter(message_id="1@x"))
    office.read()
    office.base.clock.advance(86400)
    office.comes(letter(message_id="2@x"))
    office.folder.validity += 1
    office.base.clock.advance(40 * 86400)
    assert office.read()["requirement"] == 1


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(1, 7), max_size=6), st.booleans())
def test_however_often_the_connection_breaks_each_letter_counts_once(breaks: list[int], anew: bool) -> None:
    office = Office()
    for number in range(6):
        office.comes(letter(subject=f"需求 {number}", message_id=f"m{number}@x"))
    for place in breaks:
        office.folder.broken = place
        try:
            read_on(office.base.desk, office.folder)
        except MailboxError:
            office.folder.validity += anew
    office.folder.broken = 0
    office.read()
    assert sorted(str(row["title"]) for row in office.rows()) == [f"需求 {n}" for n in range(6)]


def test_a_mailbox_that_cannot_be_read_is_told_once_a_month() -> None:
    office = Office()
    office.comes(letter())
    office.folder.broken = 1
    for _ in range(3):
        with pytest.raises(MailboxError):
            read_on(office.base.desk, office.folder)
    assert office.told("trouble") == ["ou_admin"]
    assert "cannot be reached" in str(office.base.store.facts[STATE])
    office.folder.broken = 0
    assert office.read() == {"requirement": 1}
    assert office.base.store.facts[STATE]["error"] == ""


def test_a_file_that_feishu_never_takes_is_named_and_one_it_takes_later_waits() -> None:
    office = Office()
    office.comes(letter(files={"大.zip": b"zip"}))
    office.files.refusal = FeishuUnreachable(code=-1, msg="away", endpoint="upload")
    with pytest.raises(FeishuUnreachable):
        office.read()
    assert office.rows() == []

    office.files.refusal = FeishuRefused(code=1061043, msg="file size beyond limit", endpoint="upload")
    office.read()
    assert "大.zip" in str(office.row()["remark"])
    assert "attachments" not in office.row()


def test_a_file_that_is_never_taken_in_time_keeps_no_other_letter_waiting_for_ever() -> None:
    office = Office()
    office.comes(letter(subject="一", files={"慢.zip": b"zip"}))
    office.comes(letter(subject="二", message_id="2@x"))
    office.files.refusal = FeishuUnreachable(code=-1, msg="timeout", endpoint="upload")
    for _ in range(3):
        with pytest.raises(FeishuUnreachable):
            office.read()
        office.base.clock.advance(3000)
    office.base.clock.advance(3600)
    assert office.read() == {"requirement": 2}
    assert [("慢.zip" in str(row.get("remark")), row["title"]) for row in office.rows()] == [
        (True, "一"),
        (False, "二"),
    ]


def test_of_a_huge_letter_the_beginning_is_taken_and_said_so() -> None:
    office = Office()
    whole = letter("正文", files={"大.bin": b"x" * 9000})
    office.comes(whole[:3000], size=30 * 1024 * 1024)
    office.read()
    assert office.row()["description"] == "正文"
    assert "30 MB" in str(office.row()["remark"])
    assert office.files.taken == {}


def test_robots_and_our_own_mails_bring_nothing() -> None:
    office = Office()
    office.comes(letter())
    office.read()
    mine = office.acknowledge()
    office.comes(letter(subject="自动回复: 已收到", message_id="r1@x", In_Reply_To=f"<{mine}>"))
    office.comes(letter(message_id="r2@x", Auto_Submitted="auto-replied"))
    office.comes(letter(message_id=mine))
    assert office.read() == {"automatic": 3}
    assert len(office.rows()) == 1
    assert office.told("replied") == []
    assert office.base.store.facts[COUNTS] == {"requirement": 1, "automatic": 3}


def started(office: Office) -> str:
    """A requirement that came by mail, with an owner; the id of the receipt that its customer has."""
    office.comes(letter())
    office.read()
    mine = office.acknowledge()
    office.edit(owner=("ou_a",), type="inquiry", status="in_progress", planned_finish=office.base.clock.now())
    return mine


def test_a_reply_is_added_to_its_requirement_and_its_owner_reads_it() -> None:
    office = Office()
    mine = started(office)
    office.edit(feedback="电话里说很急")
    text = "版本是 3.2\n\n在 2026-09-01，星河客服 <service@star.example> 写道：\n\n请告诉我们版本"
    office.comes(letter(text, message_id="r1@x", In_Reply_To=f"<{mine}>", files={"log.txt": b"log"}))
    office.comes(
        letter("还有一件", message_id="r2@x", References=f"<{mark_of('unknown')}@s> <a1@example.com>")
    )

    assert office.read() == {"reply": 2}
    row = office.row()
    assert str(row["feedback"]).split("\n\n") == [
        "电话里说很急",
        "【2026-09-01 10:00 王敏】\n版本是 3.2",
        "【2026-09-01 10:00 王敏】\n还有一件",
    ]
    assert row["attachments"] == ("box0",)
    assert office.told("replied") == ["ou_a", "ou_a"]
    assert (row["status"], row.get("confirmation")) == ("in_progress", None)


def test_a_reply_to_a_reply_and_to_a_letter_without_row_yet_find_their_requirement() -> None:
    office = Office()
    office.comes(letter())
    office.comes(letter("补充一", message_id="r1@x", In_Reply_To="<a1@example.com>"))
    office.comes(letter("补充二", message_id="r2@x", In_Reply_To="<r1@x>"))
    assert read_on(office.base.desk, office.folder).letters == {"requirement": 1, "reply": 2}
    put_in_rows(office.base.desk)
    for _ in range(3):
        office.base.clock.advance(3600)
        office.work()
    feedback = str(office.row()["feedback"])
    assert "补充一" in feedback
    assert "补充二" in feedback


def test_a_crash_after_the_cell_was_written_adds_nothing_twice() -> None:
    office = Office()
    mine = started(office)
    office.comes(letter("补充", message_id="r1@x", In_Reply_To=f"<{mine}>"))
    read_on(office.base.desk, office.folder)
    [post] = office.base.store.posts_due(office.base.desk.app_token, office.base.clock.now(), 9)
    put_in_rows(office.base.desk)
    outbox = office.base.store.outbox
    outbox.waiting[post.row] = post
    put_in_rows(office.base.desk)
    assert str(office.row()["feedback"]).count("补充") == 1
    assert office.told("replied") == ["ou_a"]


@pytest.mark.parametrize(
    ("sender", "taken"), [("wang@example.com", True), ("WANG@example.com", True), ("li@evil.example", False)]
)
def test_a_number_in_the_subject_finds_the_requirement_but_not_everybody_may_judge(
    sender: str, taken: bool
) -> None:
    office = Office()
    started(office)
    office.edit(status="done", result="已说明")
    number = office.row()["number"]
    office.comes(letter("已解决\n5分", subject=f"Re: 已完成 {number}", message_id="r@x", sender=sender))
    assert office.read() == {"reply": 1}
    row = office.row()
    assert "已解决" in str(row["feedback"])
    assert (row.get("confirmation"), row.get("score")) == (("solved", 5.0) if taken else (None, None))
    assert office.told("replied") == ([] if taken else ["ou_a"])


def test_not_solved_opens_the_requirement_again() -> None:
    office = Office()
    mine = started(office)
    office.edit(status="done", result="已说明")
    office.comes(letter("未解决，还是报错", message_id="r@x", In_Reply_To=f"<{mine}>"))
    office.read()
    row = office.row()
    assert (row["confirmation"], row["status"], row["reopen_count"]) == ("unsolved", "in_progress", 1.0)


def test_while_work_goes_on_no_answer_is_taken() -> None:
    office = Office()
    mine = started(office)
    office.comes(letter("已解决", message_id="r@x", In_Reply_To=f"<{mine}>"))
    office.read()
    assert office.row().get("confirmation") is None
    assert office.told("replied") == ["ou_a"]


def test_a_reply_to_a_deleted_requirement_becomes_a_new_one() -> None:
    office = Office()
    mine = started(office)
    [row] = office.base.tables.rows("requirement")
    office.base.tables.remove("requirement", [row.record_id])
    office.comes(letter("还在吗", message_id="r1@x", subject="Re: 已收到", In_Reply_To=f"<{mine}>"))
    office.comes(letter("补充", message_id="r2@x", In_Reply_To="<r1@x>"))
    office.read()
    office.base.clock.advance(3600)
    office.work()
    assert (office.row()["title"], office.row()["description"]) == ("已收到", "还在吗")
    assert "补充" in str(office.row()["feedback"])


@pytest.mark.parametrize(("status", "stopped"), [("5.1.1", True), ("5.2.2", False)])
def test_a_bounce_is_noted_with_its_mail_and_disturbs_nobody(status: str, stopped: bool) -> None:
    office = Office()
    office.base.tables.put("customer", {"name": "星河公司", "email": "wang@example.com"})
    mine = started(office)
    cards = len(office.base.store.outbox.cards)
    office.comes(bounce(mine, status=status))
    office.comes(bounce(mine, status="4.4.1", action="delayed").replace(b"dsn.", b"two."))
    assert office.read() == {"bounce": 2}
    noted = [row.values for row in office.base.tables.rows("notice") if row.get("address")]
    [row] = noted
    assert (row["state"], status in str(row["cause"])) == ("failed", True)
    [customer] = office.base.tables.rows("customer")
    assert (customer.get("mail_state") == "bounced") is stopped
    assert len(office.base.store.outbox.cards) == cards
    assert len(office.rows()) == 1


def test_a_bounce_of_somebody_elses_mail_is_nothing() -> None:
    office = Office()
    office.comes(bounce("0123456789abcdef0123456789abcdef01234567@star.example"))
    assert office.read() == {"bounce": 1}
    assert office.rows() == []


def test_the_id_of_the_conversation_is_known_too() -> None:
    office = Office()
    started(office)
    thread = mark_of(thread_of(office.room.sent[-1].thread))
    office.comes(letter("补充", message_id="r@x", References=f"<{thread}@star.example>"))
    assert office.read() == {"reply": 1}


def test_a_letter_that_breaks_our_reading_stops_no_other() -> None:
    office = Office()
    deep = (
        b"Content-Type: multipart/report; boundary=a\r\n\r\n"
        + b"--a\r\nContent-Type: message/rfc822\r\n\r\n" * 3000
    )
    office.comes(deep)
    office.comes(letter())
    found = office.read()
    assert sum(found.values()) == 2
    assert "批量导出" in [row["title"] for row in office.rows()]


def test_a_robot_that_hides_is_not_written_to_for_ever() -> None:
    office = Office()
    for number in range(32):
        office.comes(
            letter(subject=f"Ticket {number}", message_id=f"t{number}@x", sender="desk@robot.example")
        )
    office.comes(letter(message_id="other@x"))
    office.read()
    reached = [row for row in office.rows() if row.get("contact_way") == "desk@robot.example"]
    spared = [row for row in office.rows() if "desk@robot.example" in str(row.get("remark"))]
    assert (len(reached), len(spared)) == (30, 2)
    office.base.clock.advance(86400)
    office.comes(letter(message_id="tomorrow@x", sender="desk@robot.example"))
    office.read()
    assert sum(row.get("contact_way") == "desk@robot.example" for row in office.rows()) == 31
