"""Which field of ours a heading stands for, wherever the heading was found: in a base or in a file; pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from feishu_plugin.schema import Field, Table
from feishu_plugin.sync.adopt import synonyms
from feishu_plugin.sync.adopt.assignment import assign
from feishu_plugin.sync.adopt.likeness import SURE, SYNONYM, named, normal
from feishu_plugin.sync.adopt.mapping import Alternative

ENOUGH = 0.6
"""From which score on a name is suggested at all."""
SECOND_BEST = 0.2
"""How much less than the nearest name the one may have that is suggested instead."""
WORTH_NAMING = 0.4
_ALTERNATIVES = 3
_OPTION_ENOUGH = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One column against one field: the likeness of names, and what stands in the way."""

    field: Field
    score: float
    obstacle: str = ""


def matches(wanted: Table, heading: str, obstacle: Callable[[Field], str]) -> list[Match]:
    """A heading against every field of a table."""
    others = synonyms.FIELDS.get(wanted.key, {})
    return [
        Match(
            field=field,
            score=named(heading, labels(field), others.get(field.key, ())),
            obstacle=obstacle(field),
        )
        for field in wanted.fields
    ]


def labels(field: Field) -> tuple[str, ...]:
    """Everything we call a field ourselves."""
    return field.zh, field.en, field.key


def role_headings(headings: Iterable[str]) -> frozenset[str]:
    """Headings (as ``likeness.normal`` leaves them) that only say who does which part."""
    found = synonyms.ROLES & {normal(heading) for heading in headings}
    return found if len(found) >= synonyms.ROLES_LEAST else frozenset()


def chosen(columns: Sequence[Sequence[Match]]) -> list[Match | None]:
    """For each column the match it gets, so that the sum of scores is the greatest; no field twice."""
    places = assign([_scores(row) for row in columns])
    return [None if place is None else row[place] for row, place in zip(columns, places, strict=True)]


def _scores(found: Sequence[Match]) -> list[float]:
    """What each field is worth to a column: nothing if its name says that it means another one."""
    least = max(ENOUGH, max(match.score for match in found) - SECOND_BEST)
    return [match.score if match.score >= least and not match.obstacle else 0.0 for match in found]


def alternatives(found: Sequence[Match], taken: Match | None) -> tuple[Alternative, ...]:
    """Other fields that the column could stand for, the likeliest first."""
    ranked = sorted(found, key=lambda match: -match.score)
    free = [m for m in ranked if not m.obstacle and m is not taken and m.score >= WORTH_NAMING]
    return tuple(
        Alternative(key=m.field.key, score=round(min(m.score, SURE), 2)) for m in free[:_ALTERNATIVES]
    )


def note(found: Sequence[Match], taken: Match | None, left: str) -> str:
    """Why the nearest field by name was not taken; ``left`` says what becomes of a column of no use."""
    nearest = max(found, key=lambda match: match.score)
    if taken is nearest or (taken and taken.score >= SYNONYM and not nearest.obstacle):
        return ""
    if nearest.score < ENOUGH:
        return left
    reason = nearest.obstacle or "另一列更合适 another column fits it better"
    return f"最近 nearest: {nearest.field.key}；{reason}"


def option_keys(field: Field, names: Sequence[str], *, shared: bool = False) -> dict[str, str | None]:
    """Each name to the key of the option it stands for; no key is given twice unless ``shared``."""
    if not field.options or not names:
        return {}
    if climbed := _on_a_ladder(names, field, shared=shared):
        return climbed
    others = synonyms.OPTIONS.get(field.option_set or field.key, {})
    scores = [
        [_option_score(name, (o.zh, o.en, o.key), others.get(o.key, ())) for o in field.options]
        for name in names
    ]
    places = [_best(row) for row in scores] if shared else assign(scores)
    return {
        name: None if place is None else field.options[place].key
        for name, place in zip(names, places, strict=True)
    }


def _best(scores: Sequence[float]) -> int | None:
    most = max(scores)
    return scores.index(most) if most else None


def _option_score(name: str, known: Sequence[str], others: Sequence[str]) -> float:
    score = named(name, known, others)
    return score if score >= _OPTION_ENOUGH else 0.0


def _on_a_ladder(names: Sequence[str], field: Field, *, shared: bool) -> dict[str, str | None] | None:
    """Ranks such as P0, P1, P2: the first is high, the last low, one between them medium.

    ``shared``: those between are what their nearer end is.
    """
    if [option.key for option in field.options] != ["high", "medium", "low"] or len(names) < 2:
        return None
    for ladder in synonyms.LADDERS:
        if {normal(name) for name in names} <= set(ladder):
            steps = sorted(names, key=lambda name: ladder.index(normal(name)))
            middle = len(steps) // 2
            keys = {steps[middle]: "medium", steps[0]: "high", steps[-1]: "low"}
            if shared:
                keys = {s: "high" if n < middle else "low" for n, s in enumerate(steps)} | keys
            return {name: keys.get(name) for name in names}
    return None
