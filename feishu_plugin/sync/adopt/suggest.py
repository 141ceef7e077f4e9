"""Suggests which column of a team stands for which field of ours, and what speaks against the rest.

Pure. A column is suggested only where no cell would be touched or written over: its type is
the wanted one, and the field is not one that the service fills by itself.
"""

from collections.abc import Sequence
from dataclasses import replace

from feishu_plugin.binding import LiveField, LiveTable, options_of, path_of
from feishu_plugin.schema import Field, Table
from feishu_plugin.sync.adopt import matching
from feishu_plugin.sync.adopt.fitting import is_overwritten, kind_of, misfit
from feishu_plugin.sync.adopt.likeness import SURE, normal
from feishu_plugin.sync.adopt.mapping import Adoption, Column, TableChoice
from feishu_plugin.sync.adopt.matching import ENOUGH as ENOUGH
from feishu_plugin.sync.adopt.matching import Match

_LEFT = "没有相近的字段，保持原样 nothing of ours is alike: it stays as it is"


def suggest(base: str, wanted: Table, here: LiveTable) -> Adoption:
    """A mapping of every column of ``here``, to be reviewed by a person."""
    columns = [_matches(wanted, here, column) for column in here.fields]
    chosen = matching.chosen(columns)
    found = [
        _column(column, matches, taken)
        for column, matches, taken in zip(here.fields, columns, chosen, strict=True)
    ]
    choice = TableChoice(table_id=here.table_id, name=here.name, to=wanted.key)
    return Adoption(base=base, table=choice, columns=tuple(found))


def _matches(wanted: Table, here: LiveTable, column: LiveField) -> list[Match]:
    known = path_of(column)
    silent = normal(column.name) in matching.role_headings(other.name for other in here.fields)
    found = []
    for match in matching.matches(wanted, column.name, lambda field: _obstacle(wanted, field, column, here)):
        score = 0.0 if silent else match.score
        if known == (wanted.key, match.field.key):
            score = SURE + 1
        found.append(replace(match, score=score))
    return found


def _obstacle(wanted: Table, field: Field, column: LiveField, here: LiveTable) -> str:
    if reason := misfit(wanted.key, field, column, here):
        return reason
    if is_overwritten(field) and path_of(column) != (wanted.key, field.key):
        return f"{field.zh} 由系统填写，会改写原值 is filled by the service, which would write over it"
    return ""


def _column(column: LiveField, matches: Sequence[Match], chosen: Match | None) -> Column:
    return Column(
        field_id=column.field_id,
        name=column.name,
        type=kind_of(column),
        to=chosen.field.key if chosen else None,
        score=round(min(chosen.score, SURE), 2) if chosen else 0.0,
        note=matching.note(matches, chosen, _LEFT),
        alternatives=matching.alternatives(matches, chosen),
        options=suggest_options(chosen.field, column) if chosen else {},
    )


def suggest_options(field: Field, column: LiveField) -> dict[str, str | None]:
    """Name of each live option to the key of ours it stands for; no key is given twice."""
    return matching.option_keys(field, [str(option["name"]) for option in options_of(column)])
