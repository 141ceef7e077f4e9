"""Requirements by mail, whole stories: a real IMAP server, a sandbox and the service as processes."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from feishu_plugin.demo.stage import Stage
from tests.e2e.conftest import provisioned
from tests.e2e.test_mail import MAIL, edit, finish, later
from tests.imap.server import WHY_NOT, ImapServer, imap_server, is_installed
from tests.smtp.server import mail_server
from tests.sync.postbox.written import bounce, letter

pytestmark = pytest.mark.skipif(not is_installed(), reason=WHY_NOT)
ZHOU = "周子墨"
LETTERS, REPLIES = 24, 6
BEFORE = 20
"""Letters that lie in the mailbox before the service starts; the others come as it is cut off."""


@pytest.fixture(scope="module")
def server() -> Iterator[ImapServer]:
    with imap_server() as found:
        yield found


@pytest.fixture
def shop(server: ImapServer) -> Iterator[tuple[Stage, str]]:
    """A base with a mailbox, and the name of that; the service is not started."""
    stage, user = provisioned(), server.fresh()
    address = server.address(user, minutes=0.01, days=10_000)
    stage.environment = {**stage.environment, "FEISHU_PLUGIN_MAILBOX": address}
    try:
        yield stage, user
    finally:
        stage.close()


def all_kinds() -> list[bytes]:
    """Forty letters as a week brings them."""
    new = [
        letter(
            f"请处理第 {number} 件事。",
            subject=f"Re: 需求 {number}",
            message_id=f"m{number}@example.com",
            sender=f"客户{number} <c{number}@example.com>",
            charset="gb18030" if number % 3 else "utf-8",
            html=f"<p>请处理第 {number} 件事。</p>" if number % 4 == 0 else "",
            files={f"截图{number}.png": b"png" * number} if number % 2 else None,
        )
        for number in range(LETTERS)
    ]
    replies = [
        letter(f"补充 {n}\n\n> 旧的", message_id=f"r{n}@example.com", In_Reply_To=f"<m{n}@example.com>")
        for n in range(REPLIES)
    ]
    again = [letter("再寄一次", message_id=f"m{number}@example.com") for number in range(3)]
    robots = [letter(message_id=f"a{n}@example.com", Auto_Submitted="auto-replied") for n in range(4)]
    back = [bounce(f"{n}" * 40 + "@star.example") for n in range(3)]
    found = [*new, *replies, *again, *robots, *back]
    return found[::2] + found[1::2]


def test_a_power_cut_while_forty_letters_are_read_loses_and_doubles_nothing(
    shop: tuple[Stage, str], server: ImapServer
) -> None:
    stage, user = shop
    letters = all_kinds()
    assert len(letters) == 40
    server.put(user, *letters[:BEFORE])
    stage.serve()
    cut = _cut_once_there_are_some(stage, lambda: server.put(user, *letters[BEFORE:]))
    stage.serve()
    _wait(lambda: str(stage.rows("requirement")).count("补充") == REPLIES)
    stage.until_quiet()

    assert 0 < cut < LETTERS, "the cut must come in the middle"
    rows = list(stage.rows("requirement").values())
    assert Counter(_text(row["需求标题"]) for row in rows) == Counter(f"需求 {n}" for n in range(LETTERS))
    for row in rows:
        number = int(_text(row["需求标题"]).split()[1])
        assert _text(row["需求描述"]) == f"请处理第 {number} 件事。"
        assert len(row.get("附件") or ()) == number % 2
        assert _text(row.get("客户反馈") or "").count(f"补充 {number}") == (number < REPLIES)
    told = stage.command("status")["letters"]
    assert told["requirement"] == LETTERS
    assert not any(b"Seen" in flags for flags in server.flags(user))


def test_a_customer_writes_hears_and_answers(
    shop: tuple[Stage, str], server: ImapServer, tmp_path: Path
) -> None:
    stage, user = shop
    with mail_server(tmp_path) as post:
        stage.environment = {**stage.environment, **MAIL, "FEISHU_PLUGIN_SMTP": post.address}
        stage.serve()
        stage.create(ZHOU, "customer", [{"客户名称": "星河公司", "邮箱": "wang@example.com"}])
        stage.until_quiet()
        server.put(user, letter("怎样导出？", subject="怎样导出"))
        row = _until(stage, "怎样导出")
        assert (_text(row["客户名称"]), row["需求来源"], row["当前状态"]) == ("星河公司", "邮件", "待处理")

        later(stage)
        receipt = post.taken()[-1].mail
        assert _text(row["需求编号"]) in receipt["Subject"]
        text = f"要导出成表格\n\n在 2026-09-01，星河客服 <service@example.com> 写道：\n\n{receipt['Subject']}"
        reply = {"message_id": "b@x", "In_Reply_To": str(receipt["Message-ID"])}
        server.put(user, letter(text, subject="回复：收到", files={"图.png": b"png"}, **reply))
        row = _until(stage, "要导出成表格")
        assert _text(row["客户反馈"]).endswith("】\n要导出成表格")
        assert [one["name"] for one in row["附件"]] == ["图.png"]

        [rid] = stage.rows("requirement")
        edit(stage, rid, **{"需求类型": "服务咨询"})
        finish(stage, rid)
        server.put(user, letter("已解决\n5分", message_id="c@x", References=str(receipt["References"])))
        row = _until(stage, "5分")
        assert (row["客户确认"], row["满意度评分"]) == ("已解决", 5)


def test_a_mailbox_that_cannot_be_read_is_told_and_stops_nothing(shop: tuple[Stage, str]) -> None:
    stage, _ = shop
    administrator = stage.people["沈国栋"]["open_id"]
    stage.environment = {
        **stage.environment,
        "FEISHU_PLUGIN_MAILBOX": "imap://a%40b.example:secret@127.0.0.1:1?minutes=0.01",
        "FEISHU_PLUGIN_ADMINISTRATORS": administrator,
    }
    stage.serve()
    stage.until_quiet()
    stage.create(ZHOU, "requirement", [{"需求标题": "照常"}])
    stage.until_quiet()
    [row] = stage.rows("requirement").values()
    assert _text(row["需求编号"])
    assert "cannot be reached" in stage.command("status")["mailbox_trouble"]
    assert stage.last_card("沈国栋", "邮箱读取失败")
    assert "secret" not in (stage.folder / "serve.log").read_text(encoding="utf-8")


def _cut_once_there_are_some(stage: Stage, more: Callable[[], None]) -> int:
    """Ends the service at once when rows and ``more`` letters come in; how many rows there are then."""
    _wait(lambda: bool(stage.rows("requirement")))
    more()
    assert stage.service is not None
    stage.service.kill()
    return len(stage.rows("requirement"))


def _until(stage: Stage, holds: str) -> Mapping[str, Any]:
    """The only requirement, once it says this and everything that follows is done."""
    _wait(lambda: holds in str(stage.rows("requirement")))
    stage.until_quiet()
    [row] = stage.rows("requirement").values()
    return row


def _wait(until: Callable[[], bool]) -> None:
    """Nobody tells a mail program when a letter was read: it looks again and again."""
    pause = Event()
    for _ in range(2400):
        if until():
            return
        pause.wait(0.05)


def _text(cell: object) -> str:
    return "".join(part["text"] for part in cell) if isinstance(cell, list) else str(cell)
