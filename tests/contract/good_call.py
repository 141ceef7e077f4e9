"""A call that one endpoint accepts, as a value."""

from dataclasses import dataclass, field

from tests.sandbox.conftest import Json

PATH = {
    "app_token": "$app_token",
    "space_id": "$space",
    "table_id": "$table_id",
    "field_id": "$field_amount",
    "record_id": "$record_a",
    "view_id": "$view_id",
    "form_id": "$form_id",
    "role_id": "$role_id",
    "member_id": "$open_id_b",
    "message_id": "$card",
    "image_key": "$image_key",
    "file_token": "$app_token",
    "token": "$app_token",
    "user_id": "$open_id_a",
    "open_id": "$open_id_a",
    "department_id": "$department",
    "dashboard_id": "$dashboard",
    "block_id": "$block",
    "workflow_id": "$workflow",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """What makes one endpoint say yes."""

    query: Json = field(default_factory=dict)
    body: object = None
    form: Json | None = None
    """Text parts of a multipart body."""
    files: dict[str, tuple[str, bytes]] | None = None
    path: dict[str, str] = field(default_factory=dict)
    first: tuple[tuple[str, str, Json], ...] = ()
    """(method, path, body) of what must have been done before."""
    code: int = 0
    """What the answer says when nobody listens for events."""

    def address(self, pattern: str) -> str:
        """The pattern with its parameters, ids still by name."""
        given = {**PATH, **self.path}
        return "/".join(given[part[1:]] if part[:1] == ":" else part for part in pattern.split("/"))

    def arguments(self) -> Json:
        """Query and body as requests takes them, ids still by name."""
        if self.form is not None:
            return {"params": self.query, "data": self.form, "files": self.files}
        return {"params": self.query} if self.body is None else {"params": self.query, "json": self.body}
