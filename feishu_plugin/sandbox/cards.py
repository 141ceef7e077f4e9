"""Refuses a card that Feishu would refuse, with its inner error code; changes nothing.

Cards of JSON 2.0 are checked strictly (unknown attributes are errors); cards of 1.0 only for
size and element count, because 1.0 ignores what it does not know.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from feishu_plugin.sandbox import card_schema as schema
from feishu_plugin.sandbox.envelope import Json

_AT = re.compile(r"<(?:at|person)\s+id\s*=\s*['\"]?([\w-]+)['\"]?")
_ELEMENT_ID = re.compile(r"[A-Za-z]\w{0,19}")


class CardError(Exception):
    """What stands inside 230099: the inner code, the place and the reason."""

    def __init__(self, code: int, msg: str, *, path: str = "ROOT", value: str = "") -> None:
        super().__init__(f"ErrCode: {code}; ErrPath: {path}; ErrMsg: {msg}; ErrorValue: {value}; ")
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a card may refer to, and the table limit in force."""

    knows_person: Callable[[str], bool]
    knows_image: Callable[[str], bool]
    most_tables: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One component, where it stands and what encloses it (outermost first)."""

    element: Json
    path: str
    parents: tuple[str, ...]

    @property
    def tag(self) -> str:
        """The component's tag."""
        return str(self.element.get("tag", ""))


def is_v2(card: Json) -> bool:
    """True for card JSON 2.0."""
    return card.get("schema") == "2.0"


def check(card: Any, around: Surroundings) -> None:
    """Raises CardError for the first thing that Feishu would refuse."""
    if not isinstance(card, dict):
        _fail(200621, "parse card json err, please check whether the card json is correct", "ROOT")
    total = sum(1 for _ in _tagged(card))
    if total > schema.MOST_ELEMENTS:
        _fail(11310, f"card element number over limit, limit: {schema.MOST_ELEMENTS}", "ROOT", str(total))
    if is_v2(card):
        _check_v2(card, around)


def _check_v2(card: Json, around: Surroundings) -> None:
    _check_frame(card)
    tables = 0
    seen_ids: set[str] = set()
    for placed in components(card):
        _check_component(placed, around)
        _check_element_id(placed, seen_ids)
        tables += placed.tag == "table"
    if tables > around.most_tables:
        _fail(11310, "card table number over limit", "ROOT", str(tables))
    for text, path in _texts(card):
        for user_id in _AT.findall(text):
            if user_id != "all" and not around.knows_person(user_id):
                _fail(100290, "invalid user resource, at user id invalid", path, user_id)


def _check_frame(card: Json) -> None:
    for part, path in (("card", "ROOT"), ("config", "config"), ("header", "header"), ("body", "body")):
        value = card if part == "card" else card.get(part, {})
        if not isinstance(value, dict):
            _fail(200621, "parse card json err: an object is needed", path)
        _known(value, schema.PARTS[part], path if part == "card" else f"ROOT -> {path}")
    if card.get("config", {}).get("update_multi", True) is not True:
        _fail(
            200621,
            "cards of schema V2 support only shared cards: update_multi must be true",
            "ROOT -> config",
        )
    if not isinstance(card.get("body", {}).get("elements", []), list):
        _fail(200621, "parse card json err: elements must be a list", "ROOT -> body")


def components(card: Json) -> Iterator[Placed]:
    """All components of the body in reading order, of 2.0 or 1.0; texts are no components."""
    if is_v2(card):
        yield from _walk(card.get("body", {}).get("elements", []), "ROOT -> body", ())
    else:
        yield from _walk(card.get("elements", []), "ROOT", ())


def _walk(elements: Any, path: str, parents: tuple[str, ...]) -> Iterator[Placed]:
    if not isinstance(elements, list):
        _fail(200621, "parse card json err: elements must be a list", path)
    for index, element in enumerate(elements):
        here = f"{path} -> elements -> [{index}]"
        if not isinstance(element, dict):
            _fail(200621, "parse card json err: an element must be an object", here)
        tag = str(element.get("tag", ""))
        here += f"(tag: {tag})"
        yield Placed(element=element, path=here, parents=parents)
        for key in ("elements", "columns", "actions"):
            if isinstance(element.get(key), list) and tag != "table":
                yield from _walk(element[key], here, (*parents, tag))


def _check_component(placed: Placed, around: Surroundings) -> None:
    tag = placed.tag
    if tag in schema.GONE_TAGS:
        reason = "cards of schema V2 no longer support this capability"
        _fail(200861, reason, placed.path, f"unsupported tag {tag}")
    if tag not in schema.COMPONENTS:
        _fail(200621, "parse card json err: unknown tag", placed.path, f"unknown tag {tag}")
    _known(placed.element, schema.COMPONENTS[tag], placed.path)
    _check_place(placed)
    _check_behaviours(placed)
    special = _SPECIAL.get(tag)
    if special is not None:
        special(placed, around)


def _check_place(placed: Placed) -> None:
    if placed.tag in schema.ROOT_ONLY and placed.parents:
        _fail(200621, f"element {placed.tag} can only be placed at the root", placed.path)
    if "form" in placed.parents and placed.tag in schema.NOT_IN_FORM:
        _fail(200621, f"element {placed.tag} can not be placed in a form", placed.path)
    depth = sum(parent in schema.CONTAINERS for parent in placed.parents) + (placed.tag in schema.CONTAINERS)
    if depth > schema.MOST_NESTING:
        _fail(11310, f"container nesting over limit, limit: {schema.MOST_NESTING}", placed.path, str(depth))


def _check_element_id(placed: Placed, seen: set[str]) -> None:
    element_id = placed.element.get("element_id")
    if element_id is None:
        return
    if not isinstance(element_id, str) or not _ELEMENT_ID.fullmatch(element_id) or element_id in seen:
        _fail(200621, "element_id must start with a letter, be unique, 20 characters at most", placed.path)
    seen.add(element_id)


def _check_behaviours(placed: Placed) -> None:
    behaviours = placed.element.get("behaviors", [])
    if not isinstance(behaviours, list):
        _fail(200621, "parse card json err: behaviors must be a list", placed.path)
    for behaviour in behaviours:
        kind = behaviour.get("type") if isinstance(behaviour, dict) else None
        if kind not in schema.BEHAVIOURS:
            _fail(200621, "parse card json err: unknown behavior", placed.path, str(kind))
        _known(behaviour, schema.BEHAVIOURS[kind], f"{placed.path} -> behaviors")


def _check_form(placed: Placed, _: Surroundings) -> None:
    if not placed.element.get("name"):
        _fail(200530, "form name is empty", placed.path)
    inside = list(_walk(placed.element.get("elements", []), placed.path, ("form",)))
    names = [child.element.get("name") for child in inside if child.tag in schema.NAMED_IN_FORM]
    if not all(names) or len(set(map(str, names))) != len(names):
        _fail(
            200530, "the name of each interactive element in a form must be unique and not empty", placed.path
        )
    if not any(is_submit(child.element) for child in inside):
        _fail(200530, "a form needs a submit button", placed.path)


def is_submit(element: Json) -> bool:
    """True for the button that sends its form (2.0 and 1.0 spelling)."""
    return element.get("form_action_type") == "submit" or element.get("action_type") == "form_submit"


def _check_table(placed: Placed, _: Surroundings) -> None:
    columns, rows = placed.element.get("columns"), placed.element.get("rows", [])
    if not isinstance(columns, list) or not 0 < len(columns) <= schema.MOST_COLUMNS:
        _fail(200914, f"table needs 1 to {schema.MOST_COLUMNS} columns", placed.path)
    names = {column.get("name") for column in columns}
    if not all(names) or len(names) != len(columns):
        _fail(200914, "table column names must be unique and not empty", placed.path)
    if any(column.get("data_type", "text") not in schema.TABLE_DATA_TYPES for column in columns):
        _fail(200914, "table column data_type is invalid", placed.path)
    size = placed.element.get("page_size", 5)
    if not isinstance(size, int) or not 1 <= size <= 10:
        _fail(200914, "table page_size must be 1 to 10", placed.path, str(size))
    _check_rows(rows, {column["name"]: column.get("data_type", "text") for column in columns}, placed.path)


_CELL_TYPES: dict[str, tuple[type, ...]] = {
    "number": (int, float),
    "date": (int,),
    "options": (list,),
    "persons": (list, str),
}


def _check_rows(rows: Any, data_types: Mapping[str, str], path: str) -> None:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        _fail(200915, "table rows must be a list of objects", path)
    for index, row in enumerate(rows):
        for name, value in row.items():
            expected = _CELL_TYPES.get(data_types.get(name, ""), (str, int, float))
            if value is not None and not isinstance(value, expected):
                _fail(200915, f"table rows[{index}].{name} does not fit its data_type", path, str(value))


def _check_chart(placed: Placed, _: Surroundings) -> None:
    spec = placed.element.get("chart_spec")
    kind = spec.get("type") if isinstance(spec, dict) else None
    if not isinstance(spec, dict) or kind not in schema.CHART_FIELDS:
        reason = "- (root): Must validate at least one schema (anyOf)"
        _fail(200550, "chart spec is invalid", placed.path, f"{reason}\n- type: {kind}")
    missing = [name for name in schema.CHART_FIELDS[kind] if name not in spec]
    if "data" not in spec and kind != "common":
        missing.append("data")
    if missing:
        _fail(200550, "chart spec is invalid", placed.path, f"- (root): {', '.join(missing)} is required")
    if not isinstance(spec.get("axes", []), list):
        reason = "- axes: Invalid type. Expected: array"
        _fail(200550, "chart spec is invalid", placed.path, reason)


def _check_image(placed: Placed, around: Surroundings) -> None:
    key = placed.element.get("img_key")
    if not isinstance(key, str) or not around.knows_image(key):
        _fail(200570, "card contains invalid image keys", placed.path, str(key))


def _check_person(placed: Placed, around: Surroundings) -> None:
    listed = placed.element.get("persons", [{"id": placed.element.get("user_id")}])
    for person in listed:
        user_id = str(person.get("id"))
        if not placed.element.get("drop_invalid_user_id") and not around.knows_person(user_id):
            _fail(100290, "invalid user resource, user id invalid", placed.path, user_id)


_SPECIAL: dict[str, Callable[[Placed, Surroundings], None]] = {
    "form": _check_form,
    "table": _check_table,
    "chart": _check_chart,
    "img": _check_image,
    "person": _check_person,
    "person_list": _check_person,
}


def _known(value: Json, allowed: frozenset[str], path: str) -> None:
    for key in value:
        if key not in allowed:
            _fail(
                200621,
                "parse card json err, please check whether the card json is correct",
                path,
                f"unknown property, property: {key}, path: {path}",
            )


def _tagged(value: Any) -> Iterator[Json]:
    """Every object with a tag; chart specs and table rows are data, not elements."""
    if isinstance(value, dict):
        if "tag" in value:
            yield value
        for key, inner in value.items():
            if key not in ("chart_spec", "rows", "value"):
                yield from _tagged(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _tagged(inner)


def _texts(card: Json) -> Iterator[tuple[str, str]]:
    for placed in _tagged(card):
        if placed["tag"] in ("markdown", "lark_md") and isinstance(placed.get("content"), str):
            yield placed["content"], f"ROOT -> (tag: {placed['tag']})"


def _fail(code: int, msg: str, path: str, value: str = "") -> NoReturn:
    raise CardError(code, msg, path=path, value=value)
