"""The small size of ``make chaos``: the service is killed at every kind of boundary, and nobody can tell."""

import random
from collections import Counter

import pytest

from benchmarks.chaos.kills import first_kills, killed, other_kills
from benchmarks.chaos.load import under_load
from benchmarks.chaos.trial import Reference, reference

SEED = 20260827
LATER = 4
MAILS = 3
EDITS, KILLS = 60, 2
MUST = (
    *("put", "settle", "done", "pin", "draw", "mail"),
    *("keep reported", "keep frozen", "keep sweep", "claim report", "claim remind"),
    *("records/batch_create", "records/batch_update", "im/v1/messages", "messages/:message_id"),
)
"""How the boundaries end at which a kill could lose or double something."""


@pytest.fixture(scope="module")
def undisturbed() -> Reference:
    return reference()


def test_every_kind_of_boundary_is_crossed(undisturbed: Reference) -> None:
    sides = Counter(
        boundary.partition(" ")[0] for boundary in undisturbed.crossings if boundary.endswith(MUST)
    )

    assert sides == {"before": len(MUST), "after": len(MUST)}


@pytest.mark.parametrize("side", ["before", "after"])
def test_killed_at_every_boundary_all_is_as_if_nothing_had_happened(
    undisturbed: Reference, side: str
) -> None:
    dice = random.Random(SEED)
    first = [one for one in first_kills(undisturbed) if one[0].startswith(side) and one[0].endswith(MUST)]
    later = dice.sample([one for one in other_kills(undisturbed) if one[0].startswith(side)], LATER)

    (trial,) = killed(undisturbed, side, [*first, *later], len(first) + LATER, dice)

    assert trial.difference.is_none, trial.difference
    assert trial.restarts >= len(MUST)
    # Killed between the server's yes and our note, which is two commits: SMTP has no memory.
    assert trial.repeated_mails <= MAILS


def test_killed_while_edits_stream_in_every_move_is_judged_as_it_was_made() -> None:
    trial = under_load(EDITS, KILLS, random.Random(SEED), connection="webhook")

    assert trial.difference.is_none, trial.difference
    assert trial.times == KILLS
