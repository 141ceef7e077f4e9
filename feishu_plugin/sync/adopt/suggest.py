"""Suggests which column of a team stands for which field of ours, and what speaks against the rest.

Pure. A column is suggested only where no cell would be touched or written over: its type is
the wanted one, and the field is not one that the service fills by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from feishu_plugin.binding import LiveField, LiveTable, options_of, path_of
from feishu_plugin.schema import Field, Table
from feishu_plugin.sync.adopt import synonyms
from feishu_plugin.sync.adopt.assignment import assign
from feishu_plugin.sync.adopt.fitting import is_overwritten, kind_of, misfit
from feishu_plugin.sync.adopt.likeness import SURE, SYNONYM, named, normal
from feishu_plugin.sync.adopt.mapping import Adoption, Alternative, Column, TableChoice

ENOUGH = 0.6
"""From which score on a name is suggested at all."""
SECOND_BEST = 0.2
"""How much less than the nearest name the one may have that is suggested instead."""
WORTH_NAMING = 0.4
_ALTERNATIVES = 3
_OPTION_ENOUGH = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class _Match:
    """One column against one field: the likeness of names, and what stands in the way."""

    field: Field
    score: float
    obstacle: str


def suggest(base: str, wanted: Table, here: LiveTable) -> Adoption:
    """A mapping of every column of ``here``, to be reviewed by a person."""
    columns = [_matches(wanted, here, column) for column in here.fields]
    chosen = assign([_scores(row) for row in columns])
    found = [
        _column(column, matches, None if place is None else matches[place])
        for column, matches, place in zip(here.fields, columns, chosen, strict=True)
    ]
    choice = TableChoice(table_id=here.table_id, name=here.name, to=wanted.key)
    return Adoption(base=base, table=choice, columns=tuple(found))


def _scores(matches: Sequence[_Match]) -> list[float]:
    """What each field is worth to a column: nothing if its name says that it means another one."""
    least = max(ENOUGH, max(match.score for match in matches) - SECOND_BEST)
    return [match.score if match.score >= least and not match.obstacle else 0.0 for match in matches]


def _matches(wanted: Table, here: LiveTable, column: LiveField) -> list[_Match]:
    known = path_of(column)
    others = synonyms.FIELDS.get(wanted.key, {})
    silent = normal(column.name) in _role_headers(here)
    found = []
    for field in wanted.fields:
        score = 0.0 if silent else named(column.name, _labels(field), others.get(field.key, ()))
        if known == (wanted.key, field.key):
            score = SURE + 1
        found.append(_Match(field=field, score=score, obstacle=_obstacle(wanted, field, column, here)))
    return found


def _labels(field: Field) -> tuple[str, ...]:
    return field.zh, field.en, field.key


def _role_headers(here: LiveTable) -> frozenset[str]:
    found = synonyms.ROLES & {normal(column.name) for column in here.fields}
    return found if len(found) >= synonyms.ROLES_LEAST else frozenset()


def _obstacle(wanted: Table, field: Field, column: LiveField, here: LiveTable) -> str:
    if reason := misfit(wanted.key, field, column, here):
        return reason
    if is_overwritten(field) and path_of(column) != (wanted.key, field.key):
        return f"{field.zh} 由系统填写，会改写原值 is filled by the service, which would write over it"
    return ""


def _column(column: LiveField, matches: Sequence[_Match], chosen: _Match | None) -> Column:
    ranked = sorted(matches, key=lambda match: -match.score)
    free = [m for m in ranked if not m.obstacle and m is not chosen and m.score >= WORTH_NAMING]
    return Column(
        field_id=column.field_id,
        name=column.name,
        type=kind_of(column),
        to=chosen.field.key if chosen else None,
        score=round(min(chosen.score, SURE), 2) if chosen else 0.0,
        note=_note(ranked[0], chosen),
        alternatives=tuple(
            Alternative(key=m.field.key, score=round(min(m.score, SURE), 2)) for m in free[:_ALTERNATIVES]
        ),
        options=suggest_options(chosen.field, column) if chosen else {},
    )


def _note(nearest: _Match, chosen: _Match | None) -> str:
    """Why the nearest field by name was not taken."""
    if chosen is nearest or (chosen and chosen.score >= SYNONYM and not nearest.obstacle):
        return ""
    if nearest.score < ENOUGH:
        return "没有相近的字段，保持原样 nothing of ours is alike: it stays as it is"
    reason = nearest.obstacle or "另一列更合适 another column fits it better"
    return f"最近 nearest: {nearest.field.key}；{reason}"


def suggest_options(field: Field, column: LiveField) -> dict[str, str | None]:
    """Name of each live option to the key of ours it stands for; no key is given twice."""
    names = [str(option["name"]) for option in options_of(column)]
    if not field.options or not names:
        return {}
    if climbed := _on_a_ladder(names, field):
        return climbed
    others = synonyms.OPTIONS.get(field.option_set or field.key, {})
    scores = [
        [_option_score(name, (o.zh, o.en, o.key), others.get(o.key, ())) for o in field.options]
        for name in names
    ]
    chosen = assign(scores)
    return {
        name: None if place is None else field.options[place].key
        for name, place in zip(names, chosen, strict=True)
    }


def _option_score(name: str, labels: Sequence[str], others: Sequence[str]) -> float:
    score = named(name, labels, others)
    return score if score >= _OPTION_ENOUGH else 0.0


def _on_a_ladder(names: Sequence[str], field: Field) -> dict[str, str | None] | None:
    """Ranks such as P0, P1, P2: the first is high, the last low, one between them medium."""
    if [option.key for option in field.options] != ["high", "medium", "low"] or len(names) < 2:
        return None
    for ladder in synonyms.LADDERS:
        if {normal(name) for name in names} <= set(ladder):
            steps = sorted(names, key=lambda name: ladder.index(normal(name)))
            keys = {steps[len(steps) // 2]: "medium", steps[0]: "high", steps[-1]: "low"}
            return {name: keys.get(name) for name in names}
    return None
