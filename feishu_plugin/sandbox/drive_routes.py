"""Document events of one base (subscribe), who may work on it (permission members), its end (delete).

Only somebody who manages the base may do either; 1069603 and 1063002 otherwise.
"""

from typing import Any

from feishu_plugin.sandbox.envelope import Call, Json, Refusal, Route
from feishu_plugin.sandbox.people import Person
from feishu_plugin.sandbox.world import World

_FILE_TYPES = frozenset({"doc", "docx", "sheet", "bitable", "file", "folder", "slides"})
_MEMBER_TYPES = {"openid": "open_id", "unionid": "union_id", "userid": "user_id", "email": "email"}
_RIGHTS = {"edit": "edit", "full_access": "manage"}
_PERMS = {right: perm for perm, right in _RIGHTS.items()}


def _managed_file(world: World, call: Call) -> str:
    """The file_token of a base that the caller manages; otherwise 1069602, 1069604 or 1069603."""
    if call.query.get("file_type") not in _FILE_TYPES:
        raise Refusal(1069602, "param error", status=400)
    file_token = call.params["file_token"]
    if file_token not in world.bases.all or call.query["file_type"] != "bitable":
        raise Refusal(1069604, "not found", status=404)
    if world.bases.owner_right(file_token, call.caller) != "manage":
        raise Refusal(1069603, "forbidden", status=403)
    return file_token


def subscribe(world: World, call: Call) -> Json:
    """Starts all document events of the base for the caller; a second time is no error."""
    world.delivery.subscribe(_managed_file(world, call), call.caller)
    return {}


def get_subscribe(world: World, call: Call) -> Json:
    """``{"is_subscribe": bool}`` for the caller."""
    return {"is_subscribe": world.delivery.is_subscribed(_managed_file(world, call), call.caller)}


def delete_subscribe(world: World, call: Call) -> Json:
    """Ends them; 1069605 when there was no subscription."""
    if not world.delivery.unsubscribe(_managed_file(world, call), call.caller):
        raise Refusal(1069605, "not subscribed", status=400)
    return {}


def delete_file(world: World, call: Call) -> Json:
    """Moves a base to the recycle bin: from then on it answers 91402; only its manager may (1061004)."""
    file_token = call.params["file_token"]
    if call.query.get("type") not in _FILE_TYPES:
        raise Refusal(1061002, "params error.", status=400)
    if call.query["type"] != "bitable" or file_token not in world.bases.all:
        raise Refusal(1061003, "not found.", status=404)
    if world.bases.owner_right(file_token, call.caller) != "manage":
        raise Refusal(1061004, "forbidden.", status=403)
    del world.bases.all[file_token]
    world.bases.collaborators.pop(file_token, None)
    return {"task_id": str(world.clock.now_ms())}


def _managed_base(world: World, call: Call) -> str:
    token = call.params["token"]
    if call.query.get("type") != "bitable" or token not in world.bases.all:
        raise Refusal(1063001, "Invalid parameter", status=400)
    if world.bases.owner_right(token, call.caller) != "manage":
        raise Refusal(1063002, "Permission denied", status=403)
    return token


def add_member(world: World, call: Call) -> Json:
    """``{"member_type","member_id","perm"}``; perm ``edit`` or ``full_access``."""
    token, body = _managed_base(world, call), call.body if isinstance(call.body, dict) else {}
    open_id = _member(world, str(body.get("member_type")), str(body.get("member_id")))
    right = _RIGHTS.get(str(body.get("perm")))
    if right is None:
        raise Refusal(1063001, "Invalid parameter", status=400)
    world.bases.collaborators.setdefault(token, {})[open_id] = "manage" if right == "manage" else "edit"
    shown = {key: body[key] for key in ("member_type", "member_id", "perm")}
    return {"member": {**shown, "perm_type": "container", "type": "user"}}


def list_members(world: World, call: Call) -> Json:
    """The owner and everybody who was added."""
    token = _managed_base(world, call)
    rights = {world.bases.all[token].owner: "manage", **world.bases.collaborators.get(token, {})}
    return {
        "items": [_shown(world.people.get(id), id, right) for id, right in rights.items() if right in _PERMS]
    }


def _shown(person: Person | None, open_id: str, right: str) -> Json:
    return {
        "member_type": "openid",
        "member_id": open_id,
        "perm": _PERMS[right],
        "perm_type": "container",
        "type": "user",
        "name": person.name if person else "",
        "avatar": person.avatar if person else "",
    }


def remove_member(world: World, call: Call) -> Json:
    """Takes somebody's right away; the owner stays."""
    token = _managed_base(world, call)
    open_id = _member(world, call.query.get("member_type", ""), call.params["member_id"])
    if world.bases.collaborators.get(token, {}).pop(open_id, None) is None:
        raise Refusal(1063003, "Invalid operation", status=400)
    return {}


def _member(world: World, member_type: str, member_id: str) -> str:
    id_type = _MEMBER_TYPES.get(member_type)
    if id_type == "open_id" and member_id == world.people.bot_open_id:
        return member_id
    person = world.people.resolve(member_id, id_type) if id_type else None
    if person is None:
        raise Refusal(1063001, "Invalid parameter", status=400)
    return person.open_id


_FILE = "/open-apis/drive/v1/files/:file_token"
_MEMBERS = "/open-apis/drive/v1/permissions/:token/members"


def _route(method: str, pattern: str, handler: Any, tier: str, summary: str) -> Route:
    return Route(method=method, pattern=pattern, handler=handler, summary=summary, tier=tier, rest_style=True)


ROUTES: tuple[Route, ...] = (
    _route("POST", f"{_FILE}/subscribe", subscribe, "T4", "Subscribe to the events of a base"),
    _route("GET", f"{_FILE}/get_subscribe", get_subscribe, "T1", "Ask whether one subscribed"),
    _route("DELETE", f"{_FILE}/delete_subscribe", delete_subscribe, "T1", "End the subscription"),
    _route("DELETE", _FILE, delete_file, "T6", "Delete a base"),
    _route("POST", _MEMBERS, add_member, "T3", "Add a collaborator"),
    _route("GET", _MEMBERS, list_members, "T3", "List collaborators"),
    _route("DELETE", f"{_MEMBERS}/:member_id", remove_member, "T3", "Remove a collaborator"),
)
