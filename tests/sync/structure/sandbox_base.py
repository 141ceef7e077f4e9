"""A base of the sandbox, reached through the gateway: structure, extras and cells."""

from collections.abc import Mapping, Sequence
from typing import Any

from feishu_plugin.gateway.extras import BaseExtras
from feishu_plugin.gateway.http import Feishu
from feishu_plugin.gateway.structure import TABLE, BaseStructure, create_base
from feishu_plugin.ports import Json
from feishu_plugin.sync.structure.live import Base
from tests.sync.structure.fake_extras import FakeIdentities

RECORDS = f"{TABLE}/records"


def new_base(feishu: Feishu) -> BaseStructure:
    """An empty base, made a moment ago."""
    app_token, _ = create_base(feishu, "样库", "Asia/Shanghai")
    return BaseStructure(feishu, app_token, new=True)


def base_of(feishu: Feishu, structure: BaseStructure) -> Base:
    """What ``look`` and ``apply`` are given; nothing is remembered yet."""
    extras = BaseExtras(feishu, structure.app_token)
    return Base(structure=structure, extras=extras, identities=FakeIdentities())


class SandboxCells:
    """``filled.Cells`` of one base."""

    def __init__(self, feishu: Feishu, app_token: str) -> None:
        self._feishu, self._app_token = feishu, app_token

    def add(self, table_id: str, rows: Sequence[Json]) -> list[str]:
        body = {"records": [{"fields": row} for row in rows]}
        made = self._call(f"{RECORDS}/batch_create", table_id, body)["records"]
        return [record["record_id"] for record in made]

    def rows(self, table_id: str) -> Mapping[str, Json]:
        found = self._call(f"{RECORDS}/search", table_id, {}).get("items") or ()
        return {
            row["record_id"]: {
                name: value
                for name, told in row["fields"].items()
                if (value := _in_words(told)) not in (None, [], "")
            }
            for row in found
        }

    def _call(self, path: str, table_id: str, body: Json) -> Json:
        return self._feishu.call(
            "POST", path, ids={"app_token": self._app_token, "table_id": table_id}, body=body
        )


def _in_words(told: Any) -> Any:
    """Text as a text, links as row ids; the rest is plain already."""
    if isinstance(told, dict):
        return told.get("link_record_ids")
    if isinstance(told, list) and told and isinstance(told[0], dict):
        return "".join(part.get("text", "") for part in told)
    return told
