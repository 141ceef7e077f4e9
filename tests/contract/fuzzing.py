"""Strategies for requests that are almost right: a good call with something broken, or plain junk."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.contract.good_call import Good
from tests.contract.good_calls import GOOD
from tests.sandbox.conftest import Json

Key = tuple[str, str]
ODD_TEXTS = (
    "",
    " ",
    "0",
    "-1",
    "501",
    "null",
    "True",
    "recNobody00000",
    "tblNobody",
    "fldNobody",
    "optNobody",
    "open_id",
    "[]",
    "{}",
    '["ExactDate","x"]',
    '["ExactDate","99999999999999999999"]',
    "CurrentValue.[",
    "AND(CurrentValue.[State]=",
    "名" * 200,
    "\x00\ud800".encode("utf-8", "replace").decode(),
    "a" * 3000,
    "../../etc/passwd",
    "<script>",
    "%",
    "t-",
    "9" * 400,
)
ODD_NUMBERS = (0, 1, -1, 3, 19, 24, 56, 3001, 10**18, -(10**30), 1.5, 1e308, 2**63)
NAMES = (
    "id",
    "name",
    "type",
    "text",
    "link",
    "fields",
    "records",
    "value",
    "property",
    "options",
    "file_token",
)

scalars = st.one_of(
    st.none(), st.booleans(), st.sampled_from(ODD_NUMBERS), st.sampled_from(ODD_TEXTS), st.text(max_size=8)
)
junk = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
    max_leaves=6,
)
TOKENS = ("", "Bearer", "Bearer t-", "Bearer t-g1zzzzzzzzzz", "Bearer u-nobody", "Basic x", "Bearer x\ty")
RAW_BODIES = (
    b"",
    b"{",
    b"\xff\xfe",
    b"[" * 100_000,
    b"NaN",
    b'{"a":1e999}',
    b'"\\ud800"',
    b"--x\r\n\r\n",
    b"a=b&c",
)
CONTENT_TYPES = (
    "application/json",
    "text/html",
    "",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded",
    "application/json; charset=latin-1",
    "é",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, ids still by name."""

    method: str
    path: str
    arguments: Json
    who: str
    """``app``, ``person`` or an Authorization header."""


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The address of every node of a JSON value, the root included."""
    found = [path]
    if isinstance(value, dict):
        pairs: Any = value.items()
    else:
        pairs = enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        found += places(inner, (*path, key))
    return found


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A copy of the value with one node replaced."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


def broken(body: Any) -> st.SearchStrategy[Any]:
    """The body with up to two nodes replaced by junk."""
    once = st.tuples(st.sampled_from(places(body)), junk).map(lambda pair: replaced(body, *pair))
    twice = once.flatmap(
        lambda first: st.tuples(st.sampled_from(places(first)), junk).map(lambda pair: replaced(first, *pair))
    )
    return st.one_of(st.just(body), once, once, twice)


def queries(good: Good) -> st.SearchStrategy[Json]:
    """The query with values exchanged, or with parameters of other endpoints."""
    others = {name for one in GOOD.values() for name in one.query} - {"timeout_s", "after"}
    names = st.sampled_from(sorted({*others, *good.query, "page_size", "page_token", "user_id_type"}))
    odd = st.dictionaries(names, st.sampled_from(ODD_TEXTS) | st.text(max_size=8), max_size=2)
    return st.one_of(st.just(good.query), odd.map(lambda given: {**good.query, **given}))


def arguments(good: Good) -> st.SearchStrategy[Json]:
    """Query and body as requests takes them."""
    bodies = broken(good.body).map(lambda body: {"json": body})
    raw = st.builds(
        lambda data, kind: {"data": data, "headers": {"Content-Type": kind.encode()}},
        st.sampled_from(RAW_BODIES),
        st.sampled_from(CONTENT_TYPES),
    )
    choices = [bodies, bodies, bodies, raw]
    if good.form is not None:
        forms = st.dictionaries(st.sampled_from(sorted(good.form)), st.sampled_from(ODD_TEXTS), max_size=2)
        parts = forms.map(lambda odd: {"data": {**(good.form or {}), **odd}, "files": good.files})
        choices = [parts, parts, raw]
    return st.builds(lambda params, body: {"params": params, **body}, queries(good), st.one_of(*choices))


def addresses(pattern: str, good: Good) -> st.SearchStrategy[str]:
    """The path, sometimes with one parameter that names nothing or nonsense."""
    parts = pattern.split("/")
    right = good.address(pattern)
    slots = [place for place, part in enumerate(parts) if part.startswith(":")]
    if not slots:
        return st.just(right)
    odd = st.sampled_from(
        ("nobody", "tblNobody", "recNobody00000", "%00", "%ff", "名", "0", "$spare_table", "$form_id")
    )

    def swapped(place: int, text: str) -> str:
        given = right.split("/")
        given[place] = text
        return "/".join(given)

    return st.one_of(st.just(right), st.just(right), st.builds(swapped, st.sampled_from(slots), odd))


def requests_to(keys: list[Key]) -> st.SearchStrategy[Request]:
    """Requests to these endpoints; now and then with another method or a wrong token."""
    who = st.one_of(st.just("app"), st.just("app"), st.just("person"), st.sampled_from(TOKENS))

    def for_one(key: Key) -> st.SearchStrategy[Request]:
        good = GOOD[key]
        methods = st.one_of(
            *[st.just(key[0])] * 9, st.sampled_from(("GET", "PUT", "DELETE", "PATCH", "OPTIONS"))
        )
        return st.builds(
            Request, method=methods, path=addresses(key[1], good), arguments=arguments(good), who=who
        )

    return st.sampled_from(keys).flatmap(for_one)
