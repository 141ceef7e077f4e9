"""What the developer console granted the app: scopes, and whether they were published.

Scopes take effect only with a published version, as on the real platform. A call without one of
the scopes it needs is 99991672; contact data without its field scope is left out in silence.
"""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from feishu_plugin.sandbox.envelope import Caller, Json, Refusal, Route

READ_BASE = ("bitable:app", "bitable:app:readonly")
REQUIRED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("POST */records/search", (*READ_BASE, "base:record:retrieve")),
    ("POST */records/batch_get", (*READ_BASE, "base:record:retrieve")),
    ("GET */records*", (*READ_BASE, "base:record:read", "base:record:retrieve")),
    ("POST */records/batch_update", ("bitable:app", "base:record:update")),
    ("POST */records/batch_delete", ("bitable:app", "base:record:delete")),
    ("POST */records*", ("bitable:app", "base:record:create")),
    ("PUT */records/*", ("bitable:app", "base:record:update")),
    ("DELETE */records/*", ("bitable:app", "base:record:delete")),
    ("GET /open-apis/bitable/*/fields", (*READ_BASE, "base:field:read")),
    ("POST /open-apis/bitable/*/fields", ("bitable:app", "base:field:create")),
    ("PUT /open-apis/bitable/*/fields/*", ("bitable:app", "base:field:update")),
    ("DELETE /open-apis/bitable/*/fields/*", ("bitable:app", "base:field:delete")),
    ("GET */views*", (*READ_BASE, "base:view:read")),
    ("GET */dashboards*", (*READ_BASE, "base:dashboard:read")),
    ("GET */tables", (*READ_BASE, "base:table:read")),
    ("POST */tables*", ("bitable:app", "base:table:create")),
    ("GET /open-apis/bitable/v1/apps/:app_token", (*READ_BASE, "base:app:read")),
    ("GET /open-apis/bitable/*", READ_BASE),
    ("GET /open-apis/base/*", READ_BASE),
    ("* /open-apis/bitable/*", ("bitable:app",)),
    ("* /open-apis/base/*", ("bitable:app",)),
    ("* */subscribe", ("docs:doc", "docs:event:subscribe", "drive:drive", "sheets:spreadsheet")),
    ("* */get_subscribe", ("docs:doc", "docs:event:subscribe", "drive:drive", "sheets:spreadsheet")),
    ("* */delete_subscribe", ("docs:doc", "docs:event:subscribe", "drive:drive", "sheets:spreadsheet")),
    ("* /open-apis/drive/v1/permissions/*", ("docs:permission.member:create", "docs:doc", "drive:drive")),
    ("* /open-apis/drive/v1/files/:file_token", ("drive:drive", "space:document:delete")),
    ("GET /open-apis/drive/v1/medias/*", ("drive:drive", "drive:drive:readonly", *READ_BASE)),
    ("* /open-apis/drive/v1/medias/*", ("drive:drive", "bitable:app")),
    ("GET /open-apis/wiki/v2/spaces/get_node", ("wiki:wiki", "wiki:wiki:readonly", "wiki:node:read")),
    ("GET /open-apis/wiki/v2/spaces", ("wiki:wiki", "wiki:wiki:readonly", "wiki:space:retrieve")),
    ("POST /open-apis/wiki/*", ("wiki:wiki", "wiki:node:create")),
    ("* /open-apis/im/v1/images*", ("im:resource", "im:resource:upload")),
    ("* */urgent_app", ("im:message.urgent", "im:message.urgent:app_send")),
    ("PATCH /open-apis/im/*", ("im:message", "im:message:send_as_bot", "im:message:update")),
    ("GET /open-apis/im/*", ("im:message", "im:message:readonly", "im:chat:readonly")),
    ("* /open-apis/im/*", ("im:message", "im:message:send_as_bot", "im:message:send")),
    ("* /open-apis/cardkit/*", ("cardkit:card:write",)),
    (
        "GET /open-apis/application/v6/applications/*",
        ("application:application:self_manage", "admin:app.info:readonly"),
    ),
    ("* */users/batch_get_id", ("contact:user.id:readonly",)),
    ("* /open-apis/contact/*", ("contact:contact.base:readonly", "contact:contact:readonly_as_app")),
)
"""``METHOD pattern`` globs, first match wins: any one of the scopes is enough."""
CONTACT_FIELDS: Mapping[str, tuple[str, ...]] = {
    "contact:user.base:readonly": ("name", "en_name", "nickname", "avatar", "gender"),
    "contact:user.department:readonly": ("department_ids", "leader_user_id", "orders"),
    "contact:user.email:readonly": ("email", "enterprise_email"),
    "contact:user.phone:readonly": ("mobile", "mobile_visible"),
    "contact:user.employee:readonly": (
        *("job_title", "join_time", "employee_no", "employee_type"),
        *("city", "country", "work_station", "is_tenant_manager"),
    ),
    "contact:user.employee_id:readonly": ("user_id",),
}
"""Keys of a person that come only with the field scope."""

SILENT = (
    *("im:message.p2p_msg:readonly", "im:message.group_at_msg:readonly"),
    *("contact:department.base:readonly", "contact:department.organize:readonly"),
)
"""Scopes of no call: without them an event or a field does not come."""


def every_scope() -> frozenset[str]:
    """The names of all scopes that mean something here."""
    return frozenset([*SILENT, *CONTACT_FIELDS, *(scope for _, scopes in REQUIRED for scope in scopes)])


class Scopes:
    """The scopes asked for and those in force; None is all of them."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Everything granted and published."""
        self.draft: frozenset[str] | None = None
        self.in_force: frozenset[str] | None = None

    def ask(self, scopes: Iterable[str] | None) -> None:
        """Changes the draft; nothing is in force before ``publish``."""
        self.draft = None if scopes is None else frozenset(scopes)

    def publish(self) -> None:
        """Puts the draft in force."""
        self.in_force = self.draft

    def has(self, scope: str) -> bool:
        """True when the scope is in force."""
        return self.in_force is None or scope in self.in_force

    def check(self, route: Route, caller: Caller) -> None:
        """Refuses the app's call of a route whose scopes it has none of (99991672)."""
        if self.in_force is None or caller.kind != "app":
            return
        needed = scopes_of(route)
        if needed and not any(map(self.has, needed)):
            raise _denied(needed)

    def shown_person(self, person: Json) -> Json:
        """The person without the fields whose scope is missing."""
        missing = [scope for scope in CONTACT_FIELDS if not self.has(scope)]
        hidden = {key for scope in missing for key in CONTACT_FIELDS[scope]}
        return {key: value for key, value in person.items() if key not in hidden}

    def as_json(self) -> Json:
        """``{"granted", "draft", "published"}``; null is all."""
        granted, draft = (None if s is None else sorted(s) for s in (self.in_force, self.draft))
        return {"granted": granted, "draft": draft, "published": self.in_force == self.draft}

    def restore(self, kept: Json) -> None:
        """Takes back what ``as_json`` gave."""
        self.ask(kept["granted"])
        self.publish()
        self.ask(kept["draft"])


def scopes_of(route: Route) -> tuple[str, ...]:
    """The scopes of which a route needs one; none for tokens, the bot itself and the sandbox's own."""
    name = f"{route.method} {route.pattern}"
    return next((scopes for glob, scopes in REQUIRED if fnmatchcase(name, glob)), ())


def _denied(needed: tuple[str, ...]) -> Refusal:
    listed = ", ".join(needed)
    msg = f"Access denied. One of the following scopes is required: [{listed}]."
    url = f"https://open.feishu.cn/app/cli/auth?q={','.join(needed)}&op_from=openapi&token_type=tenant"
    extra = {
        "permission_violations": [{"type": "action_scope_required", "subject": scope} for scope in needed],
        "helps": [{"url": url, "description": "点击链接申请并开通任一权限即可"}],
    }
    return Refusal(99991672, msg, status=400, extra=extra)
