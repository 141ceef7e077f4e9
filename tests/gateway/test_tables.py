"""Records through a real sandbox process: typed, batched, and steady when people rename things."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID

import pytest

from feishu_plugin.errors import BindingError, FeishuError
from feishu_plugin.gateway.http import Feishu
from feishu_plugin.gateway.structure import BaseStructure
from feishu_plugin.gateway.tables import BaseTables, token_of
from feishu_plugin.records import Url, Values
from tests.gateway.conftest import Sandbox
from tests.gateway.samples import SCHEMA


def rows(count: int) -> list[Values]:
    return [{"title": f"第{number}条", "score": float(number)} for number in range(count)]


def rename(tables: BaseTables, structure: BaseStructure, key: str, name: str) -> None:
    """What a person does in the header of a column; no event is told."""
    table = tables.binding.tables["requirement"]
    structure.update_field(table.table_id, table.fields[key].field_id, {"field_name": name, "type": 1})


def test_a_row_comes_back_as_it_was_written(tables: BaseTables, sandbox: Sandbox) -> None:
    owner = sandbox.user("周子墨")["open_id"]
    customer = tables.create("customer", [{"name": "甲公司", "email": "a@example.com"}], "c")
    values: Values = {
        "title": "导出变慢",
        "status": "in_progress",
        "tags": ("fast", "slow"),
        "score": 4.5,
        "at": datetime(2026, 1, 5, 1, 30, tzinfo=UTC),
        "ticked": True,
        "owner": (owner,),
        "phone": "13800000000",
        "site": Url(text="看", link="https://example.com"),
        "customer": tuple(customer),
    }
    [made] = tables.create("requirement", [values], "r")
    record = tables.read("requirement", [made])[made]

    assert {key: record.get(key) for key in values} == dict(values)
    assert tables.read("customer", customer)[customer[0]].get("email") == "a@example.com"


def test_a_row_tells_who_changed_it_when(tables: BaseTables, sandbox: Sandbox) -> None:
    sandbox.control("PUT", "/clock", {"now": "2026-01-05T01:00:00+00:00", "frozen": True})
    [made] = tables.create("requirement", rows(1), "r")
    sandbox.control("POST", "/clock", {"advance_s": 60})
    table_id = tables.binding.tables["requirement"].table_id
    path = f"/open-apis/bitable/v1/apps/{tables.app_token}/tables/{table_id}/records/{made}"
    sandbox.by_person("许安然", "PUT", path, {"fields": {"标题": "改"}})
    record = tables.read("requirement", [made])[made]

    assert record.created_at == datetime(2026, 1, 5, 1, tzinfo=UTC)
    assert record.modified_at == datetime(2026, 1, 5, 1, 1, tzinfo=UTC) == record.get("modified_at")
    assert record.modified_by == sandbox.user("许安然")["open_id"]
    assert record.created_by not in (None, record.modified_by)


def test_none_clears_a_cell_and_other_cells_stay(tables: BaseTables) -> None:
    [made] = tables.create("requirement", [{"title": "甲", "score": 1.0, "status": "done"}], "r")
    tables.update("requirement", {made: {"score": None, "status": None}})

    assert dict(tables.read("requirement", [made])[made].values).keys() == {"title", "modified_at"}


def test_rows_that_do_not_exist_are_absent(tables: BaseTables) -> None:
    [made] = tables.create("requirement", rows(1), "r")

    assert set(tables.read("requirement", [made, "recUnknown01", made])) == {made}
    assert tables.read("requirement", []) == {}


def test_removed_rows_are_gone_and_removing_them_again_is_no_fault(tables: BaseTables) -> None:
    made = tables.create("requirement", rows(501), "r")

    tables.remove("requirement", made[:3])
    tables.remove("requirement", made[:501])

    assert tables.read("requirement", made) == {}


def test_a_create_of_the_same_identity_adds_nothing(tables: BaseTables) -> None:
    first = tables.create("requirement", rows(3), "import-1")

    assert tables.create("requirement", rows(3), "import-1") == first
    assert sum(len(page) for page in tables.scan("requirement")) == 3


def test_large_batches_are_cut(tables: BaseTables, sandbox: Sandbox) -> None:
    made = tables.create("requirement", rows(1001), "r")
    assert len(set(made)) == 1001
    read = tables.read("requirement", made)
    tables.update("requirement", {record_id: {"score": 7.0} for record_id in made})

    assert [read[record_id].get("title") for record_id in made] == [row["title"] for row in rows(1001)]
    pages = list(tables.scan("requirement"))
    assert [len(page) for page in pages] == [500, 500, 1]
    assert {record.get("score") for page in pages for record in page} == {7.0}
    calls = {name.rsplit("/", 1)[1]: count for name, count in sandbox.requests().items()}
    assert calls["batch_create"] == 3
    assert calls["batch_get"] == 11
    assert calls["batch_update"] == 3


def test_a_scan_by_last_change_starts_with_the_newest(tables: BaseTables, sandbox: Sandbox) -> None:
    sandbox.control("PUT", "/clock", {"now": "2026-01-05T01:00:00+00:00", "frozen": True})
    made = tables.create("requirement", rows(3), "r")
    for record_id in (made[2], made[0]):
        sandbox.control("POST", "/clock", {"advance_s": 60})
        tables.update("requirement", {record_id: {"score": 9.0}})
    [page] = tables.scan("requirement", newest_first=True)

    assert [record.record_id for record in page] == [made[0], made[2], made[1]]


def test_newest_first_without_a_time_column_is_just_all(tables: BaseTables) -> None:
    tables.create("customer", [{"name": "甲"}, {"name": "乙"}], "c")

    assert [len(page) for page in tables.scan("customer", newest_first=True)] == [2]


def test_rows_are_found_by_text_and_by_option(tables: BaseTables) -> None:
    made = tables.create("requirement", [{"title": "甲", "status": "done"}, {"title": "乙"}], "r")

    assert [r.record_id for r in tables.find("requirement", "title", "乙")] == [made[1]]
    assert [r.record_id for r in tables.find("requirement", "status", "done")] == [made[0]]
    assert tables.find("requirement", "title", "丙") == []


def test_a_renamed_column_is_found_again_by_reads(tables: BaseTables, structure: BaseStructure) -> None:
    [made] = tables.create("requirement", rows(1), "r")
    rename(tables, structure, "title", "需求名称")

    assert tables.read("requirement", [made])[made].get("title") == "第0条"
    assert tables.binding.tables["requirement"].fields["title"].name == "需求名称"


@pytest.mark.parametrize("what", ["update", "create", "find", "scan"])
def test_a_renamed_column_is_found_again_by(tables: BaseTables, structure: BaseStructure, what: str) -> None:
    [made] = tables.create("requirement", rows(1), "r")
    rename(tables, structure, "title", "需求名称")
    if what == "update":
        tables.update("requirement", {made: {"title": "新"}})
    elif what == "create":
        tables.create("requirement", [{"title": "新"}], "s")
    found = tables.find("requirement", "title", "新" if what in ("update", "create") else "第0条")

    assert len(found) == 1
    assert next(iter(tables.scan("requirement")))[0].get("title") is not None


def test_a_column_of_somebody_else_is_ignored(
    tables: BaseTables, structure: BaseStructure, sandbox: Sandbox
) -> None:
    [made] = tables.create("requirement", rows(1), "r")
    table_id = tables.binding.tables["requirement"].table_id
    structure.create_field(table_id, {"field_name": "我的列", "type": 1})
    path = f"/open-apis/bitable/v1/apps/{tables.app_token}/tables/{table_id}/records/{made}"
    sandbox.by_person("许安然", "PUT", path, {"fields": {"我的列": "x"}})
    before = sandbox.requests()
    for _ in range(3):
        assert tables.read("requirement", [made])[made].get("title") == "第0条"

    lists = "GET /open-apis/bitable/v1/apps/:app_token/tables"
    assert sandbox.requests()[lists] == before[lists] + 1


def test_a_row_deleted_meanwhile_does_not_stop_the_others(
    feishu: Feishu, tables: BaseTables, sandbox: Sandbox
) -> None:
    made = tables.create("requirement", rows(3), "r")
    fresh = BaseTables(feishu, SCHEMA, tables.app_token)
    table_id = tables.binding.tables["requirement"].table_id
    path = f"/open-apis/bitable/v1/apps/{tables.app_token}/tables/{table_id}/records/{made[1]}"
    sandbox.by_person("许安然", "DELETE", path)
    fresh.update("requirement", {record_id: {"score": 5.0} for record_id in made})

    assert [r.get("score") for r in fresh.read("requirement", made).values()] == [5.0, 5.0]
    fresh.update("requirement", {made[1]: {"score": 6.0}})


def test_a_row_that_feishu_denies_but_shows_is_an_error(
    feishu: Feishu, tables: BaseTables, sandbox: Sandbox
) -> None:
    made = tables.create("requirement", rows(2), "r")
    rule = {"kind": "code", "code": 1254043, "msg": "RecordIdNotFound", "route": "POST */batch_update"}
    sandbox.control("PUT", "/faults", [rule])
    with pytest.raises(FeishuError, match="1254043"):
        BaseTables(feishu, SCHEMA, tables.app_token).update("requirement", {made[0]: {"score": 1.0}})


def test_a_row_we_just_made_may_lag_behind(tables: BaseTables, sandbox: Sandbox) -> None:
    [made] = tables.create("requirement", rows(1), "r")
    rule = {"kind": "code", "code": 1254043, "msg": "RecordIdNotFound", "route": "POST */batch_update"}
    sandbox.control("PUT", "/faults", [{**rule, "count": 3}])
    tables.update("requirement", {made: {"score": 5.0}})

    assert tables.read("requirement", [made])[made].get("score") == 5.0


def test_a_batch_that_is_too_large_for_feishu_is_halved(tables: BaseTables, sandbox: Sandbox) -> None:
    made = tables.create("requirement", rows(4), "r")
    rule = {"kind": "code", "code": 1254002, "msg": "Fail", "route": "POST */batch_update", "count": 3}
    sandbox.control("PUT", "/faults", [rule])
    tables.update("requirement", {record_id: {"score": 5.0} for record_id in made})

    assert {r.get("score") for r in tables.read("requirement", made).values()} == {5.0}


def test_a_refused_value_is_an_error(tables: BaseTables) -> None:
    [made] = tables.create("requirement", rows(1), "r")
    with pytest.raises(FeishuError):
        tables.update("requirement", {made: {"owner": ("ou_nobody",)}})


@pytest.mark.parametrize("kind", ["drop-after-commit", "drop-before-commit", "html", "status"])
def test_a_lost_answer_makes_no_row_twice(tables: BaseTables, sandbox: Sandbox, kind: str) -> None:
    sandbox.control("PUT", "/faults", [{"kind": kind, "route": "POST */batch_create", "count": 2}])
    made = tables.create("requirement", rows(2), "r")

    assert sorted(r.record_id for page in tables.scan("requirement") for r in page) == sorted(made)


def test_concurrent_writers_never_meet(tables: BaseTables, sandbox: Sandbox) -> None:
    sandbox.control("PUT", "/switches", {"write_ms": 5})
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: tables.create("requirement", rows(1), f"r{n}"), range(24)))

    counted = sandbox.control("GET", "/stats")["requests"]
    assert next(codes for name, codes in counted.items() if name.endswith("batch_create")) == {"0": 24}


def test_a_missing_table_or_field_is_named(
    feishu: Feishu, tables: BaseTables, structure: BaseStructure
) -> None:
    table = tables.binding.tables["requirement"]
    structure.delete_field(table.table_id, table.fields["score"].field_id)
    with pytest.raises(BindingError, match=r"requirement\.score"):
        BaseTables(feishu, SCHEMA, tables.app_token).create("requirement", rows(1), "r")

    structure.delete_table(tables.binding.tables["customer"].table_id)
    with pytest.raises(BindingError, match="customer"):
        BaseTables(feishu, SCHEMA, tables.app_token).read("customer", ["rec1"])


def test_subscribing_twice_is_as_good_as_once(tables: BaseTables) -> None:
    assert not tables.is_subscribed()
    tables.subscribe()
    tables.subscribe()

    assert tables.is_subscribed()


def test_a_token_of_an_identity_has_the_version_4_form_and_stays() -> None:
    assert UUID(token_of("a")).version == 4
    assert token_of("a") == token_of("a") != token_of("b")
