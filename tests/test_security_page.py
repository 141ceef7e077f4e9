"""The threat model names its proofs, and they exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def test_every_proof_is_a_file_of_tests() -> None:
    proofs = set(re.findall(r"`(tests/[\w/]+\.py)`", PAGE))

    assert len(proofs) > 20
    assert [proof for proof in sorted(proofs) if not (ROOT / proof).is_file()] == []


def test_every_threat_is_proven_or_said_to_be_open() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and line.count("|") == 4]
    threats = [row.split("|")[1:4] for row in rows if not row.startswith(("| could try", "| ---"))]

    assert len(threats) > 25
    assert [
        who.strip()
        for who, stops, proof in threats
        if not ("tests/" in proof or "the same" in proof or "**" in stops)
    ] == []
