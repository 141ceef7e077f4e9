"""The calls to Feishu that a month allows, and what waits when they run short.

Some tenants have 10,000 calls a month. Reports and sweeps slow down first; the enforcement of
moves, reminders and mails never do, and nothing stops: what waits is told. Only computes.
"""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

STRAINED: Mapping[str, int] = {
    "report": 288,
    "sweep": 6,
    "loads": 7,
    "customers": 7,
    "drift": 7,
    "archive": 30,
    "knowledge": 7,
}
"""Job to how many of its slots make one run while the forecast is above what is allowed: the
report within a day, a sweep every hour, loads, figures of customers, 知识库 and structure once a
week, the archive once a month."""
SPENT: Mapping[str, int] = {**STRAINED, "sweep": 36}
"""The same once everything is used up."""
_SOME = 0.1
"""Share of the month's calls that must be used before a forecast is believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How a month stands."""

    used: int
    forecast: int
    """For the whole month, at the pace so far."""
    most: int
    """0: nobody said how many there are."""

    @property
    def is_spent(self) -> bool:
        """True when Feishu may refuse every further call."""
        return 0 < self.most <= self.used

    @property
    def is_strained(self) -> bool:
        """True when the month will not do at this pace."""
        return self.is_spent or (0 < self.most < self.forecast and self.used >= _SOME * self.most)

    @property
    def warning(self) -> str:
        """For the administrator, the same all the while; empty when all is well."""
        if not self.is_strained:
            return ""
        what = "已用完" if self.is_spent else "按目前速度不够用"
        return (
            f"本月 {self.most} 次飞书接口调用{what}：补查改为每{'六' if self.is_spent else '一'}小时一次，"
            "报表在一天内生成；状态校验、提醒和邮件照常 Calls to Feishu run short: sweeps and reports "
            "wait longer, enforcement, reminders and mails go on"
        )

    def slots_of(self, job: str) -> int:
        """Of how many slots of a job one is worked; 1 when nothing is short."""
        rare = SPENT if self.is_spent else STRAINED if self.is_strained else {}
        return rare.get(job, 1)


def budget(used: int, now: datetime, most: int) -> Budget:
    """The month so far; its first day counts as a whole one, since its hours say little."""
    begun = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    gone = max((now - begun).total_seconds() / 86400, 1.0)
    days = calendar.monthrange(now.year, now.month)[1]
    return Budget(used=used, forecast=round(used / gone * days), most=most)
