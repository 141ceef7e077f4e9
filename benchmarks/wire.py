"""A wire between the sandbox and who is measured: TLS, and half a round trip for every byte each way.

What opens a connection pays as it would over a network: one round trip for the connection, one
for TLS, one for the call. People and the measuring program use the sandbox's plain port.

As a process (``python -m benchmarks.wire CERTIFICATE TARGET ROUND_TRIP_MS``) it prints its URL.
"""

import asyncio
import shutil
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import certifi
import trustme

HOST = "127.0.0.1"
_CHUNK = 1 << 16
_TRUSTED = '''"""The usual certificates and the one of the wire."""


def where() -> str:
    return {bundle!r}


def contents() -> str:
    return open(where(), encoding="utf-8").read()
'''


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """The near end of a wire."""

    url: str
    environment: Mapping[str, str]
    """With it a Python process trusts the wire, whichever way it looks for certificates."""


@contextmanager
def wire(target: str, round_trip_ms: float) -> Iterator[Wire]:
    """A wire that leads to ``http://host:port``; a process of its own."""
    folder = Path(tempfile.mkdtemp(prefix="feishu-wire-"))
    certificate, environment = credentials(folder)
    words = [sys.executable, "-m", "benchmarks.wire", str(certificate), target, str(round_trip_ms)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield Wire(url=process.stdout.readline().strip(), environment=environment)
    finally:
        process.terminate()
        process.communicate()
        shutil.rmtree(folder)


def credentials(folder: Path) -> tuple[Path, Mapping[str, str]]:
    """A new certificate with its key, and the environment in which Python trusts it; both in the folder."""
    authority = trustme.CA()
    authority.issue_cert(HOST).private_key_and_cert_chain_pem.write_to_path(str(folder / "wire.pem"))
    # All the usual ones stay: reading them is much of what a new TLS context costs.
    bundle = str(folder / "trusted.pem")
    shutil.copyfile(certifi.where(), bundle)
    authority.cert_pem.write_to_path(bundle, append=True)
    (folder / "path" / "certifi").mkdir(parents=True)
    (folder / "path" / "certifi" / "__init__.py").write_text(_TRUSTED.format(bundle=bundle), encoding="utf-8")
    environment = {
        "PYTHONPATH": str(folder / "path"),
        "SSL_CERT_FILE": bundle,
        "REQUESTS_CA_BUNDLE": bundle,
    }
    return folder / "wire.pem", environment


async def _serve(certificate: str, target: str, round_trip_ms: float) -> None:
    """Two servers: the outer one delays what is encrypted, the inner one decrypts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    parts, half_s = urlsplit(target), round_trip_ms / 2000

    async def decrypt(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _join(reader, writer, str(parts.hostname), int(parts.port or 80), proxy=True)

    inner = await asyncio.start_server(decrypt, HOST, 0, ssl=context)
    inner_port = inner.sockets[0].getsockname()[1]

    async def delay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _join(reader, writer, HOST, inner_port, half_s=half_s)

    outer = await asyncio.start_server(delay, HOST, 0)
    print(f"https://{HOST}:{outer.sockets[0].getsockname()[1]}", flush=True)
    async with inner, outer:
        await asyncio.gather(inner.serve_forever(), outer.serve_forever())


async def _join(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    host: str,
    port: int,
    *,
    half_s: float = 0.0,
    proxy: bool = False,
) -> None:
    """Carries both ways until either side ends. ``proxy``: tells the far end that it was TLS.

    With the first call of a connection: what asks for a place to listen has one of its own.
    """
    far_reader, far_writer = await asyncio.open_connection(host, port)
    # The kernel has answered the connect at once: the first bytes wait for that round trip, too.
    opened = asyncio.get_running_loop().time() + 2 * half_s
    there = _carry(reader, far_writer, half_s, opened, _TOLD if proxy else None)
    back = _carry(far_reader, writer, half_s, opened, None)
    await asyncio.gather(there, back, return_exceptions=True)
    for end in (far_writer, writer):
        end.close()


_TOLD = b"\r\nX-Forwarded-Proto: https\r\n"


async def _carry(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    half_s: float,
    opened: float,
    told: bytes | None,
) -> None:
    """One direction, in order: every piece is sent on half a round trip after it came."""
    loop = asyncio.get_running_loop()
    pieces: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def take() -> None:
        piece = b"?"
        while piece:
            try:
                piece = await reader.read(_CHUNK)
            except OSError:
                piece = b""
            pieces.put_nowait((max(loop.time(), opened) + half_s, piece))

    taking = asyncio.create_task(take())
    while (due := await pieces.get())[1]:
        await asyncio.sleep(due[0] - loop.time())
        piece, told = (due[1].replace(b"\r\n", told, 1), None) if told else (due[1], None)
        writer.write(piece)
        await writer.drain()
    await taking
    await asyncio.sleep(due[0] - loop.time())
    writer.close()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], sys.argv[2], float(sys.argv[3])))
