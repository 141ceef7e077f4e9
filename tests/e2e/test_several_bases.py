"""One service, several bases: a bad one is named and stops no other."""

from feishu_plugin.demo.stage import Stage

NOWHERE = "bascnNoSuchBase000000000001"


def test_a_base_that_does_not_exist_stops_no_other(unwatched: Stage) -> None:
    stage = unwatched
    token = stage.base["base_token"]
    stage.environment = {**stage.environment, "FEISHU_BASE_TOKEN": f"{NOWHERE},{token}"}

    stage.serve()
    (rid,) = stage.create("周子墨", "requirement", [{"需求标题": "导出很慢"}])
    stage.until_quiet()

    health = stage.health()
    assert list(health["waiting"]) == [NOWHERE]
    assert [base["base_token"] for base in health["bases"]] == [token]
    assert stage.rows("requirement")[rid]["需求编号"]
