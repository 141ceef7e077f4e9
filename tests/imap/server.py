"""A private Dovecot for tests, where its programs are installed: real IMAP on loopback, mails in Maildirs.

It runs as whoever runs the tests (the mail user is an unprivileged one for root), in a folder of its
own, and is stopped at the end.
"""

import grp
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from imaplib import IMAP4
from itertools import count
from pathlib import Path
from threading import Event
from urllib.parse import quote

PASSWORD = "p@ss/word"
_FOLDERS = ("/usr/sbin", "/usr/bin")
WHY_NOT = "Dovecot is not installed (apt-get install dovecot-imapd)"

_CONF = """
protocols = imap
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
listen = 127.0.0.1
ssl = {ssl}
disable_plaintext_auth = no
default_login_user = {login}
default_internal_user = {login}
default_internal_group = {group}
first_valid_uid = 1
first_valid_gid = 1
mail_uid = {user}
mail_gid = {group}
mail_location = maildir:{home}/mail/%u
mail_max_userip_connections = 50
auth_mechanisms = plain
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={home}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


class ImapServer:
    """A running server; every name is a mailbox of its own, with one password for all."""

    def __init__(self, home: Path, port: int, tls_port: int) -> None:
        self._home, self.port, self.tls_port = home, port, tls_port
        self._names = count(1)
        self.authority: Path | None = None
        """Whom its certificate is from, where it has one."""

    def fresh(self) -> str:
        """A user whose mailbox is empty."""
        return f"box{next(self._names)}@star.example"

    def address(self, user: str, **options: str | float) -> str:
        """What ``FEISHU_PLUGIN_MAILBOX`` is set to for this user."""
        asked = "&".join(f"{key}={value}" for key, value in options.items())
        where = f"imap://{quote(user)}:{quote(PASSWORD, safe='')}@127.0.0.1:{self.port}"
        return where + (f"?{asked}" if asked else "")

    @contextmanager
    def opened(self, user: str) -> Iterator[IMAP4]:
        """A mail program at work in the mailbox."""
        client = IMAP4("127.0.0.1", self.port, timeout=30)
        try:
            client.login(user, PASSWORD)
            yield client
        finally:
            client.logout()

    def put(self, user: str, *letters: bytes, folder: str = "INBOX") -> None:
        """Letters arrive."""
        with self.opened(user) as client:
            for letter in letters:
                status, _ = client.append(folder, "", "", letter)
                assert status == "OK"

    def flags(self, user: str, folder: str = "INBOX") -> list[bytes]:
        """The flags of every letter in a folder."""
        with self.opened(user) as client:
            client.select(folder, readonly=True)
            if client.response("EXISTS")[1] == [b"0"]:
                return []
            _, found = client.fetch("1:*", "(FLAGS)")
            return [line for line in found if isinstance(line, bytes)]

    def make_folder(self, user: str, name: str) -> None:
        """A new folder."""
        with self.opened(user) as client:
            client.create(name)

    def kick(self, user: str) -> None:
        """Every connection to the mailbox breaks."""
        subprocess.run(
            [_program("doveadm"), "-c", self._home / "dovecot.conf", "kick", user],
            check=True,
            capture_output=True,
        )

    def lose_numbers(self, user: str) -> None:
        """The server numbers all letters anew, as after a repair: UIDVALIDITY changes."""
        folder = self._home / "mail" / user
        for index in folder.glob("dovecot.index*"):
            index.unlink()
        numbers = folder / "dovecot-uidlist"
        head, _, rest = numbers.read_text().partition("\n")
        changed = re.sub(r" V(\d+)", lambda found: f" V{int(found[1]) + 1}", head)
        numbers.write_text(f"{changed}\n{rest}")


def is_installed() -> bool:
    """True where tests can have a server."""
    return bool(_program("dovecot"))


def _program(name: str) -> str:
    """An administrator's program: it need not be on the path."""
    there = next((f"{folder}/{name}" for folder in _FOLDERS if Path(folder, name).exists()), "")
    return shutil.which(name) or there


@contextmanager
def imap_server(certificate: Path | None = None, key: Path | None = None) -> Iterator[ImapServer]:
    """Starts a server and stops it at the end; everything in it is deleted."""
    home = Path(tempfile.mkdtemp(prefix="feishu-plugin-imap-"))
    port, tls_port = _free_port(), _free_port()
    who = _account()
    names = {"user": who.pw_name, "group": _group(who), "login": who.pw_name}
    conf = _CONF.format(
        home=home,
        port=port,
        tls_port=tls_port,
        password=PASSWORD,
        ssl="yes" if certificate else "no",
        **names,
    )
    if certificate:
        conf += f"ssl_cert = <{certificate}\nssl_key = <{key}\n"
    (home / "dovecot.conf").write_text(conf)
    (home / "mail").mkdir()
    if os.geteuid() == 0:
        home.chmod(0o755)
        os.chown(home / "mail", who.pw_uid, who.pw_gid)
    process = subprocess.Popen(
        [_program("dovecot"), "-F", "-c", home / "dovecot.conf"], stderr=subprocess.DEVNULL
    )
    try:
        _wait(process, port, home)
        yield ImapServer(home, port, tls_port)
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(home, ignore_errors=True)


def _wait(process: "subprocess.Popen[bytes]", port: int, home: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            break
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as probe:
            if probe.recv(4) == b"* OK":
                return
        Event().wait(0.05)
    log = home / "log"
    raise RuntimeError(f"Dovecot did not start: {log.read_text() if log.exists() else ''}")


def _account() -> pwd.struct_passwd:
    """Whose the mails are: ours, or those of an unprivileged user for root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    return next(user for user in pwd.getpwall() if user.pw_name in ("nobody", "mail"))


def _group(who: pwd.struct_passwd) -> str:
    return grp.getgrgid(who.pw_gid).gr_name


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
