"""A sandbox that is stopped sends those away who wait for something, and ends without a word."""

import json
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.looking import looks


@pytest.mark.parametrize("waiting", ["news?after=0&timeout_s=50", "clock?after=0&timeout_s=50"])
def test_whoever_waits_is_answered_when_it_stops(waiting: str) -> None:
    command = [sys.executable, "-m", "feishu_plugin.sandbox", "--port", "0", "--print-json"]
    pipe = subprocess.PIPE
    with (
        ThreadPoolExecutor(1) as pool,
        subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as process,
    ):
        assert process.stdout is not None
        control = json.loads(process.stdout.readline())["base_url"] + "/_sandbox"
        answer = pool.submit(requests.get, f"{control}/{waiting}", timeout=60)
        for _ in looks():
            if answer.running() and requests.get(f"{control}/stats", timeout=9).ok:
                break
        process.send_signal(signal.SIGINT)
        try:
            _, said = process.communicate(timeout=30)
        finally:
            process.kill()

        assert answer.result().status_code == 200
        assert (process.returncode, said) == (130, "")
