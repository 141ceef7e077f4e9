"""What a check found, and how it is printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from feishu_plugin.language import Phrase

Status = Literal["ok", "warning", "failed", "unproven"]

SIGNS: dict[Status, str] = {"ok": "✓", "warning": "!", "failed": "✗", "unproven": "?"}
WORDS: dict[Status, Phrase] = {
    "ok": Phrase("正常", "ok"),
    "warning": Phrase("注意", "warning"),
    "failed": Phrase("失败", "failed"),
    "unproven": Phrase("无法证实", "not provable"),
}
Words = Phrase | str
"""In both languages; a plain text is for all: names, versions, addresses, places in the console."""
_COLON, _COMMA = Phrase("：", ": "), Phrase("，", ", ")
_FIX, _RESULT = Phrase("处理：", "fix: "), Phrase("结果：", "result: ")
_CONSOLE = Phrase("开发者后台：", "developer console: ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    status: Status
    evidence: Words
    """What was seen."""
    fix: Words = ""
    """What to do, where in the console, with which command; empty when all is well."""

    @classmethod
    def ok(cls, evidence: Words) -> "Finding":
        """All is well."""
        return cls(status="ok", evidence=evidence)

    @classmethod
    def warning(cls, evidence: Words, fix: Words) -> "Finding":
        """It works, but not as well as it could, or not for long."""
        return cls(status="warning", evidence=evidence, fix=fix)

    @classmethod
    def failed(cls, evidence: Words, fix: Words) -> "Finding":
        """Something does not work."""
        return cls(status="failed", evidence=evidence, fix=fix)

    @classmethod
    def unproven(cls, evidence: Words, fix: Words) -> "Finding":
        """Nobody told; ``fix`` says where a person can look."""
        return cls(status="unproven", evidence=evidence, fix=fix)


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """Everything that ``doctor`` found: key, title and findings of each check, in order."""

    found: Sequence[tuple[str, Phrase, Sequence[Finding]]]
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
        """``{"ok", "console", "findings": [{"check", "title", "status", "evidence", "fix"}]}``.

        Title, evidence and fix are ``{"zh", "en"}``; fix is None when all is well.
        """
        findings = [
            {
                "check": key,
                "title": _in_both(title),
                "status": one.status,
                "evidence": _in_both(one.evidence),
                "fix": _in_both(one.fix) if one.fix else None,
            }
            for key, title, findings in self.found
            for one in findings
        ]
        return {"ok": not self.has_failed, "console": self.console, "findings": findings}

    @property
    def text(self) -> str:
        """A line for each result, its evidence and, where something is to be done, what."""
        lines = [line for _, title, findings in self.found for one in findings for line in _lines(title, one)]
        sums = [f"{SIGNS[status]} {words} {self.count(status)}" for status, words in WORDS.items()]
        told = f"{_CONSOLE}{self.console}\n{_RESULT}{str(_COMMA).join(sums)}"
        return "\n".join([*lines, "", told])


def _lines(title: Phrase, finding: Finding) -> list[str]:
    lines = [f"{SIGNS[finding.status]} {title}{_COLON}{_indented(finding.evidence)}"]
    if finding.fix:
        lines.append(f"    {_FIX}{_indented(finding.fix)}")
    return lines


def _indented(text: Words) -> str:
    return str(text).replace("\n", "\n      ")


def _in_both(text: Words) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en} if isinstance(text, Phrase) else {"zh": text, "en": text}
