"""Compiles a policy from rows; every row that makes no sense is named in plain words.

Pure. Rows are typed records of the policy tables (or of the packaged file). One bad row
leaves no policy: the caller keeps the last good one and writes each problem into its row.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from typing import Any, cast, get_type_hints

from feishu_plugin.errors import PolicyError
from feishu_plugin.packaged import POLICY_TABLES, packaged_rows
from feishu_plugin.policy import (
    Input,
    Leave,
    Limit,
    Matrix,
    Move,
    Parameters,
    Policy,
    Route,
    Template,
    WordLists,
    version_of,
)
from feishu_plugin.policy_definitions import definition_of
from feishu_plugin.policy_words import MOST, Row, Words, matrix_of, split, word_lists_of
from feishu_plugin.records import Record, Values
from feishu_plugin.schema import Schema
from feishu_plugin.worktime import Span, WorkTime, clock_of, spans_of, statutory_days, statutory_names

Rows = Mapping[str, Sequence[Record]]

WRITTEN = frozenset({"check_result", "load"})
"""Columns of the policy tables that the plugin itself writes: they are no content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """Why one policy row makes no sense, in words for the people who edit it."""

    table: str
    record_id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """The policy, or None with the problems that stand in its way."""

    policy: Policy | None
    problems: tuple[RowProblem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A row of 作息日历."""

    day: date
    works: bool
    hours: tuple[Span, ...] = ()
    """Empty: as on every working day."""
    name: str = ""


def compile_policy(rows: Rows, schema: Schema, statuses: Sequence[str] = ()) -> Compiled:
    """Checks every row; ``statuses`` are the live options of 当前状态 (teams may add some)."""
    words = Words(schema, statuses)
    problems: list[RowProblem] = []
    found = {name: _parse(name, rows.get(name, ()), words, problems) for name in _PARSERS}
    parameters = _parameters(rows.get("parameter", ()), packaged_rows(schema)["parameter"], words, problems)
    if problems or parameters is None:
        return Compiled(policy=None, problems=tuple(problems))
    plain = {name: [content_of(row.values) for row in rows.get(name, ())] for name in POLICY_TABLES}
    policy = Policy(
        moves=tuple(found["workflow"]),
        limits=tuple(found["sla"]),
        routes=tuple(sorted(found["routing"], key=lambda route: route.order)),
        templates=tuple(found["template"]),
        parameters=parameters,
        worktime=_worktime(parameters, [day for day in found["calendar"] if isinstance(day, Day)]),
        leaves=tuple(leave for leave in found["calendar"] if isinstance(leave, Leave)),
        definitions=tuple(found["report_definition"]),
        version=version_of({name: [row for row in table if row] for name, table in plain.items()}),
        labels={**words.labels, **words.options},
        rule_fields=tuple(f.key for f in schema.table("requirement").fields if f.filled_by == "rule"),
        inputs={
            f.key: Input(type=f.type, options={o.key: o.zh for o in f.options})
            for f in schema.table("requirement").fields
        },
    )
    return Compiled(policy=policy)


def packaged_policy(schema: Schema) -> Policy:
    """The default policy; a PolicyError means the packaged file itself is broken."""
    rows = {
        table: [Record(record_id=f"{table}-{index}", values=row) for index, row in enumerate(found)]
        for table, found in packaged_rows(schema).items()
    }
    compiled = compile_policy(rows, schema)
    if compiled.policy is None:
        raise PolicyError("policy.json: " + "; ".join(f"{p.record_id}: {p.text}" for p in compiled.problems))
    return compiled.policy


def content_of(values: Values) -> Values:
    """What people wrote into a row; a number is the same whether the file or the base spells it."""
    filled = {k: v for k, v in values.items() if k not in WRITTEN and v is not None}
    return {k: float(v) if type(v) is int else v for k, v in filled.items()}


def _parse(name: str, rows: Sequence[Record], words: Words, problems: list[RowProblem]) -> list[Any]:
    found = []
    for record in rows:
        row = Row(record, words)
        if not content_of(record.values):
            continue  # people leave empty rows at the end of a table
        value = None if row.flag("disabled") else _PARSERS[name](row)
        problems.extend(_problem(record, text, name) for text in row.problems)
        if value is not None:
            found.append(value)
    return found


def _move(row: Row) -> Move:
    automatic = row.flag("automatic")
    after = row.number("after_days", "停留工作日") or 0
    if automatic and not after and not row.text("condition"):
        row.problems.append("「自动流转」需要填写「条件」或「停留工作日」")
    return Move(
        from_status=row.status("from_status", "原状态"),
        to_status=row.status("to_status", "新状态"),
        types=row.ids("types"),
        conditions=row.condition_list("condition"),
        roles=row.ids("roles"),
        people=row.ids("people"),
        required=row.field_list("required"),
        mode=cast(Any, row.one_of("mode", "执行方式", ("enforce", "observe", "off"), "enforce")),
        effects=row.ids("effects"),
        after_days=after,
        automatic=automatic,
    )


def _limit(row: Row) -> Limit:
    kind = row.one_of("type_class", "类别", ("service", "development"), "")
    return Limit(
        type_class=cast(Any, kind),
        priority=row.need("priority", "优先级"),
        response_hours=row.number("response_hours", "首次响应（小时）"),
        response_days=row.number("response_days", "首次响应（工作日）"),
        start_days=row.number("start_days", "启动（工作日）"),
        resolve_days=row.number("resolve_days", "解决（工作日）"),
        progress_days=row.number("progress_days", "进展间隔（工作日）"),
    )


def _route(row: Row) -> Route:
    return Route(
        order=row.number("order", "顺序") or 0,
        department=row.need("department", "责任部门"),
        types=row.ids("types"),
        sources=row.ids("sources"),
        products=tuple(product.casefold() for product in split(row.text("products"))),
        customer_levels=row.ids("customer_levels"),
        co_departments=row.ids("co_departments"),
        owners=row.ids("owners"),
        backup=row.ids("backup"),
        managers=row.ids("managers"),
    )


def _template(row: Row) -> Template:
    return Template(
        # What is missing or wrong in the words is said by the check of templates: it stops no other rule.
        event=row.text("event"),
        audience=row.ids("audience"),
        channel=cast(Any, row.one_of("media", "渠道", ("feishu", "mail"), "feishu")),
        kind=cast(Any, row.one_of("kind", "方式", ("instant", "digest"), "instant")),
        language=cast(Any, row.one_of("language", "语言", ("zh", "en"), "zh")),
        title=row.text("title"),
        body=row.text("body"),
        after_days=row.number("after_days", "超期后工作日"),
        people=row.ids("people"),
        row_id=row.record.record_id,
        name=row.text("name"),
    )


def _day(row: Row) -> Day | Leave | None:
    day = _date(row, "day")
    if day is None:
        row.problems.append("请填写「日期」")
        return None
    kind = row.one_of("kind", "类型", ("workday", "holiday", "leave"), "")
    if kind == "leave":
        return _leave(row, day)
    return Day(day=day, works=kind == "workday", hours=_own_hours(row), name=row.text("note"))


def _leave(row: Row, first: date) -> Leave:
    last = _date(row, "until") or first
    if not row.ids("people"):
        row.problems.append("请填写「请假人」")
    if last < first:
        row.problems.append("「到哪天」早于「日期」")
    return Leave(people=row.ids("people"), first=first, last=last)


def _date(row: Row, key: str) -> date | None:
    at = row.record.get(key)
    return at.astimezone(WorkTime().zone).date() if isinstance(at, datetime) else None


def _own_hours(row: Row) -> tuple[Span, ...]:
    text = row.text("hours")
    try:
        return spans_of(split(text)) if text else ()
    except ValueError:
        row.problems.append(f"「工作时段」里的「{text}」看不懂：请写成 09:00-12:00、13:00-18:00")
        return ()


_PARSERS: Mapping[str, Callable[[Row], Any]] = {
    "workflow": _move,
    "sla": _limit,
    "routing": _route,
    "template": _template,
    "calendar": _day,
    "report_definition": definition_of,
}


def _parameters(
    rows: Sequence[Record],
    defaults: Sequence[Values],
    words: Words,
    problems: list[RowProblem],
) -> Parameters | None:
    kinds = get_type_hints(Parameters)
    values: dict[str, Any] = {}
    packaged = [Record(record_id="packaged", values=row) for row in defaults]
    for record in (*packaged, *rows):
        key, text = str(record.get("key") or "").strip(), str(record.get("value") or "").strip()
        if not key and not text:
            continue
        try:
            values[key] = _parameter(key, kinds[key], text, words)
        except KeyError:
            problems.append(_problem(record, f"没有名为「{key}」的参数"))
        except ValueError:
            problems.append(_problem(record, f"「{key}」的值「{text}」看不懂"))
    missing = [f.name for f in fields(Parameters) if f.name not in values]
    return None if missing else Parameters(**values)


def _problem(record: Record, text: str, table: str = "parameter") -> RowProblem:
    return RowProblem(table=table, record_id=record.record_id, text=text)


def _parameter(key: str, kind: Any, text: str, words: Words) -> Any:
    if kind is float:
        return _number(text)
    if kind is time:
        return clock_of(text)
    if kind == tuple[float, ...]:
        return tuple(map(_number, split(text)))
    if kind == tuple[Span, ...]:
        return spans_of(split(text))
    if kind == Matrix:
        return matrix_of(text, words)
    if kind == WordLists:
        return word_lists_of(text, key.removesuffix("_words"), words)
    found = tuple(_named(key, part, words) for part in split(text))
    if not found and key in ("initial_status", "finished_statuses"):
        raise ValueError(text)
    return _named(key, text, words) if kind is str else found


def _named(key: str, label: str, words: Words) -> str:
    if key.endswith("_types"):
        # Teams may add types in the base.
        return words.option_key("type", label) or label
    look_up = next((look_up for suffixes, look_up in _LOOK_UPS if key.endswith(suffixes)), None)
    # Departments are the tenant's own.
    found = look_up(words, label) if look_up else label
    if found is None:
        raise ValueError(label)
    return found


_LOOK_UPS: Sequence[tuple[tuple[str, ...], Callable[[Words, str], str | None]]] = (
    (("_required", "_fields"), Words.field_key),
    (("_status", "_statuses"), lambda words, label: words.option_key("status", label)),
    (("_priorities",), lambda words, label: words.option_key("priority", label)),
)
"""How the name of a parameter ends, and what its words are then looked up as."""


def _number(text: str) -> float:
    value = float(text)
    if not 0 <= value <= MOST:
        raise ValueError(text)
    return value


def _worktime(parameters: Parameters, rows: Sequence[Day]) -> WorkTime:
    statutory, until = statutory_days()
    own = {row.day: row for row in rows}
    return WorkTime(
        hours=parameters.working_hours,
        days={**statutory, **{day: row.works for day, row in own.items()}},
        own_hours={day: row.hours for day, row in own.items() if row.hours},
        names={**statutory_names(), **{day: row.name for day, row in own.items()}},
        announced_until=until,
    )
