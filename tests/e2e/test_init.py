"""``init`` at a terminal: from nothing to a base that works, again, interrupted, and by a script."""

import json
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from feishu_plugin import settings
from feishu_plugin.app.setup.env_file import EnvFile
from feishu_plugin.cli import cli
from feishu_plugin.demo.stage import Stage, raise_curtain
from feishu_plugin.errors import SettingsError
from feishu_plugin.gateway.scopes import SCOPES
from tests.e2e.terminal import CTRL_C, Terminal, terminal
from tests.looking import looks

BOSS, LIN = "沈国栋", "林晓岚"
NEEDED = [scope.name for scope in SCOPES]
PRESS = "the version approved: press Enter"


@pytest.fixture(scope="module")
def tenant() -> Iterator[Stage]:
    """A tenant of an app that nobody set up yet."""
    stage = raise_curtain()
    try:
        yield stage
    finally:
        stage.close()


@pytest.fixture
def nothing(tenant: Stage) -> Stage:
    tenant.session.post(f"{tenant.url}/_sandbox/reset", timeout=60)
    put(tenant, "switches", rate_limits=False)
    put(tenant, "scopes", granted=[])
    return tenant


def put(stage: Stage, path: str, **values: Any) -> int:
    answer = stage.session.put(f"{stage.url}/_sandbox/{path}", json=values, timeout=60)
    return answer.status_code


def bare(stage: Stage) -> dict[str, str]:
    """Where Feishu is, and nothing else."""
    names = ("FEISHU_BASE_URL", "FEISHU_PLUGIN_CLOCK", "FEISHU_PLUGIN_PACED")
    return {name: stage.environment[name] for name in names}


def bases(stage: Stage) -> int:
    """How many were made."""
    requests: dict[str, dict[str, int]] = stage.stats()["requests"]
    return sum(requests.get("POST /open-apis/bitable/v1/apps", {}).values())


def until(seen: Callable[[], bool]) -> None:
    assert any(seen() for _ in looks())


def sign_in(person: Terminal, stage: Stage, secret: str = "") -> None:
    person.expect("App ID")
    person.type(stage.environment["FEISHU_APP_ID"])
    person.expect("not shown while you type): ")  # with the space: from then on nothing is echoed
    person.type(secret or stage.environment["FEISHU_APP_SECRET"])


def test_from_nothing_to_green_interrupted_and_again(nothing: Stage, tmp_path: Path) -> None:
    env = tmp_path / ".env"
    assert put(nothing, "console", mode="websocket") == 400, "the console wants a connection first"

    with terminal(("init",), bare(nothing), tmp_path) as person:
        sign_in(person, nothing, "mistyped")
        assert "mistyped" not in person.expect("10015")
        person.expect("Press Enter to type them again")
        assert not env.exists()
        person.type()
        sign_in(person, nothing)
        told = person.expect(PRESS)
        assert all(f'"{scope}"' in told for scope in NEEDED)
        assert "card.action.trigger" in told
        person.press(CTRL_C)
        code, last = person.ends()
    assert code == 130
    assert "feishu-plugin init was stopped" in last
    assert "the same command goes on from here" in last
    assert set(EnvFile(env).values()) >= {"FEISHU_APP_ID", "FEISHU_APP_SECRET"}
    assert stat.S_IMODE(env.stat().st_mode) == 0o600

    with terminal(("init",), bare(nothing), tmp_path) as person:
        person.expect(PRESS)
        assert put(nothing, "console", mode="websocket") == 200, "a connection is open meanwhile"
        person.type()
        assert "im:message:send_as_bot" in person.expect("Go on without them for now?")
        person.type("n")
        person.expect(PRESS)
        put(nothing, "scopes", granted=NEEDED)
        person.type()
        person.expect("administrators, with commas")
        person.type("nobody@example.com")
        person.expect("nobody has the address nobody@example.com")
        person.type(nothing.people[BOSS]["email"])
        person.expect("empty makes a new one")
        person.type()
        person.expect("Name of the new base")
        person.type("客户需求")
        until(lambda: "FEISHU_BASE_TOKEN" in EnvFile(env).values())
        person.press(CTRL_C)
        code, last = person.ends()
    assert code == 130, last

    with terminal(("init",), bare(nothing), tmp_path) as person:
        person.expect("Make these changes in ")
        person.type("y")
        code, last = person.ends()
    assert code == 0, last
    assert "failed 0" in last
    assert "feishu-plugin serve" in last
    token = EnvFile(env).values()["FEISHU_BASE_TOKEN"]
    assert bases(nothing) == 1

    before = env.read_text(encoding="utf-8")
    env.write_text("".join(line for line in before.splitlines(keepends=True) if token not in line))
    done = run(nothing, tmp_path, "init", "--yes", "--administrators", nothing.people[LIN]["email"])
    assert f"base {token}: nothing to change" in done
    assert f"shared with {nothing.people[LIN]['open_id']}" in done
    boss, lin = (nothing.people[name]["email"] for name in (BOSS, LIN))
    assert sorted(env.read_text(encoding="utf-8").splitlines()) == sorted(
        before.replace(boss, lin).splitlines()
    )
    assert bases(nothing) == 1, "a base that was made and is not in the file is found again"


def run(stage: Stage, folder: Path, *words: str, code: int = 0, keys: Mapping[str, str] | None = None) -> str:
    """A command of a script, in this folder."""
    here = Path.cwd()
    os.chdir(folder)
    try:
        done = CliRunner().invoke(cli, words, env={**bare(stage), **(keys or {})})
    finally:
        os.chdir(here)
    assert done.exit_code == code, (done.output, done.exception)
    return done.output


def test_a_script_takes_over_a_base_that_is_there(unwatched: Stage, tmp_path: Path) -> None:
    boss = unwatched.people[BOSS]
    made = unwatched.call("POST", "/open-apis/bitable/v1/apps", boss["user_access_token"], {"name": "别人的"})
    keys = {name: unwatched.environment[name] for name in ("FEISHU_APP_ID", "FEISHU_APP_SECRET")}
    words = ("init", "--yes", "--json", "--administrators", boss["email"], "--base")

    run(unwatched, tmp_path, *words, address(made["app"]["app_token"]), code=1, keys=keys)  # not shared
    assert "FEISHU_BASE_TOKEN" not in EnvFile(tmp_path / ".env").values()
    token = unwatched.base["base_token"]
    told = run(unwatched, tmp_path, *words, address(token), keys=keys)

    found = json.loads(next(line for line in told.splitlines() if line.startswith("{")))
    assert found["ok"]
    assert {one["status"] for one in found["findings"] if one["check"] == "bases"} == {"ok", "warning"}
    assert EnvFile(tmp_path / ".env").values()["FEISHU_BASE_TOKEN"] == token


def address(token: str) -> str:
    return f"https://x.feishu.cn/base/{token}?table=tbl1"


def test_another_app_of_the_file_is_replaced_only_by_consent(nothing: Stage, tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text("# ours\nexport FEISHU_APP_ID=cli_other\nUNRELATED='a b'\n", encoding="utf-8")
    keys = {name: nothing.environment[name] for name in ("FEISHU_APP_ID", "FEISHU_APP_SECRET")}

    with terminal(("init",), {**bare(nothing), **keys}, tmp_path) as person:
        person.expect(f"Replace FEISHU_APP_ID in .env: cli_other → {keys['FEISHU_APP_ID']}?")
        person.type("n")
        code, last = person.ends()

    assert code == 1
    assert "in another folder" in last
    assert env.read_text(encoding="utf-8") == "# ours\nexport FEISHU_APP_ID=cli_other\nUNRELATED='a b'\n"


def test_a_script_without_a_secret_is_told_what_is_missing(nothing: Stage, tmp_path: Path) -> None:
    here = Path.cwd()
    os.chdir(tmp_path)
    try:
        done = CliRunner().invoke(cli, ["init", "--yes", "--app-id", "cli_1"], env=bare(nothing))
    finally:
        os.chdir(here)

    assert isinstance(done.exception, SettingsError)
    assert "FEISHU_APP_SECRET" in str(done.exception)
    assert not (tmp_path / ".env").exists()


@pytest.mark.parametrize(
    "value", ["plain-1.2/3", "with space", 'it\'s # "all" of\\it', "中文,逗号", "$HOME $X"]
)
def test_what_is_put_into_the_file_is_what_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.chdir(tmp_path)
    file = EnvFile(tmp_path / ".env")
    file.path.write_text(
        "A=1\n  OTHER = 2 # kept\nFEISHU_APP_ID=old\nFEISHU_APP_ID=older\n", encoding="utf-8"
    )
    file.path.chmod(0o644)

    file.put({"FEISHU_APP_ID": "cli_1", "FEISHU_APP_SECRET": value})

    assert settings.load().app_secret.get_secret_value() == value
    assert file.path.read_text(encoding="utf-8").startswith("A=1\n  OTHER = 2 # kept\nFEISHU_APP_ID=cli_1\n")
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == [".env"]


def test_a_mounted_secret_is_not_copied(
    nothing: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "FEISHU_APP_SECRET").write_text(nothing.environment["FEISHU_APP_SECRET"], encoding="utf-8")
    words = ["init", "--yes", "--base", "no address", "--app-id", nothing.environment["FEISHU_APP_ID"]]

    done = CliRunner().invoke(cli, words, env={**bare(nothing), "FEISHU_PLUGIN_SECRETS": str(secrets)})

    assert isinstance(done.exception, SettingsError), done.output
    assert "✓ credentials" in done.output
    assert "FEISHU_APP_SECRET" not in EnvFile(tmp_path / ".env").values()
    assert "FEISHU_APP_ID" in EnvFile(tmp_path / ".env").values()


def test_a_value_of_two_lines_and_a_folder_without_room_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="one line"):
        EnvFile(tmp_path / ".env").put({"FEISHU_APP_ID": "a\nFEISHU_BASE_URL=evil"})
    with pytest.raises(SettingsError, match="in the environment"):
        EnvFile(tmp_path / ".env").put({"FEISHU_APP_ID": "${HOME}"})
    with pytest.raises(SettingsError, match="folder that you may write"):
        EnvFile(tmp_path / "none" / ".env").put({"FEISHU_APP_ID": "a"})
    assert list(tmp_path.iterdir()) == []
