"""``make audit``: a known vulnerability fails, silence of the service does not, and both are said."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

AUDIT = Path(__file__).parents[1] / ".ci" / "audit.py"
FINE = {"name": "jinja2", "version": "3.1.6", "vulns": []}
BAD = {
    "name": "urllib3",
    "version": "1.0",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.8.0"]}, {"id": "PYSEC-2", "fix_versions": []}],
}
SKIPPED = {"name": "odd", "skip_reason": "no such package"}
OFFLINE = "Traceback …\nrequests.exceptions.ConnectionError: Max retries exceeded"


def audited(tmp_path: Path, answer: str, said: str = "") -> tuple[int, str]:
    """Exit code and words, with a stand-in that answers so for pip-audit."""
    program = f"import sys; sys.stdout.write({answer!r}); sys.stderr.write({said!r})"
    stand_in = tmp_path / "stand_in.py"
    stand_in.write_text(program, encoding="utf-8")
    words = [sys.executable, AUDIT, "--program", sys.executable, stand_in]
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def report(*found: object) -> str:
    return json.dumps({"dependencies": found, "fixes": []})


def test_nothing_known_is_fine(tmp_path: Path) -> None:
    assert audited(tmp_path, report(FINE)) == (0, "audited 1 packages: no vulnerability is known\n")


def test_every_vulnerability_is_named_and_fails(tmp_path: Path) -> None:
    code, said = audited(tmp_path, report(FINE, BAD))

    assert code == 1
    assert said.splitlines() == [
        "urllib3 1.0: PYSEC-1, mended in 2.8.0",
        "urllib3 1.0: PYSEC-2, mended in no version yet",
    ]


def test_what_could_not_be_asked_about_is_said(tmp_path: Path) -> None:
    code, said = audited(tmp_path, report(FINE, SKIPPED))

    assert (code, said.splitlines()[0]) == (0, "NOT AUDITED: odd")


def test_a_service_that_does_not_answer_stops_nobody_but_is_said(tmp_path: Path) -> None:
    code, said = audited(tmp_path, "", OFFLINE)

    assert code == 0
    assert said.startswith("NOT AUDITED: the vulnerability database cannot be reached")


@pytest.mark.parametrize("answer", ["", "[]", "{}", "nonsense"])
def test_a_fault_of_ours_is_no_silence(tmp_path: Path, answer: str) -> None:
    code, said = audited(tmp_path, answer, "ERROR: requirements.lock: no such file")

    assert (code, said) == (1, "the audit failed: ERROR: requirements.lock: no such file\n")
