"""What a check found, and how it is printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Status = Literal["ok", "warning", "failed", "unproven"]

SIGNS: dict[Status, str] = {"ok": "✓", "warning": "!", "failed": "✗", "unproven": "?"}
WORDS: dict[Status, str] = {
    "ok": "正常 ok",
    "warning": "注意 warning",
    "failed": "失败 failed",
    "unproven": "无法证实 not provable",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at; Chinese with English beside it."""

    status: Status
    evidence: str
    """What was seen."""
    fix: str = ""
    """What to do, where in the console, with which command; empty when all is well."""

    @classmethod
    def ok(cls, evidence: str) -> "Finding":
        """All is well."""
        return cls(status="ok", evidence=evidence)

    @classmethod
    def warning(cls, evidence: str, fix: str) -> "Finding":
        """It works, but not as well as it could, or not for long."""
        return cls(status="warning", evidence=evidence, fix=fix)

    @classmethod
    def failed(cls, evidence: str, fix: str) -> "Finding":
        """Something does not work."""
        return cls(status="failed", evidence=evidence, fix=fix)

    @classmethod
    def unproven(cls, evidence: str, fix: str) -> "Finding":
        """Nobody told; ``fix`` says where a person can look."""
        return cls(status="unproven", evidence=evidence, fix=fix)


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """Everything that ``doctor`` found: key, title and findings of each check, in order."""

    found: Sequence[tuple[str, str, Sequence[Finding]]]
    console: str
    """Address of the app in the developer console."""

    @property
    def has_failed(self) -> bool:
        """True when something does not work."""
        return bool(self.count("failed"))

    def count(self, status: Status) -> int:
        """How many findings have this result."""
        return sum(one.status == status for _, _, findings in self.found for one in findings)

    @property
    def data(self) -> dict[str, Any]:
        """``{"ok", "console", "findings": [{"check", "title", "status", "evidence", "fix"}]}``."""
        findings = [
            {"check": key, "title": title, "status": one.status, "evidence": one.evidence, "fix": one.fix}
            for key, title, findings in self.found
            for one in findings
        ]
        return {"ok": not self.has_failed, "console": self.console, "findings": findings}

    @property
    def text(self) -> str:
        """A line for each result, its evidence and, where something is to be done, what."""
        lines = [line for _, title, findings in self.found for one in findings for line in _lines(title, one)]
        sums = "，".join(f"{SIGNS[status]} {words} {self.count(status)}" for status, words in WORDS.items())
        return "\n".join(
            [*lines, "", f"开发者后台 developer console: {self.console}", f"结果 result: {sums}"]
        )


def _lines(title: str, finding: Finding) -> list[str]:
    lines = [f"{SIGNS[finding.status]} {title}: {_indented(finding.evidence)}"]
    if finding.fix:
        lines.append(f"    处理 fix: {_indented(finding.fix)}")
    return lines


def _indented(text: str) -> str:
    return text.replace("\n", "\n      ")
