"""Formula functions of lists and rows: taking, filtering, mapping and joining."""

from collections.abc import Callable, Sequence
from functools import cmp_to_key
from itertools import islice
from typing import Any

from feishu_plugin.sandbox.formula_calls import Function, Run, Scope, plain
from feishu_plugin.sandbox.formula_values import (
    Rows,
    as_bool,
    as_number,
    as_text,
    compare,
    flat,
    numbers,
    take,
)


def items_of(value: Any) -> list[Any]:
    """What an iteration goes over: one-record rows of a table, or the values of a list."""
    if isinstance(value, Rows):
        return [Rows(table=value.table, records=(record,)) for record in value.records]
    return flat(value)


def _like(value: Any, items: Sequence[Any]) -> Any:
    """The items as rows again when they were rows."""
    if isinstance(value, Rows):
        return Rows(table=value.table, records=tuple(record for item in items for record in item.records))
    return list(items)


def _each(scope: Scope, items: Sequence[Any], run: Run) -> list[Any]:
    outer, results = scope.current, []
    try:
        for item in items:
            scope.current = item
            results.append(run(scope))
    finally:
        scope.current = outer
    return results


def _filter(scope: Scope, arguments: Sequence[Run]) -> Any:
    value = arguments[0](scope)
    items = items_of(value)
    kept = _each(scope, items, arguments[1])
    return _like(value, [item for item, keep in zip(items, kept, strict=True) if as_bool(keep)])


def _map(scope: Scope, arguments: Sequence[Run]) -> list[Any]:
    return _each(scope, items_of(arguments[0](scope)), arguments[1])


def _countif(scope: Scope, arguments: Sequence[Run]) -> float:
    kept = _each(scope, items_of(arguments[0](scope)), arguments[1])
    return float(sum(as_bool(keep) for keep in kept))


def _sumif(scope: Scope, arguments: Sequence[Run]) -> float:
    """Of a list, the items that fit; with a third argument, that column beside them."""
    items = items_of(arguments[0](scope))
    kept = _each(scope, items, arguments[1])
    values = flat(arguments[2](scope)) if len(arguments) > 2 else items
    return sum(numbers([value for value, keep in zip(values, kept, strict=False) if as_bool(keep)]))


def _one(choose: Callable[[list[Any]], Any]) -> Function:
    def run(value: Any) -> Any:
        items = items_of(value)
        return choose(items) if items else None

    return Function(run=plain(run, 1).run, least=1, most=1, keeps_rows=True)


def _nth(value: Any, place: Any) -> Any:
    return take(items_of(value), int(as_number(place)))


def _sort(value: Any, ascending: Any = True) -> list[Any]:
    return sorted(flat(value), key=cmp_to_key(compare), reverse=not as_bool(ascending))


def _sort_by(value: Any, keys: Any, ascending: Any = True) -> Any:
    """Rows in the order of a column of their table, aligned by position."""
    if not isinstance(value, Rows):
        pairs: list[tuple[Any, Any]] = list(zip(flat(keys), flat(value), strict=False))
    else:
        whole = list(value.table.records.values())
        column = keys if isinstance(keys, list) else flat(keys)
        rank = {record.record_id: key for record, key in zip(whole, column, strict=False)}
        pairs = [(rank.get(item.records[0].record_id), item) for item in items_of(value)]
    order = cmp_to_key(compare)
    pairs.sort(key=lambda pair: order(pair[0]), reverse=not as_bool(ascending))
    return _like(value, [item for _, item in pairs])


def _unique(value: Any) -> list[Any]:
    first: dict[str, Any] = {}
    for item in flat(value):
        first.setdefault(as_text(item), item)
    return list(first.values())


def _sequence(start: Any, end: Any, step: Any = 1.0) -> list[float]:
    first, last, width = as_number(start), as_number(end), as_number(step) or 1.0
    count = max(0, int((last - first) / width) + 1)
    return [first + width * number for number in islice(range(count), 10_000)]


FUNCTIONS: dict[str, Function] = {
    "LIST": plain(lambda *values: flat(list(values)), 0, None),
    "LISTCOMBINE": plain(lambda *values: flat(list(values)), 1, None),
    "FIRST": _one(lambda items: items[0]),
    "LAST": _one(lambda items: items[-1]),
    "NTH": Function(run=plain(_nth, 2).run, least=2, most=2, keeps_rows=True),
    "FILTER": Function(run=_filter, least=2, most=2, iterates=True, keeps_rows=True),
    "MAP": Function(run=_map, least=2, most=2, iterates=True),
    "COUNTIF": Function(run=_countif, least=2, most=2, iterates=True),
    "SUMIF": Function(run=_sumif, least=2, most=3, iterates=True),
    "SORT": plain(_sort, 1, 2),
    "SORTBY": Function(run=plain(_sort_by, 2, 3).run, least=2, most=3, keeps_rows=True),
    "UNIQUE": plain(_unique, 1),
    "ARRAYJOIN": plain(lambda value, by=",": as_text(by).join(as_text(v) for v in flat(value)), 1, 2),
    "SEQUENCE": plain(_sequence, 2, 3),
    "RECORD_ID": Function(run=lambda scope, _: scope.record.record_id, least=0, most=0),
}
