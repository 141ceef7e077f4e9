"""The official Python SDK takes the sandbox's Bitable for the real one."""

import json
import subprocess
import sys
from pathlib import Path

from tests.sandbox.conftest import Sandbox


def test_the_official_sdk_creates_searches_and_lists(sandbox: Sandbox) -> None:
    script = Path(__file__).with_name("lark_records.py")
    ready = sandbox.ready
    command = [sys.executable, str(script), sandbox.url, ready["app_id"], ready["app_secret"]]

    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["found"][0][0] == told["created"][1]
    assert told["found"][0][1] == {"Title": [{"text": "b", "type": "text"}], "State": "Done"}
    assert told["found"][0][2].startswith("ou_")
    assert told["listed"] == [2, True, {"Title": "a", "State": "Open"}]
    assert told["fields"] == [["Title", 1], ["State", 3]]
