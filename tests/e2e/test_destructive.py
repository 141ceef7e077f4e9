"""An administrator takes a column out of the file: nothing is lost unnamed, or unsaved."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from feishu_plugin.demo.stage import Stage
from feishu_plugin.schema import default_path

ZHOU = "周子墨"


def with_schema(stage: Stage, change: Callable[[dict[str, Any]], None]) -> None:
    """The team's own schema file from now on."""
    schema = json.loads(default_path().read_text(encoding="utf-8"))
    change(schema)
    file = stage.folder / "team_schema.json"
    file.write_text(json.dumps(schema), encoding="utf-8")
    stage.environment = {**stage.environment, "FEISHU_PLUGIN_SCHEMA": str(file)}


def refused(stage: Stage, *words: str) -> str:
    """What a command says that must fail."""
    done = subprocess.run(
        [sys.executable, "-m", "feishu_plugin.cli", *words],
        env=dict(stage.environment),
        capture_output=True,
        text=True,
        check=False,
        cwd=stage.folder,
    )
    assert done.returncode == 1, done.stdout
    return done.stderr


def drop_remark(schema: dict[str, Any]) -> None:
    requirement = next(table for table in schema["tables"] if table["key"] == "requirement")
    requirement["fields"] = [field for field in requirement["fields"] if field["key"] != "remark"]


def test_a_dropped_column_is_refused_then_exported_and_dropped_by_name(unwatched: Stage) -> None:
    stage = unwatched
    [rid] = stage.create(ZHOU, "requirement", [{"需求标题": "有备注", "备注": "别弄丢我"}])
    with_schema(stage, drop_remark)

    said = refused(stage, "apply")
    assert "--allow-destructive requirement.remark" in said
    assert stage.rows("requirement")[rid]["备注"], "nothing was changed"
    assert "requirement.remak" in refused(stage, "apply", "--allow-destructive", "requirement.remak")

    done = stage.command("apply", "--allow-destructive", "requirement.remark")

    assert "备注" not in stage.rows("requirement")[rid]
    saved = (stage.folder / done["saved"]).resolve()
    assert saved.parent == Path(stage.folder).resolve()
    with ZipFile(saved) as archive:
        name = next(one for one in archive.namelist() if one.startswith("records/"))
        rows = [json.loads(line) for line in archive.read(name).decode().splitlines()]
    kept = next(row for row in rows if row["record_id"] == rid)
    assert "别弄丢我" in json.dumps(kept, ensure_ascii=False)
    assert stage.command("plan")["changes"] == []
