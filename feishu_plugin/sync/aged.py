"""The mark of a base whose stored state was put back from a copy and is older than its tables."""

from feishu_plugin.sync.desk import Desk

FACT = "restored"


def is_aged(desk: Desk) -> bool:
    """True from a restore until the state was compared with the base."""
    return bool((desk.store.recall(desk.app_token, FACT) or {}).get("open"))


def is_current(desk: Desk) -> None:
    """Takes the mark away."""
    desk.store.keep(desk.app_token, FACT, {"open": False})
