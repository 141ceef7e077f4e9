"""Events as hints: envelopes written after the documented and the observed shapes."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feishu_plugin.binding import Binding, BoundField, BoundTable
from feishu_plugin.errors import MalformedEvent
from feishu_plugin.gateway.events import (
    app_token_of,
    event_id,
    hints_of,
    is_field_changed,
    is_press,
    press_of,
)
from feishu_plugin.ports import Hint
from feishu_plugin.records import Step
from tests.gateway.samples import unhurried

NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)
AT = datetime.fromtimestamp(1785500000, UTC)
Json = dict[str, Any]


def field(key: str, field_id: str) -> BoundField:
    ids = {"optPending": "pending", "optDoing": "in_progress", "optDone": "done", "optOwn": "自己加的"}
    return BoundField(key=key, field_id=field_id, name=key, type="text", option_ids=ids)


REQUIREMENT = BoundTable(
    key="requirement",
    table_id="tblReq",
    name="需求台账",
    fields={"title": field("title", "fldTitle"), "status": field("status", "fldStatus")},
)
CUSTOMER = BoundTable(
    key="customer", table_id="tblCus", name="客户", fields={"status": field("status", "fldLevel")}
)
BINDING = Binding(app_token="bascnA", tables={"requirement": REQUIREMENT, "customer": CUSTOMER})


def cells(**values: Any) -> list[Json]:
    return [{"field_id": field_id, "field_value": value} for field_id, value in values.items()]


def edited(record_id: str, before: Any, after: Any, **more: Any) -> Json:
    return {
        "record_id": record_id,
        "action": "record_edited",
        "before_value": cells(fldStatus=before, **more),
        "after_value": cells(fldStatus=after, **more),
    }


def envelope(*actions: Any, **event: Any) -> Json:
    return {
        "schema": "2.0",
        "header": {
            "event_id": "e1",
            "event_type": "drive.file.bitable_record_changed_v1",
            "create_time": "1785500000000",
            "token": "vtok",
            "app_id": "cli_a",
            "tenant_key": "1a2b",
        },
        "event": {
            "file_type": "bitable",
            "file_token": "bascnA",
            "table_id": "tblReq",
            "revision": 42,
            "operator_id": {"union_id": "on_1", "user_id": "u1", "open_id": "ou_1"},
            "action_list": list(actions),
            "update_time": 1785500000,
            **event,
        },
    }


def hints(whole: Any, binding: Binding | None = BINDING) -> list[Hint]:
    return hints_of(whole, lambda app_token: binding if app_token == "bascnA" else None, NOW)


def step(whole: Json) -> Step | None:
    [hint] = hints(whole)
    return hint.step


def test_every_action_of_an_event_becomes_a_hint() -> None:
    added = {"record_id": "rec2", "action": "record_added", "after_value": cells(fldTitle='[{"text":"a"}]')}
    deleted = {"record_id": "rec3", "action": "record_deleted", "before_value": cells(fldStatus="optDone")}
    found = hints(
        envelope(edited("rec1", "optPending", "optDoing", fldTitle="x", fldOther="y"), added, deleted)
    )

    assert [(h.record_id, h.kind, h.fields) for h in found] == [
        ("rec1", "edited", ("status", "title")),
        ("rec2", "added", ("title",)),
        ("rec3", "deleted", ("status",)),
    ]
    assert {(h.app_token, h.table_id, h.event_id, h.operator, h.received_at) for h in found} == {
        ("bascnA", "tblReq", "e1", "ou_1", NOW)
    }
    assert found[0].step == Step(
        before="pending", after="in_progress", operator="ou_1", at=AT, revision=42, event_id="e1"
    )
    assert [h.step for h in found[1:]] == [None, None]


@pytest.mark.parametrize(
    ("told", "key"),
    [
        ("optDone", "done"),
        ('"optDone"', "done"),
        ("", None),
        ('""', None),
        (None, None),
        ("null", None),
        ("optOwn", "自己加的"),
    ],
)
def test_a_status_is_told_by_option_id_bare_or_quoted(told: Any, key: str | None) -> None:
    found = step(envelope(edited("rec1", "optPending", told)))

    assert found is not None
    assert (found.before, found.after) == ("pending", key)


@pytest.mark.parametrize(
    ("action", "moves"),
    [
        ({"before_value": cells(fldStatus="optPending")}, ("pending", None)),
        ({"after_value": cells(fldStatus="optPending")}, (None, "pending")),
        ({"action": "record_added", "after_value": cells(fldStatus="optDone")}, (None, "done")),
        ({"before_value": None, "after_value": cells(fldStatus="optDone")}, (None, "done")),
    ],
)
def test_a_side_that_feishu_leaves_out_was_empty(action: Json, moves: tuple[str | None, str | None]) -> None:
    found = step(envelope({"record_id": "rec1", "action": "record_edited", **action}))

    assert found is not None
    assert (found.before, found.after) == moves


@pytest.mark.parametrize(
    "told", ["optUnknown", "{", 7, {"id": "optDone"}, '["optDone"]', "optDone", '"optPending'], ids=repr
)
def test_a_value_we_cannot_read_or_that_stays_is_no_step(told: Any) -> None:
    before = "optDone" if told == "optDone" else "optPending"
    found = hints(envelope(edited("rec1", before, told)))

    assert [(h.record_id, h.step) for h in found] == [("rec1", None)]


def test_a_status_of_another_table_is_no_step() -> None:
    action = {
        "record_id": "rec1",
        "action": "record_edited",
        "after_value": cells(fldLevel="optDone"),
    }
    [found] = hints(envelope(action, table_id="tblCus"))

    assert (found.fields, found.step) == (("status",), None)


def test_a_record_told_twice_keeps_both_steps_apart() -> None:
    first, second = hints(
        envelope(edited("rec1", "optPending", "optDoing"), edited("rec1", "optDoing", "optDone"))
    )

    assert (first.event_id, second.event_id) == ("e1", "e1#2")
    assert first.step is not None
    assert second.step is not None
    assert (first.step.after, second.step.before, second.step.event_id) == (
        "in_progress",
        "in_progress",
        "e1#2",
    )


def test_a_table_that_is_not_ours_tells_nothing() -> None:
    assert hints(envelope(edited("rec1", "optPending", "optDone"), table_id="tblOther")) == []


def test_a_base_without_binding_gives_bare_hints() -> None:
    [found] = hints(envelope(edited("rec1", "optPending", "optDone")), None)

    assert (found.record_id, found.fields, found.step) == ("rec1", (), None)


def test_what_older_events_lack_is_made_up_for() -> None:
    whole = envelope(edited("rec1", "optPending", "optDone"))
    for name in ("revision", "update_time", "operator_id"):
        del whole["event"][name]
    found = step(whole)

    assert found is not None
    assert (found.revision, found.at, found.operator) == (0, AT, "")


@pytest.mark.parametrize(
    ("create_time", "at"),
    [("1785500000", AT), ("1785500000000", AT), ("1785500000000000", AT), ("soon", NOW), ("9" * 30, NOW)],
)
def test_create_time_is_read_by_its_length(create_time: str, at: datetime) -> None:
    whole = envelope(edited("rec1", "optPending", "optDone"), update_time=None)
    whole["header"]["create_time"] = create_time
    found = step(whole)

    assert found is not None
    assert found.at == at


def test_an_envelope_1_0_is_read_as_well() -> None:
    new = envelope(edited("rec1", "optPending", "optDone"))
    old = {
        "ts": "1785500000.1",
        "uuid": "old-1",
        "token": "vtok",
        "type": "event_callback",
        "event": {**new["event"], "type": new["header"]["event_type"]},
    }
    [found] = hints(old)

    assert (found.event_id, found.record_id) == ("old-1", "rec1")
    assert event_id(old) == "old-1"


def test_other_events_are_no_hints() -> None:
    whole = envelope()
    whole["header"]["event_type"] = "drive.file.bitable_field_changed_v1"

    assert hints(whole) == []
    assert is_field_changed(whole)
    assert app_token_of(whole) == "bascnA"
    assert not is_field_changed(envelope())
    assert not is_press(whole)


NO_EVENTS: list[Any] = [
    [],
    "text",
    None,
    {},
    {"schema": "2.0", "header": {}, "event": {}},
    {"schema": "2.0", "header": "x", "event": {"type": 7}},
    envelope(file_token=""),
    envelope(table_id=None),
    envelope(action_list=None),
    envelope("text"),
    envelope({"action": "record_edited"}),
    {**envelope(edited("rec1", "", "")), "header": {"event_type": "drive.file.bitable_record_changed_v1"}},
]


@pytest.mark.parametrize("whole", NO_EVENTS, ids=range(len(NO_EVENTS)))
def test_what_is_no_event_is_malformed(whole: Any) -> None:
    with pytest.raises(MalformedEvent):
        hints(whole)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@unhurried
@given(told=JSON, sides=JSON, more=JSON)
def test_no_field_value_whatever_its_shape_raises(told: Any, sides: Any, more: Any) -> None:
    actions = [
        edited("rec1", told, "optDone"),
        {"record_id": "rec2", "before_value": sides, "after_value": more},
    ]
    found = hints(envelope(*actions, revision=told, update_time=more, operator_id=sides))

    assert [h.record_id for h in found] == ["rec1", "rec2"]


CLICK = {
    "schema": "2.0",
    "header": {"event_id": "c1", "event_type": "card.action.trigger", "create_time": "1785500000000000"},
    "event": {
        "operator": {"tenant_key": "1a2b", "open_id": "ou_1", "union_id": "on_1"},
        "token": "c-5f0e",
        "action": {
            "tag": "button",
            "name": "ok",
            "timezone": "Asia/Shanghai",
            "value": {"do": "retry", "base": "bascnA", "record": "rec1", "to": "done", "odd": 7},
            "form_value": {"due": "2026-08-09 +0800", "stage": "won"},
        },
        "host": "im_message",
        "context": {"open_message_id": "om_1", "open_chat_id": "oc_1"},
    },
}


def test_a_button_press_tells_who_what_and_where() -> None:
    found = press_of(CLICK, NOW)

    assert found is not None
    assert found.press is not None
    assert (found.app_token, found.record_id, found.kind, found.event_id) == (
        "bascnA",
        "rec1",
        "pressed",
        "c1",
    )
    assert (found.press.do, found.press.operator, found.press.message_id) == ("retry", "ou_1", "om_1")
    assert found.press.asked["to"] == "done"
    assert found.press.form == {"due": "2026-08-09 +0800", "stage": "won"}


@pytest.mark.parametrize(
    ("chosen", "record_id"), [("rec2", "rec2"), ("rec9", ""), ("", ""), (None, ""), (["rec2"], "")]
)
def test_only_a_requirement_that_the_card_lists_can_be_chosen(chosen: Any, record_id: str) -> None:
    value = {"do": "progress", "base": "bascnA", "for": "ou_1", "records": "rec1 rec2"}
    action = {"tag": "button", "value": value, "form_value": {"record": chosen}}

    found = press_of({**CLICK, "event": {"operator": {"open_id": "ou_1"}, "action": action}}, NOW)

    assert found is not None
    assert found.record_id == record_id


@pytest.mark.parametrize("value", [{}, {"do": "retry"}, {"do": "retry", "base": "bascnA"}, {"do": 1}])
def test_a_button_that_is_not_ours_asks_for_nothing(value: Json) -> None:
    action = {"tag": "button", "value": value}

    assert press_of({**CLICK, "event": {"operator": {"open_id": "ou_1"}, "action": action}}, NOW) is None


@pytest.mark.parametrize("odd", ["\ud800", "rec\x001", "r" * 300, "rec\n1"])
def test_an_id_that_no_database_can_hold_is_none(odd: str) -> None:
    with pytest.raises(MalformedEvent, match="without record_id"):
        hints(envelope(edited(odd, "optPending", "optDoing")))
    with pytest.raises(MalformedEvent, match="no event_id"):
        event_id({"header": {"event_id": odd}})
    [found] = hints(envelope(edited("rec1", "optPending", "optDoing"), operator_id={"open_id": odd}))

    assert found.operator == ""


def test_a_press_about_an_id_that_cannot_be_is_not_ours() -> None:
    value = {"do": "ask", "base": "bascnA", "record": "\ud800"}
    whole = {
        "header": {"event_id": "e1", "event_type": "card.action.trigger"},
        "event": {"action": {"value": value}, "operator": {"open_id": "ou_1"}},
    }

    assert press_of(whole, NOW) is None
