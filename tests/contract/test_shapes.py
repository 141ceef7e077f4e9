"""The sandbox's bodies beside recorded and documented ones, key by key and kind by kind.

The examples are no part of this project: they lie beside the repository, or where FEISHU_EXAMPLES
says, with ``recorded/`` (answers of the real service) and ``documented_examples/`` (one file per
answer, named by method and path).
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.contract.good_calls import GOOD
from tests.contract.premises import Premises
from tests.contract.refusals_of_cells import CELLS
from tests.contract.refusals_of_gateway import GATEWAY, MESSAGES
from tests.contract.refusing import TABLE, Refused
from tests.contract.shapes import disagreements, shape
from tests.sandbox.conftest import Json, Sandbox

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "feishu"
FOLDER = os.environ.get("FEISHU_EXAMPLES", str(BESIDE))
needs_examples = pytest.mark.skipif(
    not Path(FOLDER, "recorded").is_dir(),
    reason="no folder of recorded and documented answers beside the repository or in FEISHU_EXAMPLES",
)


def named(method: str, pattern: str) -> str:
    """``GetBitableV1AppsByAppTokenTables`` of GET /open-apis/bitable/v1/apps/:app_token/tables."""
    parts = pattern.removeprefix("/open-apis/").split("/")
    words = [f"by_{part[1:]}" if part.startswith(":") else part for part in parts]
    return method.capitalize() + "".join(word.title().replace("_", "").replace("-", "") for word in words)


def example(method: str, pattern: str) -> Path:
    """Where the documented answer of an endpoint would be."""
    return Path(FOLDER or ".", "documented_examples", f"{named(method, pattern)}ResponseDto.json")


def recorded(name: str) -> Any:
    """One recorded body."""
    return json.loads(Path(FOLDER, "recorded", name).read_text("utf-8"))


@needs_examples
@pytest.mark.parametrize(("method", "pattern"), [key for key in GOOD if example(*key).is_file()])
def test_an_answer_has_the_documented_shape(sandbox: Sandbox, method: str, pattern: str) -> None:
    path = example(method, pattern)
    premises, good = Premises(sandbox), GOOD[method, pattern]
    for earlier, where, body in good.first:
        premises.ask(earlier, where, json=body)

    answer = premises.send(method, good.address(pattern), **good.arguments()).json()

    assert (
        disagreements(shape(cells_apart(json.loads(path.read_text("utf-8")))), shape(cells_apart(answer)))
        == set()
    )


def cells_apart(body: Json) -> Json:
    """The body without the cells of records and the settings of fields: their keys are data."""
    if isinstance(body, dict):
        return {
            key: {} if key in ("fields", "property") and isinstance(value, dict) else cells_apart(value)
            for key, value in body.items()
        }
    return [cells_apart(item) for item in body] if isinstance(body, list) else body


def first(rows: tuple[Refused, ...], code: int) -> Refused:
    """The first row of this code."""
    return next(row for row in rows if row.code == code)


ERRORS = (
    ("error_1254045_field_name_not_found.json", first(CELLS, 1254045)),
    ("error_1254060_text.json", first(CELLS, 1254060)),
    ("error_1254062_single_select.json", first(CELLS, 1254062)),
    ("error_1254064_date.json", first(CELLS, 1254064)),
    ("error_1254068_url.json", first(CELLS, 1254068)),
    ("error_99991663_bad_token_http400.json", first(GATEWAY, 99991663)),
    ("error_230099_card_content.json", first(MESSAGES, 230099)),
)


@needs_examples
@pytest.mark.parametrize(("name", "row"), ERRORS, ids=[name for name, _ in ERRORS])
def test_a_refusal_has_the_recorded_shape(sandbox: Sandbox, name: str, row: Refused) -> None:
    real = recorded(name)
    answer = Premises(sandbox).ask(row.method, row.path, **row.arguments)

    assert answer.status == real.pop("_status_code", answer.status)
    assert (answer.code, answer.body["msg"].partition(",")[0]) == (
        real["code"],
        real["msg"].partition(",")[0],
    )
    assert shape(real) <= shape(answer.body)
    if "message" in real["error"]:
        lead, _, _ = real["error"]["message"].partition(": ")
        assert answer.body["error"]["message"].startswith(lead)


@needs_examples
def test_a_page_of_records_has_the_recorded_shape(sandbox: Sandbox) -> None:
    real = recorded("records_search_page1.json")
    answer = Premises(sandbox).ask("POST", f"{TABLE}/records/search?page_size=1", json={}).body

    assert disagreements(shape(cells_apart(real)), shape(cells_apart(answer))) == set()
    assert set(real["data"]) == set(answer["data"])
    assert answer["data"]["page_token"] == "cGFnZVRva2VuOjE="


@needs_examples
def test_a_list_of_fields_has_the_recorded_shape(sandbox: Sandbox) -> None:
    real = recorded("fields_list_all_types.json")["data"]["items"]
    premises = Premises(sandbox)
    ours = premises.ask("GET", f"{TABLE}/fields?page_size=100").data["items"]
    by_type = {(item["type"], item["ui_type"]): item for item in ours}
    both = [(item, by_type[key]) for item in real if (key := (item["type"], item["ui_type"])) in by_type]

    assert len(both) >= 12
    for item, our in both:
        assert set(item) <= set(our)
        assert disagreements(shape(item), shape(our)) == set(), item
        assert (item["property"] is None) == (our["property"] is None), item
