"""期初 + 新增 + 重开 + 恢复 − 完成 − 关闭 − 作废 − 搁置 = 期末, counted in open requirements.

Open = not finished, not void, not shelved (see ``statuses``). Opening and closing are
read from the status each requirement had at the two midnights, the flows from the moves
between them; that both agree is a check of the ledger, never assumed.
"""

from collections.abc import Iterable, Iterator

from feishu_plugin.reports.facts import Facts
from feishu_plugin.reports.figures import Figure, Found, count
from feishu_plugin.reports.history import Change, History

ENTERING = ("created", "reopened", "resumed")
LEAVING = ("finished", "closed", "voided", "shelved")
LINE = ("opening", *ENTERING, *LEAVING, "closing")
"""The keys of the figures that must add up."""


def opening(facts: Facts) -> Found:
    """Open requirements when the period began.

    Source: `requirement.submitted_at`, `transition.from_status`, `transition.to_status`, `transition.at`;
    `finished_statuses`, `ended_statuses`.
    """
    return count(h.record_id for h in facts.histories if _was_open(h, facts, end=False))


def created(facts: Facts) -> Found:
    """Requirements submitted in the period, whatever became of them.

    Source: `requirement.submitted_at`.
    """
    return count(h.record_id for h in facts.created)


def reopened(facts: Facts) -> Found:
    """Moves from a finished status back to an open one.

    Source: `transition.from_status`, `transition.to_status`, `transition.at`; `finished_statuses`,
    `ended_statuses`.
    """
    return _flow(facts, "reopened")


def resumed(facts: Facts) -> Found:
    """Moves from shelved or void back to an open status.

    Source: `transition.from_status`, `transition.to_status`, `transition.at`; `finished_statuses`,
    `ended_statuses`.
    """
    return _flow(facts, "resumed")


def finished(facts: Facts) -> Found:
    """Moves from an open status to 已完成; one that was reopened can finish twice.

    Source: `transition.from_status`, `transition.to_status`, `transition.at`; `finished_statuses`,
    `ended_statuses`.
    """
    return _flow(facts, "finished")


def closed(facts: Facts) -> Found:
    """Moves from an open status straight to 已关闭 (not those that were 已完成 before).

    Source: `transition.from_status`, `transition.to_status`, `transition.at`; `finished_statuses`,
    `ended_statuses`.
    """
    return _flow(facts, "closed")


def voided(facts: Facts) -> Found:
    """Moves from an open status to 已作废.

    Source: `transition.from_status`, `transition.to_status`, `transition.at`; `finished_statuses`,
    `ended_statuses`.
    """
    return _flow(facts, "voided")


def shelved(facts: Facts) -> Found:
    """Moves from an open status to 已搁置.

    Source: `transition.from_status`, `transition.to_status`, `transition.at`; `finished_statuses`,
    `ended_statuses`.
    """
    return _flow(facts, "shelved")


def closing(facts: Facts) -> Found:
    """Open requirements when the period ended (of a running period: as far as is known).

    Source: `requirement.submitted_at`, `transition.from_status`, `transition.to_status`, `transition.at`;
    `finished_statuses`, `ended_statuses`.
    """
    return count(h.record_id for h in facts.histories if _was_open(h, facts, end=True))


def adds_up(figures: Iterable[Figure]) -> bool:
    """True when the line of the balance adds up."""
    value = {figure.key: figure.value or 0 for figure in figures}
    entered = sum(value[key] for key in ENTERING)
    left = sum(value[key] for key in LEAVING)
    return value["opening"] + entered - left == value["closing"]


def broken(facts: Facts) -> tuple[str, ...]:
    """The requirements whose own line does not add up: their ledger rows do not form a chain."""
    return tuple(h.record_id for h in facts.histories if not _chains(h, facts))


def _chains(history: History, facts: Facts) -> bool:
    told = (facts.statuses.flow(change.from_status, change.to_status) for change in _of(history, facts))
    flows = [flow for flow in told if flow]
    entered = sum(flow in ENTERING for flow in flows) + (history.born in facts.period)
    before, after = (_was_open(history, facts, end=end) for end in (False, True))
    return before + entered - sum(flow in LEAVING for flow in flows) == after


def _was_open(history: History, facts: Facts, *, end: bool) -> bool:
    at = facts.period.end if end else facts.period.begin
    return facts.statuses.is_open(history.status_before(at))


def _of(history: History, facts: Facts) -> Iterator[Change]:
    return (change for change in history.changes if change.at in facts.period)


def _flow(facts: Facts, kind: str) -> Found:
    return count(facts.flows.get(kind, ()))
