"""Thousands of deliveries, doubled, shuffled, late, spoilt and lost: every edit is accounted for.

``python -m benchmarks.delivery`` does the same by the million.
"""

from collections import Counter

import pytest

from benchmarks.delivery import checker
from benchmarks.delivery.__main__ import run
from benchmarks.delivery.oracle import Edit, Life, illegal_from, legal_from, verdict
from benchmarks.delivery.table import Row
from feishu_plugin.records import Record

pytestmark = pytest.mark.unmeasured


def test_nothing_is_lost_doubled_or_unexpected() -> None:
    found = run(5000, seed=2026, lives=900)

    assert found["faults"] == []
    assert {kind: found["classes"][kind] for kind in checker.FAULTS} == dict.fromkeys(checker.FAULTS, 0)
    assert found["classes"]["ok"] > 1000
    assert all(found["classes"][kind] > 10 for kind in ("recovered", "set aside", "superseded", "put back"))
    assert all(found["wire"][kind] > 30 for kind in ("doubled", "late", "malformed", "never delivered"))


@pytest.mark.parametrize(
    ("sabotage", "faults"),
    [
        ("drop-effects", {"lost"}),
        ("double-effects", {"doubled"}),
        ("wrong-states", {"unexpected", "wrong"}),
    ],
)
def test_a_broken_product_is_found_out(sabotage: str, faults: set[str]) -> None:
    found = run(600, seed=3, lives=200, sabotage=sabotage)

    assert faults & {kind for kind in checker.FAULTS if found["classes"][kind]}
    assert found["faults"]


def edit(number: int, after: str, said: str = "pass", fate: str = "told") -> Edit:
    return Edit(number, "rec1", "ou_1", fate, "pending", after, "pending", said)  # type: ignore[arg-type]


def row(number: int | None, after: str, said: str = "pass") -> Row:
    told_by = f"edit{number}" if number is not None else "2026-09-07T10:00:00"
    return Row("rec1", "pending", after, said, "person", f"rec1:{told_by}:pending>{after}")


@pytest.mark.parametrize(
    ("edits", "rows", "classes"),
    [
        ([edit(0, "shelved")], [row(0, "shelved")], {"ok": 1}),
        ([edit(0, "shelved")], [row(None, "shelved")], {"recovered": 1}),
        ([edit(0, "shelved", fate="malformed")], [row(None, "shelved")], {"set aside": 1}),
        ([edit(0, "shelved", "none", "overtaken")], [], {"superseded": 1}),
        ([edit(0, "shelved")], [], {"lost": 1}),
        ([edit(0, "shelved")], [row(0, "shelved", "put_back")], {"lost": 1, "unexpected": 1}),
        ([edit(0, "shelved")], [row(0, "shelved"), row(None, "shelved")], {"ok": 1, "doubled": 1}),
        (
            [edit(0, "shelved"), edit(1, "shelved")],
            [row(1, "shelved"), row(None, "shelved")],
            {"ok": 1, "recovered": 1},
        ),
        ([], [row(7, "done")], {"unexpected": 1}),
    ],
)
def test_each_class_of_edits(edits: list[Edit], rows: list[Row], classes: dict[str, int]) -> None:
    account = checker.Account()

    checker.judged(account, edits, rows)

    assert account.classes == Counter(classes)


def test_only_refused_edits_are_undone_and_once() -> None:
    edits = [edit(0, "done", "put_back"), edit(1, "shelved")]
    account = checker.Account()
    undone = [checker.PutBack("rec1", "done", "pending", number) for number in (0, 0, 1, -1)]

    checker.put_back(account, edits, undone)

    assert (account.classes["doubled"], account.classes["unexpected"]) == (1, 2)


def test_a_refusal_is_told_once() -> None:
    account, told = checker.Account(), "put_back:rec1:x:ou_1"

    checker.notices(account, [edit(0, "done", "put_back"), edit(1, "done", "put_back")], [("card", told)] * 2)

    assert (account.classes["doubled"], account.classes["lost"]) == (1, 1)


def test_what_was_set_aside_is_compared_byte_for_byte() -> None:
    account = checker.Account()

    checker.set_aside(account, {"edit0": b"\xff{"}, [b"{"])

    assert (account.classes["lost"], account.classes["unexpected"]) == (1, 1)


def test_the_table_at_the_end_is_that_of_the_oracle() -> None:
    life = Life(record_id="rec1", accepted="done")
    right = Record(record_id="rec1", values={"status": "done", "number": "1"})
    other = Record(record_id="rec1", values={"status": "testing", "number": "1"})
    counts = []
    for shown, known in ((right, right), (other, other), (right, other)):
        account = checker.Account()
        checker.final(account, {"rec1": life}, {"rec1": shown}, {"rec1": known})
        counts.append(account.classes["wrong"])

    assert counts == [0, 1, 1]


def test_the_oracle_knows_the_table_of_the_documents() -> None:
    assert [verdict("pending", one) for one in ("pending", "shelved", "done")] == ["none", "pass", "put_back"]
    assert legal_from("pending") == ["in_progress", "shelved", "void"]
    assert legal_from("void") == []
    assert list(illegal_from("done")) == [
        "pending",
        "in_progress",
        "testing",
        "waiting_customer",
        "shelved",
        "void",
    ]
