"""What people write in a policy row, read with the labels of 需求台账; pure.

Reading collects what is wrong, in plain words, instead of stopping at the first problem.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import isfinite
from typing import cast

from feishu_plugin.policy import Condition
from feishu_plugin.records import Record
from feishu_plugin.schema import Schema

MOST = 10_000
"""No figure of a policy needs more; far larger ones lead beyond the last day of the calendar."""


class Words:
    """The labels of 需求台账, both ways, and the names of all tables."""

    def __init__(self, schema: Schema, statuses: Sequence[str]) -> None:
        table = schema.table("requirement")
        self.tables = {one.zh for one in schema.tables}
        self.types = {field.key: field.type for field in table.fields}
        self.labels = {field.key: field.zh for field in table.fields}
        self._fields = {name: field.key for field in table.fields for name in (field.key, field.zh, field.en)}
        self._options = {
            (field.key, name): option.key
            for field in table.fields
            for option in field.options
            for name in (option.key, option.zh, option.en)
        }
        self.options = {f"{f.key}.{o.key}": o.zh for f in table.fields for o in f.options}
        self.statuses = {o.key for o in table.field("status").options} | set(statuses)

    def field_key(self, name: str) -> str | None:
        return self._fields.get(name)

    def option_key(self, field: str, label: str) -> str | None:
        if not any(known == field for known, _ in self._options):
            return label
        if field == "status" and label in self.statuses:
            return label
        return self._options.get((field, label))


class Row:
    """Reads one row and collects what is wrong with it, instead of stopping at the first."""

    def __init__(self, record: Record, words: Words) -> None:
        self.record, self.words, self.problems = record, words, list[str]()

    def text(self, key: str) -> str:
        value = self.record.get(key)
        return value.strip() if isinstance(value, str) else ""

    def need(self, key: str, label: str) -> str:
        if not self.text(key):
            self.problems.append(f"请填写「{label}」")
        return self.text(key)

    def ids(self, key: str) -> tuple[str, ...]:
        value = self.record.get(key)
        return value if isinstance(value, tuple) else ()

    def flag(self, key: str) -> bool:
        return self.record.get(key) is True

    def number(self, key: str, label: str) -> float | None:
        value = self.record.get(key)
        if not isinstance(value, int | float):
            return None
        if not 0 <= value <= MOST:
            self.problems.append(f"「{label}」要在 0 到 {MOST} 之间")
        return float(value)

    def status(self, key: str, label: str) -> str:
        value = self.need(key, label)
        if value and value not in self.words.statuses:
            self.problems.append(f"「{label}」里的「{value}」不是需求台账的状态")
        return value

    def one_of(self, key: str, label: str, allowed: Sequence[str], default: str) -> str:
        value = self.text(key) or default or self.need(key, label)
        if value and value not in allowed:
            self.problems.append(f"「{label}」不能是「{value}」")
        return value

    def condition_list(self, key: str) -> tuple[Condition, ...]:
        parts = [p for line in self.text(key).splitlines() for p in line.replace(";", "；").split("；")]
        found = (self._condition(part.strip()) for part in parts if part.strip())
        return tuple(condition for condition in found if condition)

    def _condition(self, text: str) -> Condition | None:
        for sign, read in _SIGNS.items():
            left, found, right = text.partition(sign)
            field = self.words.field_key(left.strip()) if found else None
            if field is not None and (condition := read(self, field, right.strip())):
                return condition
        self.problems.append(
            f"条件「{text}」看不懂：请写成「字段=值」「字段≠值」「字段≥数」「字段≤数」「字段为空」"
            "或「字段不为空」，字段用需求台账的列名"
        )
        return None

    def is_one_of(self, field: str, text: str) -> Condition | None:
        values = tuple(self._option(field, value.strip()) for value in text.split("/") if value.strip())
        return Condition(field=field, values=values) if values else None

    def is_none_of(self, field: str, text: str) -> Condition | None:
        found = self.is_one_of(field, text)
        return replace(found, negate=True) if found else None

    def is_at_least(self, field: str, text: str) -> Condition | None:
        return Condition(field=field, values=(text,), compare="≥") if _is_number(text) else None

    def is_at_most(self, field: str, text: str) -> Condition | None:
        return Condition(field=field, values=(text,), compare="≤") if _is_number(text) else None

    def is_empty(self, field: str, text: str) -> Condition | None:
        return None if text else Condition(field=field, compare="empty")

    def is_filled(self, field: str, text: str) -> Condition | None:
        return None if text else Condition(field=field, compare="empty", negate=True)

    def _option(self, field: str, label: str) -> str:
        key = self.words.option_key(field, label)
        if key is None:
            self.problems.append(f"「{self.words.labels[field]}」没有选项「{label}」")
        return key or label

    def field_list(self, key: str) -> tuple[str, ...]:
        names = [name.strip() for name in split(self.text(key))]
        unknown = [name for name in names if self.words.field_key(name) is None]
        self.problems.extend(f"需求台账没有「{name}」这一列" for name in unknown)
        return tuple(k for k in map(self.words.field_key, names) if k)


_SIGNS: Mapping[str, Callable[[Row, str, str], Condition | None]] = {
    "不为空": Row.is_filled,
    "为空": Row.is_empty,
    "≥": Row.is_at_least,
    ">=": Row.is_at_least,
    "≤": Row.is_at_most,
    "<=": Row.is_at_most,
    "≠": Row.is_none_of,
    "!=": Row.is_none_of,
    "=": Row.is_one_of,
}
"""How people write a condition; the first sign that fits is taken."""


def _is_number(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False


def matrix_of(text: str, words: Words) -> dict[tuple[str, str], int]:
    """``全业务线×高=5、单客户×低=低`` as cells; ValueError for a part that is none, or told twice.

    A priority stands for the lowest level that means it.
    """
    cells: dict[tuple[str, str], int] = {}
    for part in split(text):
        pair, _, level = part.partition("=")
        scope, _, urgency = pair.replace("*", "×").partition("×")
        found = words.option_key("scope", scope.strip()), words.option_key("urgency", urgency.strip())
        if None in found or found in cells:
            raise ValueError(part)
        cells[cast(tuple[str, str], found)] = _level(level.strip(), words)
    return cells


def _level(text: str, words: Words) -> int:
    named = {"high": 4, "medium": 3, "low": 2}.get(words.option_key("priority", text) or "")
    level = named or int(text)
    if not 1 <= level <= 5:
        raise ValueError(text)
    return level


def word_lists_of(text: str, field: str, words: Words) -> dict[str, tuple[str, ...]]:
    """``问题反馈=报错/闪退；服务咨询=怎么/如何`` as words by option; ValueError for a part that is none.

    Only options of the field: what is suggested is written, and Feishu would make any other name
    a new option.
    """
    found: dict[str, tuple[str, ...]] = {}
    for part in re.split("[；;\n]", text):
        label, sign, listed = part.replace("＝", "=").partition("=")
        option = words.option_key(field, label.strip())
        if part.strip() and (not sign or option is None or option in found):
            raise ValueError(part)
        if option is not None:
            found[option] = tuple(word.strip() for word in re.split("[/、，,]", listed) if word.strip())
    return found


def split(text: str) -> list[str]:
    """The parts of a list that people wrote with 、 or commas or line by line."""
    for mark in ("，", ",", "\n"):
        text = text.replace(mark, "、")
    return [part.strip() for part in text.split("、") if part.strip()]
