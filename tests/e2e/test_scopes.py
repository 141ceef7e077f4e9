"""The app is granted what our one list says: everything works, and needs all of it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from feishu_plugin.demo.stage import Stage, raise_curtain
from feishu_plugin.gateway.scopes import SCOPES, importable
from feishu_plugin.sandbox.routes import ROUTES
from feishu_plugin.sandbox.scopes import CONTACT_FIELDS, scopes_of

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "administrator.md").read_text(encoding="utf-8")
GRANTED = {scope.name for scope in SCOPES}
ROUTE = {f"{route.method} {route.pattern}": route for route in ROUTES}
FIELDS = {
    "contact:user.base:readonly": ("name",),
    "contact:user.department:readonly": ("department_ids", "leader_user_id"),
    "contact:user.employee:readonly": ("status",),
    "contact:department.base:readonly": ("name", "parent_department_id"),
    "contact:department.organize:readonly": ("leaders", "leader_user_id"),
}
EVENTS = {"im:message.p2p_msg:readonly"}
"""Scopes of no call: without them an event does not come."""
"""Scopes that no call is refused without: what of a person or department comes only with them."""
ZHOU, BOSS = "周子墨", "沈国栋"


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, int]]]:
    """Every call that the product makes in its life with those scopes, and how it was answered."""
    stage = raise_curtain()
    try:
        scopes = {"granted": sorted(GRANTED)}
        stage.session.put(f"{stage.url}/_sandbox/scopes", json=scopes, timeout=60).raise_for_status()
        stage.environment = {
            **stage.environment,
            "FEISHU_PLUGIN_ADMINISTRATORS": stage.people[BOSS]["email"],
            "FEISHU_PLUGIN_SMTP": "127.0.0.1:9",
            "FEISHU_PLUGIN_SMTP_SECURITY": "none",
            "FEISHU_PLUGIN_MAIL_FROM": "service@example.com",
        }
        live(stage, tmp_path_factory.mktemp("archive") / "base.zip")
        yield stage.stats()["requests"]
    finally:
        stage.close()


def live(stage: Stage, archive: Path) -> None:
    """From an empty tenant to a restored archive."""
    stage.provision("权限")
    stage.serve()
    [rid] = stage.create(ZHOU, "requirement", [{"需求标题": "导出报表"}])
    stage.until_quiet()
    stage.edit(ZHOU, "requirement", {rid: {"当前状态": "已搁置"}})
    stage.until_quiet()
    stage.press(ZHOU, stage.last_card(ZHOU, "申请放行"), "ask", {"reason": "客户急"})
    stage.until_quiet()
    assert stage.service is not None
    stage.service.stop()
    for words in (("sync", "--full"), ("remind",), ("report",), ("export", str(archive))):
        stage.command(*words)
    stage.command("restore", str(archive), "--base-name", "还原")


def ours(used: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    return {name: codes for name, codes in used.items() if name in ROUTE and "_sandbox" not in name}


def test_nothing_is_refused_for_want_of_a_scope(used: dict[str, dict[str, int]]) -> None:
    assert len(ours(used)) > 25
    assert [name for name, codes in ours(used).items() if "99991672" in codes] == []


def test_every_scope_of_the_list_is_needed(used: dict[str, dict[str, int]]) -> None:
    wanted = [set(scopes_of(ROUTE[name])) for name in ours(used)]
    needed = {scope for scope in GRANTED if any(GRANTED & scopes == {scope} for scopes in wanted)}

    assert GRANTED - needed == {*FIELDS, *EVENTS}


def test_the_scopes_of_contact_data_are_those_of_the_data_that_is_read() -> None:
    read = (ROOT / "feishu_plugin" / "gateway" / "contacts.py").read_text(encoding="utf-8")
    asked = {key for scope, keys in CONTACT_FIELDS.items() if scope in GRANTED for key in keys}

    assert all(f'"{key}"' in read for keys in FIELDS.values() for key in keys)
    assert {"name", "department_ids", "leader_user_id"} <= asked
    assert asked.isdisjoint({"mobile", "user_id"}), "no more of people than is needed"


def test_the_guide_has_the_list_to_import() -> None:
    assert json.loads(PAGE.split("```json")[1].split("```")[0]) == json.loads(importable())


def test_every_scope_is_explained() -> None:
    table = PAGE.split("| scope | what for |")[1].split("\n\n")[0]
    explained = set(re.findall(r"`([a-z]+:[\w:.*]+)`", table))

    assert {
        one for one in GRANTED if not any(re.fullmatch(e.replace("*", ".*"), one) for e in explained)
    } == set()
