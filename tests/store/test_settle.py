"""A settlement is stored whole and once; cards that say nothing new are dropped."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from feishu_plugin.ports import Effect, Json, Settlement
from feishu_plugin.records import Accepted, Record, Snooze, Url, Waiver
from feishu_plugin.store import Store
from tests.store.samples import BASE, NOON, card, hint, line, state

LATER = NOON + timedelta(days=1)


def _identities(store: Store) -> list[str]:
    return [pending.effect.identity for pending in store.due(BASE, LATER, 100)]


def test_accepted_state_comes_back_whole(store: Store) -> None:
    record = Record(
        record_id="rec1",
        values={
            "title": "导出很慢",
            "score": 4.5,
            "generality": True,
            "owner": ("ou_li", "ou_wu"),
            "submitted_at": NOON,
            "knowledge": Url("文档", "https://example.com"),
            "result": None,
        },
        created_at=NOON,
        created_by="ou_li",
        modified_by="ou_wu",
    )
    was = state().__class__(record=record, status_since=NOON, corrections=(NOON, LATER), policy_version="v1")
    waiver = Waiver(from_status="pending", to_status="done", by="ou_boss", reason="特批", until=LATER)
    snooze = Snooze(stage="overdue:rec1:breach", person="ou_li", until=LATER, kind="digest")
    was = replace(was, waivers=(waiver,), snoozes=(snooze,))

    store.settle(BASE, Settlement(accepted={("requirement", "rec1"): was}))

    assert store.accepted(BASE, "requirement", ["rec1", "rec2"]) == {"rec1": was}
    assert store.accepted(BASE, "customer", ["rec1"]) == {}
    assert store.accepted("other", "requirement", ["rec1"]) == {}


def test_facts_are_kept_with_what_they_are_about_or_not_at_all(store: Store) -> None:
    store.keep(BASE, "place", {"uid": 1})
    effect = card("c1")
    store.settle(BASE, Settlement(effects=[effect], facts={"place": {"uid": 2, "at": NOON}, "new": {"x": 1}}))
    assert store.recall(BASE, "place") == {"uid": 2, "at": NOON}
    assert store.recall(BASE, "new") == {"x": 1}
    assert store.recall("other", "place") is None

    broken = replace(effect, identity="c2", body={"what": object()})
    with pytest.raises(TypeError):
        store.settle(BASE, Settlement(effects=[broken], facts={"place": {"uid": 3}}))
    assert store.recall(BASE, "place") == {"uid": 2, "at": NOON}


def test_a_later_state_replaces_the_earlier_one(store: Store) -> None:
    store.settle(BASE, Settlement(accepted={("requirement", "rec1"): state(status="pending")}))
    store.settle(BASE, Settlement(accepted={("requirement", "rec1"): state(status="done")}))

    assert store.accepted(BASE, "requirement", ["rec1"]) == {"rec1": state(status="done")}


def test_forgotten_records_are_gone(store: Store) -> None:
    keys = [("requirement", "rec1"), ("requirement", "rec2"), ("customer", "rec1")]
    store.settle(BASE, Settlement(accepted={key: state(key[1]) for key in keys}))

    store.settle(BASE, Settlement(forgotten=keys[:1]))

    assert dict(store.all_accepted(BASE, "requirement")) == {"rec2": state("rec2")}
    assert dict(store.all_accepted(BASE, "customer")) == {"rec1": state("rec1")}


def test_all_accepted_streams_every_record_while_others_are_settled(store: Store) -> None:
    expected = {f"rec{n}": state(f"rec{n}") for n in range(1_203)}
    store.settle(BASE, Settlement(accepted={("requirement", key): s for key, s in expected.items()}))

    seen = {}
    for record_id, accepted in store.all_accepted(BASE, "requirement"):
        seen[record_id] = accepted
        if len(seen) == 10:
            store.settle(BASE, Settlement(forgotten=[("customer", "rec1")]))

    assert seen == expected
    assert store.accepted(BASE, "requirement", list(expected)) == expected


def test_settling_the_same_again_changes_nothing(store: Store) -> None:
    store.put([hint()])
    settlement = Settlement(
        closed=[store.pending(BASE, 1)[0].row],
        accepted={("requirement", "rec1"): state()},
        effects=[card("c1", "n1")],
    )

    store.settle(BASE, settlement)
    once = (store.counts(BASE), dict(store.all_accepted(BASE, "requirement")), _identities(store))
    store.settle(BASE, settlement)

    assert once == (store.counts(BASE), dict(store.all_accepted(BASE, "requirement")), _identities(store))


def test_an_effect_identity_is_stored_once_for_ever(store: Store) -> None:
    store.settle(BASE, Settlement(effects=[card("c1"), card("c1", to="ou_wu")]))
    (first,) = store.due(BASE, LATER, 10)
    store.done([first.row], NOON)

    store.settle(BASE, Settlement(effects=[card("c1")]))

    assert first.effect == card("c1")
    assert _identities(store) == []


def test_effect_identities_belong_to_their_base(store: Store) -> None:
    store.settle(BASE, Settlement(effects=[card("c1", "n1")]))
    store.settle("other", Settlement(effects=[card("c1", "n1")]))

    assert len(store.due("other", LATER, 10)) == 1


def test_a_card_is_dropped_when_all_its_notices_are_told(store: Store) -> None:
    store.settle(BASE, Settlement(effects=[card("c1", "n1", "n2")]))
    store.settle(BASE, Settlement(effects=[card("c2", "n2"), card("c3", "n1", "n2"), card("c4")]))

    assert _identities(store) == ["c1", "c4"]


def test_a_card_with_one_untold_notice_is_stored_and_tells_it(store: Store) -> None:
    store.settle(BASE, Settlement(effects=[card("c1", "n1")]))
    store.settle(BASE, Settlement(effects=[card("c2", "n1", "n2"), card("c3", "n2")]))

    assert _identities(store) == ["c1", "c2"]
    assert store.told(BASE, ["n1", "n2", "n3"]) == {"n1", "n2"}
    assert store.told("other", ["n1"]) == set()


def test_an_ignored_effect_tells_nothing(store: Store) -> None:
    store.settle(BASE, Settlement(effects=[card("c1", "n1")]))
    store.settle(BASE, Settlement(effects=[card("c1", "n9")]))

    assert store.told(BASE, ["n9"]) == set()


def test_told_takes_any_number_of_notices(store: Store) -> None:
    covers = [f"n{number}" for number in range(1_234)]
    store.settle(BASE, Settlement(effects=[card("digest", *covers)]))

    assert store.told(BASE, [*covers, "other"]) == set(covers)


@pytest.mark.parametrize(
    ("body", "not_before", "message"),
    [
        ({"x": {1, 2}}, NOON, "set cannot be stored as JSON"),
        ({}, NOON.replace(tzinfo=None), "has no time zone"),
    ],
    ids=["before the transaction", "in its last statement but one"],
)
def test_a_settlement_that_cannot_be_stored_changes_nothing(
    store: Store, body: Json, not_before: datetime, message: str
) -> None:
    store.put([hint()])
    row = store.pending(BASE, 1)[0].row
    bad = Effect(kind="card", identity="c1", target="ou_li", body=body, not_before=not_before, covers=("n1",))

    with pytest.raises(Exception, match=message):
        store.settle(
            BASE, Settlement(closed=[row], accepted={("requirement", "rec1"): state()}, effects=[bad])
        )

    assert len(store.pending(BASE, 1)) == 1
    assert list(store.all_accepted(BASE, "requirement")) == []
    assert store.told(BASE, ["n1"]) == set()


def test_all_accepted_leaves_out_the_statuses_nobody_waits_for(store: Store) -> None:
    closed = Accepted(record=Record(record_id="rec1", values={"status": "closed"}), status_since=NOON)
    working = Accepted(record=Record(record_id="rec2", values={"status": "in_progress"}), status_since=NOON)
    states = {("requirement", "rec1"): closed, ("requirement", "rec2"): working}
    store.settle(BASE, Settlement(accepted=states))

    found = dict(store.all_accepted(BASE, "requirement", ("closed", "void")))

    assert found == {"rec2": working}


HALF = "待\ud83d\0处理"
"""An option that somebody pasted half an emoji and a NUL into."""


def test_names_that_no_database_can_hold_are_known_again(store: Store) -> None:
    first = Settlement(
        accepted={("requirement", "rec1"): state(status=HALF)},
        effects=[card(f"card {HALF}", f"notice {HALF}")],
    )
    store.settle(BASE, first)
    store.settle(BASE, first)

    assert store.accepted(BASE, "requirement", ["rec1"]) == {"rec1": state(status=HALF)}
    assert [found for found, _ in store.all_accepted(BASE, "requirement", without=[HALF])] == []
    assert len(_identities(store)) == 1
    assert store.told(BASE, [f"notice {HALF}", "notice of another"]) == {f"notice {HALF}"}
    assert [store.draw(BASE, f"number:{HALF}", one) for one in (HALF, "b", HALF)] == [1, 2, 1]


def test_a_card_with_such_a_name_ends_the_lines_it_folds(store: Store) -> None:
    store.settle(BASE, Settlement(effects=[line("line")]))
    [waiting] = store.lines(BASE, LATER)

    store.settle(BASE, Settlement(effects=[replace(card(HALF), folds=(waiting.row,))]))

    assert store.lines(BASE, LATER) == []
