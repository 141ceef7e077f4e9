"""Every refusal the sandbox knows: its HTTP status, its code and the shape of its body."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.sync.client import connect

from feishu_plugin.sandbox.coverage import error_codes
from tests.contract.conftest import started
from tests.contract.premises import IM, Premises
from tests.contract.refusals_of_bases import (
    BASES,
    BLOCKS,
    FULL,
    LIMITS,
    RECORDS_REFUSED,
    ROLES,
    VIEWS_AND_FORMS,
)
from tests.contract.refusals_of_cells import CELLS, PROPERTIES, SEARCHES
from tests.contract.refusals_of_gateway import (
    DRIVE_AND_CONTACT,
    GATEWAY,
    MESSAGES,
    MISFORTUNES,
    WIKI_REFUSED,
)
from tests.contract.refusing import APP, SPARE, Refused
from tests.contract.watching import click, until_online
from tests.sandbox.bitable import API
from tests.sandbox.conftest import Answer, Sandbox

HARMLESS = (
    *CELLS,
    *PROPERTIES,
    *SEARCHES,
    *(
        row
        for table in (BASES, BLOCKS, RECORDS_REFUSED, VIEWS_AND_FORMS, ROLES, GATEWAY, DRIVE_AND_CONTACT)
        for row in table
    ),
    *MESSAGES,
    *WIKI_REFUSED,
    *MISFORTUNES,
)
FLAT = {514, 1000040346}
"""The long connection's bootstrap answers without an ``error`` object."""


@pytest.fixture
def premises(sandbox: Sandbox) -> Premises:
    """The office, with a table that has only one view and a base that has only one table."""
    office = Premises(sandbox)
    office.ids["spare_view"] = office.ask("GET", f"{SPARE}/views").data["items"][0]["view_id"]
    tables = office.ask("GET", f"{API}/apps/$other_base/tables").data["items"]
    office.ids["other_table"] = tables[0]["table_id"]
    return office


def refusal_of(premises: Premises, row: Refused) -> Answer:
    """What the sandbox answers to this row, after what must come before it."""
    for method, path, arguments in row.before:
        if method == "AGAIN":  # time has passed: the old token is worth nothing
            premises.sandbox.forget_token()
        else:
            answer = premises.ask(method, path, **arguments)
            assert answer.body.get("code", 0) == 0, answer.body
    return premises.ask(row.method, row.path, who=row.who, **row.arguments)


@pytest.mark.parametrize("row", HARMLESS, ids=lambda row: row.name)
def test_a_refusal_is_feishus(premises: Premises, row: Refused) -> None:
    answer = refusal_of(premises, row)

    assert (answer.code, answer.status) == (row.code, row.status), answer.body
    if row.code in FLAT:
        assert answer.body["data"] == {}
        return
    assert set(answer.body) == {"code", "msg", "error"}
    assert answer.body["error"]["log_id"] == answer.headers["X-Tt-Logid"]
    assert f"code={row.code}" in answer.body["error"]["troubleshooter"]


@pytest.mark.parametrize("row", LIMITS, ids=lambda row: row.name)
def test_a_full_table_is_full(premises: Premises, row: Refused) -> None:
    premises.ids["full_table"] = premises.ask("POST", f"{APP}/tables", json=FULL).data["table_id"]

    assert refusal_of(premises, row).code == row.code


def test_a_card_template_is_unknown_here(premises: Premises) -> None:
    content = json.dumps({"type": "template", "data": {"template_id": "AAqk"}})
    body = {"receive_id": "$open_id_a", "msg_type": "interactive", "content": content}

    answer = premises.ask("POST", f"{IM}/messages?receive_id_type=open_id", json=body)

    assert "ErrCode: 200380" in answer.body["msg"]


def test_an_app_that_never_answers_a_click_is_shown_as_late(premises: Premises) -> None:
    box = premises.sandbox
    box.control("PUT", "/switches", json={"ack_limit_s": 0.05})
    keys = {"AppID": box.ready["app_id"], "AppSecret": box.ready["app_secret"]}
    with connect(box.call("POST", "/callback/ws/endpoint", json=keys).body["data"]["URL"]):
        until_online(box)

        assert click(box, premises.ids["card"], "go") == {"answer": None, "code": 200341}


def test_an_unknown_path_names_itself(sandbox: Sandbox) -> None:
    answer = sandbox.call("PATCH", "/open-apis/nothing/here")

    assert "PATCH /open-apis/nothing/here" in answer.body["msg"]


def test_a_field_violation_names_the_field(premises: Premises) -> None:
    answer = premises.ask("GET", f"{APP}/tables?page_size=501")

    assert answer.body["error"]["field_violations"] == [
        {"field": "page_size", "value": "501", "description": "the max value is 100"}
    ]


@pytest.fixture(scope="module")
def strict() -> Iterator[Sandbox]:
    """A sandbox with its rate limits on, as it starts."""
    with started() as sandbox:
        yield sandbox


def test_too_many_calls_are_told_when_to_come_back(strict: Sandbox) -> None:
    strict.control("PUT", "/clock", json={"now": "2026-08-03T09:00:00+00:00"})
    answers = [strict.app("POST", f"{API}/apps", json={"name": "x"}) for _ in range(41)]
    refused = next(answer for answer in answers if answer.code)

    assert (refused.status, refused.code) == (429, 99991400)
    assert refused.headers["x-ogw-ratelimit-limit"] == "20"
    assert 1 <= int(refused.headers["x-ogw-ratelimit-reset"]) <= 60


def test_every_code_is_walked_by_a_test() -> None:
    tests = Path(__file__).parents[1]
    told = "".join(
        path.read_text("utf-8") for part in ("contract", "sandbox") for path in (tests / part).glob("*.py")
    )

    assert [code for code in error_codes() if not re.search(rf"\b{code}\b", told.replace("_", ""))] == []
