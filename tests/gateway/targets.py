"""What the long connection's child is given in tests: it writes every delivery into a file."""

import json
from pathlib import Path

from feishu_plugin.errors import MalformedEvent
from feishu_plugin.gateway.receiving import Accept, Reject
from tests.gateway.samples import Json


def into_file(path: str, refuse_first: bool = False) -> tuple[Accept, Reject]:
    """Appends each envelope as a line; presses of buttons get a toast; a "mend me" value is malformed."""
    file = Path(path)

    def write(line: object) -> None:
        with file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(line, ensure_ascii=False) + "\n")

    def accept(envelope: Json) -> Json | None:
        if refuse_first and not file.exists():
            file.touch()
            raise OSError("the disk is full")
        if "malformed" in json.dumps(envelope):
            raise MalformedEvent("as asked")
        write(envelope)
        is_press = envelope["header"]["event_type"] == "card.action.trigger"
        return {"toast": {"type": "success", "content": "已保存"}} if is_press else None

    def reject(raw: str, cause: str) -> None:
        write({"raw": raw, "cause": cause})

    return accept, reject


def broken() -> tuple[Accept, Reject]:
    """A target that cannot be built."""
    raise RuntimeError("no database")
