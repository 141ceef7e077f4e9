"""``undo``: shows what taking a person's edits back would do, and with ``--yes`` does it."""

from collections.abc import Collection, Iterator, Sequence

from feishu_plugin.app.cell_words import shown
from feishu_plugin.app.compose import Office, desk_for
from feishu_plugin.app.jobs import Outcome, catch_up, drain, work_off
from feishu_plugin.errors import UndoError
from feishu_plugin.language import Phrase
from feishu_plugin.ports import Edit
from feishu_plugin.records import Transition
from feishu_plugin.reminders.notice import local_time
from feishu_plugin.reports.periods import Period, span
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.settling import TABLE
from feishu_plugin.sync.undo.carry_out import hints_of
from feishu_plugin.sync.undo.plan import (
    STATUS,
    Conflict,
    Past,
    Step,
    UndoPlan,
    Wish,
    names_of,
    plan_undo,
    touched,
)

_WHY = {
    "deleted": Phrase("记录已删除", "deleted"),
    "moved": Phrase("之后又有人流转", "moved since"),
    "edited": Phrase("之后又有人修改", "edited since"),
    "unsettled": Phrase("最新的修改尚未处理", "the newest edit is not judged yet"),
}


def undo(
    office: Office, app_token: str, by: str, between: tuple[str, str], fields: Sequence[str], *, yes: bool
) -> Outcome:
    """Plans the undo; with ``yes`` carries it out, or hands it to the running service."""
    desk = desk_for(office, app_token)
    if yes:
        catch_up(office, desk)
    period = span(*between, desk.policy.worktime, office.clock.now())
    keys = tuple(dict.fromkeys(_key(desk, name) for name in fields)) or (STATUS,)
    moves, edits = _moves(desk), desk.store.edits(app_token, period.begin, office.clock.now())
    person = _person(office, desk, by, names_of(moves, edits, period))
    wish = Wish(person=person, period=period, fields=keys)
    past = _past(desk, wish, moves, edits)
    plan = plan_undo(wish, past)
    name = desk.people.person(person).name or person
    left = _carry_out(office, desk, plan, past, f"撤销 {name} 在 {period.key} 的改动") if yes else 0
    head = _head(plan, name, period, left, yes=yes)
    lines = [*(_step_line(desk, past, s) for s in plan.steps), *_conflict_lines(desk, past, plan.conflicts)]
    data = {"base_token": app_token, "by": person, "done": yes, "left": left, **plan.data}
    return Outcome(text="\n".join([head, *lines]), data=data)


def _carry_out(office: Office, desk: Desk, plan: UndoPlan, past: Past, why: str) -> int:
    """How many records are left to the running service."""
    desk.store.put(hints_of(desk, plan, past.live, why))
    _, _, left = work_off(desk)
    drain(office, desk)
    return left


def _moves(desk: Desk) -> list[Transition]:
    rows = (row for page in desk.tables.scan("transition") for row in page)
    told = (Transition(record_id=row.record_id, values=row.values) for row in rows)
    return sorted((row for row in told if row.at), key=lambda row: row.at.timestamp() if row.at else 0.0)


def _past(desk: Desk, wish: Wish, moves: Sequence[Transition], edits: Sequence[Edit]) -> Past:
    ids = sorted(touched(wish, moves, edits))
    accepted = desk.store.accepted(desk.app_token, TABLE, ids)
    return Past(moves=moves, edits=edits, live=desk.tables.read(TABLE, ids), accepted=accepted)


def _key(desk: Desk, name: str) -> str:
    """The key of a column that can be undone, by key or label."""
    found = next((f for f in desk.schema.table(TABLE).fields if name in (f.key, f.zh, f.en)), None)
    if found is None:
        raise UndoError(
            Phrase(
                f"--field {name}：需求台账没有这一列；请写列名，如 备注",
                f"--field {name}: is no column of the register; write its name, such as 备注",
            )
        )
    if found.key in desk.policy.rule_fields:
        raise UndoError(
            Phrase(
                f"--field {name}：由规则填写，会自动恢复",
                f"--field {name}: is filled by rules, which restore it",
            )
        )
    return found.key


def _person(office: Office, desk: Desk, by: str, known: Collection[str]) -> str:
    """The open_id of a name, an e-mail address or an open_id."""
    if by.startswith("ou_"):
        return by
    if "@" in by:
        found = [*office.people.by_email([by]).values()]
    else:
        found = [open_id for open_id in known if desk.people.person(open_id).name == by]
    if len(found) == 1:
        return found[0]
    if not known:
        raise UndoError(
            Phrase(
                f"--by {by}：这段时间没有任何改动；请放宽 --between",
                f"--by {by}: nobody edited anything in that time; widen --between",
            )
        )
    here = "、".join(f"{desk.people.person(one).name} {one}".strip() for one in (found or known))
    raise UndoError(
        Phrase(
            f"--by {by}：{'有多位同名' if found else '没有此人的改动'}；请用 open_id 指明：{here}",
            f"--by {by}: {'several people' if found else 'nobody of that name'}; name one by open_id: {here}",
        )
    )


def _head(plan: UndoPlan, name: str, period: Period, left: int, *, yes: bool) -> str:
    steps, conflicts = len(plan.steps), len(plan.conflicts)
    counts = Phrase(f"{steps} 条可撤销，{conflicts} 处冲突", f"{steps} to undo, {conflicts} conflicts")
    if not yes:
        tail = Phrase("预览，未写入；加 --yes 执行", "preview, nothing was written; --yes does it")
    elif left:
        tail = Phrase(f"{left} 条交给正在运行的服务", f"{left} are left to the running service")
    else:
        tail = Phrase("已撤销", "done")
    return f"{name} · {period.key}: {counts}; {tail}"


def _step_line(desk: Desk, past: Past, step: Step) -> str:
    cells = (
        f"{desk.policy.label(key)} {shown(desk, key, step.expected.get(key))} → {shown(desk, key, value)}"
        for key, value in step.values.items()
    )
    return f"  {_title(past, step.record_id)}: {'；'.join(cells)}"


def _conflict_lines(desk: Desk, past: Past, conflicts: Sequence[Conflict]) -> Iterator[str]:
    for one in conflicts:
        who = desk.people.person(one.by).name or one.by if one.by else ""
        at = local_time(desk.policy, one.at) if one.at else ""
        told = " ".join(part for part in (str(_WHY[one.why]), who, at) if part)
        alone = Phrase("保留", "left alone")
        yield f"! {_title(past, one.record_id)}: {desk.policy.label(one.field)} {alone}: {told}"


def _title(past: Past, record_id: str) -> str:
    row = past.live.get(record_id)
    return f"{row.get('number') or record_id} {row.get('title') or ''}".strip() if row else record_id
