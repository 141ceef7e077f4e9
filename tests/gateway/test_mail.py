"""Mails over a real mail server: taken, refused, put off; and never in plain text where TLS was asked for."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from feishu_plugin.errors import MailError
from feishu_plugin.gateway.mail import MailAccount, SmtpMailer, composed
from feishu_plugin.ports import Letter
from tests.smtp.server import MailServer, mail_server

SENDER = ("星河客服", "service@example.com")
LETTER = Letter(
    identity="bascnTests:mail:finished:rec1",
    thread="bascnTests:rec1",
    to="wang@example.com",
    to_name="王敏 采购经理",
    subject="您的需求 20260901-研发-001 已处理完成",
    text="星河公司，您好：\n\n处理好了。\n",
    html="<p>星河公司，您好：</p>",
    at=datetime(2026, 9, 4, 2, tzinfo=UTC),
    unsubscribe="https://sandbox.feishu.cn/share/base/form/shrTest?prefill_x=1",
)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path) -> Path:
    """The certificate of the authority, as a file of the settings."""
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(file)
    return file


def certificate_for(name: str, authority: trustme.CA, folder: Path) -> Path:
    file = folder / "server.pem"
    authority.issue_cert(name).private_key_and_cert_chain_pem.write_to_path(file)
    return file


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    """A mail server without TLS."""
    with mail_server(tmp_path / "mail") as found:
        yield found


def account(server: MailServer) -> MailAccount:
    return MailAccount(host="127.0.0.1", port=server.port, security="none", sender=SENDER)


@pytest.fixture
def mailer(server: MailServer) -> Iterator[SmtpMailer]:
    found = SmtpMailer(account(server))
    yield found
    found.close()


def refusal(mailer: SmtpMailer, letter: Letter = LETTER) -> MailError:
    with pytest.raises(MailError) as raised:
        mailer.send(letter)
    return raised.value


def test_a_mail_arrives_whole(server: MailServer, mailer: SmtpMailer) -> None:
    mailer.send(LETTER)

    (taken,) = server.taken()
    mail = taken.mail
    assert taken.to == "wang@example.com"
    assert str(mail["From"]) == "星河客服 <service@example.com>"
    assert str(mail["To"]) == "王敏 采购经理 <wang@example.com>"
    assert mail["Subject"] == LETTER.subject
    assert mail["Date"].datetime == LETTER.at
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] == f"<{LETTER.unsubscribe}>"
    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]


def test_the_same_mail_sent_again_has_the_same_id_and_another_has_another() -> None:
    first, again = (composed(LETTER, SENDER)["Message-ID"] for _ in range(2))
    other = composed(replace(LETTER, identity="another"), SENDER)

    assert first == again != other["Message-ID"]
    assert first.endswith("@example.com>")
    assert other["References"] == composed(LETTER, SENDER)["References"]


def test_mails_of_one_drain_share_a_connection(server: MailServer, mailer: SmtpMailer) -> None:
    for n in range(3):
        mailer.send(replace(LETTER, identity=str(n)))
    mailer.close()
    mailer.send(LETTER)

    peers = [taken.peer for taken in server.taken()]
    assert len(set(peers[:3])) == 1
    assert peers[3] != peers[0]


def test_a_connection_that_the_server_ended_is_opened_again(tmp_path: Path) -> None:
    with mail_server(tmp_path / "first") as first:
        mailer = SmtpMailer(account(first))
        mailer.send(LETTER)
    with mail_server(tmp_path / "second") as second:
        moved = SmtpMailer(account(second))
        assert refusal(mailer).about == "server"
        moved.send(LETTER)
        assert len(second.taken()) == 1
        moved.close()


@pytest.mark.parametrize(
    ("answer", "about", "lasting"),
    [
        ("550 5.1.1 No such user here", "recipient", True),
        ("550 no such user", "recipient", True),
        ("452 4.2.2 Mailbox full", "recipient", False),
        ("554 5.7.1 Relay access denied", "permission", False),
        ("421 4.3.2 Going down", "server", False),
    ],
)
def test_a_refused_recipient_says_whose_fault_it_is(
    server: MailServer, mailer: SmtpMailer, answer: str, about: str, lasting: bool
) -> None:
    server.mood(recipients={"wang@example.com": answer})

    error = refusal(mailer)

    assert (error.about, error.lasting) == (about, lasting)
    assert str(error) == answer
    assert server.taken() == []


def test_after_a_refusal_the_next_mail_goes_out(server: MailServer, mailer: SmtpMailer) -> None:
    server.mood(recipients={"wang@example.com": "550 5.1.1 No such user here"})

    refusal(mailer)
    mailer.send(replace(LETTER, to="li@example.com"))

    assert [taken.to for taken in server.taken()] == ["li@example.com"]


def test_a_greylisted_mail_is_taken_when_it_comes_again(server: MailServer, mailer: SmtpMailer) -> None:
    server.mood(greylist=True)

    error = refusal(mailer)
    mailer.send(LETTER)

    assert (error.about, error.lasting) == ("recipient", False)
    assert len(server.taken()) == 1


@pytest.mark.parametrize(
    ("mood", "about", "lasting"),
    [
        ({"sender": "553 5.1.8 Sender is not yours"}, "server", False),
        ({"data": "554 5.6.0 Looks like spam"}, "letter", True),
        ({"data": "451 4.3.0 Try again"}, "letter", False),
    ],
)
def test_what_else_is_refused(
    server: MailServer, mailer: SmtpMailer, mood: dict[str, str], about: str, lasting: bool
) -> None:
    server.mood(**mood)

    error = refusal(mailer)

    assert (error.about, error.lasting) == (about, lasting)
    assert next(iter(mood.values())) in str(error)


def test_a_server_that_is_not_there_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    nowhere = MailAccount(host="127.0.0.1", port=port, security="none", sender=SENDER)

    error = refusal(SmtpMailer(nowhere))

    assert (error.about, error.lasting) == ("server", False)
    assert f"mail server 127.0.0.1:{port} cannot be reached" in str(error)


def test_a_server_that_never_answers_ends_by_its_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        deaf = MailAccount(host="127.0.0.1", port=silent.getsockname()[1], security="none", sender=SENDER)

        assert refusal(SmtpMailer(deaf, timeout_s=0.2)).about == "server"


@pytest.mark.parametrize("mode", ["starttls", "tls"])
def test_a_mail_goes_encrypted_to_a_server_that_is_trusted(
    mode: str, authority: trustme.CA, trusted: Path, tmp_path: Path
) -> None:
    certificate = certificate_for("127.0.0.1", authority, tmp_path)
    with mail_server(tmp_path / "mail", certificate, mode, auth=True) as server:
        mailer = SmtpMailer(
            replace(account(server), security=mode, ca=trusted, user="robot", password="open sesame")  # type: ignore[arg-type]
        )

        mailer.send(LETTER)
        mailer.close()

        assert [taken.tls for taken in server.taken()] == [True]


@pytest.mark.parametrize("mode", ["starttls", "tls"])
@pytest.mark.parametrize("flaw", ["another name", "another authority"])
def test_a_wrong_certificate_ends_it_and_nothing_is_said_in_plain(
    mode: str, flaw: str, authority: trustme.CA, trusted: Path, tmp_path: Path
) -> None:
    name = "mail.elsewhere.example" if flaw == "another name" else "127.0.0.1"
    signer = authority if flaw == "another name" else trustme.CA()
    certificate = certificate_for(name, signer, tmp_path)
    with mail_server(tmp_path / "mail", certificate, mode) as server:
        error = refusal(SmtpMailer(replace(account(server), security=mode, ca=trusted)))  # type: ignore[arg-type]

        assert (error.about, error.lasting) == ("server", False)
        assert "could not be trusted" in str(error)
        assert server.seen() == []
        assert server.taken() == []


def test_a_server_without_tls_gets_nothing(server: MailServer) -> None:
    error = refusal(SmtpMailer(replace(account(server), security="starttls")))

    assert error.about == "server"
    assert "STARTTLS" in str(error)
    assert server.seen() == []


def test_a_wrong_password_is_told_without_showing_it(
    authority: trustme.CA, trusted: Path, tmp_path: Path
) -> None:
    certificate = certificate_for("127.0.0.1", authority, tmp_path)
    with mail_server(tmp_path / "mail", certificate, "starttls", auth=True) as server:
        wrong = replace(
            account(server), security="starttls", ca=trusted, user="robot", password="close sesame"
        )

        error = refusal(SmtpMailer(wrong))

        assert (error.about, error.lasting) == ("server", False)
        assert "refused user and password" in str(error)
        assert "sesame" not in str(error) + repr(wrong)
        assert server.taken() == []


@pytest.mark.parametrize("field", ["subject", "unsubscribe", "to_name"])
def test_a_line_break_in_a_header_is_refused_before_anything_is_sent(
    field: str, server: MailServer, mailer: SmtpMailer
) -> None:
    values = {field: "x\r\nBcc: everybody@example.com"}

    error = refusal(mailer, replace(LETTER, **values))  # type: ignore[arg-type]

    assert (error.about, error.lasting) == ("letter", True)
    assert server.seen() == []


def test_the_way_out_stands_in_its_header_as_it_is() -> None:
    way_out = "https://sandbox.feishu.cn/share/base/form/shrTest?prefill_" + "%E9%9C" * 60

    raw = composed(replace(LETTER, unsubscribe=way_out), SENDER).as_bytes()

    assert f"\r\nList-Unsubscribe: <{way_out}>\r\n".encode() in raw


def test_a_way_out_that_no_line_can_hold_is_only_in_the_text() -> None:
    mail = composed(replace(LETTER, unsubscribe=f"https://a.cn/{'x' * 1000}"), SENDER)

    assert mail["List-Unsubscribe"] is None


def test_no_line_of_a_mail_is_longer_than_mail_allows_and_none_has_8_bits() -> None:
    letter = replace(
        LETTER, text="甲" * 3000, html="<p>" + "乙" * 3000, subject="丙" * 100, to_name="丁" * 60
    )

    raw = composed(letter, SENDER, "answers@example.com").as_bytes()

    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_a_domain_of_other_letters_travels_in_ascii(server: MailServer, mailer: SmtpMailer) -> None:
    mailer.send(replace(LETTER, to="wang@xn--fiqs8s.example"))

    assert [taken.to for taken in server.taken()] == ["wang@xn--fiqs8s.example"]


def test_whoever_watches_the_mails_is_told_around_each_that_is_taken(server: MailServer) -> None:
    told: list[tuple[str, int]] = []
    mailer = SmtpMailer(account(server), crossing=lambda place: told.append((place, len(server.taken()))))

    mailer.send(LETTER)
    server.mood(recipients={LETTER.to: "550 5.1.1 No such user"})
    refusal(mailer)
    mailer.close()

    assert told == [("before mail", 0), ("after mail", 1), ("before mail", 1)]
