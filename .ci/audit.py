"""Asks the open vulnerability database about every locked package, by name and version.

Ends 0 when nothing is known or nobody could be asked (it says which), 1 when something is known
or the lock cannot be read. pip-audit lives in an environment of its own, so that the lock does
not carry it.
"""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
HOME = ROOT / ".audit"
WANTED = "pip-audit>=2.10,<3"
UNREACHABLE = re.compile(r"requests\.exceptions\.\w+|Could not connect|network may be blocking|timed out")
"""What pip-audit says when the service did not answer; anything else is a fault of ours."""


def main() -> int:
    """Reads the command line; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lock", type=Path, default=ROOT / "requirements.lock")
    parser.add_argument("--program", nargs=argparse.REMAINDER, help="(last) instead of our own pip-audit")
    given = parser.parse_args()
    program = given.program or installed()
    if program is None:
        return told("NOT AUDITED: pip-audit cannot be installed here (is there a network?)", 0)
    options = ["-s", "osv", "-f", "json", "--progress-spinner", "off", "--disable-pip", "--no-deps"]
    done = subprocess.run([*program, *options, "-r", given.lock], capture_output=True, text=True, check=False)
    return judged(done.stdout, done.stderr)


def installed() -> list[str] | None:
    """pip-audit, installed when it is not there yet; None when it cannot be had."""
    program = HOME / "bin" / "pip-audit"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", HOME], check=True)
        words = [HOME / "bin" / "pip", "install", "-q", "--disable-pip-version-check", WANTED]
        if subprocess.run(words, capture_output=True, check=False).returncode:
            return None
    return [str(program)]


def judged(answer: str, said: str) -> int:
    """The exit code for what pip-audit answered."""
    try:
        found = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = next(iter(reversed(said.strip().splitlines())), "no answer")
        if UNREACHABLE.search(said):
            return told(f"NOT AUDITED: the vulnerability database cannot be reached ({last[:200]})", 0)
        return told(f"the audit failed: {last}", 1)
    known = [line for one in found for line in lines(one)]
    unknown = [one["name"] for one in found if "skip_reason" in one]
    if found and len(unknown) == len(found):
        return told("NOT AUDITED: the database knows none of the packages", 0)
    if unknown:
        told(f"NOT AUDITED: {', '.join(unknown)}", 0)
    if known:
        return told("\n".join(known), 1)
    return told(f"audited {len(found) - len(unknown)} packages: no vulnerability is known", 0)


def lines(one: dict[str, Any]) -> list[str]:
    """One line for each vulnerability of a package."""
    return [
        f"{one['name']} {one['version']}: {vulnerability['id']}, mended in "
        f"{', '.join(vulnerability['fix_versions']) or 'no version yet'}"
        for vulnerability in one.get("vulns", ())
    ]


def told(text: str, code: int) -> int:
    """Says it and passes the code on."""
    sys.stdout.write(f"{text}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
