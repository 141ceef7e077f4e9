"""One refusal as a row of a table: what is sent and what Feishu answers to it."""

from dataclasses import dataclass, field
from typing import Any

from tests.sandbox.bitable import API
from tests.sandbox.conftest import Json

APP = f"{API}/apps/$app_token"
TABLE = f"{APP}/tables/$table_id"
SPARE = f"{APP}/tables/$spare_table"
RECORDS, FIELDS, VIEWS = f"{TABLE}/records", f"{TABLE}/fields", f"{TABLE}/views"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """``$name`` in path and arguments is an id of the premises."""

    code: int
    status: int
    method: str
    path: str
    arguments: Json = field(default_factory=dict)
    """As requests takes them: json, params, data, files, headers."""
    who: str = ""
    """A person's name; empty is the app."""
    before: tuple[tuple[str, str, Json], ...] = ()
    """(method, path, arguments) of what must have happened; ``/_sandbox/`` paths included."""

    @property
    def name(self) -> str:
        """For the test's id: code, method and the end of the path."""
        return f"{self.code}-{self.method}-{self.path.rsplit('/', 1)[-1].partition('?')[0]}"


def post(code: int, status: int, path: str, body: Any, **more: Any) -> Refused:
    """A POST with a JSON body."""
    return Refused(code=code, status=status, method="POST", path=path, arguments={"json": body}, **more)


def ask(code: int, status: int, method: str, path: str, body: Any = None, **more: Any) -> Refused:
    """Another method, with a JSON body when there is one."""
    arguments = {} if body is None else {"json": body}
    return Refused(code=code, status=status, method=method, path=path, arguments=arguments, **more)


def cell(code: int, field_name: str, value: Any) -> Refused:
    """A record with one wrong value; old-style endpoints answer it with 200."""
    return post(code, 200, RECORDS, {"fields": {field_name: value}})


def made(code: int, status: int, type: object, property: Any = None, **more: Any) -> Refused:
    """A field that cannot be created."""
    body = {"field_name": "New", "type": type, "property": property, **more}
    return post(code, status, FIELDS, body)


def found(code: int, status: int, body: Json) -> Refused:
    """A search that is refused."""
    return post(code, status, f"{RECORDS}/search", body)


def filtered(field_name: str, operator: str, *values: Any) -> Refused:
    """A condition that makes no sense: 1254018."""
    condition = {"field_name": field_name, "operator": operator, "value": list(values)}
    return found(1254018, 200, {"filter": {"conjunction": "and", "conditions": [condition]}})


def switched(**switches: Any) -> tuple[str, str, Json]:
    """Something for ``before``: the sandbox's switches."""
    return ("PUT", "/_sandbox/switches", {"json": switches})
