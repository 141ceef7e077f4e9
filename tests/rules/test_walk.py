"""The laws of the walk, one by one: which moves are judged, from where, and when to wait."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from feishu_plugin.records import Step, Unheard
from feishu_plugin.rules.case import Ruling
from feishu_plugin.rules.walk import Walk, remember, walk
from tests.rules.questions import NOW, step

LEGAL = {("a", "b"), ("b", "c"), ("c", "d"), ("b", "a")}


def judge(before: str, after: str, asked_by: Step) -> Ruling:
    """A small policy: a → b → c → d, and back from b to a."""
    verdict = "pass" if (before, after) in LEGAL else "put_back"
    return Ruling(
        from_status=before,
        to_status=after,
        verdict=verdict,  # type: ignore[arg-type]
        rule=f"{before}{after}",
        operator=asked_by.operator,
        at=asked_by.at,
    )


def walked(
    accepted: str,
    current: str | None,
    *steps: Step,
    shown: str | None = "",
    over: bool = False,
    unheard: Sequence[Unheard] = (),
    seen_at: datetime = NOW,
) -> Walk:
    """The walk from ``accepted``; the table showed just that, unless said otherwise."""
    missing = Step(before=None, after=current, operator="ou_last", at=seen_at)
    return walk(
        accepted=accepted,
        shown=accepted if shown == "" else shown,
        current=current,
        steps=steps,
        grace_over=over,
        missing_step=missing,
        unheard=unheard,
        judge=judge,
    )


def rulings(found: Walk) -> list[str]:
    """``ab`` for a move that passed, ``ac!`` for one that was refused."""
    return [r.rule + ("!" if r.verdict == "put_back" else "") for r in found.rulings]


def test_nothing_told_and_nothing_changed_is_nothing() -> None:
    assert walked("a", "a") == Walk(status="a")


def test_a_told_legal_move_is_accepted() -> None:
    found = walked("a", "b", step("a", "b"))

    assert (rulings(found), found.status, found.waiting) == (["ab"], "b", False)


def test_law_1_a_refused_move_changes_the_position_but_not_the_accepted_status() -> None:
    """a → d is refused; the person goes on from d to b, which is judged as a → b."""
    found = walked("a", "b", step("a", "d", 1), step("d", "b", 2))

    assert (rulings(found), found.status) == (["ad!", "ab"], "b")


def test_law_1_two_refused_moves_leave_what_was_accepted() -> None:
    found = walked("a", "c", step("a", "d", 1), step("d", "c", 2))

    assert (rulings(found), found.status) == (["ad!", "ac!"], "a")


def test_law_2_the_echo_of_our_own_put_back_is_not_judged() -> None:
    """d was put back to a and a is what we accepted: the event of our write ends where we stand."""
    found = walked("a", "a", step("d", "a"), over=True)

    assert (rulings(found), found.status) == ([], "a")


def test_law_2_writing_the_same_status_again_is_no_offence() -> None:
    found = walked("a", "a", step("a", "a"))

    assert (rulings(found), found.waiting) == ([], False)


def test_law_2_there_and_back_judges_only_what_left_the_accepted_status() -> None:
    found = walked("a", "a", step("a", "d", 1), step("d", "a", 2))

    assert (rulings(found), found.status) == (["ad!"], "a")


def test_law_3_two_quick_legal_moves_are_two_moves() -> None:
    found = walked("a", "c", step("a", "b", 1), step("b", "c", 2))

    assert (rulings(found), found.status) == (["ab", "bc"], "c")


def test_law_3_steps_are_chained_in_whatever_order_they_arrive() -> None:
    steps = [step("c", "d", 3), step("a", "b", 1), step("b", "c", 2)]

    for turn in range(3):
        found = walked("a", "d", *steps[turn:], *steps[:turn])
        assert (rulings(found), found.status) == (["ab", "bc", "cd"], "d")


def test_law_3_a_circle_is_walked_as_often_as_it_was_told() -> None:
    found = walked("a", "b", step("a", "b", 1), step("b", "a", 2), step("a", "b", 3))

    assert (rulings(found), found.status) == (["ab", "ba", "ab"], "b")


def test_law_4_the_caller_waits_for_a_step_that_is_still_on_its_way() -> None:
    """The table shows c, the event that led there has not arrived."""
    for steps in ([], [step("a", "b", 1)], [step("b", "c", 2)]):
        found = walked("a", "c", *steps)

        assert (found.waiting, rulings(found), found.status) == (True, [], "a")


def test_law_4_after_the_grace_the_rest_is_judged_from_accepted_to_current() -> None:
    found = walked("a", "b", over=True)

    assert (rulings(found), found.status, found.waiting) == (["ab"], "b", False)
    assert [ruling.operator for ruling in found.rulings] == ["ou_last"]


def test_law_4_after_the_grace_what_was_told_and_what_was_not_are_both_judged() -> None:
    found = walked("a", "c", step("a", "b", 1), over=True)

    assert (rulings(found), found.status) == (["ab", "bc"], "c")


def test_law_4_an_untold_illegal_change_is_refused_after_the_grace() -> None:
    found = walked("a", "d", over=True)

    assert (rulings(found), found.status) == (["ad!"], "a")


def test_law_5_a_move_judged_without_its_event_is_remembered() -> None:
    second = NOW + timedelta(seconds=1)

    assert walked("a", "b", over=True).unheard == (Unheard("a", "b", second),)
    assert walked("a", "d", over=True).unheard == (Unheard("a", "d", second),)


def test_law_5_the_late_event_of_a_judged_move_says_nothing_new() -> None:
    """a → d was refused without its event and put back; the event comes now."""
    found = walked("a", "a", step("a", "d"), over=True, unheard=[Unheard("a", "d", NOW)])

    assert (rulings(found), found.status, found.unheard) == ([], "a", ())


def test_law_5_late_news_is_no_news_while_another_move_is_looked_for() -> None:
    """a → d was refused by sight; its event comes while the table shows b, of which no event tells."""
    later = NOW + timedelta(hours=1)

    found = walked("a", "b", step("a", "d"), over=True, unheard=[Unheard("a", "d", NOW)], seen_at=later)

    assert rulings(found) == ["ab"]
    assert found.unheard == (Unheard("a", "b", later + timedelta(seconds=1)),)


def test_law_5_late_news_does_not_speak_for_the_same_move_made_again() -> None:
    """a → d was refused by sight; its event comes while the table shows d again."""
    later, told = NOW + timedelta(hours=1), [Unheard("a", "d", NOW)]

    waiting = walked("a", "d", step("a", "d"), unheard=told, seen_at=later)
    found = walked("a", "d", step("a", "d"), over=True, unheard=told, seen_at=later)

    assert waiting.waiting
    assert [(one.rule, one.at) for one in found.rulings] == [("ad", later)]
    assert found.unheard == (Unheard("a", "d", later + timedelta(seconds=1)),)


def test_law_5_an_event_is_dropped_once_only() -> None:
    found = walked("a", "a", step("a", "d", 1), step("d", "a", 2), step("a", "d", 3), step("d", "a", 4),
                   over=True, unheard=[Unheard("a", "d"), Unheard("d", "a")])  # fmt: skip

    assert (rulings(found), found.unheard) == (["ad!"], ())


def test_law_5_a_move_is_remembered_while_its_event_may_still_come() -> None:
    moves = [Unheard("a", str(hour), NOW + timedelta(hours=hour)) for hour in range(9)]

    assert remember(moves[:7], moves[7]) == tuple(moves[:8])
    assert remember(moves[:8], moves[8]) == tuple(moves[1:])


def test_law_5_a_rule_loop_does_not_fill_the_memory() -> None:
    moves = [Unheard("a", str(number), NOW) for number in range(50)]

    assert remember(moves[:49], moves[49]) == tuple(moves[-40:])


def test_law_5_the_same_move_made_again_is_none_that_was_judged_before() -> None:
    """a → b was judged without its event, which never came; later somebody goes there and back."""
    before = [Unheard("a", "b", NOW), Unheard("b", "a", NOW)]
    later = NOW + timedelta(minutes=20)

    found = walked("a", "a", step("a", "b", 8, at=later), step("b", "a", 9, at=later), unheard=before)

    assert (rulings(found), found.unheard) == (["ab", "ba"], tuple(before))


def test_a_cleared_status_is_a_move_to_nothing() -> None:
    found = walked("a", None, step("a", None))

    assert (rulings(found), found.status) == (["a!"], "a")


def test_a_new_record_that_starts_elsewhere_is_judged_from_the_initial_status() -> None:
    told = walked("a", "b", step(None, "b"), shown=None)
    untold = walked("a", "d", shown=None, over=True)

    assert (rulings(told), told.status) == (["ab"], "b")
    assert (rulings(untold), untold.status) == (["ad!"], "a")


def test_events_without_a_revision_are_ordered_by_their_time() -> None:
    first, second = step("a", "b", 0), step("b", "c", 0, at=NOW + timedelta(seconds=1))

    assert rulings(walked("a", "c", second, first)) == ["ab", "bc"]
