"""A live column as a ``Field`` of a schema: what it is now, with names and options as they are.

Pure. What no API can make again is answered as the reason why it is left out.
"""

from collections.abc import Iterator, Mapping, Sequence

from feishu_plugin.binding import LiveField, find_option, is_custom, mark, marked, options_of
from feishu_plugin.ports import Json
from feishu_plugin.schema import KINDS, Field, FieldType, Label, Option
from feishu_plugin.sync.archive.formulas import EXPRESSION, with_keys
from feishu_plugin.sync.archive.known import KnownField, KnownTable, generated
from feishu_plugin.sync.structure.bodies import both

_TYPES: Mapping[tuple[int, str], FieldType] = {kind: name for name, kind in KINDS.items()}
_FIRST: Mapping[int, FieldType] = {number: name for name, (number, _) in reversed(list(KINDS.items()))}
_UNMAKEABLE = {
    19: "查找引用 a lookup column: no API can create one",
    24: "流程 a stage column: no API can create one",
    3001: "按钮 a button: no API can create one",
}
_OF_LINKS = frozenset({"table_id", "table_name", "back_field_name", "back_field_id", "multiple"})
_LINKS = ("single_link", "duplex_link")


class Columns:
    """What the columns of one base are; ``paths`` holds every live id a schema can name."""

    def __init__(self, tables: Sequence[KnownTable], paths: Mapping[str, str]) -> None:
        self._paths = paths
        self._partners = _partners(tables)
        self._behind = {
            field.live.field_id: len(table.fields) - n
            for table in tables
            for n, field in enumerate(table.fields)
        }
        """How many columns of its table stand behind a column."""

    def field(self, known: KnownField) -> Field | str:
        """The field, or the reason why it is left out."""
        live = known.live
        type = type_of(live)
        if type is None:
            return _UNMAKEABLE.get(live.type, f"类型未知 its type {live.type} is unknown here")
        if type in _LINKS:
            return self._link(known, type)
        if type == "formula":
            return self._formula(known)
        if type.endswith("_select"):
            return _field(known, type, options=tuple(options(known)))
        if type in ("user", "group_chat"):
            several = bool(live.property.get("multiple", True))
            return _field(known, type, property=_without(live.property, {"multiple"}), multiple=several)
        return _field(known, type, property=live.property)

    def _link(self, known: KnownField, type: FieldType) -> Field | str:
        property = known.live.property
        table = self._paths.get(str(property.get("table_id")))
        if table is None:
            return "关联的表不存在 the table it links to is not there"
        parts: Json = {
            "table": table,
            "multiple": bool(property.get("multiple", True)),
            "property": _without(property, _OF_LINKS),
        }
        if type == "single_link":
            return _field(known, type, **parts)
        partner = self._partners.get(known.live.field_id)
        if partner is None:
            return "双向关联缺少另一列 the other column of this two-way link is not there"
        back = Label(zh=partner.live.name, en=partner.en) if self._owns(known, partner) else None
        return _field(known, type, **parts, back_key=partner.key, back=back)

    def _owns(self, known: KnownField, partner: KnownField) -> bool:
        """Which side makes the other: as the schema says, else so that the order of columns is kept.

        Feishu puts the column that it makes behind all others.
        """
        for side, answer in ((known, True), (partner, False)):
            if side.wanted is not None and side.wanted.back is not None:
                return answer
        mine, theirs = known.live.field_id, partner.live.field_id
        return (self._behind[mine], mine) > (self._behind[theirs], theirs)

    def _formula(self, known: KnownField) -> Field | str:
        property = known.live.property
        expression = with_keys(str(property.get(EXPRESSION, "")), self._paths)
        if expression is None:
            return "公式引用了无法导出的列 the formula refers to a column that is left out"
        return _field(known, "formula", property={**property, EXPRESSION: expression})


def type_of(live: LiveField) -> FieldType | None:
    """Our name of a column's type; None for what the schema cannot speak of."""
    return _TYPES.get((live.type, live.ui_type)) or _FIRST.get(live.type)


def options(known: KnownField) -> Iterator[Option]:
    """The options as they are; ours by their key. Two of one name are one: cells tell names only."""
    ours = _ours(known)
    taken: set[str] = set()
    names: set[str] = set()
    for live in options_of(known.live):
        name = str(live["name"])
        if not name or name in names:
            continue
        wanted = ours.get(str(live["id"]))
        key = wanted.key if wanted else generated(str(live["id"]), taken)
        taken.add(key)
        names.add(name)
        yield Option(key=key, zh=name, en=wanted.en if wanted else name, color=_color(live.get("color")))


def _ours(known: KnownField) -> dict[str, Option]:
    """Option id to the option of the schema that it is."""
    wanted = known.wanted.options if known.wanted else ()
    return {str(live["id"]): option for option in wanted if (live := find_option(option, known.live))}


def note_of(text: str, wanted: Label | None) -> Label | None:
    """A text that people read: ours in two languages while nobody changed it, else as it is."""
    if not text or (wanted is not None and both(wanted) == text):
        return wanted if text else None
    return Label(zh=text, en=text)


def _field(known: KnownField, type: FieldType, **parts: object) -> Field:
    wanted = known.wanted
    return Field.model_validate(
        {
            "key": known.key,
            "zh": known.live.name,
            "en": known.en,
            "type": type,
            "filled_by": _filler(known, type),
            "note": note_of(_text(known.live.description), wanted.note if wanted else None),
            "marked": wanted is not None,
            **parts,
        }
    )


def _filler(known: KnownField, type: FieldType) -> str:
    if known.wanted is not None:
        return known.wanted.filled_by
    return "feishu" if KINDS[type][0] == 20 or KINDS[type][0] > 1000 else "person"


def _text(description: str) -> str:
    """The description without the mark that ends it; that of a custom report comes back with its table."""
    found = marked(description)
    if found and is_custom(found[0]):
        return description
    text = description.rstrip()
    return text.removesuffix(mark(*found)).rstrip() if found else description


def _color(found: object) -> int:
    return found if isinstance(found, int) and 0 <= found <= 54 else 0


def _without(property: Mapping[str, object], keys: frozenset[str] | set[str]) -> Json:
    return {key: value for key, value in property.items() if key not in keys}


def _partners(tables: Sequence[KnownTable]) -> dict[str, KnownField]:
    """Field id of one side of a two-way link to the other side."""
    columns = {field.live.field_id: field for table in tables for field in table.fields}
    found = {}
    for id, field in columns.items():
        other = columns.get(str(field.live.property.get("back_field_id")))
        if type_of(field.live) == "duplex_link" and other and type_of(other.live) == "duplex_link":
            found[id] = other
    return found
