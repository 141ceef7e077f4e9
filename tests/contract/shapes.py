"""The shape of a JSON value: which keys hold which kinds of value, whatever the values are."""

from typing import Any


def shape(value: Any, place: str = "") -> set[str]:
    """Lines such as ``data.items[].name: text``; an empty value tells nothing about its kind."""
    if isinstance(value, dict):
        return {line for key, inner in value.items() for line in shape(inner, f"{place}.{key}".lstrip("."))}
    if isinstance(value, list):
        return {line for inner in value for line in shape(inner, f"{place}[]")}
    return set() if value in (None, "") else {f"{place}: {kind(value)}"}


def kind(value: Any) -> str:
    """One word for the type."""
    if isinstance(value, bool):
        return "flag"
    return "number" if isinstance(value, int | float) else "text"


def disagreements(expected: set[str], got: set[str]) -> set[str]:
    """Places both have, but with another kind."""
    places = {line.split(": ")[0] for line in expected} & {line.split(": ")[0] for line in got}
    return {line for line in expected ^ got if line.split(": ")[0] in places}
