"""The receiving side believes a kept binding only for a moment."""

from feishu_plugin.app.receiving import Bindings, receiver_for
from feishu_plugin.store import Store
from tests.fakes import FakeClock, MemoryStore

TOKEN = "bascnX"


def fact(**options: str) -> dict[str, object]:
    return {"tables": {"tbl1": "requirement"}, "fields": {"fld1": "status"}, "options": options}


def options(bindings: Bindings) -> object:
    binding = bindings.binding_for(TOKEN)
    return dict(binding.tables["requirement"].fields["status"].option_ids) if binding else None


def test_an_option_that_the_worker_learns_of_after_the_field_event_is_known_soon() -> None:
    store, now = MemoryStore(), [0.0]
    bindings = Bindings(store, lambda: now[0])
    store.keep(TOKEN, "binding", fact(opt1="pending"))
    bindings.forget(TOKEN)
    early = options(bindings)
    store.keep(TOKEN, "binding", fact(opt1="pending", opt2="新状态"))

    now[0] += 2.0

    assert early == {"opt1": "pending"}
    assert options(bindings) == {"opt1": "pending", "opt2": "新状态"}


def test_a_base_nobody_works_on_yet_is_asked_for_every_time() -> None:
    store = MemoryStore()
    bindings = Bindings(store, lambda: 0.0)
    nothing = options(bindings)

    store.keep(TOKEN, "binding", fact(opt1="pending"))

    assert nothing is None
    assert options(bindings) == {"opt1": "pending"}


def test_the_columns_of_policy_tables_are_known_by_their_keys() -> None:
    store = MemoryStore()
    kept = {**fact(), "tables": {"tbl2": "routing"}, "rules": {"routing": {"fldLoad": "load"}}}
    store.keep(TOKEN, "binding", kept)

    binding = Bindings(store, lambda: 0.0).binding_for(TOKEN)

    assert binding is not None
    found = binding.tables["routing"].by_id("fldLoad")
    assert found is not None
    assert found.key == "load"


def test_a_field_event_without_an_object_in_it_is_no_reason_to_fail() -> None:
    store = Store("sqlite://")
    header = {"event_id": "e1", "event_type": "drive.file.bitable_field_changed_v1"}

    receiver_for(store, FakeClock()).accept({"header": header, "event": [7]})

    [hint] = store.pending("", 9)
    store.close()
    assert (hint.app_token, hint.table_id, hint.record_id) == ("", "", "")
