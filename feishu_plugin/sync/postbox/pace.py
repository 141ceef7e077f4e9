"""How many new letters an address sent today, so that two robots cannot write to each other for ever.

A robot that hides that it is one gets an acknowledgement for each letter, and may answer each with
another letter. Beyond the limit its letters are kept all the same, but nobody is written to.
"""

from datetime import datetime

from feishu_plugin.ports import Json
from feishu_plugin.sync.desk import Desk

MOST_A_DAY = 30
FACT = "letters today"


def counted(desk: Desk, sender: str, now: datetime) -> tuple[int, dict[str, Json]]:
    """Which letter of today this is from the sender, and the fact to be kept with it."""
    today = f"{now.astimezone(desk.policy.worktime.zone):%Y-%m-%d}"
    known = desk.store.recall(desk.app_token, FACT) or {}
    counts: Json = dict(known["counts"]) if known.get("day") == today else {}
    counts[sender] = counts.get(sender, 0) + 1
    return counts[sender], {FACT: {"day": today, "counts": counts}}
