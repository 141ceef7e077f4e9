"""The ranking under other weights, against one counted by hand."""

from feishu_plugin.records import Requirement, Value
from feishu_plugin.reports.whatif import rank_changes
from tests.builders import local, policy

NOW = local("2026-09-01 10:00")
NEUTRAL: dict[str, Value] = {
    "status": "pending", "urgency": "medium", "effort": "medium", "difficulty": "medium", "scope": "multiple",
}  # fmt: skip


def record(record_id: str, customer: float, business: float, **more: Value) -> Requirement:
    values = {**NEUTRAL, "title": record_id, "customer_value": customer, "business_value": business, **more}
    return Requirement(record_id=record_id, values=values)


def test_other_weights_turn_the_order_around() -> None:
    records = [record("a", 5, 1), record("b", 1, 4), record("c", 1, 1)]
    now = policy(weight_customer_value=1.0, weight_business_value=0.0, weight_scope=0.0)
    then = policy(weight_customer_value=0.0, weight_business_value=1.0, weight_scope=0.0)

    changes = rank_changes(records, now, then, NOW)

    assert [(c.record_id, c.now.rank, c.then.rank, c.up) for c in changes] == [
        ("b", 2, 1, 1),
        ("a", 1, 2, -1),
    ]
    # Importance counts 60 %, urgency and ease stand at the neutral 3: (0.6*5 + 0.4*3 - 1) / 4 = 80.
    assert (changes[1].now.score, changes[1].now.level, changes[1].now.priority) == (80.0, 5, "high")
    assert (changes[1].then.score, changes[1].then.level, changes[1].then.priority) == (20.0, 2, "low")


def test_the_same_weights_change_nothing() -> None:
    assert rank_changes([record("a", 5, 1), record("b", 1, 5)], policy(), policy(), NOW) == ()


def test_what_is_finished_is_not_ranked() -> None:
    records = [record("a", 5, 1, status="done"), record("b", 1, 4, status="void"), record("c", 1, 1)]

    changes = rank_changes(records, policy(), policy(vip_bonus=1.0, neutral_value=2.0), NOW)

    assert changes == ()


def test_of_two_alike_the_one_that_waits_longer_comes_first() -> None:
    records = [
        record("late", 3, 3, submitted_at=local("2026-08-31 09:00")),
        record("early", 3, 3, submitted_at=local("2026-08-31 08:00")),
    ]

    changes = rank_changes(records, policy(), policy(urgency_medium=5.0), NOW)

    assert [(c.record_id, c.now.rank, c.then.rank) for c in changes] == [("early", 1, 1), ("late", 2, 2)]
