"""A server that answers every call with the same record at once, so that only the caller is measured.

``python -m benchmarks.calls.answering CERTIFICATE`` prints its URL; connections stay open.
"""

import asyncio
import json
import re
import ssl
import sys

from benchmarks.wire import HOST

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_FIELDS = {"需求标题": [{"type": "text", "text": "导出速度太慢"}], "当前状态": "处理中", "重开次数": 0}
_RECORD = {"code": 0, "msg": "success", "data": {"record": {"record_id": "rec1", "fields": _FIELDS}}}
_TOKEN = {"code": 0, "msg": "ok", "tenant_access_token": "t-measured", "expire": 7200}


def _as_answer(body: object) -> bytes:
    text = json.dumps(body, ensure_ascii=False).encode()
    kind = "application/json; charset=utf-8"
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(text)}\r\n\r\n".encode() + text


RECORD, TOKEN = _as_answer(_RECORD), _as_answer(_TOKEN)


class _Answering(asyncio.Protocol):
    """One connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._taken = transport, b""

    def data_received(self, data: bytes) -> None:
        self._taken += data
        while b"\r\n\r\n" in self._taken:
            head, _, rest = self._taken.partition(b"\r\n\r\n")
            told = _LENGTH.search(head)
            length = int(told[1]) if told else 0
            if len(rest) < length:
                return
            self._taken = rest[length:]
            self._transport.write(TOKEN if head.startswith(b"POST /open-apis/auth/") else RECORD)


async def _serve(certificate: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = await asyncio.get_running_loop().create_server(_Answering, HOST, 0, ssl=context)
    print(f"https://{HOST}:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1]))
