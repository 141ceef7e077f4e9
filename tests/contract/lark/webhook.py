"""An HTTP server that hands every request to the official dispatcher; prints its URL, then what it accepted.

Run as ``python -m … ENCRYPT_KEY VERIFICATION_TOKEN`` (an empty key: no encryption, no signature).
"""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import lark_oapi as lark

from tests.contract.lark.long_connection import dispatcher, tell

NAMES = ("X-Lark-Request-Timestamp", "X-Lark-Request-Nonce", "X-Lark-Signature")


def main() -> None:
    """Serves until terminated."""
    handler = dispatcher(*sys.argv[1:])

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = lark.RawRequest()
            request.uri = self.path
            request.body = self.rfile.read(int(self.headers["Content-Length"]))
            request.headers = {name: self.headers[name] for name in NAMES if name in self.headers}
            answer = handler.do(request)
            self.send_response(answer.status_code)
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: Any) -> None:
            """Stays quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    tell("url", f"http://127.0.0.1:{server.server_address[1]}/events")
    server.serve_forever()


if __name__ == "__main__":
    main()
