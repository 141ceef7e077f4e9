"""People change the structure under the running service: it goes on as far as it can, and says so once."""

from collections.abc import Callable
from datetime import timedelta

from feishu_plugin.demo.stage import Stage
from feishu_plugin.ports import Json
from tests.looking import looks

BOSS, ZHOU = "沈国栋", "周子墨"
STATUS = "当前状态"


def app_token(stage: Stage) -> str:
    """The app's own token: it manages the base it made."""
    path = "/open-apis/auth/v3/tenant_access_token/internal"
    body = {key: stage.sandbox.ready[key] for key in ("app_id", "app_secret")}
    return str(stage.session.post(stage.url + path, json=body, timeout=60).json()["tenant_access_token"])


def fields_path(stage: Stage) -> str:
    base = stage.base
    return f"/open-apis/bitable/v1/apps/{base['base_token']}/tables/{base['tables']['requirement']}/fields"


def status_field(stage: Stage) -> Json:
    found = stage.call("GET", f"{fields_path(stage)}?page_size=100", app_token(stage))["items"]
    return next(field for field in found if field["description"].endswith("#requirement.status"))


def overwrite(stage: Stage, change: Callable[[list[Json]], list[Json]], name: str = STATUS) -> None:
    """Gives the status column another name or other options, as a person in Feishu could."""
    field = status_field(stage)
    described = {"disable_sync": True, "text": field["description"]}
    body = {"field_name": name, "type": 3, "ui_type": "SingleSelect", "description": described}
    options = change([dict(option) for option in field["property"]["options"]])
    path = f"{fields_path(stage)}/{field['field_id']}"
    stage.call("PUT", path, app_token(stage), {**body, "property": {"options": options}})


def status_of(stage: Stage, rid: str, column: str = STATUS) -> str | None:
    return stage.rows("requirement")[rid].get(column)


def until(holds: Callable[[], bool]) -> None:
    for _ in looks():
        if holds():
            return
    raise AssertionError("it never came about")


def watched(stage: Stage) -> Stage:
    boss = stage.people[BOSS]["open_id"]
    stage.environment = {**stage.environment, "FEISHU_PLUGIN_ADMINISTRATORS": boss}
    stage.serve()
    return stage


def told(stage: Stage) -> list[str]:
    """What the administrator heard but the list of the week, which comes in these minutes."""
    boss = stage.people[BOSS]["open_id"]
    cards = (str(message["content"]) for message in stage.messages() if message["to"] == boss)
    return [card for card in cards if "每周清单" not in card]


def test_a_renamed_status_column_and_option_pause_nothing_and_are_told_once(unwatched: Stage) -> None:
    stage = watched(unwatched)
    [rid] = stage.create(ZHOU, "requirement", [{"需求标题": "改名之前"}])
    stage.until_quiet()

    def renamed(options: list[Json]) -> list[Json]:
        return [{**o, "name": "待办"} if o["name"] == "待处理" else o for o in options]

    overwrite(stage, renamed, name="阶段")
    stage.until_quiet()
    stage.edit(ZHOU, "requirement", {rid: {"阶段": "已完成"}})
    until(lambda: status_of(stage, rid, "阶段") == "待办")
    stage.until_quiet()

    assert stage.health()["bases"][0]["paused"] == []
    [card] = told(stage)
    assert "现名「阶段」" in card
    assert "现名「待办」" in card
    assert "feishu-plugin apply" in card


def test_a_deleted_status_only_rests_the_requirements_in_it_until_it_is_back(unwatched: Stage) -> None:
    stage = watched(unwatched)
    shelving = {STATUS: "已搁置", "搁置原因": "排期", "后续跟进计划": "下月再看"}
    shelved, other = stage.create(ZHOU, "requirement", [{"需求标题": "搁置的"}, {"需求标题": "另一条"}])
    stage.until_quiet()
    stage.edit(ZHOU, "requirement", {shelved: shelving})
    stage.until_quiet()
    assert status_of(stage, shelved) == "已搁置"

    overwrite(stage, lambda options: [o for o in options if o["name"] != "已搁置"])
    until(lambda: bool(stage.health()["bases"][0]["paused"]))
    stage.edit(ZHOU, "requirement", {shelved: {"备注": "还在吗"}, other: {STATUS: "已关闭"}})
    until(lambda: status_of(stage, other) == "待处理")
    assert status_of(stage, shelved) is None
    names = [option["name"] for option in status_field(stage)["property"]["options"]]
    assert "已搁置" not in names, "the plugin must not make the option anew by writing it"

    stage.command("apply")
    until(lambda: not stage.health()["bases"][0]["paused"])
    # No event told why the cell became empty: the grace for a missing step has to pass.
    stage.go_to(stage.now() + timedelta(seconds=30))
    until(lambda: status_of(stage, shelved) == "已搁置")
    stage.until_quiet()

    assert stage.health()["bases"][0]["paused"] == []
    assert [line for line in told(stage) if "需求台账·已搁置" in line] == told(stage)
    assert len(told(stage)) == 1
