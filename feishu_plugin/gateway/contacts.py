"""Who is who in the tenant: names, departments, leaders and roles; read only, cached.

It knows nobody's rights; which role may do what is policy. Facts: contact v3. A field scope
that the app lacks drops the field silently, so every field is optional here.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from feishu_plugin.errors import FeishuError
from feishu_plugin.gateway.http import Feishu
from feishu_plugin.ports import Json
from feishu_plugin.records import Person

CONTACT = "/open-apis/contact/v3"
DEPARTMENT_IDS = {"user_id_type": "open_id", "department_id_type": "open_department_id"}
ROOT = "0"
EMAILS_A_CALL = 50
REMEMBERED_S = 3600.0
"""How long a person or department is believed; people move rarely, the calls are counted."""
NOT_SHOWN = (range(40000, 50000), range(99992351, 99992365), (99991672, 99991679))
"""Contact's own refusals (unknown, out of range), unknown ids, missing scopes."""
DEEPEST = 20
"""Departments above a person; a guard against a tree that Feishu gives as a circle."""

T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Department:
    name: str
    leaders: tuple[str, ...]
    parent: str


class Contacts:
    """``ports.People``. ``roles`` maps department names to role keys (``{"客服": "support"}``)."""

    def __init__(self, feishu: Feishu, roles: Mapping[str, str]) -> None:
        self._feishu, self._roles = feishu, roles
        self._people: dict[str, tuple[float, Person]] = {}
        self._departments: dict[str, tuple[float, _Department | None]] = {}
        self._lock = threading.RLock()

    def person(self, open_id: str) -> Person:
        """The person; without name, departments and roles when Feishu knows or shows none.

        Raises FeishuError when Feishu gives no answer about people (network, quota): judging
        somebody as without roles because a call failed would undo what they may do.
        """
        return self._remembered(self._people, open_id, self._fetch_person)

    def forget(self) -> None:
        """Asks Feishu again for everybody."""
        with self._lock:
            self._people.clear()
            self._departments.clear()

    def by_email(self, emails: Sequence[str]) -> Mapping[str, str]:
        """E-mail address to open_id, for those that Feishu knows (not enterprise mailboxes)."""
        found: dict[str, str] = {}
        for start in range(0, len(emails), EMAILS_A_CALL):
            users = self._feishu.call(
                "POST",
                f"{CONTACT}/users/batch_get_id",
                query={"user_id_type": "open_id"},
                body={"emails": list(emails[start : start + EMAILS_A_CALL])},
                tier="T4",
                repeatable=True,
            )
            known = (user for user in users.get("user_list") or () if user.get("user_id"))
            found.update({user["email"]: user["user_id"] for user in known})
        return found

    def bot_open_id(self) -> str:
        """The app's own open_id, which stands as operator of its own writes; empty without a bot."""
        answer = self._feishu.call("GET", "/open-apis/bot/v3/info", tier="T4", raw=True)
        return str((answer.get("bot") or {}).get("open_id") or "")

    def _fetch_person(self, open_id: str) -> Person:
        user = self._get(f"{CONTACT}/users/:user_id", {"user_id": open_id}, "user")
        if user is None:
            return Person(open_id=open_id)
        departments = list(self._chain(user.get("department_ids") or ()))
        names = tuple(dict.fromkeys(department.name for department in departments if department.name))
        return Person(
            open_id=open_id,
            name=user.get("name") or "",
            departments=names,
            leader=user.get("leader_user_id") or None,
            leads=tuple(dict.fromkeys(d.name for d in departments if d.name and open_id in d.leaders)),
            roles=self._roles_of(names),
            email=user.get("email") or user.get("enterprise_email") or "",
            active=_is_active(user.get("status") or {}),
        )

    def _roles_of(self, departments: Sequence[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._roles[name] for name in departments if name in self._roles))

    def _chain(self, ids: Sequence[str]) -> Iterator[_Department]:
        """The departments and those above them, nearest first."""
        for start in ids:
            id = start
            for _ in range(DEEPEST):
                department = self._department(id)
                if department is None:
                    break
                yield department
                id = department.parent

    def _department(self, id: str) -> _Department | None:
        if id in ("", ROOT):
            return None
        return self._remembered(self._departments, id, self._fetch_department)

    def _fetch_department(self, id: str) -> _Department | None:
        found = self._get(f"{CONTACT}/departments/:department_id", {"department_id": id}, "department")
        if found is None:
            return None
        leaders = [leader.get("leaderID") for leader in found.get("leaders") or ()]
        return _Department(
            name=found.get("name") or "",
            leaders=tuple(id for id in (found.get("leader_user_id"), *leaders) if id),
            parent=found.get("parent_department_id") or ROOT,
        )

    def _get(self, path: str, ids: Mapping[str, str], name: str) -> Json | None:
        """The object, None when it is unknown, outside the contact range or without scope."""
        try:
            found: Json = self._feishu.call("GET", path, ids=ids, query=DEPARTMENT_IDS, tier="T4")[name]
        except FeishuError as error:
            if not any(error.code in codes for codes in NOT_SHOWN):
                raise
            log.warning("contact data is not readable: %s", error)
            return None
        return found

    def _remembered(self, memory: dict[str, tuple[float, T]], id: str, fetch: Callable[[str], T]) -> T:
        now = self._feishu.pace.now()
        with self._lock:
            known = memory.get(id)
        if known is not None and now < known[0]:
            return known[1]
        fetched = fetch(id)
        with self._lock:
            memory[id] = (now + REMEMBERED_S, fetched)
        return fetched


def _is_active(status: Mapping[str, bool]) -> bool:
    """False for those who left or are frozen; a person whose status is hidden counts as active."""
    return not any(status.get(flag) for flag in ("is_resigned", "is_frozen", "is_exited"))
