"""A message to the bot is answered with a form, and becomes a requirement once when it is sent."""

from typing import Any

from feishu_plugin.ports import Effect, Hint
from feishu_plugin.records import Press
from feishu_plugin.sync.chat import SAID
from tests.sync.base import Base

LI = "ou_li"


def said(base: Base, text: str, message_id: str = "om_1", event: str = "ev1") -> None:
    """A person writes to the bot; the worker hears it."""
    press = Press(do=SAID, operator=LI, at=base.clock.now(), event_id=event, form={"text": text})
    put(base, press, message_id)


def put(base: Base, press: Press, record_id: str) -> None:
    hint = Hint(
        app_token=base.desk.app_token,
        table_id="",
        record_id=record_id,
        kind="pressed",
        event_id=press.event_id,
        received_at=base.clock.now(),
        operator=LI,
        press=press,
    )
    base.store.put([hint])
    base.work()


def waiting(base: Base, kind: str) -> list[Effect]:
    return [p.effect for p in base.store.outbox.waiting.values() if p.effect.kind == kind]


def form_of(base: Base) -> dict[str, Any]:
    """The elements of the form by name."""
    [card] = waiting(base, "card")
    assert card.target == LI
    [form] = [e for e in card.body["card"]["body"]["elements"] if e["tag"] == "form"]
    return {e["name"]: e for e in form["elements"] if "name" in e}


def press(base: Base, do: str, event: str = "ev2", **form: Any) -> None:
    value = form_of(base)[do]["behaviors"][0]["value"]
    put(
        base,
        Press(
            do=do,
            operator=LI,
            at=base.clock.now(),
            event_id=event,
            message_id="om_card",
            asked=value,
            form=form,
        ),
        value["record"],
    )


def test_the_form_holds_what_was_written() -> None:
    base = Base()
    said(base, "\n导出很慢\n每天都要等十分钟")

    form = form_of(base)
    assert form["title"]["default_value"] == "导出很慢"
    assert form["description"]["default_value"] == "\n导出很慢\n每天都要等十分钟"
    assert form["register"]["behaviors"][0]["value"]["for"] == LI


def test_sent_it_is_a_requirement_of_its_writer_once() -> None:
    base = Base()
    said(base, "导出很慢，每天都要等")
    press(base, "register", title="导出很慢", description="每天都要等", urgency="high", type="no such")
    press(base, "register", "ev3", title="又按一次")

    [arrival] = waiting(base, "arrival")
    assert arrival.body == {
        "title": "导出很慢",
        "description": "每天都要等",
        "urgency": "high",
        "customer_words": "导出很慢，每天都要等",
        "submitter": (LI,),
        "import_key": "chat:om_1",
    }
    assert "已登记" in str(waiting(base, "patch")[0].body)
    assert base.store.open == {}


def test_a_long_text_is_kept_whole() -> None:
    base = Base()
    text = "导出很慢。" * 1000
    said(base, text)
    assert len(form_of(base)["description"]["default_value"]) == 1000
    press(base, "register", title="导出很慢")

    assert waiting(base, "arrival")[0].body["customer_words"] == text


def test_whoever_wants_none_gets_none() -> None:
    base = Base()
    said(base, "谢谢")
    press(base, "leave")

    assert waiting(base, "arrival") == []
    assert "没有登记" in str(waiting(base, "patch")[0].body)


def test_a_message_that_is_pushed_again_is_asked_about_once() -> None:
    base = Base()
    said(base, "导出很慢")
    said(base, "导出很慢", event="ev1b")

    assert len(waiting(base, "card")) == 1


def test_a_picture_is_answered_with_what_can_be_done() -> None:
    base = Base()
    said(base, "")

    [card] = waiting(base, "card")
    assert "发一段文字" in str(card.body["card"])
    assert "form" not in [e["tag"] for e in card.body["card"]["body"]["elements"]]
