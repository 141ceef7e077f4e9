"""The tables of measures, the columns of the base and the handbook say the same."""

from collections.abc import Callable
from pathlib import Path

import pytest

from feishu_plugin.policy import Parameters
from feishu_plugin.records import Requirement
from feishu_plugin.reports.breakdown import PRIORITIES
from feishu_plugin.reports.columns import COLUMNS, PRIMARY
from feishu_plugin.reports.figures import Measure
from feishu_plugin.reports.gather import UNMEASURED
from feishu_plugin.reports.handbook import TEXTS, explained, render
from feishu_plugin.reports.measures import (
    BREAKDOWN_MEASURES,
    CHANNEL_MEASURES,
    MEASURES,
    STAGE_MEASURES,
    TIMELINESS_MEASURES,
)
from feishu_plugin.reports.monthly import TARGETS
from feishu_plugin.reports.review import CAUSE, ONCE, RULED
from tests.builders import SCHEMA

UNTOUCHED = {"review": {"action", "note"}, "kpi": {"charts"}}
"""Columns of report tables that no report reads or writes; the charts are attached afterwards."""
REPORTS = Path(__file__).parents[2] / "feishu_plugin" / "reports"
MEASURED = [
    (table, measure)
    for table, measures in (
        ("kpi", MEASURES),
        ("channel", CHANNEL_MEASURES),
        ("timeliness", TIMELINESS_MEASURES),
        ("breakdown", BREAKDOWN_MEASURES),
        ("stage_time", STAGE_MEASURES),
    )
    for measure in measures
]
NAMES = [f"{table}.{measure.key}" for table, measure in MEASURED]


@pytest.mark.parametrize("table", COLUMNS)
def test_columns_are_exactly_those_of_the_schema(table: str) -> None:
    """But for what only people fill in."""
    assert sorted(COLUMNS[table]) == sorted({*SCHEMA.table(table).by_key} - UNTOUCHED.get(table, set()))
    assert len(COLUMNS[table]) == len(set(COLUMNS[table]))


@pytest.mark.parametrize("table", COLUMNS)
def test_the_first_column_is_the_text_that_names_the_row(table: str) -> None:
    first = SCHEMA.table(table).fields[0]

    assert (first.key, first.type) == (PRIMARY[table], "text")


@pytest.mark.parametrize("table", COLUMNS)
def test_people_do_not_fill_report_tables(table: str) -> None:
    """But for the outcome of their reviews, which the report never writes or writes once."""
    theirs = {field.key: field.filled_by for field in SCHEMA.table(table).fields if field.filled_by != "rule"}

    once = dict.fromkeys(ONCE, "override")
    people = dict.fromkeys({CAUSE, *UNTOUCHED.get(table, set())}, "person")
    assert theirs == ({**once, **people} if table == "review" else {})


def test_what_only_rules_fill_in_a_review_is_exactly_what_every_run_writes() -> None:
    ruled = [field.key for field in SCHEMA.table("review").fields if field.filled_by == "rule"]

    assert sorted(RULED) == sorted(ruled)


@pytest.mark.parametrize(("table", "measure"), MEASURED, ids=NAMES)
def test_a_measure_and_its_column_have_the_same_labels(table: str, measure: Measure) -> None:
    column = SCHEMA.table(table).field(measure.key)

    assert (column.zh, column.en, column.type) == (measure.zh, measure.en, "number")
    assert column.note is not None


@pytest.mark.parametrize(("table", "measure"), MEASURED, ids=NAMES)
def test_a_measure_is_explained_and_its_target_is_a_parameter(table: str, measure: Measure) -> None:
    assert measure.find.__doc__
    assert measure.target is None or measure.target in Parameters.__dataclass_fields__


@pytest.mark.parametrize(("table", "measure"), MEASURED, ids=NAMES)
def test_a_measure_says_its_formula_and_where_its_numbers_come_from(table: str, measure: Measure) -> None:
    """Formula: the first paragraph. Source: columns and parameters that there are."""
    formula, sources = explained(measure.find)

    assert formula.partition("\n\n")[0].endswith(".")
    assert [name for name in sources if "." in name], "every figure comes from some column"
    assert not [name for name in sources if not is_known(name)]


@pytest.mark.parametrize("tell", [text for texts in TEXTS.values() for text in texts.values()])
def test_a_word_of_the_report_is_explained_like_a_measure(tell: Callable[..., object]) -> None:
    _, sources = explained(tell)

    assert sources
    assert not [name for name in sources if not is_known(name)]


def is_known(name: str) -> bool:
    table, _, column = name.partition(".")
    return (column in SCHEMA.table(table).by_key) if column else name in Parameters.__dataclass_fields__


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.key)
def test_a_target_has_a_column_that_looks_like_its_measure(measure: Measure) -> None:
    table = SCHEMA.table("kpi")
    column = table.by_key.get(TARGETS.get(measure.key, ""))

    assert (column is not None) == (measure.target is not None)
    if column is not None:
        value = table.field(measure.key)
        assert (column.zh, column.en) == (f"{value.zh}目标", f"{value.en}, target")
        assert (column.type, column.property) == (value.type, value.property)


def test_what_is_said_of_a_dimension_is_said_as_in_the_month() -> None:
    """维度统计 repeats measures of KPI月报, so a person must find them under the same names."""
    keys = {"key", "month", "span", "dimension", "value", "records"}
    shown = [field for field in SCHEMA.table("breakdown").fields if field.key not in keys]

    assert shown == [SCHEMA.table("kpi").field(field.key) for field in shown]
    assert {field.key for field in shown} >= {"created", "resolved", "closing"}


def test_priorities_are_options_of_the_schema() -> None:
    options = SCHEMA.table("requirement").field("priority").options

    assert tuple(option.key for option in options) == PRIORITIES


def test_no_measure_reads_a_cell_that_gathering_leaves_out() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (REPORTS / "measures").glob("*.py"))
    attributes = {name for name in vars(Requirement) if not name.startswith("_")}

    assert not [name for name in UNMEASURED & attributes if f".{name}" in source]
    assert set(SCHEMA.table("requirement").by_key) >= UNMEASURED


def test_the_handbook_is_current() -> None:
    """Regenerate with ``python -m feishu_plugin.reports.handbook > docs/kpi.md``."""
    page = Path(__file__).parents[2] / "docs" / "kpi.md"

    assert page.read_text(encoding="utf-8") == render(SCHEMA)
