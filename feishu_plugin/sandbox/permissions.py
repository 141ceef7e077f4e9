"""What advanced permission leaves a person: which records and columns of a table, to see or to change.

Somebody who manages the base may do everything, and so may everybody while advanced permission
is off. Several roles add up. People without a role are the built-in editor, or nobody
(``switches.roleless``). Feishu does not say what a column is that ``field_perm`` leaves out;
here it follows the table.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from feishu_plugin.sandbox.bases import Base
from feishu_plugin.sandbox.conditions import Context, Predicate, predicate
from feishu_plugin.sandbox.envelope import Caller, Json, Refusal
from feishu_plugin.sandbox.field_types import USERS
from feishu_plugin.sandbox.fields import Field
from feishu_plugin.sandbox.tables import Record, Table
from feishu_plugin.sandbox.world import World

NONE, READ, EDIT, FULL = 0, 1, 2, 4
HIDDEN, READABLE, ADDABLE = 0, 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What one role gives in one table. ``fits`` None: every record fits its rule."""

    table_perm: int
    other_perm: int = NONE
    fits: Predicate | None = None
    field_perm: Json | None = None
    may_add: bool = True
    may_delete: bool = True

    def record_perm(self, record: Record) -> int:
        """NONE, READ or EDIT for one record."""
        if self.table_perm == FULL:
            return EDIT
        if self.table_perm == NONE:
            return NONE
        fits = self.fits is None or self.fits(record)
        return min(self.table_perm, EDIT) if fits else min(self.other_perm, READ)

    def column_perm(self, field: Field) -> int:
        """HIDDEN, READABLE, ADDABLE or more for one column."""
        if self.table_perm in (NONE, READ):
            return READABLE if self.table_perm else HIDDEN
        given = (self.field_perm or {}).get(field.name)
        return 3 if self.table_perm == FULL or not isinstance(given, int) else given


class Permission:
    """Everything one caller may do in one table; the sum of the grants."""

    def __init__(self, grants: Iterable[Grant] | None) -> None:
        self._grants = None if grants is None else list(grants)

    def sees(self, record: Record) -> bool:
        """True when the record is shown at all."""
        return self._grants is None or any(grant.record_perm(record) for grant in self._grants)

    def edits(self, record: Record) -> bool:
        """True when cells of the record may be changed."""
        return self._grants is None or any(grant.record_perm(record) >= EDIT for grant in self._grants)

    def records(self, records: list[Record]) -> list[Record]:
        """Those that are shown."""
        return records if self._grants is None else [record for record in records if self.sees(record)]

    def columns(self, fields: list[Field]) -> list[Field]:
        """Those that are shown."""
        return [field for field in fields if self._column(field) > HIDDEN]

    def _column(self, field: Field) -> int:
        if self._grants is None:
            return 3
        return max((grant.column_perm(field) for grant in self._grants), default=HIDDEN)

    def check_write(self, field: Field, *, adding: bool) -> None:
        """1254045 for a column the caller does not see, 1254302 for one it may only read."""
        level = self._column(field)
        if level == HIDDEN:
            raise Refusal(1254045, "FieldNameNotFound", detail=f"no permission on 'fields.{field.name}'")
        if level < (ADDABLE if adding else 3):
            raise denied(f"'{field.name}' may only be read")

    def check_add(self) -> None:
        """1254302 when no role lets records be added."""
        if self._grants is not None and not any(g.table_perm >= EDIT and g.may_add for g in self._grants):
            raise denied("no role of yours adds records")

    def check_edit(self, record: Record) -> None:
        """1254302 when no role lets this record be changed."""
        if not self.edits(record):
            raise denied(f"record {record.record_id} may not be changed")

    def check_delete(self, record: Record) -> None:
        """1254302 when no role lets this record be deleted."""
        self.check_edit(record)
        if self._grants is not None and not any(g.table_perm >= EDIT and g.may_delete for g in self._grants):
            raise denied("no role of yours deletes records")


def denied(detail: str) -> Refusal:
    """1254302."""
    return Refusal(1254302, "Permission denied.", detail=detail)


def permission_of(world: World, base: Base, table: Table, caller: Caller) -> Permission:
    """The permission of a caller in a table."""
    if not base.is_advanced or world.bases.owner_right(base.app_token, caller) == "manage":
        return Permission(None)
    roles = [role for id, role in base.roles.items() if _is_member(world, base.members.get(id, {}), caller)]
    if not roles:
        return Permission(None if world.switches.roleless == "edit" else ())
    found = (item for role in roles for item in role["table_roles"] if item["table_id"] == table.table_id)
    return Permission(_grant(world, base, table, caller, item) for item in found)


def _is_member(world: World, members: Json, caller: Caller) -> bool:
    """By itself or by one of its departments."""
    person = world.people.get(caller.open_id)
    ids = {caller.open_id}
    for id in person.department_ids if person else ():
        department = world.people.department(id)
        if department is not None:
            ids |= {department.department_id, department.open_department_id}
    return not ids.isdisjoint(members)


def _grant(world: World, base: Base, table: Table, caller: Caller, item: Json) -> Grant:
    rule = item.get("rec_rule") or {}
    return Grant(
        table_perm=item["table_perm"],
        other_perm=rule.get("other_perm") or NONE,
        fits=_fits(world, base, table, caller, rule),
        field_perm=item.get("field_perm"),
        may_add=item.get("allow_add_record", True) is not False,
        may_delete=item.get("allow_delete_record", True) is not False,
    )


def _fits(world: World, base: Base, table: Table, caller: Caller, rule: Json) -> Predicate | None:
    """The rule's conditions as one test; a column that is gone no longer restricts anything."""
    context = Context(
        people=world.people, id_type="open_id", zone=ZoneInfo(base.time_zone), now=world.clock.now()
    )
    named = ((table.field_named(str(item.get("field_name"))), item) for item in rule.get("conditions") or ())
    tests = [_test(field, item, caller, context) for field, item in named if field is not None]
    if not tests:
        return None
    chosen = any if rule.get("conjunction") == "or" else all
    return lambda record: chosen(test(record) for test in tests)


def _test(field: Field, item: Json, caller: Caller, context: Context) -> Predicate:
    """``value`` null of a person column means whoever looks; a rule that makes no sense fits nothing."""
    values: Any = item.get("value") or ([caller.open_id] if field.type in USERS else [])
    try:
        return predicate(field, str(item.get("operator")), [str(value) for value in values], context)
    except (Refusal, TypeError):
        return lambda _: False
