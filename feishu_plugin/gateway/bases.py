"""What Feishu says of a base itself."""

from dataclasses import dataclass

from feishu_plugin.gateway.http import Feishu
from feishu_plugin.gateway.structure import BASE


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseFacts:
    """Name and IANA time zone; the zone is empty where Feishu does not tell it."""

    name: str
    time_zone: str


def base_facts(feishu: Feishu, app_token: str) -> BaseFacts:
    """Asks for the facts of a base; FeishuError 91402 when there is none."""
    app = feishu.call("GET", BASE, ids={"app_token": app_token}, tier="T8")["app"]
    return BaseFacts(name=str(app.get("name") or ""), time_zone=str(app.get("time_zone") or ""))
