"""A stage for whole stories: sandbox and service as processes, people at the official API."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from feishu_plugin.demo.narrator import ZONE
from feishu_plugin.demo.stage import Stage, raise_curtain

MONDAY = datetime(2026, 8, 24, 9, 5, tzinfo=ZONE)


def provisioned() -> Stage:
    """A sandbox on a Monday morning with a provisioned base; nobody watches it yet."""
    stage = raise_curtain()
    stage.session.put(f"{stage.url}/_sandbox/clock", json={"now": MONDAY.isoformat()}, timeout=60)
    stage.provision("端到端")
    return stage


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """One watched base for the stories of a module."""
    found = provisioned()
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
