"""The demo: a working week of a small company, from an empty base to the month's report."""

from datetime import datetime, timedelta

from rich.console import Console

from feishu_plugin.demo import buttons, ending, week
from feishu_plugin.demo.narrator import ZONE, Narrator
from feishu_plugin.demo.stage import Stage, raise_curtain

MONDAY = datetime(2026, 8, 24, 9, 5, tzinfo=ZONE)
PLAY_PORT = 8900


def play(*, keep: bool = False) -> None:
    """Tells the whole story on stdout; with ``keep`` everything goes on running until Ctrl-C."""
    console = Console(width=118, soft_wrap=False)
    stage = raise_curtain(PLAY_PORT if keep else 0)
    try:
        tell(stage, Narrator(stage, console))
        if keep:
            ending.wait_for_visitors(stage, console)
    finally:
        stage.close()


def tell(stage: Stage, narrator: Narrator) -> None:
    """The whole story on this stage, to this narrator."""
    week.prologue(stage, narrator, MONDAY)
    scenes = (
        (timedelta(), week.monday_requirements_arrive),
        (timedelta(hours=1), week.monday_moves),
        (timedelta(hours=2), week.monday_paste),
        (timedelta(hours=3), buttons.monday_buttons),
        (timedelta(hours=5), week.monday_policy),
        (timedelta(hours=6), week.monday_work),
        (timedelta(days=1), week.tuesday_digest),
        (timedelta(days=1, hours=2), week.tuesday_work),
        (timedelta(days=2), week.wednesday_waiting),
        (timedelta(days=3), week.thursday_overdue),
        (timedelta(days=4), week.friday_confirmations),
        (timedelta(days=7), week.next_monday),
        (timedelta(days=8), ending.month_end),
    )
    for after, scene in scenes:
        scene(stage, narrator, MONDAY + after)
    ending.curtain(stage, narrator)
