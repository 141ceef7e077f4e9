"""When a mailbox is looked at: at once, when asked, and every few minutes; trouble waits for the next."""

import pytest

from feishu_plugin.app.postbox import Postbox
from feishu_plugin.errors import MailboxError
from tests.sync.base import Base
from tests.sync.postbox.test_polling import Office
from tests.sync.postbox.written import letter


class Ticks:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def always() -> bool:
    return True


def test_it_looks_at_once_then_every_minute_and_when_asked() -> None:
    office, ticks = Office(), Ticks()
    postbox = Postbox(office.base.desk, ticks)
    assert not postbox.is_idle()
    office.comes(letter(message_id="1@x"))
    assert postbox.work(always)
    assert postbox.is_idle()

    office.comes(letter(message_id="2@x"))
    assert not postbox.work(always)
    ticks.now += 61
    assert postbox.work(always)
    office.comes(letter(message_id="3@x"))
    postbox.look_soon()
    assert not postbox.is_idle()
    assert postbox.work(always)
    assert office.folder.fetched == 3


def test_a_mailbox_that_cannot_be_read_keeps_no_reply_waiting() -> None:
    office, ticks = Office(), Ticks()
    postbox = Postbox(office.base.desk, ticks)
    office.comes(letter())
    office.comes(letter("补充", message_id="2@x", In_Reply_To="<a1@example.com>"))
    postbox.work(always)
    assert postbox.is_idle()
    office.work()
    office.base.clock.advance(60)
    assert not postbox.is_idle()
    office.folder.validity, office.folder.broken = 8, 1
    ticks.now += 61
    with pytest.raises(MailboxError):
        postbox.work(always)
    assert "补充" in str(office.row()["feedback"])
    assert not postbox.work(always)


def test_without_a_mailbox_there_is_nothing_to_do() -> None:
    postbox = Postbox(Base().desk)
    assert postbox.is_idle()
    assert not postbox.work(always)
