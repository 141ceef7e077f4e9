"""Starts the mail server of ``tests.smtp`` and reads what it took."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_string
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A mail that the server took."""

    to: str
    tls: bool
    peer: int
    """The client's port: equal ones came over one connection."""
    mail: EmailMessage


@dataclass(slots=True)
class MailServer:
    """A running mail server."""

    folder: Path
    popen: subprocess.Popen[str]
    port: int

    @property
    def address(self) -> str:
        """``host:port``."""
        return f"127.0.0.1:{self.port}"

    def mood(self, **answers: Any) -> None:
        """From now on: ``recipients`` {address: answer}, ``sender``, ``data``, ``greylist``."""
        (self.folder / "mood.json").write_text(json.dumps(answers), encoding="utf-8")

    def taken(self) -> list[Taken]:
        """Every mail so far, oldest first."""
        return [_taken(json.loads(line)) for line in self._lines("mails.jsonl")]

    def seen(self) -> list[str]:
        """``plain`` or ``tls`` and the command, for everything said of a mail."""
        return self._lines("seen.txt")

    def _lines(self, name: str) -> list[str]:
        file = self.folder / name
        return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def _taken(stored: dict[str, Any]) -> Taken:
    mail = message_from_string(stored["content"], policy=SMTP)
    return Taken(to=stored["to"][0], tls=stored["tls"], peer=stored["peer"], mail=mail)


@contextmanager
def mail_server(
    folder: Path, certificate: Path | None = None, mode: str = "plain", *, auth: bool = False
) -> Iterator[MailServer]:
    """A mail server of its own, ended afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mood.json").write_text("{}", encoding="utf-8")
    words = [sys.executable, "-m", "tests.smtp", str(folder), "--mode", mode]
    words += ["--certificate", str(certificate)] if certificate else []
    words += ["--auth"] if auth else []
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT) as popen:
        assert popen.stdout is not None
        try:
            ready = json.loads(popen.stdout.readline())
            yield MailServer(folder, popen, ready["port"])
        finally:
            popen.terminate()
