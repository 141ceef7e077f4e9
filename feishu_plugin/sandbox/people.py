"""Who works in the sandbox's company: people, departments and the bot.

Ids are derived from the app id and the e-mail address, so a restart with the same app
keeps them, and another app sees other open_ids (as on the real platform).
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from feishu_plugin.sandbox.envelope import Json

ROOT_DEPARTMENT = "0"

DEFAULT_USERS: tuple[Json, ...] = (
    {
        "name": "林晓岚",
        "en_name": "Lin Xiaolan",
        "department": "客服",
        "leads": True,
        "job_title": "客服主管",
    },
    {"name": "周子墨", "en_name": "Zhou Zimo", "department": "客服", "job_title": "客服专员"},
    {
        "name": "陈思远",
        "en_name": "Chen Siyuan",
        "department": "产品",
        "leads": True,
        "job_title": "产品负责人",
    },
    {"name": "许安然", "en_name": "Xu Anran", "department": "产品", "job_title": "产品经理"},
    {
        "name": "赵启明",
        "en_name": "Zhao Qiming",
        "department": "研发",
        "leads": True,
        "job_title": "研发负责人",
    },
    {"name": "高若溪", "en_name": "Gao Ruoxi", "department": "研发", "job_title": "研发工程师"},
    {
        "name": "沈国栋",
        "en_name": "Shen Guodong",
        "department": "管理部",
        "leads": True,
        "job_title": "总经理",
    },
)
"""Six people of three departments and the manager; all invented."""
_MANAGEMENT = "管理部"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One member of the tenant, with every id Feishu knows them by."""

    name: str
    en_name: str
    open_id: str
    union_id: str
    user_id: str
    internal_id: str
    """The number that stands as ``userId`` in event values; no API takes it."""
    email: str
    mobile: str
    avatar: str
    department_ids: tuple[str, ...]
    """open_department_id values."""
    leader_user_id: str
    """open_id of the direct leader; empty for whoever leads all."""
    job_title: str
    chat_id: str
    """The chat between this person and the bot."""
    user_access_token: str
    token_expires_s: float | None = None
    """When the user token ends (seconds since the epoch); None never."""
    is_frozen: bool = False
    is_resigned: bool = False
    available: bool = True
    """False: outside the bot's availability, so a message is refused with 230013."""

    def id_as(self, id_type: str) -> str:
        """The id in the asked kind: ``open_id``, ``union_id`` or ``user_id``."""
        return str(getattr(self, id_type))

    def ids(self) -> dict[str, str]:
        """The three ids together, as events carry them."""
        return {"union_id": self.union_id, "user_id": self.user_id, "open_id": self.open_id}

    @property
    def status(self) -> dict[str, bool]:
        """The five flags of the contact API."""
        return {
            "is_frozen": self.is_frozen,
            "is_resigned": self.is_resigned,
            "is_activated": True,
            "is_exited": False,
            "is_unjoin": False,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """One department; all hang directly below the root ``0``."""

    name: str
    department_id: str
    open_department_id: str
    leader_open_id: str
    chat_id: str

    def id_as(self, id_type: str) -> str:
        """The id in the asked kind: ``department_id`` or ``open_department_id``."""
        return self.department_id if id_type == "department_id" else self.open_department_id


class People:
    """Everybody of the tenant, found by any id. ``app_id`` seeds the open_ids."""

    def __init__(self, app_id: str, users: Sequence[Json] = DEFAULT_USERS) -> None:
        self._app_id = app_id
        self.bot_open_id = f"ou_{_digest(app_id, 'bot')}"
        self.departments = _departments(app_id, users)
        self._users = list(users)
        self.reset()

    def reset(self) -> None:
        """Everybody as the users file has them."""
        people = [self._read(user, number) for number, user in enumerate(self._users, start=1)]
        self._people = {person.open_id: person for person in people}

    def _read(self, user: Json, number: int) -> Person:
        name = str(user["name"])
        email = _email(user)
        department = next(d for d in self.departments if d.name == user.get("department", _MANAGEMENT))
        leader = department.leader_open_id
        open_id = _open_id(self._app_id, user)
        if leader == open_id:
            leader = next((d.leader_open_id for d in self.departments if d.name == _MANAGEMENT), "")
        return Person(
            name=name,
            en_name=str(user.get("en_name", name)),
            open_id=open_id,
            union_id=str(user.get("union_id") or f"on_{_digest('union', email)}"),
            user_id=str(user.get("user_id") or _digest("user", email)[:8]),
            internal_id=str(7524000000000000000 + int(_digest("internal", email)[:12], 16)),
            email=email,
            mobile=str(user.get("mobile") or f"+861380000{number:04d}"),
            avatar=str(user.get("avatar") or f"https://avatar.example.com/{_digest(email)[:12]}_72x72.png"),
            department_ids=(department.open_department_id,),
            leader_user_id="" if leader == open_id else leader,
            job_title=str(user.get("job_title", "")),
            chat_id=f"oc_{_digest(self._app_id, 'chat', email)}",
            user_access_token=str(user.get("user_access_token") or f"u-{_digest(self._app_id, 'u', email)}"),
            **_flags(user),
        )

    def everybody(self) -> list[Person]:
        """All people, in the order of the users file."""
        return list(self._people.values())

    def get(self, open_id: str) -> Person | None:
        """The person with this open_id."""
        return self._people.get(open_id)

    def resolve(self, id: str, id_type: str) -> Person | None:
        """The person with this ``open_id``, ``union_id``, ``user_id`` or ``email``."""
        if id_type == "open_id":
            return self.get(id)
        return next((p for p in self._people.values() if p.id_as(id_type) == id), None)

    def by_token(self, token: str) -> Person | None:
        """The person whose user_access_token this is."""
        return next((p for p in self._people.values() if p.user_access_token == token), None)

    def department(self, id: str) -> Department | None:
        """The department with this department_id or open_department_id."""
        wanted = (d for d in self.departments if id in (d.department_id, d.open_department_id))
        return next(wanted, None)

    def members(self, open_department_id: str) -> list[Person]:
        """Those who belong to the department."""
        return [p for p in self._people.values() if open_department_id in p.department_ids]

    def change(self, open_id: str, **flags: bool) -> Person:
        """Sets ``is_frozen``, ``is_resigned`` or ``available``; raises KeyError for a stranger."""
        changes: dict[str, Any] = dict(flags)
        self._people[open_id] = replace(self._people[open_id], **changes)
        return self._people[open_id]

    def as_json(self) -> list[Json]:
        """What ``--print-json`` tells about each person."""
        return [_printed(person, self.department(person.department_ids[0])) for person in self.everybody()]


def _printed(person: Person, department: Department | None) -> Json:
    return {
        "name": person.name,
        "en_name": person.en_name,
        **person.ids(),
        "email": person.email,
        "mobile": person.mobile,
        "department": department.name if department else "",
        "leader_user_id": person.leader_user_id,
        "user_access_token": person.user_access_token,
    }


def _departments(app_id: str, users: Iterable[Json]) -> tuple[Department, ...]:
    leaders: dict[str, str] = {}
    for user in users:
        name = str(user.get("department", _MANAGEMENT))
        if user.get("leads") or name not in leaders:
            leaders[name] = _open_id(app_id, user)
    return tuple(
        Department(
            name=name,
            department_id=_digest("department", name)[:16],
            open_department_id=f"od-{_digest('open-department', name)}",
            leader_open_id=leader,
            chat_id=f"oc_{_digest('department-chat', name)}",
        )
        for name, leader in leaders.items()
    )


def _flags(user: Json) -> dict[str, Any]:
    names = ("is_frozen", "is_resigned", "available", "token_expires_s")
    return {name: user[name] for name in names if name in user}


def _email(user: Json) -> str:
    spelled = str(user.get("en_name") or _digest(str(user["name"]))[:8])
    return str(user.get("email") or f"{spelled.lower().replace(' ', '.')}@example.com")


def _open_id(app_id: str, user: Json) -> str:
    return str(user.get("open_id") or f"ou_{_digest(app_id, _email(user))}")


def _digest(*parts: str) -> str:
    return hashlib.md5("\0".join(parts).encode(), usedforsecurity=False).hexdigest()
