"""A live view as a ``View`` of a schema, and what of it no schema can say.

Pure. Views are described for the columns that the archive holds; a line of a filter that
names another one is left out and told.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from feishu_plugin.binding import LiveView, options_of
from feishu_plugin.ports import Json
from feishu_plugin.schema import Condition, Field, Question, View
from feishu_plugin.schema_parts import Bars, SortKey, ViewType
from feishu_plugin.sync.archive.columns import note_of
from feishu_plugin.sync.archive.known import KnownField
from feishu_plugin.sync.structure.questions import LiveForm

_UNASKED = frozenset(
    {"formula", "created_time", "modified_time", "created_user", "modified_user", "auto_number"}
)
_GROUPED = ("grid", "kanban", "gantt")
_LINES_MOST = {"sort": 10, "group": 3}

Column = tuple[KnownField, Field]
Settings = Mapping[str, Any]
"""What base v3 answers of a view: ``sort``, ``group`` (lists of ``{field, desc}``) and ``timebar``."""


class Views:
    """Describes the views of one table; ``columns`` are those the archive holds, by live field id."""

    def __init__(self, columns: Mapping[str, Column], primary: str) -> None:
        self._columns, self._primary = columns, primary
        self._by_name = {known.live.name: id for id, (known, _) in columns.items()}
        self.lost: list[str] = []
        """What was left out of the view described last."""

    def view(
        self, key: str, live: LiveView, wanted: View | None, form: LiveForm | None, settings: Settings
    ) -> View | None:
        """The view as it is; None (and the reason in ``lost``) when a schema cannot hold it."""
        self.lost = []
        if live.type not in get_args(ViewType):
            self.lost.append(f"{live.type} 视图无法通过接口创建 no API can create a {live.type} view")
            return None
        parts: Json = {"key": key, "zh": live.name, "en": wanted.en if wanted else live.name}
        parts["type"] = live.type
        if live.type == "form":
            return self._form(parts, wanted, form)
        if live.property.get("hierarchy_config"):
            self.lost.append("父子记录设置 the parent record column is not kept")
        shown = self._settings(live.type, wanted, settings)
        return View(**parts, **self._filter(live), hidden=self._hidden(live), **shown)

    def _filter(self, live: LiveView) -> Json:
        info = live.property.get("filter_info") or {}
        lines = [self._line(line) for line in info.get("conditions") or ()]
        if None in lines:
            self.lost.append("部分筛选条件 a line of the filter names what is not in the archive")
        kept = tuple(line for line in lines if line is not None)
        return {"conjunction": info.get("conjunction") or "and", "filter": kept}

    def _line(self, line: Json) -> Condition | None:
        column = self._columns.get(str(line.get("field_id")))
        # Record ids in a filter mean nothing in another base.
        listed = _listed(line.get("value"))
        if column is None or (listed and column[1].type in ("single_link", "duplex_link")):
            return None
        values = [self._value(column, value) for value in listed]
        if None in values:
            return None
        kept = tuple(value for value in values if value is not None)
        return Condition(field=column[1].key, operator=str(line["operator"]), value=kept)

    def _value(self, column: Column, value: object) -> str | None:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        known, field = column
        if not field.options:
            return text
        names = {str(live["id"]): str(live["name"]) for live in options_of(known.live)}
        name = names.get(text, text)
        return next((option.key for option in field.options if option.zh == name), None)

    def _hidden(self, live: LiveView) -> tuple[str, ...]:
        ids = live.property.get("hidden_fields") or ()
        keys = (self._columns[id][1].key for id in ids if id in self._columns)
        return tuple(key for key in keys if key != self._primary)

    def _settings(self, type: str, wanted: View | None, settings: Settings) -> Json:
        """Sorts, groups and bars as they are where base v3 told them, else as the schema wants them."""
        shown: Json = {"by_hand": wanted.by_hand if wanted else None}
        for name in ("sort", "group") if type in _GROUPED else ("sort",):
            if name in settings:
                shown[name] = tuple(self._keys(settings[name]))[: _LINES_MOST[name]]
            elif wanted is not None:
                shown[name] = tuple(key for key in getattr(wanted, name) if self._has(key.field))
        bars = settings.get("timebar")
        if type == "gantt":
            shown["bars"] = self._bars(bars) if bars else self._own_bars(wanted)
        return shown

    def _keys(self, lines: Sequence[Json]) -> Iterator[SortKey]:
        for line in lines:
            if key := self._key(line.get("field")):
                yield SortKey(field=key, desc=bool(line.get("desc")))

    def _bars(self, found: Json) -> Bars | None:
        keys = [self._key(found.get(name)) for name in ("start_time", "end_time", "title")]
        start, end, title = (key or "" for key in keys)
        return Bars(start=start, end=end, title=title) if start and end and title else None

    def _own_bars(self, wanted: View | None) -> Bars | None:
        bars = wanted.bars if wanted else None
        return bars if bars and all(map(self._has, (bars.start, bars.end, bars.title))) else None

    def _has(self, key: str) -> bool:
        return any(field.key == key for _, field in self._columns.values())

    def _key(self, named: object) -> str | None:
        """The key of a column that base v3 names by id or by name."""
        column = self._columns.get(str(named)) or self._columns.get(self._by_name.get(str(named), ""))
        return column[1].key if column else None

    def _form(self, parts: Json, wanted: View | None, form: LiveForm | None) -> View | None:
        if form is None:
            asked = [one for one in wanted.questions if self._has(one.field)] if wanted else []
            intro = wanted.intro if wanted else None
        else:
            asked = list(self._questions(wanted, form))
            intro = note_of(form.form.get("description") or "", wanted.intro if wanted else None)
            parts["en"] = _second(parts["zh"], str(form.form.get("name") or ""), parts["en"])
            parts["share"] = _share(form.form)
        if not asked:
            self.lost.append("没有题目的表单 a form without questions")
            return None
        return View(**parts, questions=tuple(asked), intro=intro)

    def _questions(self, wanted: View | None, form: LiveForm) -> Iterator[Question]:
        ours = {asked.field: asked.title for asked in wanted.questions} if wanted else {}
        for shown in form.questions:
            column = self._columns.get(str(shown["field_id"]))
            if not shown.get("visible") or column is None or column[1].type in _UNASKED:
                continue
            key = column[1].key
            title = note_of(str(shown.get("title") or column[1].zh), ours.get(key))
            if title is not None:
                yield Question(field=key, title=title, required=bool(shown.get("required")))


def _share(form: Json) -> str | None:
    """Whom the link of a form lets in, in the words of a schema."""
    limits = {"tenant_editable": "tenant", "anyone_editable": "anyone"}
    return limits.get(str(form.get("shared_limit"))) if form.get("shared") else None


def _second(zh: str, shown: str, en: str) -> str:
    """The English name that makes a form carry the title it has, as far as one does."""
    if shown == zh or shown == f"{zh} / {en}":
        return zh if shown == zh else en
    return shown.removeprefix(f"{zh} / ") or en


def _listed(value: object) -> list[object]:
    read = json.loads(value) if isinstance(value, str) and value else value
    if isinstance(read, list):
        return read
    return [] if read is None or read == "" else [read]
