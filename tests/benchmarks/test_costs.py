"""The cost sheet: people get through their day, and a day without them costs less."""

from benchmarks.costs import measure, tables


def test_a_year_follows_from_an_edit_a_day_and_a_month() -> None:
    found = measure(requirements=2, days=1, step_minutes=480, rest_s=0.1)

    [workday], day_off = found["workdays"], found["day off"]
    assert (workday["requirements"], workday["edits"]) == (2, 3 + 7)
    assert workday["calls"] == sum(workday["by_endpoint"].values()) > day_off["calls"]
    assert found["first of a month"]["calls"] > day_off["calls"], "the report is made"
    assert found["each"]["an edit or a new row"]["calls"] > 1
    assert all(rows for rows in tables(found).values())
