"""Formula functions of conditions: IF and its family, blanks and errors, what a list contains."""

from collections.abc import Sequence
from typing import Any

from feishu_plugin.sandbox.formula_calls import Function, Run, Scope, plain
from feishu_plugin.sandbox.formula_values import FormulaFault, as_bool, as_text, compare, flat, is_blank


def _if(scope: Scope, arguments: Sequence[Run]) -> Any:
    if as_bool(arguments[0](scope)):
        return arguments[1](scope)
    return arguments[2](scope) if len(arguments) > 2 else False


def _ifs(scope: Scope, arguments: Sequence[Run]) -> Any:
    for condition, value in zip(arguments[::2], arguments[1::2], strict=False):
        if as_bool(condition(scope)):
            return value(scope)
    return None


def _switch(scope: Scope, arguments: Sequence[Run]) -> Any:
    wanted, cases = arguments[0](scope), arguments[1:]
    for case, value in zip(cases[::2], cases[1::2], strict=False):
        if compare(wanted, case(scope)) == 0:
            return value(scope)
    return cases[-1](scope) if len(cases) % 2 else None


def _iferror(scope: Scope, arguments: Sequence[Run]) -> Any:
    try:
        return arguments[0](scope)
    except FormulaFault:
        return arguments[1](scope)


def _iserror(scope: Scope, arguments: Sequence[Run]) -> bool:
    try:
        arguments[0](scope)
    except FormulaFault:
        return True
    return False


def _ifblank(scope: Scope, arguments: Sequence[Run]) -> Any:
    value = arguments[0](scope)
    return arguments[1](scope) if is_blank(value) else value


def _and(scope: Scope, arguments: Sequence[Run]) -> bool:
    return all(as_bool(argument(scope)) for argument in arguments)


def _or(scope: Scope, arguments: Sequence[Run]) -> bool:
    return any(as_bool(argument(scope)) for argument in arguments)


def _texts(value: Any) -> set[str]:
    return {as_text(item) for item in flat(value)}


def _contain(value: Any, *wanted: Any) -> bool:
    """True when the list holds any of the wanted values."""
    return not _texts(value).isdisjoint(_texts(list(wanted)))


def _contains_all(value: Any, *wanted: Any) -> bool:
    return _texts(list(wanted)) <= _texts(value)


def _contains_only(value: Any, *wanted: Any) -> bool:
    return bool(flat(value)) and _texts(value) == _texts(list(wanted))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


FUNCTIONS: dict[str, Function] = {
    "IF": Function(run=_if, least=2, most=3),
    "IFS": Function(run=_ifs, least=2, most=None),
    "SWITCH": Function(run=_switch, least=3, most=None),
    "IFERROR": Function(run=_iferror, least=2, most=2),
    "ISERROR": Function(run=_iserror, least=1, most=1),
    "IFBLANK": Function(run=_ifblank, least=2, most=2),
    "AND": Function(run=_and, least=1, most=None),
    "OR": Function(run=_or, least=1, most=None),
    "NOT": plain(lambda value: not as_bool(value), 1),
    "TRUE": plain(lambda: True, 0),
    "FALSE": plain(lambda: False, 0),
    "ISBLANK": plain(is_blank, 1),
    "ISNULL": plain(is_blank, 1),
    "ISNUMBER": plain(_is_number, 1),
    "CONTAIN": plain(_contain, 2, None),
    "CONTAINSALL": plain(_contains_all, 2, None),
    "CONTAINSONLY": plain(_contains_only, 2, None),
}
