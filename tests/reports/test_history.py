"""The chain of status changes of a requirement, from the ledger and, where it is silent, the register."""

from feishu_plugin.records import Requirement, Transition
from feishu_plugin.reports.history import History, history_of
from feishu_plugin.reports.statuses import Statuses
from tests.builders import local, move, moves, policy, requirement

STATUSES = Statuses.of(policy().parameters)


def told(record: Requirement, rows: list[Transition] | None = None) -> History:
    history = history_of(record, rows or [], STATUSES)
    assert history is not None
    return history


def path(history: History) -> list[tuple[str, str]]:
    return [
        (change.at.astimezone(local("2026-01-01").tzinfo).strftime("%m-%d %H:%M"), change.to_status)
        for change in history.changes
    ]


def test_only_moves_that_stood_are_history() -> None:
    rows = [
        move("rec1", "2026-09-01 10:00", "pending", "in_progress"),
        move("rec1", "2026-09-02 10:00", "in_progress", "closed", verdict="put_back"),
        move("rec1", "2026-09-03 10:00", "in_progress", "done", verdict="observe"),
    ]

    history = told(requirement(submitted="2026-09-01 09:00", status="done"), rows)

    assert path(history) == [("09-01 10:00", "in_progress"), ("09-03 10:00", "done")]


def test_moves_of_the_same_second_are_put_in_the_order_that_chains() -> None:
    rows = [
        move("rec1", "2026-09-01 10:00", "in_progress", "testing"),
        move("rec1", "2026-09-01 10:00", "testing", "done"),
        move("rec1", "2026-09-01 10:00", "pending", "in_progress"),
    ]

    history = told(requirement(submitted="2026-09-01 09:00", status="done"), rows)

    assert [change.to_status for change in history.changes] == ["in_progress", "testing", "done"]


def test_a_move_stamped_a_little_too_late_still_comes_first() -> None:
    """A sweep found the first move at 10:08; the event of the second one says 10:05."""
    rows = [
        move("rec1", "2026-09-01 10:08", "pending", "in_progress"),
        move("rec1", "2026-09-01 10:05", "in_progress", "done"),
    ]

    history = told(requirement(submitted="2026-09-01 09:00", status="done"), rows)

    assert path(history) == [("09-01 10:08", "in_progress"), ("09-01 10:08", "done")]


def test_moves_far_apart_are_never_reordered_to_hide_a_gap() -> None:
    rows = [
        move("rec1", "2026-09-02", "pending", "done"),
        move("rec1", "2026-09-09", "in_progress", "done"),
        move("rec1", "2026-09-12", "done", "in_progress"),
    ]

    history = told(requirement(submitted="2026-09-01", status="in_progress"), rows)

    assert path(history) == [("09-02 00:00", "done"), ("09-09 00:00", "done"), ("09-12 00:00", "in_progress")]


def test_a_ledger_row_written_twice_is_one_move() -> None:
    twice = [
        move("rec1", "2026-09-01 10:00", "pending", "in_progress", effect_key="e1"),
        move("rec1", "2026-09-01 10:00", "pending", "in_progress", effect_key="e1"),
    ]

    assert len(told(requirement(submitted="2026-09-01 09:00", status="in_progress"), twice).changes) == 1


def test_status_before_an_instant_leaves_out_the_move_of_that_instant() -> None:
    rows = moves("rec1", [("2026-09-02 10:00", "in_progress")])

    history = told(requirement(submitted="2026-09-01 09:00", status="in_progress"), rows)

    assert history.status_before(local("2026-09-01 09:00")) is None
    assert history.status_before(local("2026-09-01 09:01")) == "pending"
    assert history.status_before(local("2026-09-02 10:00")) == "pending"
    assert history.status_before(local("2026-09-02 10:01")) == "in_progress"


def test_stays_cover_the_time_up_to_an_instant() -> None:
    rows = moves("rec1", [("2026-09-02", "in_progress"), ("2026-09-05", "done")])
    history = told(requirement(submitted="2026-09-01", status="done"), rows)

    assert list(history.stays(local("2026-09-04"))) == [
        ("pending", local("2026-09-01"), local("2026-09-02")),
        ("in_progress", local("2026-09-02"), local("2026-09-04")),
    ]


def test_a_requirement_without_ledger_is_told_by_its_own_dates() -> None:
    old = requirement(
        submitted="2026-08-01 09:00",
        status="closed",
        finished_at=local("2026-08-10 17:00"),
        closed_at=local("2026-08-12 09:30"),
    )

    history = told(old)

    assert path(history) == [("08-10 17:00", "done"), ("08-12 09:30", "closed")]
    assert not any(change.recorded for change in history.changes)


def test_work_in_progress_without_ledger_began_at_its_start_date() -> None:
    old = requirement(submitted="2026-08-01 09:00", status="testing", started_at=local("2026-08-03 09:00"))

    assert path(told(old)) == [("08-03 09:00", "testing")]


def test_a_void_requirement_without_ledger_ended_when_it_was_last_changed() -> None:
    old = Requirement(
        record_id="rec1",
        values={"submitted_at": local("2026-08-01"), "status": "void"},
        modified_at=local("2026-08-07 11:00"),
    )

    assert path(told(old)) == [("08-07 11:00", "void")]


def test_before_the_first_ledger_row_the_register_speaks() -> None:
    """Finished in July, before the plugin came; reopened in September under its eyes."""
    old = requirement(
        submitted="2026-07-01 09:00", status="in_progress", finished_at=local("2026-07-08 09:00")
    )
    rows = moves("rec1", [("2026-09-10 10:00", "in_progress")], start="done")

    assert path(told(old, rows)) == [("07-08 09:00", "done"), ("09-10 10:00", "in_progress")]


def test_an_unknown_past_counts_as_having_always_been_so() -> None:
    """The finish date was cleared by the reopening: nothing tells when it had been finished."""
    rows = moves("rec1", [("2026-09-10 10:00", "in_progress")], start="done")

    history = told(requirement(submitted="2026-07-01 09:00", status="in_progress"), rows)

    assert path(history) == [("07-01 09:00", "done"), ("09-10 10:00", "in_progress")]


def test_a_status_the_ledger_does_not_know_yet_is_taken_from_the_register() -> None:
    record = Requirement(
        record_id="rec1",
        values={"submitted_at": local("2026-09-01"), "status": "shelved"},
        modified_at=local("2026-09-20 15:00"),
    )
    rows = moves("rec1", [("2026-09-02 10:00", "in_progress")])

    assert path(told(record, rows)) == [("09-02 10:00", "in_progress"), ("09-20 15:00", "shelved")]


def test_stays_end_before_a_change_that_comes_after_the_instant() -> None:
    history = told(requirement(submitted="2026-09-01", status="pending"))

    assert list(history.stays(local("2026-09-03"))) == [("pending", local("2026-09-01"), local("2026-09-03"))]


def test_a_closed_requirement_with_only_one_of_its_dates_closed_then() -> None:
    old = requirement(submitted="2026-08-01 09:00", status="closed", finished_at=local("2026-08-10 17:00"))

    assert path(told(old)) == [("08-10 17:00", "closed")]


def test_a_requirement_came_no_later_than_its_first_move() -> None:
    rows = moves("rec1", [("2026-09-02 10:00", "in_progress")])

    history = told(requirement(submitted="2026-09-05", status="in_progress"), rows)

    assert history.born == local("2026-09-02 10:00")


def test_without_a_submission_the_row_itself_tells_when_it_came() -> None:
    record = Requirement(record_id="rec1", values={"status": "pending"}, created_at=local("2026-09-03"))

    assert told(record).born == local("2026-09-03")


def test_a_requirement_without_any_date_has_no_history() -> None:
    assert history_of(requirement(status="pending"), [], STATUSES) is None


def test_a_handover_between_owners_is_no_move() -> None:
    """Its ledger row has the same status on both sides."""
    plain = moves("rec1", [("2026-09-02", "in_progress"), ("2026-09-04", "done")])
    handover = move("rec1", "2026-09-03", "in_progress", "in_progress")
    known = requirement(submitted="2026-09-01", status="done")

    assert history_of(known, [*plain, handover], STATUSES) == history_of(known, plain, STATUSES)
