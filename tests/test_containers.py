"""The container files name settings, secrets, commands and files that exist; no container is built here."""

import re
from pathlib import Path
from typing import Any

import yaml
from pydantic import SecretStr

from feishu_plugin.settings import Settings
from tests.test_readme import COMMANDS

ROOT = Path(__file__).parents[1]
SETTINGS = {str(field.alias) for field in Settings.model_fields.values()}
SECRET = {"FEISHU_PLUGIN_DATABASE"} | {
    str(field.alias) for field in Settings.model_fields.values() if field.annotation is SecretStr
}
_OF_POSTGRES = {"database_password"}


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return found


def test_two_replicas_share_a_database_and_get_only_settings_that_exist() -> None:
    plugin = compose()["services"]["plugin"]

    assert plugin["deploy"]["replicas"] == 2
    assert plugin["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert set(plugin["environment"]) <= SETTINGS
    assert plugin["command"][0] in COMMANDS
    assert set(plugin["environment"]).isdisjoint(SECRET), "those come from files"


def test_every_secret_is_a_file_named_as_its_setting_and_kept_out_of_git_and_image() -> None:
    found = compose()
    named = {name for one in found["services"].values() for name in one["secrets"]}

    assert named == set(found["secrets"])
    assert {name.upper() for name in named - _OF_POSTGRES} <= SETTINGS
    assert {one["file"] for one in found["secrets"].values()} == {f"./secrets/{name}" for name in named}
    for ignored in (".gitignore", ".dockerignore"):
        lines = (ROOT / ignored).read_text(encoding="utf-8").splitlines()
        assert {line.strip("/") for line in lines} >= {"secrets", ".env"}


def test_the_image_copies_what_is_there() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copied = [name for line in re.findall(r"^COPY (.+) \S+$", text, re.MULTILINE) for name in line.split()]

    assert copied
    assert [name for name in copied if not (ROOT / name).exists()] == []
