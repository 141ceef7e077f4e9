"""A base made by the app is shared with the administrators, or says that nobody sees it."""

from collections.abc import Iterator

import pytest

from feishu_plugin.demo.stage import Stage, raise_curtain

SHEN = "沈国栋"


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A sandbox without a base."""
    found = raise_curtain()
    try:
        yield found
    finally:
        found.close()


def named(stage: Stage, administrators: str) -> None:
    stage.environment = {**stage.environment, "FEISHU_PLUGIN_ADMINISTRATORS": administrators}


def test_administrators_named_by_mail_get_full_access_once(stage: Stage) -> None:
    shen = stage.people[SHEN]
    named(stage, shen["email"])

    done = stage.provision("共享")
    again = stage.command("apply")

    assert done["shared"] == [shen["open_id"]]
    assert done["not_shared"] == {}
    assert again["shared"] == []


def test_an_unknown_administrator_is_named_and_stops_nothing(stage: Stage) -> None:
    named(stage, "ou_nobody")

    done = stage.provision("共享")

    assert done["shared"] == []
    assert "ou_nobody" in done["not_shared"]
    assert done["failed"] == []
