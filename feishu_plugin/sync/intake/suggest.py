"""Suggests what each column of a file means, for a person to review; pure."""

from collections.abc import Iterable

from feishu_plugin.schema import Field, Table
from feishu_plugin.sync.adopt import matching, synonyms
from feishu_plugin.sync.adopt.likeness import SURE, SYNONYM, named, normal
from feishu_plugin.sync.adopt.matching import ENOUGH, Match
from feishu_plugin.sync.intake.dates import Order
from feishu_plugin.sync.intake.mapping import NUMBERS, TEXTS, FileColumn, FileMapping, Layout, obstacle
from feishu_plugin.sync.intake.survey import ColumnSurvey, Survey

_MOST = 0.8
"""Share of the filled cells that have to be of the field's kind."""
_ENDINGS = ("时间", "at", "date", "time", "on")
_LEFT = "没有相近的字段，写入备注 nothing of ours is alike: its cells go to 备注"
_UNDECIDED = "日和月无法区分，请确认 dates day or month first? nothing in the file decides it: review"
_RENUMBERED = "序号会随行的增减而变，最好换一列 row numbers change when rows come and go: name another column"


def suggest(wanted: Table, found: Survey, source: str, layout: Layout) -> FileMapping:
    """A mapping of every column of the file."""
    silent = matching.role_headings(found.names)
    rows = [_matches(wanted, column, normal(column.name) in silent) for column in found.columns]
    usual = _usual_order(found.columns)
    chosen = matching.chosen(rows)
    key = _key(found)
    columns = [
        _column(wanted, column, matches, taken, usual, named_by=column.name == key)
        for column, matches, taken in zip(found.columns, rows, chosen, strict=True)
    ]
    return FileMapping(source=source, key=key, layout=layout, columns=tuple(_once_in_history(columns)))


def _matches(wanted: Table, column: ColumnSurvey, silent: bool) -> list[Match]:
    found = matching.matches(wanted, column.name, lambda field: obstacle(field) or _misfit(field, column))
    least = SYNONYM if _is_dated(column) and _history(wanted, column.name) else 0.0
    return [
        Match(
            field=m.field,
            score=0.0 if silent or m.score < least or _says_nothing(m, column) else m.score,
            obstacle=m.obstacle,
        )
        for m in found
    ]


def _is_dated(column: ColumnSurvey) -> bool:
    return bool(column.filled) and column.moments >= _MOST * column.looked_at


def _says_nothing(match: Match, column: ColumnSurvey) -> bool:
    """A heading that is only a little alike, above words of which none is an option."""
    if not match.field.options or not column.words or match.score >= SYNONYM or match.score < ENOUGH:
        return False
    return not any(_options(match.field, column).values())


def _misfit(field: Field, column: ColumnSurvey) -> str:
    """Why the cells of the column are not what the field holds."""
    if not column.filled:
        return ""
    dates, enough = column.moments, _MOST * column.looked_at
    if field.key == "number":
        return "" if column.ours >= enough else "不是系统的编号格式 no numbers as 需求编号 has them"
    if field.type == "datetime":
        return "" if dates >= enough else f"多数不是日期，{field.zh} 需要日期 most cells are no dates"
    if field.type in NUMBERS:
        return (
            "" if column.numbers >= enough else f"多数不是数字，{field.zh} 需要数字 most cells are no numbers"
        )
    if field.type in ("single_select", "multi_select") and column.words is None:
        return f"不同的值太多，不像 {field.zh} too many different words for options"
    if field.type in (*TEXTS, "user") and dates >= enough and not column.numbers:
        return f"是日期，不像 {field.zh} its cells are dates"
    return ""


def _usual_order(columns: Iterable[ColumnSurvey]) -> Order | None:
    """The order of those columns of the file that leave no doubt."""
    sure = (c.order.order for c in columns if c.order.day_first or c.order.month_first)
    return next(sure, None)


def _key(found: Survey) -> str | None:
    naming = [c for c in found.columns if c.names_rows and c.filled * 2 >= found.rows]
    best = max(naming, key=lambda c: (normal(c.name) not in ("序号", "no"), c.filled), default=None)
    return best.name if best else None


def _column(
    wanted: Table,
    column: ColumnSurvey,
    matches: list[Match],
    taken: Match | None,
    usual: Order | None,
    *,
    named_by: bool,
) -> FileColumn:
    dated = _is_dated(column)
    order = column.order.order or usual
    wants_dates = dated and (taken is None or taken.field.type == "datetime")
    history = _history(wanted, column.name) if dated and taken is None else None
    notes = [matching.note(matches, taken, "" if history else _LEFT)]
    notes += [_UNDECIDED] if wants_dates and order is None else []
    notes += [_RENUMBERED] if named_by and normal(column.name) in ("序号", "no") else []
    return FileColumn(
        name=column.name,
        to=taken.field.key if taken else None,
        dates=(order or "mdy") if wants_dates else "",
        history=history,
        score=round(min(taken.score, SURE), 2) if taken else 0.0,
        note="；".join(note for note in notes if note),
        alternatives=matching.alternatives(matches, taken),
        options=_options(taken.field, column) if taken else {},
    )


def _options(field: Field, column: ColumnSurvey) -> dict[str, str | None]:
    return matching.option_keys(field, list(column.words or ()), shared=True)


def _history(wanted: Table, heading: str) -> str | None:
    """The status whose beginning a heading such as 处理中时间 tells."""
    name = normal(heading)
    ending = next((one for one in _ENDINGS if name.endswith(one) and name != one), None)
    status = wanted.by_key.get("status")
    if ending is None or status is None:
        return None
    others = synonyms.OPTIONS["status"]
    scores = {
        option.key: named(name.removesuffix(ending), (option.zh, option.en, option.key), others[option.key])
        for option in status.options
        if option.key in others
    }
    best = max(scores, key=lambda key: scores[key])
    return best if scores[best] >= SYNONYM else None


def _once_in_history(columns: Iterable[FileColumn]) -> list[FileColumn]:
    seen: set[str] = set()
    found = []
    for column in columns:
        again = column.history in seen
        seen |= {column.history} if column.history else set()
        found.append(column.model_copy(update={"history": None}) if again else column)
    return found
