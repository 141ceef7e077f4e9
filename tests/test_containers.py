"""The container files name settings, secrets, commands and files that exist; no container is built here."""

import re
from pathlib import Path
from typing import Any

import pytest
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


REPLICAS, ALONE = "compose.yaml", "compose.sqlite.yaml"
COPY = re.compile(r"^COPY (?:--from=(?P<stage>\S+) )?(?P<names>.+) (?P<target>\S+)$", re.MULTILINE)


def compose(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))
    return found


def dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [REPLICAS, ALONE])
def test_the_service_gets_only_settings_that_exist(name: str) -> None:
    plugin = compose(name)["services"]["plugin"]
    hidden = SECRET if name == REPLICAS else SECRET - {"FEISHU_PLUGIN_DATABASE"}

    assert set(plugin["environment"]) <= SETTINGS
    assert plugin["command"][0] in COMMANDS
    assert set(plugin["environment"]).isdisjoint(hidden), "those come from files"


def test_two_replicas_share_a_database() -> None:
    plugin = compose(REPLICAS)["services"]["plugin"]

    assert plugin["deploy"]["replicas"] == 2
    assert plugin["depends_on"] == {"database": {"condition": "service_healthy"}}


def test_one_replica_keeps_its_file_in_a_volume_that_the_image_lets_it_write() -> None:
    found = compose(ALONE)
    plugin = found["services"]["plugin"]
    folder = str(Path(plugin["environment"]["FEISHU_PLUGIN_DATABASE"].removeprefix("sqlite:///")).parent)

    assert "deploy" not in plugin
    assert list(found["services"]) == ["plugin"]
    assert plugin["volumes"] == [f"{next(iter(found['volumes']))}:{folder}"]
    assert f"-o plugin -g plugin {folder}" in dockerfile()
    assert plugin["read_only"] is True


@pytest.mark.parametrize("name", [REPLICAS, ALONE])
def test_every_secret_is_a_file_named_as_its_setting_and_kept_out_of_git_and_image(name: str) -> None:
    found = compose(name)
    named = {name for one in found["services"].values() for name in one["secrets"]}

    assert named == set(found["secrets"])
    assert {name.upper() for name in named - _OF_POSTGRES} <= SETTINGS
    assert {one["file"] for one in found["secrets"].values()} == {f"./secrets/{name}" for name in named}
    for ignored in (".gitignore", ".dockerignore"):
        lines = (ROOT / ignored).read_text(encoding="utf-8").splitlines()
        assert {line.strip("/") for line in lines} >= {"secrets", ".env"}


def test_the_image_copies_what_is_there() -> None:
    copied = [
        name for one in COPY.finditer(dockerfile()) if not one["stage"] for name in one["names"].split()
    ]

    assert copied
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_the_image_is_made_in_stages_and_holds_the_page_and_no_root() -> None:
    text = dockerfile()
    stages = re.findall(r"^FROM \S+ AS (\w+)$", text, re.MULTILINE)
    taken = {one["stage"]: one["names"] for one in COPY.finditer(text) if one["stage"]}
    last = text.rpartition("\nFROM ")[2]

    assert stages == ["page", "packages"] == list(taken)
    assert taken["page"] == "/src/feishu_plugin/sandbox/built"
    assert "outDir: '../feishu_plugin/sandbox/built'" in (ROOT / "page/vite.config.ts").read_text("utf-8")
    assert re.search(r"^USER plugin$", last, re.MULTILINE)
    assert "--require-hashes" in text
    assert "npm ci" in text


def test_what_was_built_here_stays_out_of_the_image() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()

    assert {"page/node_modules", "feishu_plugin/sandbox/built"} <= set(ignored)
