"""One archived requirement as the text that keeps it whole, and back; pure.

Columns of 历史需求数据表 are for people. What a restore and the reports go by is this text: every
value by its stable key, what teams added by name, and which rows pointed at the requirement.
JSON has no dates, hyperlinks or lists apart from texts, so they say what they are: ``{"at": ISO}``,
``{"text", "link"}``, a list.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from feishu_plugin.errors import ArchivedRowError
from feishu_plugin.language import Phrase
from feishu_plugin.records import Record, Requirement, Url, Value, Values

ARCHIVED = "requirement:archived"
"""Where the accepted state of archived requirements is kept, by the record id they had."""
VERSION = 1
LONGEST = 100_000
"""Characters that Feishu takes in a cell; a longer text is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """A cell of a column that a team added: people know it by its name, options are names, too."""

    key: str
    """Made from the column's id."""
    type: str
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Everything a requirement was when it left the register."""

    record: Record
    """With the id that it had in the register."""
    own: Mapping[str, Own] = field(default_factory=dict)
    """By column name."""
    linked_from: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """``table.field`` to the record ids whose links pointed at it."""

    @property
    def requirement(self) -> Requirement:
        """As the reports read it."""
        return Requirement.of(self.record)

    @property
    def text(self) -> str:
        """The same content always gives the same text."""
        record = self.record
        body = {
            "version": VERSION,
            "record_id": record.record_id,
            "created": [_plain(record.created_at), record.created_by],
            "modified": [_plain(record.modified_at), record.modified_by],
            "fields": {key: _plain(value) for key, value in record.values.items() if value is not None},
            "own": {name: [one.key, one.type, _plain(one.value)] for name, one in self.own.items()},
            "linked_from": {path: sorted(ids) for path, ids in self.linked_from.items() if ids},
        }
        text = json.dumps(body, ensure_ascii=False, sort_keys=True)
        # People do paste half an emoji, which no request can carry as it is.
        return text.encode("utf-8", "backslashreplace").decode()


def checksum(text: str) -> str:
    """Tells two texts apart."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def content_of(row: Record) -> Content:
    """What a row of 历史需求数据表 keeps; ArchivedRowError, in plain words, when somebody altered it."""
    text, number = str(row.get("content") or ""), row.get("number") or row.record_id
    if checksum(text) != row.get("checksum"):
        raise ArchivedRowError(
            Phrase(
                f"{number}：历史需求数据表的「完整内容」被改动过；请用该行的修改历史恢复这一格，或从导出还原",
                f"{number}: its whole content in 历史需求数据表 was altered; "
                "put the cell back from the history of the row, or restore it from an export",
            )
        )
    try:
        return _content(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ArchivedRowError(
            Phrase(
                f"{number}：这一版读不了「完整内容」；请升级",
                f"{number}: its whole content cannot be read by this version; upgrade",
            )
        ) from None


def requirement_in(row: Record) -> Requirement:
    """The requirement of a row for the reports: of an altered row what its columns show."""
    try:
        return content_of(row).requirement
    except ArchivedRowError:
        moments = (row.get(key) for key in ("created_at", "modified_at"))
        created, modified = (at if isinstance(at, datetime) else None for at in moments)
        origin = str(row.get("origin") or row.record_id)
        return Requirement(record_id=origin, values=row.values, created_at=created, modified_at=modified)


def _content(body: Mapping[str, Any]) -> Content:
    (created_at, created_by), (modified_at, modified_by) = body["created"], body["modified"]
    values: Values = {key: _typed(value) for key, value in body["fields"].items()}
    record = Record(
        record_id=str(body["record_id"]),
        values=values,
        created_at=_moment(created_at),
        created_by=created_by,
        modified_at=_moment(modified_at),
        modified_by=modified_by,
    )
    own = {name: Own(key=key, type=type, value=_typed(v)) for name, (key, type, v) in body["own"].items()}
    linked = {path: tuple(ids) for path, ids in body["linked_from"].items()}
    return Content(record=record, own=own, linked_from=linked)


def _plain(value: Value) -> Any:
    match value:
        case datetime():
            return {"at": value.astimezone(UTC).isoformat()}
        case Url(text, link):
            return {"text": text, "link": link}
        case tuple():
            return list(value)
    return value


def _typed(value: Any) -> Value:
    match value:
        case {"at": at}:
            return datetime.fromisoformat(at)
        case {"text": text, "link": link}:
            return Url(text=text, link=link)
        case list():
            return tuple(str(one) for one in value)
        case int() if not isinstance(value, bool):
            return float(value)
        case str() | float() | bool() | None:
            return value
    raise ValueError(f"no value: {value!r}")


def _moment(value: Any) -> datetime | None:
    found = _typed(value)
    return found if isinstance(found, datetime) else None
