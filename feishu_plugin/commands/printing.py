"""How commands print: answers to standard output, troubles to standard error, colours where they show."""

import json
import sys
from typing import Any

import typer

from feishu_plugin.language import Phrase
from feishu_plugin.terminal import has_colours


def say(found: list[Any], as_json: bool) -> None:
    """Prints what a command found, a line of JSON or a text each."""
    for one in found:
        out(as_text(one.data) if as_json else one.text)


def out(text: object) -> None:
    """To standard output; colours that a text brings are left out where nobody could see them."""
    typer.echo(str(text), color=has_colours(sys.stdout))


def warn(text: Phrase | str, *, colour: str | None = None) -> None:
    """To standard error."""
    typer.secho(str(text), err=True, fg=colour, color=has_colours(sys.stderr))


def as_text(data: Any) -> str:
    """One line of JSON, the same in every language; moments and ids as text."""
    return json.dumps(data, ensure_ascii=False, default=_for_machines)


def _for_machines(value: Any) -> str:
    return value.both if isinstance(value, Phrase) else str(value)
