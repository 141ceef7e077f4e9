"""A mailbox over IMAP, against a real Dovecot: nothing is lost, marked or moved that should not be."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme
from imap_tools.imap_utf7 import utf7_encode

from feishu_plugin.errors import MailboxError
from feishu_plugin.gateway.mailbox import BEGINNING, ImapMailbox
from feishu_plugin.sync.postbox.account import mailboxes
from feishu_plugin.sync.postbox.box import Fetched, Position
from feishu_plugin.sync.postbox.mail import read_mail
from tests.imap.server import PASSWORD, WHY_NOT, ImapServer, imap_server, is_installed
from tests.sync.postbox.written import letter

pytestmark = pytest.mark.skipif(not is_installed(), reason=WHY_NOT)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ImapServer]:
    folder = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1", "localhost")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    issued.private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    with imap_server(folder / "server.pem", folder / "server.pem") as found:
        found.authority = folder / "ca.pem"
        yield found


def box(server: ImapServer, user: str, **options: str | float) -> ImapMailbox:
    return ImapMailbox(mailboxes(server.address(user, **options))[0])


def read(mailbox: ImapMailbox, after: Position | None = None, since: datetime = LONG_AGO) -> list[Fetched]:
    return list(mailbox.letters(after, since))


def test_letters_come_whole_and_oldest_first_and_stay_unread(server: ImapServer) -> None:
    user = server.fresh()
    sent = [letter(f"第 {number} 封", message_id=f"{number}@x") for number in range(3)]
    server.put(user, *sent)
    found = read(box(server, user))
    assert [one.content for one in found] == sent
    assert [(one.size, one.is_whole) for one in found] == [(len(one), True) for one in sent]
    assert not any(b"Seen" in flags for flags in server.flags(user))


def test_only_what_is_behind_the_position_comes(server: ImapServer) -> None:
    user = server.fresh()
    server.put(user, letter("一"), letter("二"))
    first, last = read(box(server, user))
    assert read(box(server, user), last.position) == []
    server.put(user, letter("三"))
    assert [read_mail(one.content).text for one in read(box(server, user), last.position)] == ["三"]
    assert read(box(server, user), first.position)[0].position == last.position


def test_a_letter_that_somebody_deletes_meanwhile_is_none(server: ImapServer) -> None:
    user = server.fresh()
    server.put(user, letter("一"), letter("二"), letter("三"))
    letters = box(server, user).letters(None, LONG_AGO)
    next(letters)
    with server.opened(user) as client:
        client.select()
        client.store("2", "+FLAGS", "\\Deleted")
        client.expunge()
    assert [read_mail(one.content).text for one in letters] == ["三"]


def test_an_empty_mailbox_is_empty(server: ImapServer) -> None:
    assert read(box(server, server.fresh())) == []


def test_numbers_that_changed_are_noticed(server: ImapServer) -> None:
    user = server.fresh()
    server.put(user, letter("一"), letter("二"))
    last = read(box(server, user))[-1].position
    server.lose_numbers(user)
    again = read(box(server, user), last)
    assert len(again) == 2
    assert again[0].position.validity != last.validity


def test_what_is_older_than_the_day_is_left(server: ImapServer) -> None:
    user = server.fresh()
    server.put(user, letter())
    assert read(box(server, user), since=datetime(2100, 1, 1, tzinfo=UTC)) == []


def test_of_a_large_letter_only_the_beginning_is_fetched(server: ImapServer) -> None:
    user = server.fresh()
    server.put(user, letter("正文", files={"大.bin": b"x" * 600_000}))
    mailbox = ImapMailbox(mailboxes(server.address(user))[0], whole_most=500_000)
    [found] = read(mailbox)
    assert (found.is_whole, len(found.content)) == (False, BEGINNING)
    assert found.size > 600_000
    assert read_mail(found.content, whole=False).text == "正文"


def test_a_letter_is_moved_once_the_next_is_asked_for(server: ImapServer) -> None:
    user = server.fresh()
    server.make_folder(user, "done")
    server.put(user, letter("一"), letter("二"))
    letters = box(server, user, done="done").letters(None, LONG_AGO)
    next(letters)
    next(letters)
    letters.close()
    assert len(server.flags(user)) == len(server.flags(user, "done")) == 1
    read(box(server, user, done="done"))
    assert (server.flags(user), len(server.flags(user, "done"))) == ([], 2)


def test_a_folder_with_a_chinese_name(server: ImapServer) -> None:
    user = server.fresh()
    name = utf7_encode("广告").decode()
    server.make_folder(user, name)
    server.put(user, letter("在文件夹里"), folder=name)
    address = server.address(user).replace(f":{server.port}", f":{server.port}/%E5%B9%BF%E5%91%8A")
    [found] = read(ImapMailbox(mailboxes(address)[0]))
    assert read_mail(found.content).text == "在文件夹里"


@pytest.mark.parametrize("scheme", ["imaps", "imap+starttls"])
def test_it_is_encrypted_and_the_server_is_proved(server: ImapServer, scheme: str) -> None:
    user = server.fresh()
    server.put(user, letter("秘密"))
    port = server.tls_port if scheme == "imaps" else server.port
    plain = server.address(user).replace("imap://", f"{scheme}://").replace(f":{server.port}", f":{port}")
    with pytest.raises(MailboxError, match="could not be trusted"):
        read(ImapMailbox(mailboxes(plain)[0]))
    [found] = read(ImapMailbox(mailboxes(f"{plain}?ca={server.authority}")[0]))
    assert read_mail(found.content).text == "秘密"


def test_what_is_wrong_is_said_without_the_password(server: ImapServer) -> None:
    wrong = server.address(server.fresh()).replace("p%40ss", "other")
    with pytest.raises(MailboxError, match="refused user and password") as error:
        read(ImapMailbox(mailboxes(wrong)[0]))
    assert "other" not in str(error.value)
    with pytest.raises(MailboxError, match="refused"):
        read(ImapMailbox(mailboxes(server.address(server.fresh()).replace("?", "") + "/nowhere")[0]))
    with pytest.raises(MailboxError, match="cannot be reached"):
        read(ImapMailbox(mailboxes("imap://u:secret@127.0.0.1:1")[0], timeout_s=2))
    assert PASSWORD not in repr(box(server, "x@y.example")._account)


def test_a_connection_that_breaks_is_said_so(server: ImapServer) -> None:
    user = server.fresh()
    server.put(user, letter("一"), letter("二"))
    letters = box(server, user).letters(None, LONG_AGO)
    next(letters)
    server.kick(user)
    with pytest.raises(MailboxError):
        list(letters)


def test_the_tls_port_of_nobody_is_not_our_certificate(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="certificates"):
        mailboxes(f"imaps://u:p@127.0.0.1?ca={tmp_path / 'none'}")


def test_a_check_logs_in_and_reads_nothing(server: ImapServer) -> None:
    user = server.fresh()
    server.put(user, letter("一"))

    box(server, user).check()

    assert not any(b"Seen" in flags for flags in server.flags(user))
    with pytest.raises(MailboxError, match="nowhere"):
        ImapMailbox(mailboxes(f"{server.address(user)}/nowhere")[0]).check()
