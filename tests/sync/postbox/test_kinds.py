"""People, robots and mails that came back are told apart; a person is never taken for a robot."""

import pytest

from feishu_plugin.sync.postbox.answers import answer_in
from feishu_plugin.sync.postbox.kinds import bounce_of, kind_of
from feishu_plugin.sync.postbox.mail import read_mail
from tests.sync.postbox.written import bounce, letter

OURS = "0123456789abcdef0123456789abcdef01234567@star.example"


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner-email=a@b"},
        {"Precedence": "auto_reply"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"X_Autorespond": "1"},
        {"Return_Path": "<>"},
        {"subject": "自动回复: 已收到您的需求"},
        {"subject": "Out of Office: received"},
        {"subject": "Automatic reply: received"},
        {"subject": "Re: 自动回复：休假"},
    ],
)
def test_robots_are_known(headers: dict[str, str]) -> None:
    assert kind_of(read_mail(letter(**headers))) == "automatic"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Auto_Submitted": "no"},
        {"Precedence": "list"},
        {"Return_Path": "<wang@example.com>"},
        {"X_Auto_Response_Suppress": "All"},
        {"subject": "请增加自动回复功能"},
        {"subject": "我们收到很多退信"},
        {"sender": "postmaster.li@example.com"},
    ],
)
def test_people_are_people(headers: dict[str, str]) -> None:
    assert kind_of(read_mail(letter(**headers))) == "letter"  # type: ignore[arg-type]


def test_a_delivery_report_says_what_came_back() -> None:
    mail = read_mail(bounce(OURS))
    found = bounce_of(mail)
    assert kind_of(mail) == "bounce"
    assert (found.returned[0], found.is_final, found.no_such_address) == (OURS, True, True)
    assert found.reason == "5.1.1 smtp; 550 no such user here"
    assert not bounce_of(read_mail(bounce(OURS, action="delayed", status="4.4.1"))).is_final
    assert not bounce_of(read_mail(bounce(OURS, status="5.2.2"))).no_such_address


@pytest.mark.parametrize(
    "sender", ["postmaster@qq.com", "MAILER-DAEMON@x.example", "Postmaster <postmaster@163.com>"]
)
def test_a_bounce_in_words_is_one_too(sender: str) -> None:
    mail = read_mail(letter(f"无法投递\n原邮件 Message-ID: <{OURS}>", subject="系统退信", sender=sender))
    assert kind_of(mail) == "bounce"
    assert bounce_of(mail).returned == (OURS,)


def test_a_read_receipt_is_a_robots() -> None:
    raw = (
        b"From: a@example.com\r\nContent-Type: multipart/report; report-type=disposition-notification\r\n\r\n"
    )
    assert kind_of(read_mail(raw)) == "automatic"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("已解决，谢谢！", {"confirmation": "solved"}),
        ("问题已解决", {"confirmation": "solved"}),
        ("解决了\n5分", {"confirmation": "solved", "score": 5.0}),
        ("未解决", {"confirmation": "unsolved"}),
        ("还没有解决，登录仍然失败", {"confirmation": "unsolved"}),
        ("没解决", {"confirmation": "unsolved"}),
        ("Solved, thank you", {"confirmation": "solved"}),
        ("Not solved yet", {"confirmation": "unsolved"}),
        ("still not working", {"confirmation": "unsolved"}),
        ("评分：4", {"score": 4.0}),
        ("5", {"score": 5.0}),
        ("★★★☆☆", {"score": 3.0}),
        ("满意度 2 分", {"score": 2.0}),
        ("score: 3/5", {"score": 3.0}),
        ("如果已解决我会告诉你们", {}),
        ("已解决了吗？", {}),
        ("这个问题解决起来不难，但是请先告诉我们你们打算怎样做，什么时候做，谁来做。", {}),
        ("10分", {}),
        ("我们有5台机器", {}),
        ("5月上线", {}),
        ("谢谢", {}),
        ("", {}),
    ],
)
def test_answers_are_taken_when_they_are_plain(text: str, expected: dict[str, object]) -> None:
    assert answer_in(text) == expected
