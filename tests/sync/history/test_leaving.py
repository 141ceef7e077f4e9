"""Ended requirements move to 历史需求数据表 whole, and only when nothing waits for them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from feishu_plugin.archived import content_of
from feishu_plugin.ports import Effect, Settlement
from feishu_plugin.records import Press, Record, Value, Values
from feishu_plugin.sync.history.leaving import Archived, archive, archive_when_worth_it
from feishu_plugin.sync.sweep import sweep
from tests import builders
from tests.fakes import MemoryTables
from tests.sync.base import Base
from tests.sync.history.crossings import Crossing, CrossingTables

MONTH_S = 31 * 86400.0


def closed(base: Base, title: str = "一", **values: Value) -> str:
    """A requirement that went all the way, a moment ago; what it had to say was said."""
    rid = base.add(title=title, type="inquiry", status="pending", customer_words=f"{title}!", **values)
    base.settle()
    base.edit(rid, status="in_progress", owner=("ou_a",), planned_finish=base.clock.now(), result="已说明")
    base.settle()
    base.edit(rid, status="done")
    base.settle()
    base.edit(rid, status="closed", confirmation="solved", score=5.0)
    base.settle()
    delivered(base)
    return rid


def delivered(base: Base) -> None:
    """Everything in the outbox was performed; ledger rows are in their table."""
    for row, pending in list(base.store.outbox.waiting.items()):
        if pending.effect.kind == "ledger":
            base.tables.put("transition", pending.effect.body)
        base.store.outbox.done([row], base.clock.now())


def number(base: Base, rid: str) -> str:
    return str(base.record(rid).get("number"))


def registered(base: Base) -> set[str]:
    return {row.record_id for row in base.tables.rows("requirement")}


def copies(base: Base) -> dict[Value, Record]:
    return {row.get("number"): row for row in base.tables.rows("archive")}


def test_a_requirement_closed_for_a_month_moves_with_everything_it_held() -> None:
    base = Base()
    rid = closed(base, attachments=("boxFile1", "boxFile2"), helpers=("ou_b", "ou_c"))
    before, told = base.record(rid), len(base.cards())
    base.clock.advance(MONTH_S)

    done = archive(base.desk)

    assert done == Archived(archived=1)
    assert registered(base) == set()
    [copy] = base.tables.rows("archive")
    assert content_of(copy).record == before
    shown = {key: copy.get(key) for key in before.values if key in builders.SCHEMA.table("archive").by_key}
    assert shown == {**before.values}
    assert len(base.cards()) == told


def test_it_leaves_not_a_day_too_early_and_not_when_it_is_switched_off() -> None:
    base = Base()
    closed(base)
    base.clock.advance(29 * 86400)
    assert archive(base.desk) == Archived()

    base.clock.advance(2 * 86400)
    base.desk.policy = builders.policy(archive_after_days=0)
    assert archive(base.desk) == Archived()

    base.desk.policy = builders.policy()
    assert archive(base.desk).archived == 1


def test_a_day_without_anything_ripe_costs_no_call() -> None:
    base = Base()
    closed(base)
    base.tables.calls.clear()

    archive(base.desk)

    assert not base.tables.calls


def test_open_ones_stay_and_no_more_than_a_batch_leaves() -> None:
    base = Base(builders.policy(archive_batch=2))
    rids = [closed(base, title) for title in "一二三"]
    still = base.add(title="四", type="inquiry", status="pending")
    base.settle()
    base.clock.advance(MONTH_S)

    assert archive(base.desk).archived == 2
    assert registered(base) == {rids[2], still}
    assert archive(base.desk).archived == 1
    assert registered(base) == {still}


def test_fewer_than_a_batch_wait_for_others() -> None:
    base = Base(builders.policy(archive_batch=2, archive_every_days=7))
    closed(base, "一")
    base.clock.advance(MONTH_S)
    assert archive_when_worth_it(base.desk).archived == 1

    closed(base, "二")
    base.clock.advance(MONTH_S)
    base.store.keep(base.desk.app_token, "archiving:last", {"at": base.clock.now()})
    assert archive_when_worth_it(base.desk) == Archived()

    base.clock.advance(7 * 86400)
    assert archive_when_worth_it(base.desk).archived == 1


def test_a_whole_batch_waits_for_nobody() -> None:
    base = Base(builders.policy(archive_batch=2, archive_every_days=7))
    for title in "一二":
        closed(base, title)
    base.clock.advance(MONTH_S)
    base.store.keep(base.desk.app_token, "archiving:last", {"at": base.clock.now()})

    assert archive_when_worth_it(base.desk).archived == 2


def test_an_edit_within_the_days_keeps_it_for_another_month() -> None:
    base = Base()
    rid = closed(base)
    base.clock.advance(MONTH_S)
    base.edit(rid, remark="客户又来问过")

    assert archive(base.desk) == Archived(stayed=1)  # nobody judged the edit yet
    base.settle()
    delivered(base)
    assert archive(base.desk) == Archived(stayed=1)
    assert registered(base) == {rid}


def test_an_effect_that_waits_keeps_it() -> None:
    base = Base()
    rid = closed(base)
    base.clock.advance(MONTH_S)
    mail = Effect(
        kind="mail", identity="mail:1", target=rid, body={}, not_before=base.clock.now() + timedelta(days=9)
    )
    base.store.settle(base.desk.app_token, Settlement(effects=[mail]))

    assert archive(base.desk) == Archived()

    delivered(base)
    assert archive(base.desk).archived == 1


def test_an_answer_that_nobody_took_yet_keeps_it() -> None:
    base = Base()
    rid = closed(base)
    base.clock.advance(MONTH_S)
    answer = base.tables.put("survey", {"number": number(base, rid), "confirmation": "unsolved"})

    assert archive(base.desk) == Archived(stayed=1)

    base.tables.delete("survey", answer)
    assert archive(base.desk).archived == 1


def test_an_override_that_still_runs_keeps_it() -> None:
    base = Base()
    until = base.clock.now() + timedelta(days=60)
    closed(base, manual_priority="high", override_reason="老板要的", override_until=until)
    base.clock.advance(MONTH_S)

    assert archive(base.desk) == Archived()


def test_an_original_stays_until_its_duplicates_have_left() -> None:
    base = Base()
    original = closed(base, "一")
    duplicate = base.add(title="二", type="inquiry", status="pending")
    base.settle()
    base.edit(duplicate, status="void", void_reason="duplicate", duplicate_of=(original,))
    base.settle()
    delivered(base)
    base.clock.advance(MONTH_S)

    first = archive(base.desk)
    assert (first.archived, registered(base)) == (1, {original})

    assert archive(base.desk).archived == 1
    kept = {number: content_of(row) for number, row in copies(base).items()}
    assert [c.record.get("duplicate_of") for c in kept.values()] == [(original,), None]
    first_out, last_out = kept
    assert copies(base)[first_out].get("duplicate_of") == last_out


def test_ledger_rows_keep_the_number_of_what_left() -> None:
    base = Base()
    rid = closed(base)
    [old, *_] = base.tables.rows("transition")
    base.tables.update("transition", {old.record_id: {"number": None}})
    wanted = number(base, rid)
    base.clock.advance(MONTH_S)

    archive(base.desk)

    assert {row.get("number") for row in base.tables.rows("transition")} == {wanted}
    [kept] = [content_of(row) for row in base.tables.rows("archive")]
    assert set(kept.linked_from["transition.requirement"]) == {
        r.record_id for r in base.tables.rows("transition")
    }


def test_the_event_of_the_deletion_and_a_full_sweep_say_nothing() -> None:
    base = Base()
    rid = closed(base)
    base.clock.advance(MONTH_S)
    sweep(base.desk)  # the first one adopts
    archive(base.desk)
    cards = len(base.store.outbox.cards)

    base.store.put([replace(builders.hint(base.desk, "requirement", rid), kind="deleted")])
    base.work()
    found = sweep(base.desk, full=True)

    assert (found.recovered, found.deleted) == (0, 0)
    assert len(base.store.outbox.cards) == cards


def test_links_between_requirements_that_lose_it_look_accepted() -> None:
    base = Base()
    gone = closed(base, "一")
    other = base.add(title="二", type="inquiry", status="pending")
    base.settle()
    base.tables.update("requirement", {other: {"similar": (gone,)}})
    state = base.store.states["requirement", other]
    base.store.states["requirement", other] = replace(state, record=base.record(other))
    base.wire.clear()
    delivered(base)
    base.clock.advance(MONTH_S)

    archive(base.desk)

    assert base.store.states["requirement", other].record.get("similar") is None


def test_an_older_base_without_the_columns_is_left_alone() -> None:
    base = Base.lacking("archive.checksum")
    closed(base)
    base.clock.advance(MONTH_S)

    assert archive(base.desk) == Archived()


@pytest.mark.parametrize("column", ["title", "content", "checksum", "owner", "closed_at"])
def test_a_cell_that_differs_in_the_copy_keeps_the_original_and_is_told_once(column: str) -> None:
    base = Base()
    spoilt, sound = closed(base, "一"), closed(base, "二")
    base.clock.advance(MONTH_S)
    base.desk.administrators = ("ou_admin",)
    base.desk.tables = CrossingTables(base.tables, meddling(base, {column: SPOILT[column]}))

    done = archive(base.desk)
    again = archive(base.desk)

    assert (done, again) == (Archived(archived=1, differing=1), Archived())
    assert registered(base) == {spoilt}
    assert [row.get("origin") for row in base.tables.rows("archive")] == [sound]
    texts = [str(card.body) for card in base.store.outbox.cards if card.body["event"] == "trouble"]
    assert len(texts) == 1
    assert number(base, spoilt) in texts[0]


def meddling(base: Base, values: Values) -> Crossing:
    """Somebody alters the first copy as soon as it is there."""

    def at(boundary: str) -> None:
        if boundary == "after create archive":
            first = base.tables.rows("archive")[0].record_id
            MemoryTables.update(base.tables, "archive", {first: values})

    return at


SPOILT: dict[str, Value] = {
    "title": "别的",
    "content": "{}",
    "checksum": "0",
    "owner": ("ou_x",),
    "closed_at": builders.local("2020-01-01"),
}


def test_a_button_of_an_old_card_says_that_it_is_archived() -> None:
    base = Base()
    rid = closed(base)
    base.clock.advance(MONTH_S)
    archive(base.desk)
    press = Press(
        do="risk",
        operator="ou_a",
        at=base.clock.now(),
        event_id="e",
        message_id="om_1",
        asked={"record": rid},
    )

    hint = builders.hint(base.desk, "requirement", rid)
    base.store.put([replace(hint, table_id="", kind="pressed", press=press)])
    base.work()

    [told] = [one.effect.body for one in base.store.outbox.waiting.values()]
    assert "已归档" in str(told)
