"""Log lines for whoever runs the service: on stderr, one line each, never a secret or a whole record.

What the service did is a line of facts under one name (``feishu_plugin.facts``): ``key=value``
in text, the same keys in JSON. ``serve`` writes those lines always, a command with ``-v``.
"""

import json
import logging
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

from feishu_plugin.witness import Fact

Style = Literal["text", "json"]

_TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s"
_QUIET = ("alembic", "urllib3", "uvicorn", "Lark")
_FACTS = logging.getLogger("feishu_plugin.facts")
_COUNTED = frozenset({"event", "settled", "call", "restart"})
"""Too many for lines: they are figures only."""
_MOST = 300
"""Letters of one fact: what people wrote as a reason may be long."""
_PLAIN = re.compile(r"[^\s\"=]+")


def set_up(*, verbose: bool) -> None:
    """INFO with ``-v``, else WARNING; libraries only speak up when something is wrong."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO if verbose else logging.WARNING, force=True)
    shape("text")
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def shape(style: Style) -> None:
    """Lines for people, or one JSON object each."""
    line = _Json() if style == "json" else logging.Formatter(_TEXT)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(line)


def tell_facts() -> None:
    """From now on every fact is a line, ``-v`` or not."""
    _FACTS.setLevel(logging.INFO)


class LogWitness:
    """Writes what happened as lines of facts."""

    def saw(self, what: str, **facts: Fact) -> None:
        """One line, but for what comes in thousands."""
        if what not in _COUNTED and _FACTS.isEnabledFor(logging.INFO):
            found = {"what": what, **{key: _short(value) for key, value in facts.items()}}
            _FACTS.info("%s", _in_words(found), extra={"facts": found})


class _Json(logging.Formatter):
    """``at``, ``level``, ``logger``, then the facts, or ``message`` and the ``cause`` of an error."""

    def format(self, record: logging.LogRecord) -> str:
        facts = getattr(record, "facts", None)
        said: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            **(facts if isinstance(facts, Mapping) else {"message": record.getMessage()}),
        }
        if record.exc_info:
            said["cause"] = self.formatException(record.exc_info)
        return _as_json(said)


def _short(value: Fact) -> Fact:
    return f"{value[:_MOST]}…" if isinstance(value, str) and len(value) > _MOST else value


def _in_words(facts: Mapping[str, Fact]) -> str:
    return " ".join(f"{key}={_quoted(value)}" for key, value in facts.items())


def _quoted(value: Fact) -> str:
    """What has blanks, quotes or line ends is written as JSON: nobody's words can forge a line."""
    text = _writable(str(value))
    return text if _PLAIN.fullmatch(text) else _as_json(text)


def _writable(text: str) -> str:
    """Half a surrogate pair, which people's clients do send, as an escape: no stream takes it."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _as_json(found: object) -> str:
    """On one line, also for programs that take U+2028 and its like for the end of one."""
    text = _writable(json.dumps(found, ensure_ascii=False, default=str))
    return text.translate({ord(end): f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"})
