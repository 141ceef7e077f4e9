"""Mails to customers, from the edit of a person to the mail server: once, or said why not."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from feishu_plugin.errors import MailError
from feishu_plugin.ports import Letter, Settlement
from feishu_plugin.records import Value
from feishu_plugin.reminders.deliver import deliver
from feishu_plugin.sync.mailing import Mailed, send_mails
from feishu_plugin.sync.survey_form import keep_form
from tests import builders
from tests.fakes import MemoryStore, RecordingMessages
from tests.sync.base import Base

FORM = "https://sandbox.feishu.cn/share/base/form/shrTest"


class Mailroom:
    """``ports.Mailer`` that keeps what it is given and refuses what it is told to."""

    def __init__(self) -> None:
        self.sent: list[Letter] = []
        self.refusals: dict[str, MailError] = {}
        """Address (or ``*``) to the refusal of a mail to it."""
        self.tries = self.closed = 0

    def send(self, letter: Letter) -> None:
        self.tries += 1
        if error := self.refusals.get(letter.to) or self.refusals.get("*"):
            raise error
        self.sent.append(letter)

    def close(self) -> None:
        self.closed += 1


class Shop:
    """A base on a Tuesday morning, with customers and a mailroom."""

    def __init__(self, *, mail: bool = True, store: MemoryStore | None = None) -> None:
        self.base, self.room = Base(store=store), Mailroom()
        self.base.desk.administrators = ("ou_admin",)
        self.base.desk.mailer = self.room if mail else None
        self.go_to("2026-09-01 10:00")
        fields = self.base.tables.binding.tables["survey"].fields
        keep_form(self.base.desk, FORM, {field.field_id: key for key, field in fields.items()})

    def go_to(self, moment: str) -> None:
        self.base.clock.advance((builders.local(moment) - self.base.clock.now()).total_seconds())

    def customer(self, **values: Value) -> str:
        return self.base.tables.put("customer", {"name": "星河公司", "email": "wang@example.com"} | values)

    def add(self, **values: Value) -> str:
        rid = self.base.add(**({"title": "怎样导出", "type": "inquiry", "status": "pending"} | values))
        self.base.settle()
        return rid

    def edit(self, rid: str, **values: Value) -> None:
        self.base.edit(rid, "ou_person", **values)
        self.base.settle()

    def begin(self, rid: str) -> None:
        self.edit(rid, status="in_progress", owner=("ou_a",), planned_finish=self.base.clock.now())

    def finish(self, rid: str) -> None:
        self.begin(rid)
        self.edit(rid, status="done", result="已说明")

    def close(self, rid: str) -> None:
        self.finish(rid)
        self.edit(rid, status="closed", confirmation="solved", score=5.0)

    def mail(self, moment: str = "") -> Mailed:
        if moment:
            self.go_to(moment)
        return send_mails(self.base.desk)

    def subjects(self) -> list[str]:
        return [letter.subject.split()[0] for letter in self.room.sent]

    def notices(self) -> list[Mapping[str, Value]]:
        """What 通知记录 says of mails."""
        desk = self.base.desk
        outbox, tables, now = self.base.store.outbox, self.base.tables, self.base.clock.now()
        deliver(outbox, outbox.put, tables, RecordingMessages(), desk.people.person, now, desk.app_token)
        rows = (row.values for row in self.base.tables.rows("notice"))
        return [row for row in rows if str(row["name"]).count("（邮件）")]


def server(about: str = "server", *, lasting: bool = False, text: str = "421 no") -> MailError:
    return MailError(text, about=about, lasting=lasting)  # type: ignore[arg-type]


def test_a_new_requirement_is_acknowledged_once_and_noted() -> None:
    shop = Shop()
    rid = shop.add(customer=(shop.customer(contact="王敏"),))

    assert shop.mail() == Mailed(), "a slip may still be taken back"
    assert shop.mail("2026-09-01 10:05") == Mailed(sent=1)
    assert shop.mail("2026-09-02 10:05") == Mailed()

    (letter,) = shop.room.sent
    number = str(shop.base.record(rid).get("number"))
    assert (letter.to, letter.to_name) == ("wang@example.com", "王敏")
    assert number in letter.subject
    assert letter.unsubscribe.startswith(f"{FORM}?prefill_number=")
    (row,) = shop.notices()
    assert (row["state"], row["address"], row["event"]) == ("sent", "wa***@example.com", "received")
    assert row["requirement"] == (rid,)
    assert "wang" not in str(row)


def test_a_receipt_is_no_first_response() -> None:
    shop = Shop()
    rid = shop.add(customer=(shop.customer(),))
    shop.mail("2026-09-01 10:05")
    shop.edit(rid, remark="内部")

    assert len(shop.room.sent) == 1
    assert shop.base.record(rid).get("first_response_at") is None


def test_a_customer_reads_their_own_language() -> None:
    shop = Shop()
    shop.add(customer=(shop.customer(language="en"),))
    shop.mail("2026-09-01 10:05")

    assert shop.room.sent[0].subject.startswith("We have received")


def test_who_is_entered_a_little_later_is_acknowledged_too() -> None:
    shop = Shop()
    rid = shop.add()
    shop.go_to("2026-09-01 10:30")
    shop.edit(rid, customer=(shop.customer(),))

    assert shop.mail("2026-09-01 10:36") == Mailed(sent=1)


def test_a_contact_with_an_address_is_written_to_and_a_phone_number_is_not() -> None:
    shop = Shop()
    shop.add(contact_way="138 0000 0000 li@example.com")
    shop.add(contact_way="138 0000 0000")
    shop.mail("2026-09-01 10:05")

    assert [letter.to for letter in shop.room.sent] == ["li@example.com"]


def test_a_customer_without_an_address_is_nobody_and_nothing_is_listed() -> None:
    shop = Shop()
    shop.add(customer=(shop.customer(email=None),))

    assert shop.mail("2026-09-01 10:05") == Mailed()
    assert shop.notices() == []


def test_two_customers_without_an_address_share_one_mail_to_the_contact() -> None:
    shop = Shop()
    both = shop.customer(email=None), shop.customer(email=None)
    shop.add(customer=both, contact_way="li@example.com")
    shop.mail("2026-09-01 10:05")

    assert [letter.to for letter in shop.room.sent] == ["li@example.com"]


def test_only_important_work_is_told_when_it_begins() -> None:
    shop = Shop()
    star = (shop.customer(),)
    high = shop.add(customer=star, urgency="high", scope="all", customer_value=5.0, business_value=5.0)
    low = shop.add(customer=star, urgency="low", customer_value=1.0, business_value=1.0)
    shop.mail("2026-09-01 10:05")
    for rid in (high, low):
        shop.begin(rid)
    shop.mail("2026-09-01 10:20")

    assert [shop.base.record(rid).get("priority") for rid in (high, low)] == ["high", "low"]
    assert shop.room.sent[2].subject.endswith("已开始处理")
    assert len(shop.room.sent) == 3


def test_a_finished_requirement_tells_its_result_and_asks() -> None:
    shop = Shop()
    rid = shop.add(customer=(shop.customer(),))
    shop.finish(rid)
    shop.mail("2026-09-01 11:00")

    letter = shop.room.sent[-1]
    assert "已说明" in letter.text
    assert f"{FORM}?prefill_number=" in letter.text
    assert "prefill_confirmation=%E5%B7%B2%E8%A7%A3%E5%86%B3" in letter.text


def test_a_slip_that_is_taken_back_is_never_told() -> None:
    shop = Shop()
    rid = shop.add(customer=(shop.customer(),))
    shop.mail("2026-09-01 10:05")
    shop.finish(rid)
    shop.edit(rid, confirmation="unsolved", status="in_progress")

    assert shop.mail("2026-09-01 10:30") == Mailed(skipped=1)
    assert shop.subjects() == ["已收到您的需求"]
    assert shop.notices()[-1]["cause"] == "需求已重开"


def test_a_requirement_that_is_finished_again_is_told_again_but_only_as_it_stands() -> None:
    shop = Shop()
    rid = shop.add(customer=(shop.customer(),))
    shop.mail("2026-09-01 10:05")
    shop.finish(rid)
    shop.edit(rid, confirmation="unsolved", status="in_progress")
    shop.go_to("2026-09-01 10:08")
    shop.edit(rid, confirmation=None)
    shop.edit(rid, status="done")

    assert shop.mail("2026-09-01 10:30") == Mailed(sent=1, skipped=1)


def test_a_survey_comes_once_per_closing_on_a_working_morning() -> None:
    shop = Shop()
    rid = shop.add(customer=(shop.customer(),))
    shop.close(rid)
    shop.mail("2026-09-01 10:30")
    before = len(shop.room.sent)

    assert shop.mail("2026-09-04 08:59") == Mailed()
    assert shop.mail("2026-09-07 09:20") == Mailed(sent=1)
    assert "满意" in shop.room.sent[before].subject
    assert shop.mail("2026-10-01 09:20") == Mailed()


def answer(shop: Shop, rid: str, **values: Value) -> str:
    number = shop.base.record(rid).get("number")
    row = shop.base.tables.put("survey", {"number": number} | values)
    shop.base.store.put([builders.hint(shop.base.desk, "survey", row)])
    shop.base.work()
    shop.base.settle()
    return row


def test_a_survey_is_not_sent_to_who_answered_the_form_before() -> None:
    shop = Shop()
    rid = shop.add(customer=(shop.customer(),))
    shop.finish(rid)
    shop.go_to("2026-09-01 11:00")
    answer(shop, rid, confirmation="solved", score=4.0)
    shop.edit(rid, status="closed")
    shop.mail("2026-09-01 11:30")

    assert shop.mail("2026-09-07 09:20") == Mailed(skipped=1)
    assert shop.notices()[-1]["cause"] == "客户已评价"


def test_who_unsubscribes_gets_no_more_mail_until_a_person_changes_it() -> None:
    shop = Shop()
    star = shop.customer()
    rid = shop.add(customer=(star,))
    shop.mail("2026-09-01 10:05")

    row = answer(shop, rid, unsubscribe=True)
    shop.add(customer=(star,))

    assert shop.base.tables.peek("customer", star).get("mail_state") == "unsubscribed"
    assert shop.base.tables.peek("survey", row).get("state") == "unsubscribed"
    assert shop.mail("2026-09-01 11:00") == Mailed(skipped=1)
    assert shop.notices()[-1]["cause"] == "客户已退订"
    shop.base.tables.update("customer", {star: {"mail_state": "normal"}})
    shop.add(customer=(star,))
    assert shop.mail("2026-09-01 12:00") == Mailed(sent=1)


def test_a_contact_without_a_row_can_unsubscribe_too() -> None:
    shop = Shop()
    rid = shop.add(contact_way="li@example.com")
    shop.mail("2026-09-01 10:05")
    answer(shop, rid, unsubscribe=True)
    shop.add(contact_way="LI@example.com")
    shop.add(contact_way="other@example.com")

    assert shop.mail("2026-09-01 11:00") == Mailed(sent=1, skipped=1)


def test_a_bounced_address_is_noted_and_left_alone() -> None:
    shop = Shop()
    star = shop.customer()
    shop.room.refusals["wang@example.com"] = server(
        "recipient", lasting=True, text="550 5.1.1 <wang@example.com> unknown"
    )
    rid = shop.add(customer=(star,))

    assert shop.mail("2026-09-01 10:05") == Mailed(failed=1)
    assert shop.base.tables.peek("customer", star).get("mail_state") == "bounced"
    (row,) = shop.notices()
    assert (row["state"], row["cause"]) == ("failed", "550 5.1.1 <wa***@example.com> unknown")
    shop.room.refusals.clear()
    shop.finish(rid)
    assert shop.mail("2026-09-01 11:00") == Mailed(skipped=1)
    assert shop.room.tries == 1


def test_a_bounced_contact_without_a_row_is_left_alone_too() -> None:
    shop = Shop()
    shop.room.refusals["li@example.com"] = server("recipient", lasting=True)
    shop.add(contact_way="li@example.com")
    shop.mail("2026-09-01 10:05")
    shop.add(contact_way="li@example.com")

    assert shop.mail("2026-09-01 11:00") == Mailed(skipped=1)
    assert shop.room.tries == 1


def test_a_greylisted_mail_is_tried_again_and_keeps_no_other_waiting() -> None:
    shop = Shop()
    shop.room.refusals["wang@example.com"] = server("recipient")
    shop.add(customer=(shop.customer(),))
    shop.add(customer=(shop.customer(email="li@example.com"),))

    assert shop.mail("2026-09-01 10:05") == Mailed(sent=1, later=1)
    shop.room.refusals.clear()
    assert shop.mail("2026-09-01 10:05") == Mailed()
    assert shop.mail("2026-09-01 10:06") == Mailed(sent=1)
    assert [letter.to for letter in shop.room.sent] == ["li@example.com", "wang@example.com"]


def test_trouble_with_the_server_puts_all_off_and_is_told_once_a_month() -> None:
    shop = Shop()
    shop.room.refusals["*"] = server(text="mail server 127.0.0.1:25 cannot be reached")
    for _ in range(3):
        shop.add(customer=(shop.customer(),))

    assert shop.mail("2026-09-01 10:05") == Mailed(later=3)
    assert shop.room.tries == 1, "no other mail would fare better"
    assert shop.mail("2026-09-01 10:06") == Mailed(later=3)

    told = [p.effect for p in shop.base.store.outbox.waiting.values() if "mail:server" in p.effect.identity]
    assert len(told) == 1
    assert "cannot be reached" in str(told[0].body)
    shop.room.refusals.clear()
    assert shop.mail("2026-09-01 10:30") == Mailed(sent=3)


def test_a_mail_is_given_up_after_about_three_days() -> None:
    shop = Shop()
    shop.room.refusals["*"] = server(text="mail server is away")
    shop.add(customer=(shop.customer(),))
    shop.mail("2026-09-01 10:05")

    for _ in range(100):
        shop.base.clock.advance(3600)
        shop.mail()

    assert shop.room.tries == 73
    assert [row["state"] for row in shop.notices()] == ["failed"]


def test_a_mail_that_no_server_takes_says_so_and_blames_no_customer() -> None:
    shop = Shop()
    star = shop.customer()
    shop.room.refusals["*"] = server("letter", lasting=True, text="554 looks like spam")
    shop.add(customer=(star,))

    assert shop.mail("2026-09-01 10:05") == Mailed(failed=1)
    assert shop.base.tables.peek("customer", star).get("mail_state") is None


def test_without_a_mail_server_the_mails_are_listed_in_one_go() -> None:
    shop = Shop(mail=False)
    for _ in range(3):
        shop.add(customer=(shop.customer(),))
    shop.add(customer=(shop.customer(email=None),))
    reads = shop.base.tables.calls["read"]

    assert shop.mail("2026-09-01 23:00") == Mailed()
    assert shop.mail("2026-09-02 09:20") == Mailed(skipped=3)
    assert shop.base.tables.calls["read"] == reads + 1
    created = shop.base.tables.calls["create"]
    assert [row["cause"] for row in shop.notices()] == ["未配置邮件"] * 3
    assert shop.base.tables.calls["create"] <= created + 2, "notices and the ledger, a batch each"


class Gone(Exception):
    """The process is gone."""


class FallingStore(MemoryStore):
    """A store that the process does not live to write to, while it is ``down``."""

    down = False

    def settle(self, app_token: str, settlement: Settlement) -> None:
        if self.down:
            raise Gone
        super().settle(app_token, settlement)


def test_a_crash_after_sending_sends_the_very_same_mail_again() -> None:
    store = FallingStore()
    shop = Shop(store=store)
    shop.add(customer=(shop.customer(),))
    shop.go_to("2026-09-01 10:05")
    store.down = True
    with pytest.raises(Gone):
        shop.mail()
    store.down = False
    shop.mail()

    first, again = shop.room.sent
    assert first.identity == again.identity
    assert len(shop.notices()) == 1


def test_the_drain_stops_when_it_is_told_to_and_ends_the_connection() -> None:
    shop = Shop()
    for _ in range(3):
        shop.add(customer=(shop.customer(),))
    shop.go_to("2026-09-01 10:05")
    allowed = iter([True, False])

    assert send_mails(shop.base.desk, lambda: next(allowed)) == Mailed(sent=1)
    assert shop.room.closed == 1
    assert shop.mail() == Mailed(sent=2)


def test_a_template_that_is_switched_off_meanwhile_is_said() -> None:
    shop = Shop()
    shop.add(customer=(shop.customer(),))
    policy = shop.base.desk.policy
    shop.base.desk.policy = replace(
        policy, templates=tuple(t for t in policy.templates if t.channel != "mail")
    )

    assert shop.mail("2026-09-01 10:05") == Mailed(skipped=1)
    assert shop.notices()[0]["cause"] == "通知模板已停用"


def test_a_row_that_is_deleted_meanwhile_tells_nobody() -> None:
    shop = Shop()
    rid = shop.add(customer=(shop.customer(),))
    shop.base.tables.delete("requirement", rid)
    shop.base.store.put([builders.hint(shop.base.desk, "requirement", rid)])
    shop.base.work()

    assert shop.mail("2026-09-01 10:05") == Mailed()
    assert shop.room.sent == []


def test_old_requirements_that_are_pasted_in_send_nothing() -> None:
    shop = Shop()
    star = (shop.customer(),)
    shop.add(customer=star, submitted_at=builders.local("2026-08-01"))
    shop.add(customer=star, status="closed", confirmation="solved", score=5.0)

    assert shop.mail("2026-09-02 10:05") == Mailed()
