"""The contact book: people and departments as the reference shows them; read only."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from feishu_plugin.sandbox.access import id_type_of
from feishu_plugin.sandbox.envelope import Call, Json, Refusal, Route
from feishu_plugin.sandbox.id_refusals import unknown_id
from feishu_plugin.sandbox.parsing import invalid, whole_number
from feishu_plugin.sandbox.people import ROOT_DEPARTMENT, Department, Person
from feishu_plugin.sandbox.world import World

Item = TypeVar("Item")
_MOST = 50
_CHINA = "+86"


def _shown_person(world: World, person: Person, call: Call) -> Json:
    id_type, department_type = id_type_of(call.query.get("user_id_type")), _department_type(call)
    leader = world.people.get(person.leader_user_id)
    departments = [world.people.department(id) for id in person.department_ids]
    ids = [department.id_as(department_type) for department in departments if department]
    shown = {
        **person.ids(),
        "name": person.name,
        "en_name": person.en_name,
        "nickname": "",
        "email": person.email,
        "mobile": person.mobile,
        "mobile_visible": True,
        "gender": 0,
        "avatar": dict.fromkeys(("avatar_72", "avatar_240", "avatar_640", "avatar_origin"), person.avatar),
        "status": person.status,
        "department_ids": ids,
        "leader_user_id": leader.id_as(id_type) if leader else "",
        "city": "",
        "country": "",
        "work_station": "",
        "join_time": 0,
        "is_tenant_manager": False,
        "employee_no": "",
        "employee_type": 1,
        "orders": [_order(id, first=index == 0) for index, id in enumerate(ids)],
        "enterprise_email": person.email,
        "job_title": person.job_title,
    }
    return world.scopes.shown_person(shown) if call.caller.kind == "app" else shown


def _order(department_id: str, *, first: bool) -> Json:
    return {"department_id": department_id, "user_order": 0, "department_order": 0, "is_primary_dept": first}


def _department_type(call: Call) -> str:
    kind = call.query.get("department_id_type") or "open_department_id"
    if kind not in ("department_id", "open_department_id"):
        raise invalid("department_id_type", "options: [department_id,open_department_id]", kind)
    return kind


def _shown_department(world: World, department: Department, call: Call) -> Json:
    leader = world.people.get(department.leader_open_id)
    leader_id = leader.id_as(id_type_of(call.query.get("user_id_type"))) if leader else ""
    members = len(world.people.members(department.open_department_id))
    return {
        "name": department.name,
        "i18n_name": {"zh_cn": department.name, "ja_jp": "", "en_us": department.name},
        "parent_department_id": ROOT_DEPARTMENT,
        "department_id": department.department_id,
        "open_department_id": department.open_department_id,
        "leader_user_id": leader_id,
        "leaders": [{"leaderType": 1, "leaderID": leader_id}] if leader_id else [],
        "chat_id": department.chat_id,
        "order": "0",
        "unit_ids": [],
        "member_count": members,
        "primary_member_count": members,
        "status": {"is_deleted": False},
    }


def user(world: World, call: Call) -> Json:
    """One person; an unknown id is 999923xx."""
    id_type = id_type_of(call.query.get("user_id_type"))
    person = world.people.resolve(call.params["user_id"], id_type)
    if person is None:
        raise unknown_id(call.params["user_id"], id_type)
    return {"user": _shown_person(world, person, call)}


def users_batch(world: World, call: Call) -> Json:
    """At most 50 people; unknown ids are left out."""
    id_type = id_type_of(call.query.get("user_id_type"))
    found = (world.people.resolve(id, id_type) for id in _listed(call, "user_ids"))
    return {"items": [_shown_person(world, person, call) for person in found if person]}


def users_basic(world: World, call: Call) -> Json:
    """Names only, at most ten people."""
    id_type, ids = id_type_of(call.query.get("user_id_type")), _texts(call.body, "user_ids", most=10)
    found = (world.people.resolve(id, id_type) for id in ids)
    return {"users": [_basic(person, id_type) for person in found if person]}


def _basic(person: Person, id_type: str) -> Json:
    names = {"zh_cn": person.name, "ja_jp": person.en_name, "en_us": person.en_name}
    return {"user_id": person.id_as(id_type), "name": person.name, "i18n_name": names}


def batch_get_id(world: World, call: Call) -> Json:
    """Ids by e-mail and mobile; what nobody has comes back without ``user_id``."""
    id_type = id_type_of(call.query.get("user_id_type"))
    resigned = isinstance(call.body, dict) and call.body.get("include_resigned") is True
    everybody = [person for person in world.people.everybody() if resigned or not person.is_resigned]
    by_email = {person.email.lower(): person for person in everybody}
    by_mobile = {person.mobile.removeprefix(_CHINA): person for person in everybody}
    emails, mobiles = _texts(call.body, "emails", most=_MOST), _texts(call.body, "mobiles", most=_MOST)
    found = [_entry("email", text, by_email.get(text.lower()), id_type) for text in emails]
    found += [_entry("mobile", text, by_mobile.get(text.removeprefix(_CHINA)), id_type) for text in mobiles]
    return {"user_list": found}


def _entry(key: str, text: str, person: Person | None, id_type: str) -> Json:
    if person is None:
        return {key: text}
    return {"user_id": person.id_as(id_type), key: text, "status": person.status}


def find_by_department(world: World, call: Call) -> Json:
    """The direct members of a department, paged; nobody belongs to the root itself."""
    _department_type(call)
    if not (id := call.query.get("department_id")):
        raise invalid("department_id", "department_id is required")
    members = [] if id == ROOT_DEPARTMENT else world.people.members(_department(world, id).open_department_id)
    return _page(call, members, lambda person: _shown_person(world, person, call))


def _department(world: World, id: str) -> Department:
    if (department := world.people.department(id)) is None:
        raise Refusal(40004, "no dept authority error", status=403)
    return department


def department(world: World, call: Call) -> Json:
    """One department; the root ``0`` is the company itself."""
    id = call.params["department_id"]
    if id != ROOT_DEPARTMENT:
        return {"department": _shown_department(world, _department(world, id), call)}
    count = len(world.people.everybody())
    root = {"name": "沙盒公司", "department_id": "0", "open_department_id": "0", "member_count": count}
    return {"department": {**root, "status": {"is_deleted": False}}}


def children(world: World, call: Call) -> Json:
    """The departments below one; all hang directly below the root, so ``fetch_child`` adds none."""
    id = call.params["department_id"]
    below = world.people.departments if id == ROOT_DEPARTMENT else ()
    if id != ROOT_DEPARTMENT:
        _department(world, id)
    return _page(call, below, lambda found: _shown_department(world, found, call))


def parents(world: World, call: Call) -> Json:
    """The departments above one, nearest first, without the root: none here."""
    _department(world, call.query.get("department_id", ""))
    return {"items": [], "has_more": False}


def departments_batch(world: World, call: Call) -> Json:
    """At most 50 departments; unknown ids are left out."""
    found = (world.people.department(id) for id in _listed(call, "department_ids"))
    return {"items": [_shown_department(world, department, call) for department in found if department]}


def _listed(call: Call, name: str) -> Sequence[str]:
    ids = call.query_lists.get(name, [])
    if not 0 < len(ids) <= _MOST:
        raise invalid(name, f"the max len is {_MOST}" if ids else f"{name} is required")
    return ids


def _texts(body: Any, name: str, *, most: int) -> list[str]:
    values = body.get(name) if isinstance(body, dict) else None
    if values is None:
        return []
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise invalid(name, "a list of texts is needed")
    if len(values) > most:
        raise invalid(name, f"the max len is {most}")
    return values


def _page(call: Call, items: Sequence[Item], show: Callable[[Item], Json]) -> Json:
    """``{items, has_more, page_token?}``; the token is a position."""
    text = call.query.get("page_size") or "10"
    size, start = whole_number(text), whole_number(call.query.get("page_token") or "0")
    if size is None or not 1 <= size <= _MOST:
        raise invalid("page_size", f"the max value is {_MOST}", text)
    if start is None or start < 0:
        raise Refusal(40012, "page token invalid error", status=400)
    end = start + size
    page: Json = {"has_more": end < len(items), "items": [show(item) for item in items[start:end]]}
    return {**page, "page_token": str(end)} if page["has_more"] else page


_USERS = "/open-apis/contact/v3/users"
_DEPARTMENTS = "/open-apis/contact/v3/departments"


def _route(method: str, pattern: str, handler: Any, summary: str, tier: str = "T4") -> Route:
    return Route(method=method, pattern=pattern, handler=handler, summary=summary, tier=tier, rest_style=True)


ROUTES: tuple[Route, ...] = (
    _route("POST", f"{_USERS}/batch_get_id", batch_get_id, "Find people by e-mail or mobile"),
    _route("POST", f"{_USERS}/basic_batch", users_basic, "Names of people", "T6"),
    _route("GET", f"{_USERS}/batch", users_batch, "Several people"),
    _route("GET", f"{_USERS}/find_by_department", find_by_department, "Members of a department"),
    _route("GET", f"{_USERS}/:user_id", user, "One person"),
    _route("GET", f"{_DEPARTMENTS}/batch", departments_batch, "Several departments"),
    _route("GET", f"{_DEPARTMENTS}/parent", parents, "Departments above one", "T9"),
    _route("GET", f"{_DEPARTMENTS}/:department_id/children", children, "Departments below one"),
    _route("GET", f"{_DEPARTMENTS}/:department_id", department, "One department", "T9"),
)
