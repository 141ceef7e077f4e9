"""A replay in words for the terminal, as one card, and as plain data for machines."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from feishu_plugin.language import Phrase, in_both
from feishu_plugin.policy import Policy
from feishu_plugin.ports import Json
from feishu_plugin.reminders.card import MOST_LINES, Section, list_card
from feishu_plugin.reminders.notice import local_time
from feishu_plugin.reminders.templates import Words, escape
from feishu_plugin.reports.replay.moves import Count, MoveCase
from feishu_plugin.reports.replay.result import Reminders, Replay

Names = Callable[[str], str]
"""open_id to what people call the person."""

HONESTLY = Phrase(
    "只有状态有历史；其他字段按现在的值判断，「字段已变」的行不是规则造成的差别。",
    "Only statuses have a history: every other field is judged with today's value, and lines marked"
    " [values] differ because fields changed since, not because of the rules.",
)
_VERDICTS = {
    "pass": Phrase("通过", "pass"),
    "observe": Phrase("观察", "observe"),
    "put_back": Phrase("退回", "put back"),
}
_CAUSES = {
    "edge": Phrase("没有这条流转", "no such move"),
    "type": Phrase("需求类型", "type"),
    "condition": Phrase("条件", "condition"),
    "role": Phrase("谁可以", "role"),
    "required": Phrase("必填字段", "required"),
    "time": Phrase("停留时间", "time"),
}
_DUES = {
    "response": Phrase("首次响应", "response"),
    "start": Phrase("启动", "start"),
    "resolve": Phrase("解决", "resolve"),
}
_EVENTS = {"due_soon": Phrase("即将到期", "due soon"), "overdue": Phrase("已超期", "overdue")}
_BY = {
    "recorded": Phrase("记录", "recorded"),
    "in_force": Phrase("现行", "in force"),
    "then": Phrase("新规则", "then"),
}


def data_of(replay: Replay, name: Names) -> dict[str, Any]:
    """``{"policy", "policy_then", "verdicts", "by_person", "by_edge", "by_cause", "newly_refused",
    "newly_passed", "missed", "reminders", …}``; people by open_id, with ``names`` beside."""
    moves = replay.moves
    people = {*moves.by_person(), *replay.reminders_in_force, *replay.reminders_then}
    return {
        "period": {"begin": replay.past.period.begin, "end": replay.past.period.end},
        "policy": replay.in_force.version,
        "policy_then": replay.then.version,
        "judged": len(moves.cases),
        "deleted": moves.deleted,
        "verdicts": moves.verdicts(),
        "by_person": moves.by_person(),
        "by_edge": moves.by_edge(),
        "by_cause": moves.by_cause(),
        "newly_refused": [_case_data(case) for case in moves.newly_refused],
        "newly_passed": [_case_data(case) for case in moves.newly_passed],
        "missed": {m.kind: {"in_force": list(m.in_force), "then": list(m.then)} for m in replay.dues},
        "reminders": {"in_force": replay.reminders_in_force, "then": replay.reminders_then},
        "names": {open_id: name(open_id) for open_id in sorted(people)},
    }


def text_of(replay: Replay, name: Names) -> str:
    """The whole report: a table for each question, then every move that changes sides."""
    return "\n".join([_head(replay), *_tables(replay, name), *_lists(replay, name), "", str(HONESTLY)])


def fingerprint(replay: Replay, name: Names) -> str:
    """Short name of exactly this result; an open end of the period moves on and says nothing."""
    data = {**data_of(replay, name), "period": replay.past.period.key}
    text = json.dumps(data, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def card_of(replay: Replay, name: Names) -> Json:
    """The same on one card, in both languages; lines that do not fit are counted."""
    with in_both():
        return _card(replay, name)


def _card(replay: Replay, name: Names) -> Json:
    zh = Words(title=f"规则回放：{replay.past.period.key}", body=escape(_head(replay)))
    en = Words(title=f"Rules replayed: {replay.past.period.key}", body=escape(_head(replay)))
    sections = [
        _section("按人 · 退回", "Put back, by person", _rows(replay.moves.by_person(), name)),
        _section("错过的时限", "Due times missed", _due_rows(replay)),
        _section("提醒", "Reminders", _reminder_rows(replay, name)),
        _section("将会退回", "Would be put back", _cases(replay, replay.moves.newly_refused, name)),
        _section("将会通过", "Would pass", _cases(replay, replay.moves.newly_passed, name)),
    ]
    return list_card("trouble", zh, en, [section for section in sections if section.count])


def _section(zh: str, en: str, lines: Iterator[str]) -> Section:
    found = [escape(line) for line in lines]
    return Section(zh=zh, en=en, lines=found[:MOST_LINES], count=len(found))


def _head(replay: Replay) -> str:
    moves = replay.moves
    deleted = moves.deleted
    gone = Phrase(f"，已删除 {deleted}", f", {deleted} deleted") if deleted else ""
    put_back = moves.verdicts()["put_back"]
    return (
        f"{replay.past.period.key} · {Phrase('规则', 'policy')} {replay.in_force.version} → "
        f"{replay.then.version} · {len(moves.cases)} {Phrase('次流转', 'moves')}{gone} · "
        f"{Phrase('退回', 'put back')}: {_counts(put_back)}"
    )


def _tables(replay: Replay, name: Names) -> Iterator[str]:
    moves = replay.moves
    tables: Sequence[tuple[Phrase, Iterator[str]]] = (
        (Phrase("判定", "verdicts"), _rows(moves.verdicts(), lambda key: str(_VERDICTS[key]))),
        (Phrase("退回 · 按人", "put back by person"), _rows(moves.by_person(), name)),
        (
            Phrase("退回 · 按流转", "put back by move"),
            _rows(moves.by_edge(), lambda key: _edge(replay.then, *key.split(">"))),
        ),
        (Phrase("退回 · 按原因", "put back by rule"), _rows(moves.by_cause(), lambda key: str(_CAUSES[key]))),
        (Phrase("错过的时限", "due times missed"), _due_rows(replay)),
        (Phrase("提醒", "reminders"), _reminder_rows(replay, name)),
    )
    for title, rows in tables:
        lines = list(rows)
        if lines:
            yield from ("", str(title), *(f"  {line}" for line in lines))


def _lists(replay: Replay, name: Names) -> Iterator[str]:
    for title, cases in (
        (Phrase("当时通过、新规则会退回", "passed then, would be put back"), replay.moves.newly_refused),
        (Phrase("当时退回、新规则会通过", "put back then, would pass"), replay.moves.newly_passed),
    ):
        if cases:
            yield from ("", f"{title}: {len(cases)}", *(f"  {one}" for one in _cases(replay, cases, name)))


def _rows(counts: Mapping[str, Count], label: Names) -> Iterator[str]:
    return (f"{label(key)}: {_counts(count)}" for key, count in counts.items() if any(count.values()))


def _counts(count: Count) -> str:
    return " · ".join(f"{_BY[by]} {number}" for by, number in count.items())


def _due_rows(replay: Replay) -> Iterator[str]:
    counts = {m.kind: {"in_force": len(m.in_force), "then": len(m.then)} for m in replay.dues}
    return _rows(counts, lambda kind: str(_DUES[kind]))


def _reminder_rows(replay: Replay, name: Names) -> Iterator[str]:
    for open_id in sorted({*replay.reminders_in_force, *replay.reminders_then}):
        for event, words in _EVENTS.items():
            now, then = (
                _count(r, open_id, event) for r in (replay.reminders_in_force, replay.reminders_then)
            )
            if now or then:
                yield f"{name(open_id)} · {words}: {_counts({'in_force': now, 'then': then})}"


def _count(reminders: Reminders, open_id: str, event: str) -> int:
    return reminders.get(open_id, {}).get(event, 0)


def _cases(replay: Replay, cases: Sequence[MoveCase], name: Names) -> Iterator[str]:
    for case in cases:
        mark = "" if case.because == "policy" else f" [{Phrase('字段已变', 'values')}]"
        reason = f"：{case.reason}" if case.reason else ""
        move = _edge(replay.then, case.from_status, case.to_status)
        at = local_time(replay.then, case.at)
        yield f"{at} {case.number or case.record_id} {move} {name(case.operator)}{mark}{reason}"


def _edge(policy: Policy, before: str, after: str) -> str:
    return f"{policy.label('status', before)}→{policy.label('status', after) if after else '（空）'}"


def _case_data(case: MoveCase) -> dict[str, Any]:
    return {**asdict(case), "because": case.because}
