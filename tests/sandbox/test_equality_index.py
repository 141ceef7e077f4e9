"""The index finds what a look at every record would find, in the same order, whatever was done before."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from feishu_plugin.sandbox.equality_index import EqualityIndex
from tests.sandbox.bitable import Shop, where
from tests.sandbox.conftest import Sandbox


class Row:
    def __init__(self) -> None:
        self.cells: dict[str, Any] = {}


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("add", "set", "clear", "remove", "look", "drop")),
        st.integers(0, 5),
        st.sampled_from(("a", "b", 1, 1.0)),
    ),
    max_size=40,
)


@given(STEPS)
def test_an_index_agrees_with_a_full_look(steps: list[tuple[str, int, Any]]) -> None:
    index, rows, made = EqualityIndex(), dict[str, Row](), 0
    for step, number, value in steps:
        id = list(rows)[number % len(rows)] if rows else None
        if step == "add":
            made += 1
            rows[f"rec{made}"] = Row()
            index.added(f"rec{made}")
        elif step == "drop":
            index.drop()
        elif step == "look":
            index.ids(rows, "f", value)
        elif id is not None and step == "remove":
            index.removed(id, rows.pop(id).cells)
        elif id is not None:
            after = value if step == "set" else None
            index.changed(id, "f", rows[id].cells.get("f"), after)
            rows[id].cells = {} if after is None else {"f": after}
    for value in ("a", "b", 1):
        expected = [id for id, row in rows.items() if row.cells.get("f") == value]
        assert index.in_order(index.ids(rows, "f", value)) == expected


def test_a_filter_sees_every_kind_of_change(sandbox: Sandbox) -> None:
    shop = Shop(sandbox)
    rows = [{"Title": str(number), "Amount": number % 3, "State": "Open"} for number in range(9)]
    ids = shop.add(*rows)
    one, state = where("Amount", "is", "1"), where("State", "is", "Open")
    assert shop.titles(one) == ["1", "4", "7"]

    shop.set(ids[0], {"Amount": 1.0})
    shop.set(ids[4], {"Amount": None})
    shop.ask("DELETE", f"records/{ids[7]}")
    shop.add({"Title": "new", "Amount": 1})
    assert shop.titles(one) == ["0", "1", "new"]
    assert shop.titles(one, state) == ["0", "1"]
    assert shop.titles(one, where("Title", "is", "5"), conjunction="or") == ["0", "1", "5", "new"]
    assert shop.titles(where("State", "is", "no such option")) == []

    field = shop.fields()["State"]
    body = {"field_name": "State", "type": 3, "property": {"options": [{"name": "Late"}]}}
    assert shop.ask("PUT", f"fields/{field['field_id']}", json=body).code == 0
    assert shop.titles(state) == []
    assert shop.ask("DELETE", f"fields/{shop.fields()['Amount']['field_id']}").code == 0
    assert (
        shop.search({"filter": {"conjunction": "and", "conditions": [where("Title", "is", "new")]}})["total"]
        == 1
    )
