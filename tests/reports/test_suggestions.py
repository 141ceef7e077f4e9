"""The accuracy of suggested types."""

from feishu_plugin.records import Requirement
from tests.builders import requirement
from tests.reports.told import facts, figure

DAY = "2026-09-02"


def suggested(
    record_id: str, by: str | None, submitted: str = DAY, confidence: float | None = 0.8
) -> Requirement:
    return requirement(
        record_id, submitted=submitted, type="problem", classified_by=by, classified_confidence=confidence
    )


def test_what_nobody_corrected_counts_as_right() -> None:
    known = facts(
        [
            suggested("left", "automatic"),
            suggested("also_left", "automatic"),
            suggested("corrected", "person"),
            suggested("own_choice", None, confidence=None),
            suggested("named_by_hand", "person", confidence=None),
            suggested("august", "automatic", "2026-08-31"),
        ]
    )

    found = figure("suggestion_accuracy", known)

    assert (found.numerator, found.denominator) == (2, 3)
    assert found.record_ids == ("left", "also_left", "corrected")
    assert found.failed == ("corrected",)
    assert (found.target, found.met) == (None, None)


def test_without_a_suggestion_there_is_no_figure() -> None:
    assert (
        figure("suggestion_accuracy", facts([requirement("a", submitted=DAY, type="problem")])).value is None
    )


def test_a_type_that_was_taken_away_was_wrong() -> None:
    emptied = requirement("a", submitted=DAY, classified_by="person", classified_confidence=0.9)

    assert figure("suggestion_accuracy", facts([emptied])).value == 0.0
