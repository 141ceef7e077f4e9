"""A figure and what every requirement gave to it."""

import pytest

from feishu_plugin.reports.facts import Facts
from feishu_plugin.reports.measures import BREAKDOWN_MEASURES, CHANNEL_MEASURES, MEASURES, TIMELINESS_MEASURES
from tests.builders import local, moves, requirement
from tests.reports.told import facts, figure

EVERY = {m.key: m for m in (*TIMELINESS_MEASURES, *CHANNEL_MEASURES, *BREAKDOWN_MEASURES, *MEASURES)}


def september() -> Facts:
    """Two finished requirements: 1 and 3 workdays, answered after 0.5 and 25 hours, scores 5 and 2."""
    lives = {
        "quick": ("2026-09-01 18:00", "2026-09-01 09:30", 5.0),
        "slow": ("2026-09-03 18:00", "2026-09-02 10:00", 2.0),
    }
    records = [
        requirement(
            key,
            submitted="2026-09-01 09:00",
            status="closed",
            priority="high",
            score=score,
            first_response_at=local(answered),
        )
        for key, (_, answered, score) in lives.items()
    ]
    ledger = [
        row for key, (end, _, _) in lives.items() for row in moves(key, [(end, "done"), (end, "closed")])
    ]
    return facts(records, ledger)


@pytest.mark.parametrize(
    ("key", "amounts"),
    [
        ("resolution_days", {"quick": 1.0, "slow": 3.0}),
        ("resolution_median", {"quick": 1.0, "slow": 3.0}),
        ("resolution_p90", {"quick": 1.0, "slow": 3.0}),
        ("resolution_high", {"quick": 1.0, "slow": 3.0}),
        ("response_mean", {"quick": 0.5, "slow": 25.0}),
        ("response_p90", {"quick": 0.5, "slow": 25.0}),
        ("satisfaction", {"quick": 5.0, "slow": 2.0}),
        ("response_rate", {}),
        ("resolved", {}),
    ],
)
def test_a_figure_tells_what_every_requirement_gave(key: str, amounts: dict[str, float]) -> None:
    assert dict(figure(key, september()).amounts) == pytest.approx(amounts)


@pytest.mark.parametrize("key", EVERY)
def test_who_gave_an_amount_is_who_was_counted(key: str) -> None:
    """So that two versions of a figure can be told apart requirement by requirement."""
    found = EVERY[key].figure(september())

    assert set(found.amounts) in (set(), set(found.record_ids))
    assert found.amounts or found.unit in ("share", "count") or found.value is None
