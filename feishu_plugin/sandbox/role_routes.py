"""Custom roles and their members (advanced permission): kept and shown as sent, v1 and v2.

permissions.py enforces them.
"""

from typing import Any

from feishu_plugin.sandbox.access import base_of, table_in
from feishu_plugin.sandbox.bases import Base
from feishu_plugin.sandbox.envelope import Call, Json, Refusal, Route
from feishu_plugin.sandbox.ids import new_id
from feishu_plugin.sandbox.pages import page_by_id
from feishu_plugin.sandbox.parsing import body_object, invalid
from feishu_plugin.sandbox.world import World

V1 = "/open-apis/bitable/v1/apps/:app_token/roles"
V2 = "/open-apis/base/v2/apps/:app_token/roles"
ROLES_MOST, MEMBERS_MOST, BATCH_MOST, NAME_MOST = 30, 200, 100, 100
KEPT = ("role_name", "table_roles", "block_roles", "base_rule")
PERSON_IDS = ("open_id", "union_id", "user_id")
OTHER_IDS = {"chat_id": "chat", "department_id": "department", "open_department_id": "department"}


def list_roles(world: World, call: Call) -> Json:
    """``items`` with role_id and everything the role was given."""
    base = _advanced(world, call)
    return page_by_id(call, list(base.roles.values()), lambda role: str(role["role_id"]), dict)


def create(world: World, call: Call) -> Json:
    """``{role_name, table_roles, …}``; 1254033 for a name in use, 1254110 beyond 30 roles."""
    base = _advanced(world, call)
    if len(base.roles) >= ROLES_MOST:
        raise Refusal(1254110, "RoleExceedLimit", detail=f"at most {ROLES_MOST} roles")
    role = {**_checked(base, body_object(call.body), ""), "role_id": new_id("rol")}
    base.roles[role["role_id"]] = role
    base.touch()
    return {"role": role}


def update(world: World, call: Call) -> Json:
    """Overwrites a role."""
    base = _advanced(world, call)
    role_id = _role_id(base, call)
    base.roles[role_id] = {**_checked(base, body_object(call.body), role_id), "role_id": role_id}
    base.touch()
    return {"role": base.roles[role_id]}


def delete(world: World, call: Call) -> Json:
    """Deletes a role with its members."""
    base = _advanced(world, call)
    role_id = _role_id(base, call)
    del base.roles[role_id]
    base.members.pop(role_id, None)
    base.touch()
    return {}


def list_members(world: World, call: Call) -> Json:
    """``items`` of users, chats and departments with their names and ids."""
    base = _advanced(world, call)
    members = base.members.get(_role_id(base, call), {})
    return page_by_id(call, list(members), str, lambda id: dict(members[id]))


def add_member(world: World, call: Call) -> Json:
    """``{"member_id"}`` of the query's ``member_id_type`` (default open_id)."""
    base = _advanced(world, call)
    kind = call.query.get("member_id_type") or "open_id"
    _add(world, base, _role_id(base, call), [{"type": kind, "id": body_object(call.body).get("member_id")}])
    return {}


def remove_member(world: World, call: Call) -> Json:
    """Takes one member out; 1254048 when it is none."""
    base = _advanced(world, call)
    kind = call.query.get("member_id_type") or "open_id"
    _remove(world, base, _role_id(base, call), [{"type": kind, "id": call.params["member_id"]}])
    return {}


def batch_add(world: World, call: Call) -> Json:
    """``{"member_list": [{type, id}]}``, at most 100; all or nothing."""
    base = _advanced(world, call)
    _add(world, base, _role_id(base, call), _listed(call))
    return {}


def batch_remove(world: World, call: Call) -> Json:
    """``{"member_list": [{type, id}]}``, at most 100."""
    base = _advanced(world, call)
    _remove(world, base, _role_id(base, call), _listed(call))
    return {}


def _advanced(world: World, call: Call) -> Base:
    base = base_of(world, call, manage=True)
    if not base.is_advanced:
        raise Refusal(1254301, "OperationTypeError", detail="advanced permission is not on")
    return base


def _role_id(base: Base, call: Call) -> str:
    if call.params["role_id"] not in base.roles:
        raise Refusal(1254047, "RoleIdNotFound")
    return call.params["role_id"]


def _checked(base: Base, body: Json, role_id: str) -> Json:
    name, tables = body.get("role_name"), body.get("table_roles") or []
    if not isinstance(name, str) or not 0 < len(name.strip()) <= NAME_MOST:
        raise Refusal(1254032, "InvalidRoleName", detail=f"1 to {NAME_MOST} characters")
    if any(role["role_name"] == name and id != role_id for id, role in base.roles.items()):
        raise Refusal(1254033, "RoleNameDuplicated")
    if not isinstance(tables, list) or not all(isinstance(item, dict) for item in tables):
        raise invalid("table_roles", "a list of objects")
    shown = [_table_role(base, item) for item in tables]
    return {**{key: body[key] for key in KEPT if key in body}, "role_name": name, "table_roles": shown}


def _table_role(base: Base, item: Json) -> Json:
    """The rule with both the table's id and its name, by whichever was sent."""
    named = base.named(str(item.get("table_name")))
    table = named if named and not item.get("table_id") else table_in(base, str(item.get("table_id")))
    if item.get("table_perm") not in (0, 1, 2, 4):
        raise invalid("table_perm", "one of 0, 1, 2, 4", item.get("table_perm"))
    return {**item, "table_id": table.table_id, "table_name": table.name}


def _listed(call: Call) -> list[Any]:
    listed = body_object(call.body).get("member_list")
    if not isinstance(listed, list) or not 0 < len(listed) <= BATCH_MOST:
        raise invalid("member_list", f"1 to {BATCH_MOST} members")
    return listed


def _add(world: World, base: Base, role_id: str, listed: list[Any]) -> None:
    members = dict(base.members.get(role_id, {}))
    members.update(_member(world, item) for item in listed)
    if len(members) > MEMBERS_MOST:
        raise Refusal(1254111, "MemberExceedLimit", detail=f"at most {MEMBERS_MOST} members")
    base.members[role_id] = members
    base.touch()


def _remove(world: World, base: Base, role_id: str, listed: list[Any]) -> None:
    members = base.members.get(role_id, {})
    ids = [_member(world, item)[0] for item in listed]
    if any(id not in members for id in ids):
        raise Refusal(1254048, "MemberNotFound")
    base.members[role_id] = {id: member for id, member in members.items() if id not in ids}
    base.touch()


def _member(world: World, item: Any) -> tuple[str, Json]:
    """(key, as listed) of ``{type, id}``; 1254048 for somebody unknown."""
    kind, id = (item.get("type"), str(item.get("id"))) if isinstance(item, dict) else (None, "")
    kind = kind if isinstance(kind, str) else ""
    if kind in PERSON_IDS:
        person = world.people.resolve(id, kind)
        if person is None:
            raise Refusal(1254048, "MemberNotFound", detail=f"no user has the {kind} {id}")
        names = {"member_name": person.name, "member_en_name": person.en_name}
        return person.open_id, {"member_type": "user", **names, **person.ids()}
    if kind not in OTHER_IDS:
        raise invalid("member_id_type", f"one of {', '.join((*PERSON_IDS, *OTHER_IDS))}", kind)
    return id, {"member_type": OTHER_IDS[kind], "member_name": id, "member_en_name": id, kind: id}


def _route(method: str, pattern: str, handler: Any, summary: str, *, rest: bool = False) -> Route:
    return Route(
        method=method,
        pattern=pattern,
        handler=handler,
        summary=summary,
        tier="T8" if method == "GET" else "T7",
        writes_base=method != "GET",
        rest_style=rest,
    )


_MEMBERS = f"{V1}/:role_id/members"
ROUTES: tuple[Route, ...] = (
    _route("GET", V1, list_roles, "List roles"),
    _route("POST", V1, create, "Create a role"),
    _route("PUT", f"{V1}/:role_id", update, "Overwrite a role"),
    _route("DELETE", f"{V1}/:role_id", delete, "Delete a role"),
    _route("GET", V2, list_roles, "List roles (v2)", rest=True),
    _route("POST", V2, create, "Create a role (v2)", rest=True),
    _route("PUT", f"{V2}/:role_id", update, "Overwrite a role (v2)", rest=True),
    _route("GET", _MEMBERS, list_members, "List members of a role"),
    _route("POST", _MEMBERS, add_member, "Add a member to a role"),
    _route("DELETE", f"{_MEMBERS}/:member_id", remove_member, "Take a member out of a role"),
    _route("POST", f"{_MEMBERS}/batch_create", batch_add, "Add members to a role", rest=True),
    _route("POST", f"{_MEMBERS}/batch_delete", batch_remove, "Take members out of a role", rest=True),
)
