"""A stage for whole stories: sandbox and service as processes, people at the official API."""

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

from feishu_plugin.demo.narrator import ZONE
from feishu_plugin.demo.stage import Json, Stage, raise_curtain
from tests.postgres import PostgresServer

WORLD, PLUGIN = "sandbox.sqlite3", "plugin.sqlite3"
MONDAY = datetime(2026, 8, 24, 9, 5, tzinfo=ZONE)


def provisioned() -> Stage:
    """A sandbox on a Monday morning with a provisioned base; nobody watches it yet."""
    kept, base = _made()
    own = shutil.copytree(kept, tempfile.mkdtemp(prefix="feishu-world-"), dirs_exist_ok=True)
    atexit.register(shutil.rmtree, own)
    stage = raise_curtain(world=Path(own) / WORLD)
    shutil.copy(Path(own) / PLUGIN, stage.folder)
    _set_clock(stage)
    stage.remember(deepcopy(base))  # stories add tables of their own
    return stage


@cache
def _made() -> tuple[Path, Json]:
    """Where the sandbox's and the plugin's files of a new base are, and what ``apply`` told of it.

    Provisioning is hundreds of calls, and has tests of its own: here it is done once and copied.
    """
    kept = Path(tempfile.mkdtemp(prefix="feishu-provisioned-"))
    atexit.register(shutil.rmtree, kept)
    stage = raise_curtain(world=kept / WORLD)
    try:
        _set_clock(stage)
        base = stage.provision("端到端")
    finally:
        stage.close()
    shutil.copy(stage.folder / PLUGIN, kept)
    return kept, base


def _set_clock(stage: Stage) -> None:
    stage.session.put(f"{stage.url}/_sandbox/clock", json={"now": MONDAY.isoformat()}, timeout=60)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A module says ``DATABASES = ("sqlite", "postgresql")`` to have its stories played on both."""
    if "stage_database" in metafunc.fixturenames:
        databases = getattr(metafunc.module, "DATABASES", ("sqlite",))
        metafunc.parametrize("stage_database", databases, indirect=True, scope="module")


@pytest.fixture(scope="module")
def stage_database(request: pytest.FixtureRequest) -> str:
    """The URL of an empty PostgreSQL database; empty for the stage's own SQLite file."""
    if request.param == "sqlite":
        return ""
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.fresh()


@pytest.fixture(scope="module")
def stage(stage_database: str) -> Iterator[Stage]:
    """One watched base for the stories of a module."""
    found = provisioned()
    if stage_database:
        found.environment = {**found.environment, "FEISHU_PLUGIN_DATABASE": stage_database}
    try:
        found.serve()
        yield found
    finally:
        found.close()


@pytest.fixture
def unwatched() -> Iterator[Stage]:
    """A provisioned base of a test's own, without a service."""
    found = provisioned()
    try:
        yield found
    finally:
        found.close()
