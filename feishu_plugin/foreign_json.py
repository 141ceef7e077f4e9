"""JSON that somebody else wrote: deliveries, files, journals. Parsed within limits; knows no shape.

Python's parser answers text that is nested too deeply or holds an endless number with errors
of other kinds, and what it lets through may still be too deep for whoever walks it later.
"""

import json
from typing import Any

MOST_DEEP = 100
"""Levels of lists and objects; the deepest that we know of (a card with a form) has about fifteen."""


class NotJson(ValueError):
    """The text is no JSON, or none that anything can be done with; ``line`` 0: nowhere in particular."""

    def __init__(self, text: str, line: int = 0) -> None:
        super().__init__(text)
        self.line = line


def parsed(text: str | bytes) -> Any:
    """The value; NotJson says in a few words what is wrong with the text."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise NotJson(error.msg, error.lineno) from error
    except UnicodeDecodeError as error:
        raise NotJson("not UTF-8 text") from error
    except RecursionError as error:
        raise NotJson(_TOO_DEEP) from error
    except ValueError as error:
        raise NotJson("a number has thousands of digits") from error
    _check_depth(found)
    return found


_TOO_DEEP = f"nested more than {MOST_DEEP} levels deep"


def _check_depth(value: Any) -> None:
    level, depth = [value], 0
    while level := [one for one in level if isinstance(one, dict | list)]:
        depth += 1
        if depth > MOST_DEEP:
            raise NotJson(_TOO_DEEP)
        level = [inner for one in level for inner in (one.values() if isinstance(one, dict) else one)]
