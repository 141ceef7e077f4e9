"""Figures count what a witness is told, and stand while the database does not answer."""

import re
from collections.abc import Mapping
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from feishu_plugin.app.figures import BASE_GAUGES, GAUGES, Figures
from feishu_plugin.witness import SEEN, Both, Fact

DOCS = Path(__file__).parents[2] / "docs" / "administrator.md"


def standing() -> tuple[Mapping[str, float], Mapping[str, Mapping[str, float]]]:
    return dict.fromkeys(GAUGES, 1.0), {"base1": dict.fromkeys(BASE_GAUGES, 2.0)}


def values(figures: Figures) -> dict[tuple[str, ...], float]:
    families = text_string_to_metric_families(figures.text().decode())
    samples = [sample for family in families for sample in family.samples]
    return {(short(s.name), *dict(sorted(s.labels.items())).values()): s.value for s in samples}


def short(name: str) -> str:
    return name.removeprefix("feishu_plugin_")


def names(figures: Figures) -> set[str]:
    text = figures.text().decode()
    return set(re.findall(r"^# HELP (\w+)", text, re.MULTILINE)) - set(re.findall(r"(\w+_created)", text))


def some_facts(what: str) -> dict[str, Fact]:
    numbers = {"seconds": 0.2, "code": 0, "read": 5, "recovered": 2, "adopted": 0, "deleted": 1}
    return {name: numbers.get(name, name) for name in SEEN[what]}


def test_everything_that_is_told_can_be_counted() -> None:
    figures = Figures()

    for what in SEEN:
        figures.saw(what, **some_facts(what))

    found = values(figures)
    assert found["verdicts_total", "action", "rule"] == 1
    assert found["recovered_changes_total", "base"] == 3
    assert found["feishu_calls_total", "0", "endpoint"] == 1
    assert found["feishu_call_seconds_count", "endpoint"] == 1
    assert found["notices_total", "card", "event", "outcome"] == 1
    assert found["notices_total", "mail", "event", "outcome"] == 1
    assert found["long_connection_restarts_total",] == 1
    assert found["event_to_settled_seconds_count",] == 1


def test_a_kind_of_event_that_nobody_knows_makes_no_figure_of_its_own() -> None:
    figures = Figures()

    for kind in ("made.up.v1", "", "card.action.trigger"):
        figures.saw("event", kind=kind)

    found = values(figures)
    assert found["events_received_total", "other"] == 2
    assert found["events_received_total", "card.action.trigger"] == 1


def test_how_things_stand_is_asked_at_every_reading() -> None:
    figures = Figures()
    figures.look_at(standing)

    found = values(figures)
    assert {found[name,] for name in GAUGES} == {1.0}
    assert {found[name, "base1"] for name in BASE_GAUGES} == {2.0}


def test_what_is_not_known_is_left_out() -> None:
    figures = Figures()
    figures.look_at(lambda: ({"connected": 1.0, "database_up": 0.0}, {}))

    found = values(figures)
    assert found["database_up",] == 0
    assert ("calls_this_month",) not in found


def test_two_services_share_no_figure() -> None:
    first, second = Figures(), Figures()

    first.saw("restart")

    assert values(second)["long_connection_restarts_total",] == 0


def test_two_witnesses_are_both_told() -> None:
    first, second = Figures(), Figures()

    Both(first, second).saw("restart")

    assert [values(one)["long_connection_restarts_total",] for one in (first, second)] == [1, 1]


def test_the_guide_names_every_figure_and_no_other() -> None:
    figures = Figures()
    figures.look_at(standing)
    table = re.findall(r"^\| `(feishu_plugin_\w+)`", DOCS.read_text("utf-8"), re.MULTILINE)

    assert sorted(table) == sorted(names(figures))
