"""One sandbox process per module, judged by clients that nobody here wrote."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from tests.contract import node_program
from tests.sandbox.conftest import Sandbox


@contextmanager
def started(*options: str) -> Iterator[Sandbox]:
    """A sandbox process of its own, on a free port."""
    command = [sys.executable, "-m", "feishu_plugin.sandbox", "--port", "0", "--print-json", *options]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process,
        requests.Session() as session,
    ):
        session.trust_env = False
        assert process.stdout is not None
        try:
            yield Sandbox(json.loads(process.stdout.readline()), session)
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    """The module's sandbox: a client of another module can never take its events."""
    with started() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(box: Sandbox) -> Sandbox:
    """A sandbox in its first state, without rate limits."""
    box.reset()
    box.control("PUT", "/switches", json={"rate_limits": False})
    return box


@pytest.fixture(scope="session")
def node() -> str:
    """The node program, the official SDK installed beside the scripts; skips where it cannot be."""
    return node_program.installed()
