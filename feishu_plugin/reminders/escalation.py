"""Who is told of a breach only later, and after how many workdays; pure.

One step for each audience of ``overdue``: a row of 通知模板 may say when (超期后工作日), managers
and heads wait as long as the parameters say otherwise, everybody else is told at once.
"""

from collections.abc import Mapping

from feishu_plugin.policy import Policy
from feishu_plugin.reminders.templates import rows_of


def later_steps(policy: Policy) -> Mapping[str, float]:
    """Audience to workdays after the breach, for those who are not told at once."""
    found: dict[str, float] = {}
    for row in rows_of(policy, "overdue"):
        if row.after_days is not None:
            for audience in row.audience:
                found.setdefault(audience, row.after_days)
    found.setdefault("manager", policy.parameters.manager_after_days)
    found.setdefault("head", policy.parameters.head_after_days)
    return dict(sorted(found.items(), key=lambda step: step[1]))
