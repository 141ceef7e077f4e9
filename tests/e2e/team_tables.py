"""A table as a team keeps it: made and filled through the official API, before the plugin was ever there."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from feishu_plugin.demo.narrator import ZONE
from feishu_plugin.demo.stage import Json, Stage, raise_curtain
from feishu_plugin.gateway.http import Feishu
from feishu_plugin.gateway.pacing import Pace
from feishu_plugin.gateway.structure import BaseStructure, create_base

__all__ = ["ZONE", "Json", "Team", "moved_in"]

RECORDS = "/open-apis/bitable/v1/apps/:app_token/tables/:table_id/records"


@dataclass(frozen=True, kw_only=True)
class Team:
    """One base with one table, and the plugin's commands on it."""

    stage: Stage
    feishu: Feishu
    structure: BaseStructure
    table_id: str

    def command(self, *words: str) -> Json:
        return self.stage.command(*words)

    def obeying(self, schema_file: str | None) -> None:
        """From now on every command is told the schema in the team's words, if there is one."""
        if schema_file:
            self.stage.environment = {**self.stage.environment, "FEISHU_PLUGIN_SCHEMA": schema_file}

    def cells(self) -> dict[str, Json]:
        """Every filled cell by record id and column name, as Feishu's legacy list shows them."""
        ids = {"app_token": self.structure.app_token, "table_id": self.table_id}
        page = self.feishu.call("POST", f"{RECORDS}/search", ids=ids, query={"page_size": 500}, body={})
        return {item["record_id"]: item["fields"] for item in page["items"]}

    def names(self) -> dict[str, str]:
        """Column id to name."""
        here = next(table for table in self.structure.live() if table.table_id == self.table_id)
        return {field.field_id: field.name for field in here.fields}

    def options(self, column: str) -> list[str]:
        here = next(table for table in self.structure.live() if table.table_id == self.table_id)
        field = next(field for field in here.fields if field.name == column)
        return [option["name"] for option in field.property["options"]]

    def mapping_file(self) -> Path:
        return self.stage.folder / "adopt-requirement.json"

    def edit_mapping(self, edit: Mapping[str, Json]) -> None:
        """A person reviews the file: column name to what they change."""
        found = json.loads(self.mapping_file().read_text(encoding="utf-8"))
        for column in found["columns"]:
            column.update(edit.get(column["name"], {}))
        self.mapping_file().write_text(json.dumps(found), encoding="utf-8")

    def close(self) -> None:
        self.feishu.close()
        self.stage.close()


def moved_in(name: str, fields: Sequence[Json], rows: Sequence[Json]) -> Team:
    """A sandbox with a base that holds this table."""
    stage = raise_curtain()
    try:
        return _furnished(stage, name, fields, rows)
    except BaseException:
        stage.close()
        raise


def _furnished(stage: Stage, name: str, fields: Sequence[Json], rows: Sequence[Json]) -> Team:
    ready = stage.sandbox.ready
    feishu = Feishu(ready["base_url"], ready["app_id"], ready["app_secret"], pace=Pace(limited=False))
    app_token, _ = create_base(feishu, "我们的多维表格", "Asia/Shanghai")
    structure = BaseStructure(feishu, app_token, new=True)
    table_id = structure.create_table(name, "表格", fields[:1])
    for field in fields[1:]:
        structure.create_field(table_id, field)
    ids = {"app_token": app_token, "table_id": table_id}
    body = {"records": [{"fields": row} for row in rows]}
    if rows:
        feishu.call("POST", f"{RECORDS}/batch_create", ids=ids, body=body)
    stage.environment = {**stage.environment, "FEISHU_BASE_TOKEN": app_token}
    return Team(stage=stage, feishu=feishu, structure=structure, table_id=table_id)
