"""What a template may name: every placeholder with a sample, and which of them an event tells.

Data only. A test holds it to what rules and reminders really tell.
"""

from collections.abc import Mapping

SAMPLES: Mapping[str, str] = {
    "number": "20260901-研发-001",
    "title": "导出的报表缺少合计行",
    "status": "处理中",
    "due": "2026-09-03 18:00",
    "days": "2",
    "owner": "李雷",
    "priority": "高",
    "from_status": "处理中",
    "to_status": "已关闭",
    "rule": "处理中→已关闭",
    "missing": "处理结果、客户确认",
    "who_may": "产品、管理者",
    "reason": "「处理中」之后只能改为：测试验证",
    "operator": "韩梅梅",
    "count": "7",
    "customer": "星河公司",
    "note": "等待客户提供日志",
    "asker": "韩梅梅",
    "clock": "解决时限",
    "answer": "未解决",
    "score": "2",
    "comment": "导出的数字还是不对",
}
"""Placeholder to what it may look like; a preview fills in what no record tells at the moment."""

FACTS = tuple(SAMPLES)
"""Everything a template may name; what an event does not tell is empty."""

MAIL_LINKS = ("solved_link", "unsolved_link", "survey_link", "unsubscribe_link")
MAIL_FACTS = ("number", "title", "customer", "status", "result", "confirmed", *MAIL_LINKS)
"""What a mail to a customer may name: nothing that is only for the team."""

OF_RECORD = ("number", "title", "status", "priority", "owner", "customer")
"""What every notice about a requirement tells."""

_MOVE = ("from_status", "to_status")
_TOLD: Mapping[str, tuple[str, ...]] = {
    "put_back": (*_MOVE, "rule", "reason", "missing", "who_may"),
    "put_back_many": ("count",),
    "assigned": ("note",),
    "unassigned": (),
    "due_soon": ("due",),
    "overdue": ("due", "days", "clock"),
    "progress_due": ("days",),
    "risk": ("note",),
    "finished": ("note",),
    "dissatisfied": ("answer", "score", "comment"),
    "waiting": ("days", "note"),
    "replied": ("note",),
    "follow_up": ("days", "note"),
    "unconfirmed": ("days", "note"),
    "weekly": ("title", "count"),
    "release_asked": (*_MOVE, "asker", "note", "reason"),
    "release_answered": (*_MOVE, "asker", "note"),
    "press_refused": ("note",),
    "field_restored": ("note", "reason"),
    "override_waiting": ("reason",),
    "due_changed": ("note",),
    "untriaged": ("days", "missing"),
    "vague": ("note",),
    "similar": ("note", "count"),
    "customer_like": ("note",),
    "faq": ("note", "count"),
    "trouble": ("note",),
}
"""Event to what it tells besides ``OF_RECORD``; events that are not listed may name everything."""

_EMPTY: Mapping[str, tuple[str, ...]] = {
    "assigned": ("due",),
    "risk": ("due", "reason"),
    "report_ready": ("title", "count", "note"),
    "trouble": ("title", "reason", "count"),
}
"""What packaged rows name although nothing tells it yet: bases have these rows, they stay right."""


def told(event: str) -> tuple[str, ...]:
    """The placeholders an event fills in."""
    if event not in _TOLD:
        return FACTS
    return _TOLD[event] if event.endswith("_many") else (*OF_RECORD, *_TOLD[event])


def allowed(event: str) -> tuple[str, ...]:
    """The placeholders a template of this event may name."""
    return tuple(dict.fromkeys((*told(event), *_EMPTY.get(event, ()))))
