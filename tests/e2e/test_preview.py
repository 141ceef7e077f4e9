"""remind --preview and --dry-run: what they show is what is then sent, and they send nothing."""

import subprocess
import sys
from datetime import timedelta

import pytest

from feishu_plugin.demo.stage import Stage
from feishu_plugin.gateway.seals import Seal
from tests.e2e.conftest import MONDAY

LIN, ZHOU = "林晓岚", "周子墨"


def late(stage: Stage) -> str:
    """A requirement whose limit ran out while nobody watched; its number."""
    owner = [{"id": stage.people[ZHOU]["open_id"]}]
    row = {"需求标题": "导出 **报表**", "需求类型": "投诉", "紧急程度": "高", "负责人": owner}
    [rid] = stage.create(LIN, "requirement", [row])
    stage.command("sync")
    stage.command("remind")
    at = (MONDAY + timedelta(days=2, hours=2)).isoformat()
    stage.session.put(f"{stage.url}/_sandbox/clock", json={"now": at}, timeout=60)
    return str(stage.rows("requirement")[rid]["需求编号"][0]["text"])


def said(stage: Stage, *words: str) -> subprocess.CompletedProcess[str]:
    """A command as a person reads it."""
    return subprocess.run(
        [sys.executable, "-m", "feishu_plugin.cli", *words],
        env=dict(stage.environment),
        cwd=stage.folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_is_previewed_is_sent_and_not_before(unwatched: Stage) -> None:
    number, sent = late(unwatched), len(unwatched.messages())
    wording = {
        "模板名称": "给周",
        "事件": "已超期",
        "语言": "中文",
        "标题": "{{ number }} 晚了",
        "正文": "请看",
    }
    to_zhou = {"指定人员": [{"id": unwatched.people[ZHOU]["open_id"]}]}
    [row] = unwatched.create(LIN, "template", [wording | to_zhou])

    shown = unwatched.command("remind", "--preview", "已超期", "--record", number, "--to", ZHOU)
    planned = unwatched.command("remind", "--dry-run")
    assert len(unwatched.messages()) == sent

    unwatched.command("remind")
    card = unwatched.last_card(ZHOU, "晚了")
    [mine] = shown["cards"]
    assert Seal(str(unwatched.environment["FEISHU_APP_SECRET"])).put_on(mine["card"]) == card["content"]
    assert (mine["name"], mine["due"], mine["told"], mine["samples"]) == (ZHOU, True, False, [])
    assert mine["rows"]["zh"]["record_id"] == row
    assert {one["name"] for one in planned["cards"]} >= {ZHOU}
    assert any(number in why for one in planned["cards"] for why in one["why"])

    again = unwatched.command("remind", "--preview", "overdue", "--record", card_record(mine), "--to", ZHOU)
    assert again["cards"][0]["told"]


def card_record(shown: dict[str, object]) -> str:
    """The record id that the buttons of a card carry."""
    return str(shown["card"]).split("'record': '")[1].split("'")[0]


def test_people_read_whom_what_and_why(unwatched: Stage) -> None:
    number = late(unwatched)

    card = said(unwatched, "remind", "--preview", "overdue", "--record", number, "--to", ZHOU).stdout
    table = said(unwatched, "remind", "--dry-run").stdout

    assert f"to: {ZHOU} " in card
    assert "due now, not told yet" in card
    assert "通知模板「已超期 中文」（rec" in card
    assert f"  │ {number} 导出 **报表**" in card
    assert "[按钮 有风险]" in card
    assert "[button At risk]" in card
    assert "nothing was sent" in card
    assert "when" in table
    assert f"已超期 {number} 导出 **报表**" in table


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--preview", "nix"), "nix: there is no such notice"),
        (("--preview", "overdue", "--record", "N-404"), "N-404: no requirement has this number"),
        (("--preview", "overdue", "--to", "某某"), "某某: not found"),
        (("--preview", "月报就绪"), "feishu-plugin report --dry-run"),
    ],
)
def test_what_cannot_be_found_is_said_in_one_line(stage: Stage, words: tuple[str, ...], told: str) -> None:
    done = said(stage, "remind", *words)

    assert done.returncode == 1
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
