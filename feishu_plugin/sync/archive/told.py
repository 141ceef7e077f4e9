"""What an archive tells of itself, checked: how many rows, the sums of its members, its files.

Pure. A ValueError says in a few words what does not fit; where it stands, the caller knows.
"""

from collections.abc import Mapping
from typing import Any

from feishu_plugin.ports import Json


def counts(manifest: Json) -> Mapping[str, int]:
    """Rows by table key."""
    return {key: _whole(f"tables.{key}", told, "rows") for key, told in _object(manifest, "tables").items()}


def sums(manifest: Json) -> Mapping[str, str]:
    """SHA-256 by member."""
    found = _object(manifest, "sha256")
    if not all(isinstance(one, str) for one in found.values()):
        raise ValueError("sha256 must hold texts")
    return found


def files(told: Json) -> Mapping[str, Json]:
    """``{name, mime, size}`` by file token."""
    for token, facts in told.items():
        _whole(token, facts, "size")
        if not isinstance(facts.get("name"), str):
            raise ValueError(f"{token} has no name")
    return told


def _object(holder: Json, name: str) -> dict[str, Any]:
    found = holder.get(name)
    if not isinstance(found, dict):
        raise ValueError(f"{name} must be an object")
    return found


def _whole(place: str, holder: Any, name: str) -> int:
    found = holder.get(name) if isinstance(holder, dict) else None
    if not isinstance(found, int) or isinstance(found, bool) or found < 0:
        raise ValueError(f"{place}.{name} must be a number of things")
    return found
