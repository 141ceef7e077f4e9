"""Edits by hand of what the plugin fills: put back, told once to whoever made them."""

from dataclasses import replace

from feishu_plugin.ports import Effect
from tests.sync.base import BOT, Base


def cards(base: Base, event: str = "field_restored") -> list[Effect]:
    waiting = (pending.effect for pending in base.store.outbox.waiting.values())
    return [effect for effect in waiting if effect.kind == "card" and effect.body["event"] == event]


def worked(base: Base, *titles: str) -> list[str]:
    found = [base.add(title=title, type="inquiry") for title in titles]
    base.settle()
    return found


def test_the_editor_is_told_which_fields_and_what_to_do_instead() -> None:
    base = Base()
    [rid] = worked(base, "怎样导出")
    computed = base.record(rid).get("priority")

    base.edit(rid, "ou_wang", priority="high", reopen_count=7.0)
    base.settle()

    assert (base.record(rid).get("priority"), base.record(rid).get("reopen_count")) == (computed, None)
    [card] = cards(base)
    assert card.target == "ou_wang"
    assert "**优先级、重开次数** 由系统按规则填写" in str(card.body["card"])
    assert "请填写：人工优先级、改写理由、改写有效期" in str(card.body["card"])


def test_neither_new_rows_nor_the_echo_of_our_own_writes_tell_anybody() -> None:
    base = Base()
    rid = base.add(title="从旧表带来", type="inquiry", reopen_count=2.0)
    base.settle()
    base.edit(rid, priority="high")
    base.settle()
    assert len(cards(base)) == 1

    base.edit(rid, title="改了标题")
    base.settle()

    assert len(cards(base)) == 1
    assert base.record(rid).get("reopen_count") == 2.0


def test_a_paste_is_one_card() -> None:
    base = Base()
    rows = worked(base, *(f"需求 {n}" for n in range(5)))

    for rid in rows:
        base.edit(rid, "ou_wang", priority_score=1.0)
    base.settle()

    [card] = cards(base)
    assert card.target == "ou_wang"
    assert len(card.body["requirements"]) == 5


def test_a_sweep_asks_the_row_who_it_was_and_the_plugin_is_nobody() -> None:
    base = Base()
    [rid] = worked(base, "怎样导出")
    for person in ("ou_wang", BOT):
        base.edit(rid, person, priority="high")
        [hint] = base.wire
        base.wire[:] = [replace(hint, operator="", step=None)]
        rows = base.tables._rows["requirement"]
        rows[rid] = replace(rows[rid], modified_by=person)
        base.settle()

    assert [card.target for card in cards(base)] == ["ou_wang"]


def test_what_the_event_does_not_name_is_restored_in_silence() -> None:
    """A row that is read before our own last write has arrived everywhere is nobody's offence."""
    base = Base()
    [rid] = worked(base, "怎样导出")
    base.edit(rid, "ou_wang", priority="high")
    base.wire[:] = [replace(hint, fields=("title",)) for hint in base.wire]

    base.settle()

    assert cards(base) == []
    assert base.record(rid).get("priority") != "high"
