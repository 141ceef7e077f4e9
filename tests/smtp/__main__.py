"""The mail server: aiosmtpd, its mails as files in a folder, its answers from ``mood.json`` there.

Prints one JSON line with its port once it listens. ``seen.txt`` gets a line for every command
that speaks of a mail, so that a test can tell that nothing was said before TLS stood.
"""

import argparse
import asyncio
import json
import ssl
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class Mailbox:
    """Takes what its mood lets it; a mail is a JSON line of envelope and content."""

    def __init__(self, folder: Path, *, inside_tls: bool) -> None:
        self.folder, self.inside_tls = folder, inside_tls
        self.known: set[str] = set()

    def mood(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "mood.json").read_text(encoding="utf-8"))
        return found

    def is_secret(self, session: Session) -> bool:
        return self.inside_tls or bool(session.ssl)

    def note(self, session: Session, what: str) -> None:
        with (self.folder / "seen.txt").open("a", encoding="utf-8") as seen:
            seen.write(f"{'tls' if self.is_secret(session) else 'plain'} {what}\n")

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.note(session, f"MAIL {address}")
        if answer := self.mood().get("sender"):
            return str(answer)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.note(session, f"RCPT {address}")
        mood = self.mood()
        if answer := mood.get("recipients", {}).get(address):
            return str(answer)
        if mood.get("greylist") and address not in self.known:
            self.known.add(address)
            return "451 4.7.1 Greylisted, please try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if answer := self.mood().get("data"):
            return str(answer)
        content = envelope.content
        assert isinstance(content, bytes)
        peer = session.peer or ("", 0)
        mail = {"to": envelope.rcpt_tos, "tls": self.is_secret(session), "peer": peer[1]}
        with (self.folder / "mails.jsonl").open("a", encoding="utf-8") as mails:
            mails.write(json.dumps({**mail, "content": content.decode("ascii")}) + "\n")
        return "250 taken"


def login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    """Lets one user in."""
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"robot", b"open sesame")
    return AuthResult(success=good, handled=good)


async def serve(folder: Path, certificate: Path | None, mode: str, auth: bool) -> None:
    """Listens until it is ended."""
    context = None
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
    mailbox = Mailbox(folder, inside_tls=mode == "tls")

    def session() -> SMTP:
        starttls = context if mode == "starttls" else None
        return SMTP(
            mailbox,
            hostname="mx.test",
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=login if auth else None,
            auth_required=auth,
            auth_require_tls=False,
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(session, "127.0.0.1", 0, ssl=context if mode == "tls" else None)
    sys.stdout.write(json.dumps({"port": server.sockets[0].getsockname()[1]}) + "\n")
    sys.stdout.flush()
    await server.serve_forever()


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--certificate", type=Path)
    parser.add_argument("--mode", choices=("plain", "starttls", "tls"), default="plain")
    parser.add_argument("--auth", action="store_true")
    given = parser.parse_args()
    asyncio.run(serve(given.folder, given.certificate, given.mode, given.auth))


main()
