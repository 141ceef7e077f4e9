"""Nonsense with a plan: junk values, real values with something broken, and rotten bytes.

Everything is drawn from the dice that are given, so a case is known by its seed and number.
"""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")
Path = tuple[Any, ...]
TEXTS = (
    "", " ", "0", "-1", "1e999", "NaN", "null", "true", "[]", "{}", "\x00", "\ud800", "a\udfffb", "\u202e",
    "名" * 300,
    "a" * 5000, "9" * 400, "9" * 4400, "../../etc/passwd", "<at id=all></at>", "{{ 7 * 7 }}",
    "{% for x in y %}",
    "=1+1", "%s%n", "recNobody", "optNobody", "ou_nobody", "9999-12-31", "0001-01-01", "2026-02-30 +0800",
    "24:00-25:00", "09:00-09:00", "\r\n", "\U0001f468\u200d\U0001f469", "null\x00null", "１２", "1_000", "∞",
    "待处理",
    "00:00-24:00", "18:00-09:00", "1、2、3", "标题≥3", "状态=待处理/已关闭", "全业务线×高=5", "true、false",
    "inf", "-inf",
)  # fmt: skip
NUMBERS = (
    0,
    1,
    -1,
    7,
    2**31,
    2**53,
    2**63,
    10**18,
    -(10**30),
    10**400,
    0.5,
    -0.0,
    1e308,
    1e-320,
    253402300800000,
)
NAMES = (
    "id",
    "name",
    "type",
    "text",
    "link",
    "value",
    "record_id",
    "file_token",
    "link_record_ids",
    "$at",
    "$map",
)


def choice(dice: Random, items: Sequence[T]) -> T:
    """One of the items."""
    return items[dice.randrange(len(items))]


def scalar(dice: Random) -> Any:
    """A leaf of JSON that is seldom what anybody expects."""
    kind = dice.randrange(6)
    if kind < 3:
        return choice(dice, TEXTS)
    if kind < 5:
        return choice(dice, NUMBERS)
    return choice(dice, (None, True, False, float("inf"), float("nan")))


def junk(dice: Random, depth: int = 0) -> Any:
    """Any JSON, now and then nested a hundredfold."""
    kind = dice.randrange(8)
    if kind < 5 or depth > 3:
        return scalar(dice)
    if kind == 5:
        return [junk(dice, depth + 1) for _ in range(dice.randrange(4))]
    if kind == 6:
        return {choice(dice, NAMES): junk(dice, depth + 1) for _ in range(dice.randrange(4))}
    return nested(dice, choice(dice, (3, 30, 95, 300)))


def nested(dice: Random, depth: int) -> Any:
    """Lists in lists, or objects in objects."""
    found, name = scalar(dice), choice(dice, (*NAMES, ""))
    for _ in range(depth):
        found = {name: found} if name else [found]
    return found


def places(value: Any) -> list[Path]:
    """The address of every node, the root first."""
    return list(_places(value, ()))


def _places(value: Any, path: Path) -> Iterator[Path]:
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _places(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _places(inner, (*path, number))


def broken(dice: Random, value: Any, most: int = 3) -> Any:
    """A copy with one or a few nodes replaced, removed, doubled, renamed or exchanged for another."""
    for _ in range(dice.randrange(1, most + 1)):
        value = _once(dice, value)
    return value


def _once(dice: Random, value: Any) -> Any:
    addresses = places(value)
    path = choice(dice, addresses)
    new = at(value, choice(dice, addresses)) if dice.randrange(4) == 0 else junk(dice)
    return _changed(value, path, new, dice.randrange(6))


def at(value: Any, path: Path) -> Any:
    """The node at an address."""
    for part in path:
        value = value[part]
    return value


def _changed(value: Any, path: Path, new: Any, how: int) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    head, rest = path[0], path[1:]
    if rest:
        copy[head] = _changed(value[head], rest, new, how)
    elif how == 0:
        del copy[head]
    elif how == 1:
        _doubled(copy, head, new)
    else:
        copy[head] = new
    return copy


def _doubled(holder: Any, head: Any, new: Any) -> None:
    """A list has the item twice; an object has it under another name."""
    if isinstance(holder, list):
        holder.insert(head, holder[head])
    else:
        holder[new if isinstance(new, str) else f"{head}x"] = holder.pop(head)


def rotten(dice: Random, raw: bytes) -> bytes:
    """The bytes with some flipped, cut off, doubled, or foreign ones put in."""
    found = bytearray(raw)
    for _ in range(dice.randrange(1, 4)):
        _rot(dice, found)
    return bytes(found)


def _rot(dice: Random, found: bytearray) -> None:
    place, how = dice.randrange(len(found) + 1), dice.randrange(5)
    if how == 0:
        del found[place:]
    elif how == 1:
        found[place : place + dice.randrange(1, 9)] = dice.randbytes(dice.randrange(9))
    elif how == 2:
        found[place:place] = choice(
            dice, (b"\x00", b"\xff\xfe", b"\\ud800", b"[" * 3000, b"9" * 5000, b'"', b"{")
        )
    elif how == 3:
        found[place:place] = found[place : place + dice.randrange(64)]
    elif place < len(found):
        found[place] ^= 1 << dice.randrange(8)


BYTES = (
    b"", b"{", b"null", b"\xff\xfe", b"\xef\xbb\xbf{}", b"[" * 100_000, b'{"a":' * 50_000, b"9" * 10_000,
    b"-", b'"\\ud800"',
    b'{"a":1e999}', b"NaN", "{}".encode("utf-16"), b'{"\\ud800": 1}', b"\x00" * 1000, b"a=b&c", b"<xml/>",
    b'{"a":"' + b"\\" * 9999,
)  # fmt: skip
