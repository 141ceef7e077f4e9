"""Once a month: questions that came again and again become drafts in 知识库, each once.

What is asked is read from what the store remembers, also of archived requirements, so that it
costs Feishu one reading of 知识库 and one write of the counts. Drafts, the word about them and the
month are stored in one transaction: a kill before it leaves nothing but counts, which are
renewed again.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from feishu_plugin.archived import ARCHIVED
from feishu_plugin.policy import Parameters
from feishu_plugin.ports import Effect, Settlement
from feishu_plugin.records import Accepted, Record, Requirement, Value, Values, owners_of
from feishu_plugin.rules.actions import Tell
from feishu_plugin.rules.asked_often import Asked, Entry, Group, asked_often
from feishu_plugin.rules.faq import bands_of, likeness
from feishu_plugin.rules.similarity import fingerprint, score
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.faq import LINK, TABLE
from feishu_plugin.sync.outgoing import cards_of

_REGISTER = "requirement"
_FACT = "knowledge"
"""The last month that was worked."""
_AT_ONCE = 500
"""Records whose texts are in memory together; also what Feishu takes in one link cell."""
_LONGEST_QUESTION = 100
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """What a month's work came to."""

    drafts: int = 0
    renewed: int = 0
    """Entries whose 提问次数 changed."""


def draft_when_due(desk: Desk) -> Drafted:
    """The work of this month, unless it was done or is switched off."""
    now, parameters = desk.clock.now(), desk.policy.parameters
    month = f"{desk.policy.worktime.local_day(now):%Y-%m}"
    done = (desk.store.recall(desk.app_token, _FACT) or {}).get("month", "")
    if done >= month or parameters.faq_from <= 0 or TABLE not in desk.tables.binding.tables:
        return Drafted()
    entries = [row for page in desk.tables.scan(TABLE) for row in page]
    known = [Entry(record_id=row.record_id, bands=bands_of(row)) for row in entries]
    texts = _Texts(desk, {row.record_id: row for row in entries})
    found = asked_often(_asked(desk, now), known, parameters.faq_from, texts.alike)
    renewed = _renew(desk, entries, found.answered)
    drafts = [draft for group in found.groups if (draft := _draft(desk, group, now))]
    effects = [*(draft.effect for draft in drafts), *_told(desk, drafts, month, now)]
    desk.stop_if_lost()
    desk.store.settle(desk.app_token, Settlement(effects=effects, facts={_FACT: {"month": month}}))
    desk.saw("knowledge", drafts=len(drafts), renewed=renewed)
    return Drafted(drafts=len(drafts), renewed=renewed)


@dataclass(frozen=True, slots=True)
class _Texts:
    """Compares what requirements and entries say, reading only those that are asked about."""

    desk: Desk
    entries: Mapping[str, Record]

    def alike(self, record_id: str, others: Sequence[str]) -> Collection[str]:
        known = _states(self.desk, [record_id, *others])
        rows = {one: Requirement.of(state.record) for one, (_, state) in known.items()}
        return {one for one in others if one in rows and self._are(record_id, rows, rows[one])}

    def _are(self, one: str, rows: Mapping[str, Requirement], other: Requirement) -> bool:
        least = self.desk.policy.parameters.similar_score
        if entry := self.entries.get(one):
            return likeness(other, entry) >= least
        mine = rows.get(one)
        return mine is not None and score((mine.title, mine.description), _said(other)) >= least


def _asked(desk: Desk, now: datetime) -> Iterator[Asked]:
    """Every answered requirement of the time that counts, and those linked to an entry."""
    parameters = desk.policy.parameters
    since = (now - timedelta(days=parameters.faq_within_days)).timestamp()
    for table in (_REGISTER, ARCHIVED):
        source = iter(desk.store.all_accepted(desk.app_token, table, ()))
        while page := list(islice(source, _AT_ONCE)):
            counted = [state for _, state in page if _came(state) >= since and _counts(state, parameters)]
            prints = desk.store.fingerprints(desk.app_token, [state.record.record_id for state in counted])
            for state in counted:
                yield _one(state, prints.get(state.record.record_id))


def _one(state: Accepted, bands: Sequence[int] | None) -> Asked:
    requirement = Requirement.of(state.record)
    known = fingerprint(*_said(requirement)) if bands is None else bands
    return Asked(
        record_id=requirement.record_id,
        at=_came(state),
        times=1 + int(requirement.similar_count or 0),
        bands=array("I", sorted(known)),
        entry=next(iter(_ids(requirement, LINK)), ""),
    )


def _counts(state: Accepted, parameters: Parameters) -> bool:
    record, finished = Requirement.of(state.record), parameters.finished_statuses
    if record.status in finished and record.result.strip():
        return True
    is_void = record.status in parameters.ended_statuses and record.status not in finished
    return bool(_ids(record, LINK)) and not is_void


def _came(state: Accepted) -> float:
    record = Requirement.of(state.record)
    return (record.submitted_at or record.created_at or state.status_since).timestamp()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    effect: Effect
    owner: str
    """open_id of whoever answered most of them; empty when nobody did."""
    question: str


def _draft(desk: Desk, group: Group, now: datetime) -> _Draft | None:
    """The row for a group; None when it was drafted before, also when people deleted it since."""
    identity = f"knowledge:{group.members[0]}"
    found = _states(desk, group.members)
    states = {one: found[one] for one in group.members if one in found}
    if not states or desk.store.outcome_of(desk.app_token, identity):
        return None
    count = Counter(one for _, state in states.values() for one in owners_of(state.record)[:1])
    owner = min(count, key=lambda one: (-count[one], one), default="")
    there = desk.tables.binding.tables[TABLE].fields
    cells = {**_cells(group.times, states), "owner": (owner,) if owner else None}
    body = {key: value for key, value in cells.items() if key in there and value is not None}
    effect = Effect(kind="faq", identity=identity, target=TABLE, body=body, not_before=now)
    return _Draft(effect=effect, owner=owner, question=str(cells["question"]))


def _cells(times: int, states: Mapping[str, tuple[str, Accepted]]) -> dict[str, Value]:
    """What the earliest asked and was answered; what is archived cannot be linked and is named."""
    first = Requirement.of(next(iter(states.values()))[1].record)
    by_table: dict[str, list[Record]] = defaultdict(list)
    for table, state in states.values():
        by_table[table].append(state.record)
    here, archived = (by_table[table][:_AT_ONCE] for table in (_REGISTER, ARCHIVED))
    return {
        "question": first.title or first.description[:_LONGEST_QUESTION],
        "answer": first.result.strip(),
        "type": first.type or None,
        "asked_count": float(times),
        "sources": tuple(record.record_id for record in here) or None,
        "archived_sources": "、".join(str(record.get("number")) for record in archived) or None,
    }


def _told(desk: Desk, drafts: Iterable[_Draft], month: str, now: datetime) -> list[Effect]:
    """One line for each owner, in their morning card."""
    by_owner: dict[str, list[str]] = defaultdict(list)
    for draft in drafts:
        by_owner[draft.owner].append(draft.question)
    tells = [
        Tell(
            event="faq",
            identity=f"{month}:{owner}",
            to=(owner,) if owner else (),
            facts={"count": str(len(questions)), "note": _in_words(questions)},
        )
        for owner, questions in by_owner.items()
    ]
    return cards_of(desk, [(Record(record_id=""), tell) for tell in tells], now)


def _in_words(questions: Sequence[str]) -> str:
    named = "".join(f"「{question[:40]}」" for question in questions[:_MOST_NAMED])
    more = "等" if len(questions) > _MOST_NAMED else ""
    return (
        f"知识库有 {len(questions)} 条常见问题草稿待发布：{named}{more} "
        f"{len(questions)} FAQ draft(s) in 知识库 wait to be checked and published"
    )


def _renew(desk: Desk, entries: Iterable[Record], answered: Mapping[str, int]) -> int:
    """提问次数 of all entries, in one write."""
    changes: dict[str, Values] = {
        row.record_id: {"asked_count": float(answered[row.record_id])}
        for row in entries
        if (row.get("asked_count") or 0.0) != answered[row.record_id]
    }
    if not changes or "asked_count" not in desk.tables.binding.tables[TABLE].fields:
        return 0
    desk.stop_if_lost()
    desk.tables.update(TABLE, changes)
    return len(changes)


def _states(desk: Desk, record_ids: Sequence[str]) -> dict[str, tuple[str, Accepted]]:
    """What is remembered of requirements, and in which table; one that is in both is in the register."""
    found: dict[str, tuple[str, Accepted]] = {}
    for table in (ARCHIVED, _REGISTER):
        known = desk.store.accepted(desk.app_token, table, record_ids)
        found |= {one: (table, state) for one, state in known.items()}
    return found


def _said(requirement: Requirement) -> tuple[str, str]:
    return requirement.title, requirement.description


def _ids(record: Record, key: str) -> tuple[str, ...]:
    value = record.get(key)
    return value if isinstance(value, tuple) else ()
