"""A child process: an HTTP server that hands every request to the official event dispatcher.

Run as ``python lark_webhook.py ENCRYPT_KEY VERIFICATION_TOKEN``; prints its URL, then one JSON line
per event that the SDK accepted (token, signature and decryption checked).
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import lark_oapi as lark

NAMES = ("X-Lark-Request-Timestamp", "X-Lark-Request-Nonce", "X-Lark-Signature")


def tell(kind: str, value: Any) -> None:
    """One line for the test."""
    sys.stdout.write(json.dumps({"kind": kind, "value": value}) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Serves until terminated."""
    encrypt_key, verification_token = sys.argv[1:]
    dispatcher = (
        lark.EventDispatcherHandler.builder(encrypt_key, verification_token, lark.LogLevel.CRITICAL)
        .register_p2_customized_event(
            "drive.file.bitable_record_changed_v1",
            lambda event: tell("event", json.loads(lark.JSON.marshal(event))),
        )
        .build()
    )

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = lark.RawRequest()
            request.uri = self.path
            request.body = self.rfile.read(int(self.headers["Content-Length"]))
            request.headers = {name: self.headers[name] for name in NAMES if name in self.headers}
            answer = dispatcher.do(request)
            self.send_response(answer.status_code)
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: Any) -> None:
            """Stays quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    tell("url", f"http://127.0.0.1:{server.server_address[1]}/events?app=1")
    server.serve_forever()


if __name__ == "__main__":
    main()
