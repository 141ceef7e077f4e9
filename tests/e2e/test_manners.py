"""The command line on a terminal: bars, colours, languages, Ctrl-C; and its silence everywhere else."""

import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from feishu_plugin.demo.stage import Stage
from tests.e2e.conftest import provisioned
from tests.looking import looks

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-9][0-9;]*m")


@pytest.fixture(scope="module")
def base() -> Iterator[Stage]:
    """A provisioned base that nobody watches; commands look at it, none changes it."""
    stage = provisioned()
    yield stage
    stage.close()


class Terminal:
    """A command whose output goes to a pseudo terminal of 24 lines and 80 columns."""

    def __init__(self, words: Sequence[str], environment: dict[str, str], folder: Path) -> None:
        self._master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (24, 80))
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "feishu_plugin.cli", *words],
            env={"TERM": "xterm-256color", **environment},
            cwd=folder,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self._seen: list[bytes] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def shown(self) -> str:
        """All that was shown so far, with its escapes."""
        return b"".join(self._seen).decode(errors="replace")

    def until(self, text: str) -> None:
        """Waits until this was shown."""
        for _ in looks():
            if text in self.shown() or self.popen.poll() is not None:
                break
        assert text in self.shown()

    def ended(self) -> int:
        """Waits for its end; the exit code."""
        code = self.popen.wait(timeout=60)
        self._reader.join(timeout=60)
        os.close(self._master)
        return code

    def _read(self) -> None:
        try:
            while piece := os.read(self._master, 65536):
                self._seen.append(piece)
        except OSError:
            return  # the other side is gone


@dataclass(frozen=True, slots=True)
class Seen:
    """What a command showed, and its exit code."""

    code: int
    text: str

    @property
    def lines(self) -> list[str]:
        """Without escapes."""
        return ESCAPE.sub("", self.text).splitlines()


def on_terminal(stage: Stage, *words: str, **environment: str) -> Seen:
    terminal = Terminal(words, {**stage.environment, **environment}, stage.folder)
    code = terminal.ended()
    return Seen(code, terminal.shown())


def in_pipes(stage: Stage, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "feishu_plugin.cli", *words],
        env={**stage.environment, **environment},
        cwd=stage.folder,
        capture_output=True,
        text=True,
        check=False,
    )


def slow(stage: Stage, seconds: float) -> None:
    """Every answer of Feishu takes so long from now on; 0: as ever."""
    rule = {"kind": "delay", "route": "*", "delay_ms": 1000 * seconds}
    stage.session.put(f"{stage.url}/_sandbox/faults", json=[rule] if seconds else [], timeout=60)


def asked(stage: Stage) -> int:
    """How many requests the app made so far."""
    found = stage.stats()["requests"]
    return sum(sum(codes.values()) for route, codes in found.items() if "/open-apis/" in route)


def test_status_is_one_screen_with_the_verdict_first_and_colours_on_terminals_only(base: Stage) -> None:
    seen = on_terminal(base, "status", LANG="zh_CN.UTF-8")
    plain = in_pipes(base, "status", TERM="xterm")
    forced = in_pipes(base, "status", FORCE_COLOR="1", FEISHU_PLUGIN_LANGUAGE="zh")
    without = on_terminal(base, "status", NO_COLOR="1")

    assert seen.code == plain.returncode == 1
    assert seen.lines[0] == "不正常：没有进程在处理；请运行 feishu-plugin serve"
    assert len(seen.lines) <= 24
    assert COLOUR.search(seen.text)
    assert plain.stdout.splitlines()[0].startswith("NOT WORKING: no process works on it")
    assert not ESCAPE.search(plain.stdout)
    assert COLOUR.search(forced.stdout)
    assert not COLOUR.search(without.text)


def test_several_bases_get_one_line_each(base: Stage) -> None:
    token = base.environment["FEISHU_BASE_TOKEN"]

    done = in_pipes(base, "status", FEISHU_BASE_TOKEN=f"{token},other")

    assert done.stdout.splitlines()[0] == "NOT WORKING: 2 bases, 2 to look at"
    assert [line.split()[0] for line in done.stdout.splitlines()[1:]] == [token, "other"]


def test_status_asks_nothing_of_feishu(base: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as feishu:
        feishu.setblocking(False)
        url = f"http://127.0.0.1:{feishu.getsockname()[1]}"

        told = json.loads(
            in_pipes(base, "status", "--json", FEISHU_BASE_URL=url, FEISHU_PLUGIN_CLOCK="system").stdout
        )

        with pytest.raises(BlockingIOError):  # nobody is at the door
            feishu.accept()
    assert (told["verdict"], told["worked_on_by"], told["connection"]) == ("down", None, None)


def test_long_work_shows_a_bar_and_ctrl_c_ends_it_in_one_line(base: Stage) -> None:
    slow(base, 1.0)
    try:
        terminal = Terminal(["export", "copy.zip"], {**base.environment, "LANG": "zh_CN"}, base.folder)
        terminal.until("export")  # the bar names the command
        os.killpg(terminal.popen.pid, signal.SIGINT)
        code = terminal.ended()
    finally:
        slow(base, 0)

    last = ESCAPE.sub("", terminal.shown()).strip().splitlines()[-1]
    assert code == 130
    assert "feishu-plugin export 已停止" in last
    assert "没有留下不完整的文件" in last
    assert "Traceback" not in terminal.shown()
    assert not [path for path in base.folder.iterdir() if "copy.zip" in path.name]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_nobody_watching_sees_no_bar_and_a_stopped_command_says_how_to_go_on(
    base: Stage, number: int, code: int
) -> None:
    before = asked(base)
    slow(base, 1.0)
    try:
        popen = subprocess.Popen(
            [sys.executable, "-m", "feishu_plugin.cli", "sync"],
            env=dict(base.environment),
            cwd=base.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in looks():
            if asked(base) > before or popen.poll() is not None:
                break
        popen.send_signal(number)
        out, err = popen.communicate(timeout=60)
    finally:
        slow(base, 0)

    assert popen.returncode == code
    assert out == ""
    assert err.strip().startswith("feishu-plugin sync was stopped")
    assert err.strip().endswith("the same command goes on from here and does nothing twice.")
    assert len(err.strip().splitlines()) == 1


def test_a_shell_completes_months_figures_and_bases(base: Stage) -> None:
    def completed(line: str) -> list[str]:
        words = {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1)}
        return in_pipes(base, _FEISHU_PLUGIN_COMPLETE="complete_bash", **words).stdout.split()

    token = base.environment["FEISHU_BASE_TOKEN"]
    assert completed("feishu-plugin sta") == ["status"]
    assert all(re.fullmatch(r"\d{4}-\d\d", one) for one in completed("feishu-plugin report --month ")[:13])
    assert completed("feishu-plugin report --format x") == ["xlsx"]
    assert completed("feishu-plugin report --explain response_") == ["response_rate"]
    assert completed("feishu-plugin adopt --base ") == [token]


def test_json_is_the_same_in_every_language(base: Stage) -> None:
    told = [
        in_pipes(base, "plan", "--offline", "--json", FEISHU_PLUGIN_LANGUAGE=one).stdout
        for one in ("zh", "en")
    ]

    assert json.loads(told[0]) == json.loads(told[1])
