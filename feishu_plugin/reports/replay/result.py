"""What two policies say to the same past."""

from collections.abc import Mapping
from dataclasses import dataclass

from feishu_plugin.policy import Policy
from feishu_plugin.reports.replay.dues import Missed
from feishu_plugin.reports.replay.moves import MovesReplayed
from feishu_plugin.reports.replay.past import Past

Reminders = Mapping[str, Mapping[str, int]]
"""open_id to event to how many reminders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A period as it was, and as it would have been under the changed policy (``then``)."""

    past: Past
    in_force: Policy
    then: Policy
    moves: MovesReplayed
    dues: tuple[Missed, ...]
    reminders_in_force: Reminders
    reminders_then: Reminders
