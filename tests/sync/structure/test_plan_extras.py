"""What a tenant may not have: view settings and dashboards of base v3, roles of advanced permissions."""

from copy import deepcopy
from typing import Any

import pytest
import requests

from feishu_plugin.errors import UnsafePlan
from feishu_plugin.gateway.extras import BaseExtras
from feishu_plugin.gateway.http import Feishu
from feishu_plugin.gateway.structure import BASE, BaseStructure
from feishu_plugin.ports import Json
from feishu_plugin.schema import Schema, load
from feishu_plugin.sync.structure.apply import Consent, apply
from feishu_plugin.sync.structure.live import Base, look
from feishu_plugin.sync.structure.plan import Plan
from tests.sync.structure.fake_extras import FakeIdentities
from tests.sync.structure.fake_structure import FakeStructure
from tests.sync.structure.generated import RICH, Data, schema_of
from tests.sync.structure.sandbox_base import RECORDS, base_of, new_base

SAMPLE = schema_of(RICH)
PACKAGED = load()


def plan_of(schema: Schema, base: Base) -> Plan:
    return Plan.of(schema, look(base, schema))


def sample(**tenant: bool) -> FakeStructure:
    """A base as the sample wants it."""
    structure = FakeStructure(**tenant)  # type: ignore[arg-type]
    assert apply(structure.base, SAMPLE).failed == ()
    return structure


def with_changes(change: Any) -> Schema:
    data: Data = deepcopy(RICH)
    change(data)
    return schema_of(data)


def test_without_base_v3_everything_of_it_is_told_to_be_set_by_hand() -> None:
    structure = FakeStructure(v3=False)
    result = apply(structure.base, SAMPLE)
    told = {change.path: str(change) for change in result.skipped}
    assert result.failed == ()
    assert set(told) == {
        "view:task.all",
        "view:task.open",
        "view:task.board",
        "view:task.plan",
        "dashboard:main",
    }
    assert "set it by hand" in told["view:task.board"]
    assert "group: 状态↑" in told["view:task.board"]
    assert "bars: 开工 → 期限, title 标题" in told["view:task.plan"]
    assert "make it by hand" in told["dashboard:main"]
    assert "按状态 (pie)" in told["dashboard:main"]
    assert not {change.path for change in result.done} & {"dashboard:main", "chart:main.states"}
    assert not plan_of(SAMPLE, structure.base)


def test_once_the_tenant_has_base_v3_what_was_skipped_is_made() -> None:
    structure = sample(v3=False)
    structure.extras.v3 = True
    assert [change.kind for change in plan_of(SAMPLE, structure.base).changes].count("change_view") == 4
    result = apply(structure.base, SAMPLE)
    assert (result.failed, result.skipped) == ((), ())
    assert [board["name"] for board in structure.extras.boards.values()] == ["总览"]
    assert not plan_of(SAMPLE, structure.base)


def test_with_advanced_permissions_off_roles_wait_until_they_are_on() -> None:
    structure = sample(advanced=False)
    plan = plan_of(SAMPLE, structure.base)
    assert not plan
    (skipped,) = plan.skipped
    assert "advanced permissions are off" in str(skipped.reason)
    assert all(role.zh in skipped.name for role in SAMPLE.roles)
    structure.extras.advanced = True
    assert {change.kind for change in apply(structure.base, SAMPLE).done} == {"add_role"}
    assert not plan_of(SAMPLE, structure.base)


def test_a_role_of_people_with_a_wanted_name_is_left_to_them() -> None:
    structure = sample()
    peoples = structure.extras.create_role({"role_name": "外部", "table_roles": []})
    schema = with_changes(lambda data: data["roles"][0].update(zh="外部"))
    with pytest.raises(UnsafePlan, match="role:worker"):
        apply(structure.base, schema)
    assert structure.extras.custom[peoples] == {"role_id": peoples, "role_name": "外部", "table_roles": []}


def test_rights_that_people_gave_in_their_own_tables_stay() -> None:
    structure = sample()
    own = structure.create_table("自己的表", "全部", [])
    role_id, role = next(iter(structure.extras.custom.items()))
    mine = {"table_id": own, "table_perm": 4}
    structure.extras.custom[role_id] = {**role, "table_roles": [mine]}
    assert apply(structure.base, SAMPLE).failed == ()
    assert mine in structure.extras.custom[role_id]["table_roles"]


def test_charts_follow_the_names_of_their_table_and_columns() -> None:
    structure = sample()

    def rename(data: Data) -> None:
        data["tables"][0]["zh"], data["tables"][0]["fields"][3]["zh"] = "工作", "小时"

    assert apply(structure.base, with_changes(rename)).failed == ()
    (board,) = structure.extras.boards.values()
    hours = next(block for block in board["blocks"].values() if block["name"] == "工时和")
    assert hours["data_config"]["table_name"] == "工作"
    assert hours["data_config"]["series"] == [{"field_name": "小时", "rollup": "SUM"}]


def test_a_chart_of_another_type_replaces_the_old_one() -> None:
    structure = sample()
    schema = with_changes(lambda data: data["dashboards"][0]["charts"][0].update(type="ring"))
    assert apply(structure.base, schema).failed == ()
    (board,) = structure.extras.boards.values()
    assert sorted((b["name"], b["type"]) for b in board["blocks"].values()) == [
        ("工时和", "column"),
        ("按状态", "ring"),
    ]


def _no_chart(data: Data) -> None:
    del data["dashboards"][0]["charts"][0]


def _no_role(data: Data) -> None:
    del data["roles"][0]


def _no_dashboard(data: Data) -> None:
    del data["dashboards"]


@pytest.mark.parametrize(
    ("change", "path"),
    [(_no_chart, "chart:main.states"), (_no_role, "role:worker")],
)
def test_what_the_schema_drops_goes_only_by_name(change: Any, path: str) -> None:
    structure, schema = sample(), with_changes(change)
    before = len(structure.calls)
    with pytest.raises(UnsafePlan, match=f"--allow-destructive {path}"):
        apply(structure.base, schema)
    assert len(structure.calls) == before
    assert apply(structure.base, schema, consent=Consent(paths=frozenset({path}))).failed == ()
    assert not plan_of(schema, structure.base)
    assert len(structure.calls) == before + 1


def test_a_dashboard_that_people_made_is_none_of_ours() -> None:
    structure = sample()
    own = structure.extras.create_dashboard("周会", "default")
    assert not plan_of(SAMPLE, structure.base)
    assert own in structure.extras.boards


def advanced(feishu: Feishu, structure: BaseStructure, on: bool) -> None:
    ids = {"app_token": structure.app_token}
    feishu.call("PUT", BASE, ids=ids, body={"is_advanced": on})


class FirstGeneration(BaseExtras):
    """A base whose roles are those of the first version."""

    def is_advanced(self) -> bool:
        on = super().is_advanced()
        self._roles = f"{BASE}/roles"
        return on


@pytest.mark.parametrize("extras", [BaseExtras, FirstGeneration], ids=["v2", "v1"])
def test_a_role_hides_contact_columns_from_its_members(
    feishu: Feishu, ready: Json, extras: type[BaseExtras]
) -> None:
    structure = new_base(feishu)
    base = Base(structure=structure, extras=extras(feishu, structure.app_token), identities=FakeIdentities())
    assert {c.what for c in apply(base, PACKAGED, new_base=True).skipped} >= {"role"}
    advanced(feishu, structure, True)
    result = apply(base, PACKAGED)
    assert result.failed == ()
    assert {change.kind for change in result.done} == {"add_role"}
    assert not plan_of(PACKAGED, base)

    row = {"客户名称": "云舟", "联系人": "王敏", "电话": "13800000000"}
    ids = {"app_token": structure.app_token, "table_id": result.tables["customer"]}
    feishu.call("POST", RECORDS, ids=ids, body={"fields": row})
    engineer, supporter = ready["users"][-2:]
    join(feishu, structure, base, "研发", engineer)
    join(feishu, structure, base, "客服", supporter)
    assert seen_by(ready, ids, supporter) == {"客户名称", "联系人", "电话"}
    assert seen_by(ready, ids, engineer) == {"客户名称"}


def join(feishu: Feishu, structure: BaseStructure, base: Base, role: str, person: Json) -> None:
    role_id = next(item["role_id"] for item in base.extras.roles() if item["role_name"] == role)
    ids = {"app_token": structure.app_token, "role_id": role_id}
    feishu.call("POST", f"{BASE}/roles/:role_id/members", ids=ids, body={"member_id": person["open_id"]})


def seen_by(ready: Json, ids: Json, person: Json) -> set[str]:
    """The columns of the only row that a person reads."""
    path = RECORDS.replace(":app_token", ids["app_token"]).replace(":table_id", ids["table_id"])
    headers = {"Authorization": f"Bearer {person['user_access_token']}"}
    url = f"{ready['base_url']}{path}/search"
    answer = requests.post(url, json={}, headers=headers, timeout=60).json()
    return set(answer["data"]["items"][0]["fields"])


def test_over_http_a_tenant_without_base_v3_is_told_what_to_set_by_hand(feishu: Feishu, ready: Json) -> None:
    switches = f"{ready['base_url']}/_sandbox/switches"
    requests.put(switches, json={"base_v3": "off"}, timeout=60).raise_for_status()
    try:
        base = base_of(feishu, new_base(feishu))
        result = apply(base, PACKAGED, new_base=True)
        assert result.failed == ()
        assert {change.what for change in result.skipped} == {"view", "role", "dashboard"}
        assert not plan_of(PACKAGED, base)
    finally:
        requests.put(switches, json={"base_v3": "on"}, timeout=60).raise_for_status()
    result = apply(base, PACKAGED)
    assert result.failed == ()
    assert {"add_dashboard", "add_chart", "change_view"} == {change.kind for change in result.done}
    (board,) = base.extras.dashboards()
    blocks = base.extras.dashboard(board["dashboard_id"])["blocks"]
    assert [block["name"] for block in blocks] == [chart.zh for chart in PACKAGED.dashboards[0].charts]
