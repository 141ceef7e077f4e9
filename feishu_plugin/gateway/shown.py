"""What the app is shown of one person: which facts come, and why none do. Asks anew, keeps nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from feishu_plugin.errors import FeishuError, FeishuRefused
from feishu_plugin.gateway.contacts import CONTACT, DEPARTMENT_IDS
from feishu_plugin.gateway.http import Feishu
from feishu_plugin.ports import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One person as Feishu shows them to the app."""

    open_id: str
    refusal: FeishuError | None = None
    """Why the person is not shown at all: unknown, outside 通讯录权限范围, no scope."""
    facts: Json = field(default_factory=dict)
    department: Json | None = None
    """Their first department; None when it is not shown."""

    @property
    def name(self) -> str:
        """Their name, or the open_id where the name is hidden."""
        return str(self.facts.get("name") or self.open_id)

    @property
    def status(self) -> Mapping[str, bool]:
        """Feishu's flags: is_resigned, is_frozen, is_exited …; empty when hidden."""
        return self.facts.get("status") or {}


def shown(feishu: Feishu, open_id: str) -> Shown:
    """The person with this open_id; FeishuUnreachable when nobody answers."""
    try:
        found = feishu.call(
            "GET", f"{CONTACT}/users/:user_id", ids={"user_id": open_id}, query=DEPARTMENT_IDS, tier="T4"
        )["user"]
    except FeishuRefused as error:
        return Shown(open_id=open_id, refusal=error)
    ids = found.get("department_ids") or ()
    return Shown(open_id=open_id, facts=found, department=_department(feishu, ids[0]) if ids else None)


def _department(feishu: Feishu, id: str) -> Json | None:
    path = f"{CONTACT}/departments/:department_id"
    try:
        found: Json = feishu.call("GET", path, ids={"department_id": id}, query=DEPARTMENT_IDS, tier="T4")[
            "department"
        ]
    except FeishuRefused:
        return None
    return found
