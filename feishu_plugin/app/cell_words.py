"""A value of a cell as people read it."""

from datetime import datetime

from feishu_plugin.language import Phrase
from feishu_plugin.records import Value
from feishu_plugin.reminders.notice import local_time
from feishu_plugin.sync.desk import Desk


def shown(desk: Desk, key: str, value: Value) -> str:
    """With the names of people, the labels of options, and times of the team's zone."""
    if value is None:
        return str(Phrase("（空）", "(empty)"))
    if isinstance(value, datetime):
        return local_time(desk.policy, value)
    if isinstance(value, tuple):
        return "、".join(shown(desk, key, one) for one in value)
    name = desk.people.person(value).name if isinstance(value, str) and value.startswith("ou_") else ""
    return name or desk.policy.label(key, str(value))
